"""What the engine process counts and times, for Prometheus: one object, a method for each thing.

A call of a method takes about a microsecond, since every labelled child is looked up once only.
Labels are kinds, outcomes, nodes and trunks: nothing personal, and no more of them than settings.
"""

from collections import Counter as Tally
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from dialer.core.agent_session import AgentState
from dialer.core.commands import Command, Dial, RecordAttemptEnded, RecordCommand
from dialer.core.outcomes import EndReason, Outcome
from dialer.messages import FloorSnapshot

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

QUICK_SECONDS = (0.001, 0.002, 0.004, 0.008, 0.015, 0.03, 0.06, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
"""Bounds for what a client or the engine waits for; the goals of docs/benchmarks.md are among them."""
HANDLING_SECONDS = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25)


class _Kinds:
    """The children of one labelled counter, each looked up once."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._increments: dict[str, Callable[[], None]] = {}

    def add(self, kind: str) -> None:
        """Count one of a kind."""
        increment = self._increments.get(kind)
        if increment is None:
            increment = self._increments[kind] = self._counter.labels(kind).inc
        increment()


class Metrics:
    """Counts of one process; call it from the thread of its loop."""

    def __init__(self) -> None:
        """Begin at nought, in a registry of its own."""
        self.registry = CollectorRegistry()
        self._make_counters()
        self._make_gauges()
        self._make_histograms()

    def _make_counters(self) -> None:
        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"paceline_{name}", text, labels, registry=self.registry)

        self._begun = counter("attempts_begun", "Attempts ordered").inc
        self._ended = _Kinds(counter("attempts_ended", "Attempts ended", "outcome"))
        for outcome in Outcome:
            self._ended._counter.labels(outcome.value)  # a share can be computed from the first minute on
        self._answered = counter("answered", "Attempts that were answered, by anyone or anything").inc
        self._connected = counter("connected", "Attempts that were bridged to an agent").inc
        self._abandoned = counter("abandoned", "Live answers given up for want of an agent").inc
        self._events = _Kinds(counter("events", "Events told to the engine", "kind"))
        self._commands = _Kinds(counter("commands", "Commands given by the engine", "kind"))
        self._errors = _Kinds(counter("errors", "Failures, by the part that failed", "part"))

    def _make_gauges(self) -> None:
        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"paceline_{name}", text, labels, registry=self.registry)

        self._queue_depth = gauge("queue_depth", "What waits in a queue of the process", "queue")
        self._agents = gauge("agents", "Agents signed in, by state", "state")
        self._calls = gauge("calls_up", "Calls, by what they do", "stage")
        self._is_up = gauge("up", "1 where a part is there, 0 where it is not", "part", "name")

    def _make_histograms(self) -> None:
        def histogram(name: str, text: str, bounds: tuple[float, ...] = QUICK_SECONDS) -> Histogram:
            return Histogram(f"paceline_{name}_seconds", text, buckets=bounds, registry=self.registry)

        self.bridged = histogram("answer_to_bridge", "Answer to client and agent in one bridge").observe
        self.originated = histogram("originate", "Request to dial to the network's word on it").observe
        self.commit_took = histogram("commit", "One transaction of the record writer").observe
        self.loop_lagged = histogram("loop_lag", "How late a timer of the loop came").observe
        self._handling = histogram("handling", "The engine's work on one event", HANDLING_SECONDS).observe

    # --- what happens ----------------------------------------------------------------------------------

    def handled(self, kind: str, seconds: float) -> None:
        """The engine was told an event of this kind, and took so long over it."""
        self._events.add(kind)
        self._handling(seconds)

    def commanded(self, command: Command) -> None:
        """The engine gave a command."""
        self._commands.add(type(command).__name__)
        if isinstance(command, Dial):
            self._begun()

    def recorded(self, command: RecordCommand) -> None:
        """The engine ordered a record; the end of an attempt counts as such."""
        if not isinstance(command, RecordAttemptEnded):
            return
        self._ended.add(command.outcome.value)
        if command.entry is not None and command.entry.answered_at is not None:
            self._answered()
            if command.entry.bridged_at is not None:
                self._connected()
        if command.reason is EndReason.ABANDONED:
            self._abandoned()

    def committed(self, seconds: float, records: int) -> None:
        """A transaction of the record writer was committed."""
        self.commit_took(seconds)

    def failed(self, part: str) -> None:
        """Something failed in a part: `bus`, `store`, `ari`, `ami`, `engine`."""
        self._errors.add(part)

    # --- what is the case ------------------------------------------------------------------------------

    def queue_is(self, queue: str, depth: int) -> None:
        """So much waits in a queue."""
        self._queue_depth.labels(queue).set(depth)

    def part_is(self, part: str, name: str, *, is_up: bool) -> None:
        """A `node`, a `trunk`, the `database` or the `bus` is there, or is not."""
        self._is_up.labels(part, name).set(is_up)

    def floor_is(self, floor: FloorSnapshot) -> None:
        """The floor is such; once a second is enough."""
        states = Tally(agent.state for agent in floor.agents if agent.status != "logged_out")
        for state in AgentState:
            self._agents.labels(state.value).set(states[state.value])
        for stage, count in (
            ("ringing", sum(campaign.lines_ringing for campaign in floor.campaigns)),
            ("waiting", sum(campaign.calls_waiting for campaign in floor.campaigns)),
            ("talking", sum(campaign.calls_talking for campaign in floor.campaigns)),
        ):
            self._calls.labels(stage).set(count)

    def exposition(self) -> bytes:
        """Everything as text, as Prometheus reads it; its type is `CONTENT_TYPE`."""
        return generate_latest(self.registry)
