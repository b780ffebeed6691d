"""A day with the database: the virtual network on one side, the real store on the other, the engine between.

Runner, writer and lead source are those of production. The network's clock is the only clock: the next event
is taken when all that the last one caused is committed, so that virtual time never runs ahead of the sinks.
For the same reason every pace runs in the same way: docs/decisions/0012-a-rehearsal-awaits-commits.md.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter

from app.network_clock import NetworkClock
from app.rehearsed_leads import RehearsedLeads
from dialer.adapters import store
from dialer.adapters.engine_clock import posix_instant
from dialer.adapters.lead_source import LeadSource
from dialer.adapters.leg_ids import epoch_of
from dialer.adapters.record_writer import RecordWriter, Transactions, WriterListener
from dialer.adapters.runner import Hands, Runner
from dialer.core import Engine, EngineSettings
from dialer.core.commands import (
    Command,
    Dial,
    HangUp,
    NetworkCommand,
    RecordAgentState,
    RecordAttemptEnded,
    RecordDisposition,
    RecordPacingDecision,
    ReserveLeads,
)
from dialer.core.events import (
    CampaignConfigured,
    CampaignStatus,
    CampaignStatusSet,
    Event,
    InboundCallArrived,
)
from dialer.core.settings import CampaignSettings
from dialer.messages import AgentId, AttemptId, CampaignId, FloorSnapshot, NodeId
from simulations.faults import NO_FAULTS, parse_faults
from simulations.measures import RunFacts, SimulationResult, measured
from simulations.run_arguments import check_arguments
from simulations.run_ledger import SECONDS_PER_HOUR, RunLedger
from simulations.scenario import Scenario
from simulations.scenarios import get_scenario
from simulations.simulation import DRAIN_SECONDS_MAX, DRAIN_STEP_SECONDS
from simulations.timings import Timings
from simulations.virtual_lead_source import RESERVE_SECONDS
from simulations.virtual_world import VirtualWorld

ENGINE_ID = "rehearsal"
RECLAIM_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalPlan:
    """What is to be rehearsed."""

    scenario: Scenario
    method: str  # pacing method
    agents: int
    hours: float  # virtual
    seed: int


def plan_rehearsal(scenario: str, *, method: str, agents: int, hours: float, seed: int) -> RehearsalPlan:
    """Check what is asked for.

    Raises:
        SimulationError: a name is unknown or a figure out of range; the message names what is allowed.
    """
    found = get_scenario(scenario)
    method = method or found.default_method
    check_arguments(found, method, agents, hours)
    return RehearsalPlan(scenario=found, method=method, agents=agents, hours=float(hours), seed=seed)


class RehearsalBooks:
    """What the program did, noted beside the database: by its commands and by what the network dialed."""

    def __init__(self) -> None:
        """Begin empty."""
        self.callers: dict[AttemptId, InboundCallArrived] = {}
        self.ends: dict[AttemptId, list[RecordAttemptEnded]] = {}
        self.refused: Counter[str] = Counter()  # dials that were never originated, by reason
        self.dispositions: set[tuple[AttemptId, AgentId]] = set()
        self.agent_changes = 0
        self.decisions: set[tuple[CampaignId, float]] = set()
        self.losses = 0  # how often the database went away
        self.commits = 0
        self.commit_seconds = 0.0  # of the last commit
        self.commit_seconds_sum = 0.0

    def note(self, command: Command) -> None:
        """Take a command of the engine."""
        if isinstance(command, RecordAttemptEnded):
            self.ends.setdefault(command.attempt_id, []).append(command)
        elif isinstance(command, RecordDisposition):
            self.dispositions.add((command.attempt_id, command.agent_id))
        elif isinstance(command, RecordAgentState):
            self.agent_changes += 1
        elif isinstance(command, RecordPacingDecision):
            self.decisions.add((command.campaign_id, command.at))

    def committed(self, seconds: float, records: int) -> None:
        """Take a commit: how long it took."""
        self.commits += 1
        self.commit_seconds = seconds
        self.commit_seconds_sum += seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What the database holds, read out of it."""

    open_leads: int
    attempts: int
    commit_seconds: float  # of the last commit


HOLDINGS = "select (select count(*) from dialer.dial_queue), (select count(*) from dialer.attempts)"


class Rehearsal:
    """One day in progress; `rehearsing` gives one that is ready."""

    def __init__(self, plan: RehearsalPlan, transactions: Transactions) -> None:
        """Build world, writer and hands; to be called inside the loop that runs it."""
        self.plan = plan
        self.scenario, self.method = plan.scenario, plan.method
        self.agents, self.seed = plan.agents, plan.seed
        self._transactions = transactions
        self.world = VirtualWorld(
            plan.scenario,
            method=plan.method,
            agents=plan.agents,
            hours=plan.hours,
            seed=plan.seed,
            faults=parse_faults(NO_FAULTS),
            lead_source=RehearsedLeads,
        )
        assert isinstance(self.world.leads, RehearsedLeads)
        self.leads: RehearsedLeads = self.world.leads
        self.campaigns: dict[CampaignId, CampaignSettings] = {}
        self.books = RehearsalBooks()
        self.ledger = RunLedger(
            {each.campaign_id: each.policy_pack.abandon_definition for each in self.world.campaign_settings}
        )
        self.timings = Timings()
        self.engine_events = 0
        self.is_database_away = False
        self.clock = NetworkClock(self.world.events)
        self.writer = RecordWriter(transactions, self._listener(), ENGINE_ID, self.wall_now, self.clock)
        self._source = LeadSource(
            transactions, ENGINE_ID, self.campaigns, self.wall_now, self._reserved, self.clock
        )
        self._wishes: list[ReserveLeads] = []
        self._reclaim_at = RECLAIM_SECONDS
        self._next_hour_at = SECONDS_PER_HOUR

    def _listener(self) -> WriterListener:
        return WriterListener(
            may_dial=lambda dial: self.runner.dial(dial),
            dial_refused=self._refuse_dial,
            suppressed=self.world.inbox.append,
            database_lost=lambda: self._database_is(is_away=True),
            database_back=lambda: self._database_is(is_away=False),
            committed=self.books.committed,
        )

    def _hands(self) -> Hands:
        def carry_out(_: NodeId, command: NetworkCommand) -> None:
            self.world.carry_out(command)

        def hang_up_anywhere(command: HangUp) -> None:
            self.world.carry_out(command)

        return Hands(
            carry_out=carry_out,
            hang_up_anywhere=hang_up_anywhere,
            reserve=self._wishes.append,
            show=self.world.carry_out,
            recorded=self.world.carry_out,
            handled=self._handled,
            commanded=self._commanded,
            stumbled=lambda: None,  # the runner counts it, and the reconciliation reads that
        )

    # --- the start -----------------------------------------------------------------------------------------

    async def set_up(self) -> None:
        """Put campaigns and lists into the database, and open the house."""
        now = posix_instant(self.wall_now())
        async with self._transactions.begin() as connection:
            await store.ensure_partitions(connection, now)
            for settings in self.world.campaign_settings:
                await store.save_campaign_settings(connection, settings, now)
        await self.leads.load(self._transactions, self.scenario.name, now)
        async with self._transactions.begin() as connection:
            run_number = await store.begin_engine_run(connection, ENGINE_ID, now)
            for campaign in await store.read_campaigns(connection):
                self.campaigns[campaign.campaign_id] = campaign.settings
        self.engine = Engine(EngineSettings(epoch=epoch_of(run_number)))
        self.runner = Runner(self.engine, self.writer, self._hands(), self.clock)
        for event in self.world.opening_events():
            if isinstance(event, CampaignConfigured):  # as the database has it
                event = CampaignConfigured(settings=self.campaigns[event.settings.campaign_id])
            await self._tell(event)
        for campaign_id in self.campaigns:
            await self._tell(CampaignStatusSet(campaign_id=campaign_id, status=CampaignStatus.RUNNING))
        self.world.floor.begin_shift()

    # --- going on ------------------------------------------------------------------------------------------

    @property
    def now(self) -> float:
        """The virtual clock, s."""
        return self.world.events.now

    def wall_now(self) -> float:
        """POSIX seconds of the virtual day."""
        return self.world.events.now + self.world.wall_offset_seconds

    def snapshot(self) -> FloorSnapshot:
        """The floor as it is."""
        return self.engine.snapshot(self.now)

    async def run_until(self, until: float) -> None:
        """Let everything happen up to and at `until` (s, virtual), each thing committed before the next.

        Raises:
            StoreLost: the database went away while a campaign was ordered or leads were reclaimed.
        """
        started = perf_counter()
        stop_at = self.now
        while stop_at < until:
            stop_at = min(until, self._next_hour_at, self._reclaim_at)
            await self._advance(stop_at)
            if stop_at == self._next_hour_at:
                if self.ledger.measured_until is None:
                    self.ledger.mark_hour(stop_at)
                self._next_hour_at += SECONDS_PER_HOUR
            if stop_at == self._reclaim_at:
                await self._source.reclaim()
                self._reclaim_at += RECLAIM_SECONDS
        self.timings.total_seconds += perf_counter() - started

    async def drain(self) -> None:
        """Close the house: measuring ends, nobody is dialed any more, and the last calls end."""
        self.ledger.mark_hour(self.now)
        self.ledger.stop_measuring(self.now)
        self.world.close()
        closed_at = self.now
        while self.now - closed_at < DRAIN_SECONDS_MAX:
            await self.run_until(self.now + DRAIN_STEP_SECONDS)
            if self.world.is_quiet and not self.attempts_going_on:
                break

    @property
    def attempts_going_on(self) -> int:
        """Count the attempts that have begun and not ended."""
        books = self.books
        begun = len(self.leads.dialed) + len(books.callers)
        return begun - sum(each in self.leads.dialed or each in books.callers for each in books.ends)

    def result(self) -> SimulationResult:
        """What was measured, as a simulation gives it."""
        if self.ledger.measured_until is None:
            self.ledger.mark_hour(self.now)
        plan = self.plan
        facts = RunFacts(
            scenario=plan.scenario.name,
            method=plan.method,
            seed=plan.seed,
            agents=plan.agents,
            hours=plan.hours,
            inbound_blocked=self.world.inbound_blocked,
            engine_events=self.engine_events,
            faults={},
            invariants_checked=0,
        )
        return measured(self.ledger, facts, self.timings)

    async def holdings(self) -> Holdings:
        """Ask the database what it holds.

        Raises:
            StoreLost: it is away.
        """
        async with self._transactions.begin() as connection:
            row = await connection.fetchrow(HOLDINGS)
        assert row is not None
        return Holdings(open_leads=row[0], attempts=row[1], commit_seconds=self.books.commit_seconds)

    async def _advance(self, until: float) -> None:
        events = self.world.events
        while True:
            await self._settle()
            happens_at, wakes_at = events.next_at(), self.clock.alarm_at
            if wakes_at is not None and (happens_at is None or wakes_at <= happens_at):
                if wakes_at > until:
                    break
                self.clock.ring()
            elif happens_at is None or happens_at > until:
                break
            else:
                events.step()
        events.advance(until)

    async def _settle(self) -> None:
        """Wait until everything that the engine ordered is on record, and tell it what has come."""
        while True:
            await self.writer.drain()
            if self._wishes:
                await self._source.answer(self._wishes.pop(0))
            elif self.world.inbox:
                await self._tell(self.world.inbox.popleft())
            else:
                return

    async def _tell(self, event: Event) -> None:
        """Tell the engine; what other processes of production write first is written first here too."""
        if isinstance(event, CampaignStatusSet):
            async with self._transactions.begin() as connection:
                now = posix_instant(self.wall_now())
                await store.order_campaign_status(connection, event.campaign_id, event.status, now)
        elif isinstance(event, InboundCallArrived):
            self.books.callers[event.attempt_id] = event
        self.runner.tell(event)

    # --- hands ---------------------------------------------------------------------------------------------

    def _handled(self, _: str, seconds: float) -> None:
        self.engine_events += 1

    def _commanded(self, command: Command) -> None:
        self.books.note(command)
        if isinstance(command, Dial):
            self.ledger.dial(command, self.now)
        elif isinstance(command, RecordAttemptEnded):
            self.ledger.end_attempt(command)
        elif isinstance(command, RecordDisposition):
            self.ledger.save_disposition(command)
        elif isinstance(command, RecordAgentState):
            self.ledger.record_agent(command)

    def _reserved(self, answer: Event) -> None:
        """Let the answer arrive after the time that a store takes, on the network's clock."""
        self.world.events.schedule(self.now + RESERVE_SECONDS, self._arrive, answer)

    def _arrive(self, event: Event, _: int) -> None:
        self.world.inbox.append(event)

    def _refuse_dial(self, dial: Dial, reason: str) -> None:
        self.books.refused[reason] += 1
        self.runner.refuse_dial(dial, reason)

    def _database_is(self, *, is_away: bool) -> None:
        self.is_database_away = is_away
        self.books.losses += is_away


@asynccontextmanager
async def rehearsing(plan: RehearsalPlan, transactions: Transactions) -> AsyncIterator[Rehearsal]:
    """A rehearsal on a database without campaigns, its list loaded and its house open.

    Raises:
        StoreLost: the database is away.
    """
    rehearsal = Rehearsal(plan, transactions)
    try:
        async with asyncio.TaskGroup() as tasks:
            writing = tasks.create_task(rehearsal.writer.run())
            try:
                await rehearsal.set_up()
                yield rehearsal
            finally:
                writing.cancel()
    except BaseExceptionGroup as group:  # the caller's own error, wrapped by the task group
        raise group.exceptions[0] from group
