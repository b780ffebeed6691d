"""What the engine itself costs: events per second with the invariants on, and the cost of one `handle`."""

import gc
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from benchmarks.figure import Figure
from dialer.core import Engine, EngineSettings
from dialer.core.commands import Command
from dialer.core.events import Event
from simulations.invariant_watcher import InvariantWatcher
from simulations.pacing_clock import pacing_clock
from simulations.simulation import Simulation

SCENARIO, METHOD, SEED = "medium", "progressive", 1
EVENTS_PER_SECOND_GOAL = 40_000.0
HANDLE_SECONDS_GOAL = 150e-6
FLATNESS_MAX = 1.25  # last quarter of the calls over the first: above this, cost grows with the calls so far


@dataclass(frozen=True, slots=True)
class Step:
    """One call of the engine, as it was recorded; None: a tick."""

    event: Event | None
    now: float


class RecordingEngine(Engine):
    """The engine, with every call written down."""

    steps: list[Step]

    def __init__(self, settings: EngineSettings) -> None:
        """Begin with an empty record."""
        super().__init__(settings)
        self.steps = []

    def handle(self, event: Event, now: float) -> list[Command]:
        """Record and handle."""
        self.steps.append(Step(event, now))
        return super().handle(event, now)

    def tick(self, now: float) -> list[Command]:
        """Record and tick."""
        self.steps.append(Step(None, now))
        return super().tick(now)


def recorded_steps(agents: int, hours: float) -> list[Step]:
    """Record everything that an engine is told in one simulated run."""
    engines: list[RecordingEngine] = []

    def recording(settings: EngineSettings) -> Engine:
        engines.append(RecordingEngine(settings))
        return engines[-1]

    simulation = Simulation(
        SCENARIO, method=METHOD, agents=agents, hours=hours, seed=SEED, engine_factory=recording
    )
    simulation.run_until(hours * 3600.0)
    return engines[0].steps


def measure_events_per_second(agents: int = 100, hours: float = 2.0) -> Figure:
    """Replay a recorded run into a fresh engine under the watcher; its answers are the same again."""
    steps = recorded_steps(agents, hours)
    engine, watcher = Engine(EngineSettings(epoch="e1")), InvariantWatcher()
    events = sum(1 for step in steps if step.event is not None)
    with pacing_clock() as pacing:
        began = perf_counter()
        for step in steps:
            orders = engine.handle(step.event, step.now) if step.event is not None else engine.tick(step.now)
            watcher.see(step.event, orders, step.now)
        seconds = perf_counter() - began - pacing.seconds
    rate = events / seconds
    return Figure(
        what="engine with invariants on, without pacing, one core",
        goal=">= 40,000 events/s",
        measured=f"{rate:,.0f} events/s",
        is_met=rate >= EVENTS_PER_SECOND_GOAL,
        conditions=f"{events:,} events and {len(steps) - events:,} ticks (in the time, not in the count) of "
        f"{SCENARIO}, {METHOD}, {agents} agents, {hours:g} h, replayed; pacers' time taken out",
    )


def measure_handle_cost(agents: int = 1000, hours: float = 1.0) -> Figure:
    """Time each `handle` of a recorded run of 1,000 agents; compare the first and the last quarter."""
    steps = recorded_steps(agents, hours)
    engine = Engine(EngineSettings(epoch="e1"))
    costs: list[float] = []
    gc.collect()
    for step in steps:
        if step.event is None:
            engine.tick(step.now)
            continue
        began = perf_counter()
        engine.handle(step.event, step.now)
        costs.append(perf_counter() - began)
    costs = costs[2 * agents + 10 :]  # without signing in
    quarter = len(costs) // 4
    p50, p99 = np.quantile(costs, (0.5, 0.99))
    growth = float(np.mean(_trimmed(costs[-quarter:])) / np.mean(_trimmed(costs[:quarter])))
    return Figure(
        what="cost of one `handle` at 1,000 agents",
        goal="p99 <= 150 µs, flat in the number of calls so far",
        measured=f"p50 {1e6 * p50:.1f} µs, p99 {1e6 * p99:.1f} µs; last quarter ÷ first quarter {growth:.2f}",
        is_met=bool(p99 <= HANDLE_SECONDS_GOAL and growth <= FLATNESS_MAX),
        conditions=f"{len(costs):,} events of {SCENARIO}, {METHOD}, {agents:,} agents, {hours:g} h, replayed",
    )


def _trimmed(costs: list[float]) -> list[float]:
    """Leave out the dearest hundredth: collections of garbage, not the engine."""
    return sorted(costs)[: -max(1, len(costs) // 100)]
