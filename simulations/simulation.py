"""One run: the real engine in the virtual world, watched, measured and reproducible from its arguments.

`run_simulation` does all of it; `Simulation` goes step by step (the demo shows it in real time).
The loop is the runner's: what is next, a network event or the engine's own wake-up; tell it, carry out its
orders.
"""

from collections import deque
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Protocol

from dialer.core import commands, events
from dialer.core.commands import Command
from dialer.core.engine import Engine
from dialer.core.errors import EngineError
from dialer.core.events import CampaignStatus, CampaignStatusSet, Event
from dialer.core.settings import EngineSettings
from dialer.messages import CampaignId, FloorSnapshot
from pacing import PacingError
from simulations.engine_restart import LOST_WHILE_DOWN, restart_events
from simulations.errors import InvariantViolated
from simulations.faults import NO_FAULTS, parse_faults
from simulations.invariant_watcher import InvariantWatcher
from simulations.invariants import INVARIANTS, Alarm
from simulations.measures import RunFacts, SimulationResult, measured
from simulations.recorded_state import RecordedState
from simulations.run_arguments import check_arguments
from simulations.run_ledger import SECONDS_PER_HOUR, RunLedger
from simulations.scenario import Scenario
from simulations.scenarios import get_scenario
from simulations.timings import Timings
from simulations.virtual_world import VirtualWorld

DRAIN_SECONDS_MAX = 6 * SECONDS_PER_HOUR  # the longest talk ends within this
DRAIN_STEP_SECONDS = 30.0
LAST_LINES_SECONDS_MAX = 240.0  # the longest ringing, and a detection, end within this
TICKS_AT_ONE_INSTANT_MAX = 1000  # more wake-ups without time passing: the engine runs in a circle
PROGRESS_STEPS = 200
ENGINE_FAULTS = (
    EngineError,
    PacingError,
    AssertionError,
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
)
"""What a mistake in the engine raises: reported as a broken invariant, with the command that repeats it."""
_WRITTEN_DOWN = frozenset({events.InboundCallArrived, events.AgentLoggedIn, CampaignStatusSet})


class DecidingEngine(Protocol):
    """What is driven: the engine's three verbs and its floor."""

    def handle(self, event: Event, now: float) -> list[Command]:
        """Take one event."""
        ...

    def tick(self, now: float) -> list[Command]:
        """Act on what is due."""
        ...

    def next_wakeup(self) -> float | None:
        """Give the instant of the next tick."""
        ...

    def snapshot(self, now: float) -> FloorSnapshot:
        """Give the floor."""
        ...


EngineFactory = Callable[[EngineSettings], DecidingEngine]


class Simulation:
    """One run in progress."""

    def __init__(
        self,
        scenario: Scenario | str,
        *,
        method: str = "",
        agents: int = 20,
        hours: float = 1.0,
        seed: int = 1,
        faults: str | None = None,
        with_invariants: bool = True,
        engine_factory: EngineFactory = Engine,
        watcher: InvariantWatcher | None = None,
    ) -> None:
        """Build the world and open the house; nothing has happened yet.

        `watcher` takes the place of the usual one, which listens for all invariants.
        Raises UnknownName (scenario, method, fault) and FigureOutOfRange, each naming what is allowed.
        """
        self.scenario = get_scenario(scenario) if isinstance(scenario, str) else scenario
        self.method = method or self.scenario.default_method
        self.agents, self.hours, self.seed = agents, float(hours), seed
        self.faults = faults or NO_FAULTS
        check_arguments(self.scenario, self.method, agents, hours)
        self.world = VirtualWorld(
            self.scenario,
            method=self.method,
            agents=agents,
            hours=hours,
            seed=seed,
            faults=parse_faults(self.faults),
            run=self,
        )
        self.now = 0.0  # s, virtual clock
        self.engine_events = 0  # events handled and ticks
        self.timings = Timings()
        laws = {s.campaign_id: s.policy_pack.abandon_definition for s in self.world.campaign_settings}
        self.ledger = RunLedger(laws)
        self.watcher = watcher or (InvariantWatcher() if with_invariants else None)
        self._engine_factory = engine_factory
        self._engine_starts = 0
        self._engine: DecidingEngine | None = None  # None: down
        self._recorded = RecordedState(
            {s.campaign_id: s.policy_pack.abandon_limits for s in self.world.campaign_settings}
        )
        self._statuses: dict[CampaignId, CampaignStatus] = {}
        self._kept: deque[Event] = deque()  # what other processes keep for an engine that is down
        self._next_hour_at = SECONDS_PER_HOUR
        self._record = self._recording()
        self._obey = self.world.obey
        self._open_house()

    def _recording(self) -> dict[type, Callable[..., None]]:
        """Which commands the books and the store take."""
        return {
            commands.RecordAttemptEnded: self._attempt_ended,
            commands.RecordDisposition: self._disposition_saved,
            commands.RecordAgentState: self._agent_recorded,
            commands.RecordCampaignStatus: self._status_recorded,
            commands.Dial: self._dialed,
        }

    def _open_house(self) -> None:
        """Start the engine, tell it of the house, start the campaigns, and let the agents come."""
        self._start_engine()
        self._tell_all(self.world.opening_events())
        self._tell_all(
            CampaignStatusSet(campaign_id=settings.campaign_id, status=CampaignStatus.RUNNING)
            for settings in self.world.campaign_settings
        )
        self.world.floor.begin_shift()

    @property
    def command_line(self) -> str:
        """Give the one line that runs this again."""
        line = (
            f"paceline simulate {self.scenario.name} --method {self.method} --agents {self.agents}"
            f" --hours {self.hours!r} --seed {self.seed}"
        )
        return line if self.faults == NO_FAULTS else f"{line} --faults {self.faults}"

    # --- going on ----------------------------------------------------------------------------------------

    def run_until(self, until: float) -> None:
        """Let everything happen up to and at `until` (s, virtual clock).

        Raises InvariantViolated, with the command that reproduces it.
        """
        started = perf_counter()
        try:
            while self._next_hour_at <= until:
                self._advance(self._next_hour_at)
                if self.ledger.measured_until is None:
                    self.ledger.mark_hour(self._next_hour_at)
                self._next_hour_at += SECONDS_PER_HOUR
            self._advance(until)
        except InvariantViolated as violated:
            raise InvariantViolated(
                violated.invariant,
                violated.meaning,
                violated.detail,
                violated.at_seconds,
                self.command_line,
            ) from violated
        finally:
            self.timings.total_seconds += perf_counter() - started

    def drain(self) -> None:
        """Close the house: measuring ends, nobody is dialed, lines that ring settle, the last calls end."""
        self.ledger.mark_hour(self.now)
        self.ledger.stop_measuring(self.now)
        self.world.stop_dialing()
        closed_at = self.now
        while self.world.has_lines_to_settle and self.now - closed_at < LAST_LINES_SECONDS_MAX:
            self.run_until(self.now + DRAIN_STEP_SECONDS)
        self.world.close()
        while self.now - closed_at < DRAIN_SECONDS_MAX:
            self.run_until(self.now + DRAIN_STEP_SECONDS)
            if self._engine is not None and self.world.is_quiet and self._recorded.open_attempts == 0:
                break
        if self.watcher is not None and self._engine is not None:
            try:
                self.watcher.finish(self._engine.snapshot(self.now), self.now)
            except InvariantViolated as violated:
                raise InvariantViolated(
                    violated.invariant, violated.meaning, violated.detail, self.now, self.command_line
                ) from violated

    def snapshot(self) -> FloorSnapshot | None:
        """Give the floor as it is; None while the engine is down."""
        return self._engine.snapshot(self.now) if self._engine is not None else None

    def result(self) -> SimulationResult:
        """Give what has been measured so far."""
        if self.ledger.measured_until is None:
            self.ledger.mark_hour(self.now)
        timings = self.timings
        timings.network_seconds = (
            timings.total_seconds - timings.handle_seconds - timings.tick_seconds - timings.watch_seconds
        )
        facts = RunFacts(
            scenario=self.scenario.name,
            method=self.method,
            seed=self.seed,
            agents=self.agents,
            hours=self.hours,
            inbound_blocked=self.world.inbound_blocked,
            engine_events=self.engine_events,
            faults=self.world.fault_counts,
            invariants_checked=len(INVARIANTS) if self.watcher is not None else 0,
        )
        return measured(self.ledger, facts, timings)

    # --- the loop ----------------------------------------------------------------------------------------

    def _advance(self, until: float) -> None:
        world_events, inbox = self.world.events, self.world.inbox
        ticks_here = 0
        while True:
            while inbox:
                self._tell(inbox.popleft())
            happens_at = world_events.next_at()
            engine = self._engine
            wakes_at = engine.next_wakeup() if engine is not None else None
            if wakes_at is not None and (happens_at is None or wakes_at <= happens_at):
                if wakes_at > until:
                    break
                ticks_here = ticks_here + 1 if wakes_at <= self.now else 0
                self._tick(max(wakes_at, self.now), ticks_here)
            elif happens_at is None or happens_at > until:
                break
            else:
                ticks_here = 0
                world_events.step()
                self.now = world_events.now
        if until > self.now:
            self.now = until
            world_events.advance(until)

    def _tick(self, now: float, ticks_here: int) -> None:
        assert self._engine is not None
        if ticks_here > TICKS_AT_ONE_INSTANT_MAX:
            Alarm().violated("engine_goes_on", f"{ticks_here} ticks without time passing", now)
        self.now = now
        self.world.events.advance(now)
        started = perf_counter()
        try:
            orders = self._engine.tick(now)
        except ENGINE_FAULTS as fault:
            Alarm().violated("engine_does_not_fail", f"tick raised {fault!r}", now)
            raise
        self.timings.tick_seconds += perf_counter() - started
        self.engine_events += 1
        self._carry_out(None, orders)

    def _tell(self, event: Event) -> None:
        engine = self._engine
        if engine is None:
            if not isinstance(event, LOST_WHILE_DOWN):
                self._kept.append(event)
            return
        if type(event) in _WRITTEN_DOWN:
            self._write_down(event)
        started = perf_counter()
        try:
            orders = engine.handle(event, self.now)
        except ENGINE_FAULTS as fault:
            Alarm().violated("engine_does_not_fail", f"{event} raised {fault!r}", self.now)
            raise
        self.timings.handle_seconds += perf_counter() - started
        self.engine_events += 1
        self._carry_out(event, orders)

    def _tell_all(self, told: Iterable[Event]) -> None:
        for event in told:
            self._tell(event)

    def _carry_out(self, event: Event | None, orders: list[Command]) -> None:
        watcher = self.watcher
        if watcher is not None:
            started = perf_counter()
            watcher.see(event, orders, self.now)
            self.timings.watch_seconds += perf_counter() - started
        record, carry_out = self._record, self._obey
        for order in orders:
            kind = type(order)
            if kind in record:
                record[kind](order)
            carry_out[kind](order)

    # --- the store ---------------------------------------------------------------------------------------

    def _write_down(self, event: Event) -> None:
        """Take what other processes put on record before the engine hears of it."""
        if isinstance(event, events.InboundCallArrived):
            self._recorded.caller_arrived(event, self.now)
        elif isinstance(event, events.AgentLoggedIn):
            self._recorded.sign_in(event)
        elif isinstance(event, CampaignStatusSet):
            self._statuses[event.campaign_id] = event.status

    def _dialed(self, command: commands.Dial) -> None:
        self._recorded.dial(command, self.now)
        self.ledger.dial(command, self.now)

    def _attempt_ended(self, command: commands.RecordAttemptEnded) -> None:
        self._recorded.end_attempt(command, self.world.wall_offset_seconds)
        self.ledger.end_attempt(command)

    def _disposition_saved(self, command: commands.RecordDisposition) -> None:
        self._recorded.save_disposition(command)
        self.ledger.save_disposition(command)

    def _agent_recorded(self, command: commands.RecordAgentState) -> None:
        self._recorded.record_agent(command)
        self.ledger.record_agent(command)

    def _status_recorded(self, command: commands.RecordCampaignStatus) -> None:
        self._statuses[command.campaign_id] = command.status

    # --- what faults do to the run -----------------------------------------------------------------------

    def _start_engine(self) -> None:
        self._engine_starts += 1
        self._engine = self._engine_factory(EngineSettings(epoch=f"e{self._engine_starts}"))

    def set_wall_clock(self, error_seconds: float) -> None:
        """Put the wall clock wrong by so much; 0: right again."""
        self.world.set_wall_clock(error_seconds)

    def restart_engine(self, down_seconds: float) -> bool:
        """Throw the engine away and build a new one after so long; False: it is down already."""
        if self._engine is None:
            return False
        self._engine = None
        self.world.events.schedule(self.now + down_seconds, self._rebuild_engine)
        return True

    def _rebuild_engine(self, _subject: object, _token: int) -> None:
        """Start a new engine on what the store and the network know, and nothing else."""
        self.now = self.world.events.now
        self._start_engine()
        if self.watcher is not None:
            self.watcher.engine_restarted()
        self._tell_all(restart_events(self.world, self._recorded, self._statuses))
        self._tell_all(list(self._kept))
        self._kept.clear()


def run_simulation(
    scenario: Scenario | str,
    *,
    method: str = "",
    agents: int = 20,
    hours: float = 1.0,
    seed: int = 1,
    faults: str | None = None,
    on_progress: Callable[[float], None] | None = None,
    with_invariants: bool = True,
    engine_factory: EngineFactory = Engine,
) -> SimulationResult:
    """Run a scenario to its end and give what came of it; the same arguments give the same result.

    `hours` is virtual time; `on_progress` hears the share done, 0..1.
    Raises UnknownName, FigureOutOfRange, DataSetMissing, DataFileError and InvariantViolated.
    """
    simulation = Simulation(
        scenario,
        method=method,
        agents=agents,
        hours=hours,
        seed=seed,
        faults=faults,
        with_invariants=with_invariants,
        engine_factory=engine_factory,
    )
    steps = PROGRESS_STEPS if on_progress is not None else 1
    for step in range(1, steps + 1):
        simulation.run_until(hours * SECONDS_PER_HOUR * step / steps)
        if on_progress is not None:
            on_progress(step / steps)
    simulation.drain()
    return simulation.result()
