"""A small call centre in a database, for tests of the store: one engine, campaigns, leads, attempts, ends."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from app.unit_of_work import UnitOfWork
from dialer.adapters.connection import Connection
from dialer.adapters.engine_clock import EngineClock
from dialer.adapters.store import (
    NewLead,
    NewNumber,
    Reservation,
    add_leads,
    begin_attempts,
    create_campaign,
    create_list,
    end_attempts,
    ensure_partitions,
    reserve_leads,
)
from dialer.core.commands import Dial, RecordAttemptEnded, ReserveLeads
from dialer.core.leads import Lead, LeadNext, LeadStep
from dialer.core.outcomes import EndReason, Outcome
from dialer.messages import AgentId, AttemptId, CampaignId, LeadId, NodeId, TrunkId
from rules.abandon_ledger import AbandonDefinition, ClockStart, LedgerEntry

ResultT = TypeVar("ResultT")

CAMPAIGN = CampaignId("spring")
ENGINE = "engine-1"
NOW = datetime(2031, 3, 5, 12, 0, tzinfo=UTC)
ENGINE_NOW = 1000.0  # the engine's clock at NOW
CLOCK = EngineClock(wall_offset_seconds=NOW.timestamp() - ENGINE_NOW)
ROME = ("Europe/Rome",)
LEASE_SECONDS = 600.0
DEFINITION = AbandonDefinition(
    limit_ratio=0.03,
    agent_within_seconds=2.0,
    clock_start=ClockStart.ANSWER,
    early_hang_up_counts=True,
    source="tests",
)


def reservation(engine_id: str = ENGINE, zone_group_ids: Sequence[int] | None = None) -> Reservation:
    """Who reserves, and where calling hours are open."""
    return Reservation(
        engine_id=engine_id, lease_seconds=LEASE_SECONDS, definition=DEFINITION, zone_group_ids=zone_group_ids
    )


def number(index: int, zones: tuple[str, ...] = ROME) -> NewNumber:
    """A number of country code +999, which is nobody's."""
    return NewNumber(e164=f"+999{index:09}", raw_text=f"0{index}", zones=zones)


def new_lead(*numbers: NewNumber, due_at: datetime = NOW, priority: int = 4) -> NewLead:
    """A lead to be added."""
    return NewLead(numbers=numbers, due_at=due_at, priority=priority)


def ended(
    dial: Dial, lead_next: LeadNext | None, entry: LedgerEntry | None = None, agent: str | None = None
) -> RecordAttemptEnded:
    """The end of an attempt, a minute after NOW."""
    return RecordAttemptEnded(
        attempt_id=dial.attempt_id,
        campaign_id=dial.campaign_id,
        lead_id=dial.lead_id,
        outcome=Outcome.LIVE if entry is not None else Outcome.NO_ANSWER,
        reason=EndReason.CLIENT_HUNG_UP if entry is not None else EndReason.NOT_ANSWERED,
        agent_id=AgentId(agent) if agent is not None else None,
        entry=entry,
        dialed_at=ENGINE_NOW,
        ended_at=ENGINE_NOW + 60.0,
        lead_next=lead_next,
    )


def retry_in(seconds: float, number_index: int = 0) -> LeadNext:
    """A retry after NOW."""
    return LeadNext(
        step=LeadStep.RETRY, reason="no_answer", at=NOW.timestamp() + seconds, number_index=number_index
    )


CLOSED = LeadNext(step=LeadStep.CLOSED, reason="finished")


def answered(dial: Dial, bridged_after_seconds: float | None) -> LedgerEntry:
    """The ledger of a call that a person answered ten seconds after NOW."""
    at = ENGINE_NOW + 10.0
    return LedgerEntry(
        attempt_id=dial.attempt_id,
        campaign_id=dial.campaign_id,
        answered_at=at,
        bridged_at=at + bridged_after_seconds if bridged_after_seconds is not None else None,
        client_gone_at=ENGINE_NOW + 60.0,
        ended_at=ENGINE_NOW + 60.0,
    )


class Undone(Exception):
    """Raised on purpose, to undo a transaction."""


class StoredFloor:
    """The database of one test, through one engine's eyes."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        """Take the transactions."""
        self.unit_of_work = unit_of_work
        self._attempts = 0

    async def set_up(self) -> None:
        """Make the campaign and the months around NOW."""
        async with self.unit_of_work.begin() as connection:
            await ensure_partitions(connection, NOW)
            await create_campaign(connection, CAMPAIGN)

    async def add(self, *leads: NewLead, campaign_id: CampaignId = CAMPAIGN) -> list[LeadId]:
        """Add leads in a list of their own."""
        async with self.unit_of_work.begin() as connection:
            await create_campaign(connection, campaign_id)
            list_id = await create_list(connection, campaign_id, "leads", NOW)
            return await add_leads(connection, campaign_id, list_id, leads)

    async def reserve(
        self,
        count: int,
        *,
        engine_id: str = ENGINE,
        zone_group_ids: Sequence[int] | None = None,
        after: timedelta = timedelta(0),
        campaign_id: CampaignId = CAMPAIGN,
    ) -> tuple[Lead, ...]:
        """Reserve leads so long after NOW."""
        command = ReserveLeads(campaign_id=campaign_id, count=count, request="1")
        async with self.unit_of_work.begin(may_be_lost=True) as connection:
            answer = await reserve_leads(
                connection, command, reservation(engine_id, zone_group_ids), NOW + after, CLOCK
            )
        return answer.leads

    def dial(self, lead: Lead, attempt_id: str | None = None, campaign_id: CampaignId = CAMPAIGN) -> Dial:
        """The command to dial a lead's next number."""
        self._attempts += 1
        return Dial(
            attempt_id=AttemptId(attempt_id or f"attempt-{self._attempts}"),
            campaign_id=campaign_id,
            lead_id=lead.lead_id,
            e164=lead.numbers[lead.number_index].e164,
            number_index=lead.number_index,
            trunk_id=TrunkId("trunk-1"),
            node_id=NodeId("node-1"),
            caller_id_number="+999000000000",
            ring_timeout_seconds=30.0,
        )

    async def begin(self, *dials: Dial, at: float = ENGINE_NOW) -> frozenset[AttemptId]:
        """Begin attempts."""
        async with self.unit_of_work.begin() as connection:
            return await begin_attempts(connection, [(dial, at) for dial in dials], ENGINE, CLOCK)

    async def begin_one(self, lead_index: int = 1) -> Dial:
        """Add a lead, reserve it and begin an attempt."""
        await self.add(new_lead(number(lead_index)))
        dial = self.dial((await self.reserve(1))[0])
        assert await self.begin(dial) == {dial.attempt_id}
        return dial

    async def end(self, *commands: RecordAttemptEnded) -> frozenset[AttemptId]:
        """End attempts."""
        async with self.unit_of_work.begin() as connection:
            return await end_attempts(connection, commands, NOW, CLOCK)

    async def undone(self, work: Callable[[Connection], Awaitable[ResultT]]) -> ResultT:
        """Do something in a transaction that is rolled back; gives what it gave."""
        try:
            async with self.unit_of_work.begin() as connection:
                result = await work(connection)
                raise Undone
        except Undone:
            return result

    async def value(self, query: str, *arguments: object) -> object:
        """What a query gives."""
        async with self.unit_of_work.begin() as connection:
            found: object = await connection.fetchval(query, *arguments)
            return found
