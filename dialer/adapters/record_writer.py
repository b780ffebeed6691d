"""Writes what happened: many records in one transaction, in the engine's order, repeated until they are kept.

An attempt is dialed only after its row is committed (design.md part 1.2), and never late.
While the database is away everything but new attempts is kept here, and written when it is back.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

import asyncpg

from dialer.adapters import store
from dialer.adapters.connection import Connection
from dialer.adapters.engine_clock import EngineClock, RunningClock
from dialer.adapters.errors import AdapterError, StoreLost
from dialer.core.commands import (
    Dial,
    RecordAgentState,
    RecordAttemptEnded,
    RecordCampaignStatus,
    RecordCommand,
    RecordDisposition,
    RecordPacingDecision,
    ReleaseLeads,
)
from dialer.core.events import AgentLoggedIn, DoNotCallAdded, InboundCallArrived
from dialer.messages import AttemptId, LeadId

BATCH_RECORDS_MAX = 400
GATHER_SECONDS = 0.04  # records that nobody waits for are gathered for so long
DIAL_AGE_SECONDS_MAX = 2.5  # a dial decided longer ago was decided for another floor
FROZEN_SECONDS = 2.0  # a transaction that takes longer: the database counts as away
RETRY_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An attempt that begins at `at` (engine clock)."""

    what: Dial | InboundCallArrived
    at: float


Record = Begun | RecordCommand | ReleaseLeads | AgentLoggedIn


class Transactions(Protocol):
    """Who opens and commits transactions; raises StoreLost."""

    def begin(self, *, may_be_lost: bool = False) -> AbstractAsyncContextManager[Connection]:
        """A transaction, committed at the end of the block."""


@dataclass(slots=True, kw_only=True)
class WriterListener:
    """Whom the writer tells what."""

    may_dial: Callable[[Dial], None]  # it is on record: originate it
    dial_refused: Callable[[Dial, str], None]  # it never will be
    suppressed: Callable[[DoNotCallAdded], None]
    database_lost: Callable[[], None]
    database_back: Callable[[], None]
    committed: Callable[[float, int], None]  # seconds it took, records


@dataclass(slots=True)
class _Segment:
    """Records that may be written kind by kind: no lead in it ends one attempt and begins another."""

    begun: list[Begun] = field(default_factory=list)
    ended: list[RecordAttemptEnded] = field(default_factory=list)
    dispositions: list[RecordDisposition] = field(default_factory=list)
    agent_states: list[RecordAgentState] = field(default_factory=list)
    releases: list[ReleaseLeads] = field(default_factory=list)
    statuses: list[RecordCampaignStatus] = field(default_factory=list)
    decisions: list[RecordPacingDecision] = field(default_factory=list)
    sign_ins: list[AgentLoggedIn] = field(default_factory=list)
    leads_decided: set[LeadId | None] = field(default_factory=set)


def segments_of(records: Sequence[Record]) -> list[_Segment]:
    """Cut records so that a lead's end is written before its next attempt."""
    segments = [_Segment()]
    for record in records:
        segment = segments[-1]
        if isinstance(record, Begun):
            if isinstance(record.what, Dial) and record.what.lead_id in segment.leads_decided:
                segment = _Segment()
                segments.append(segment)
            segment.begun.append(record)
        elif isinstance(record, RecordAttemptEnded):
            segment.ended.append(record)
            segment.leads_decided.add(record.lead_id)
        elif isinstance(record, RecordDisposition):
            segment.dispositions.append(record)
            segment.leads_decided.add(record.lead_id)
        elif isinstance(record, RecordAgentState):
            segment.agent_states.append(record)
        elif isinstance(record, ReleaseLeads):
            segment.releases.append(record)
        elif isinstance(record, RecordCampaignStatus):
            segment.statuses.append(record)
        elif isinstance(record, RecordPacingDecision):
            segment.decisions.append(record)
        else:
            segment.sign_ins.append(record)
    return segments


class RecordWriter:
    """One task that writes; `add` never waits."""

    def __init__(
        self,
        transactions: Transactions,
        listener: WriterListener,
        engine_id: str,
        wall_clock: Callable[[], float],
        clock: RunningClock | None = None,
    ) -> None:
        """Take where to write, whom to tell, who we are, POSIX seconds and the engine's clock.

        No clock: the loop's own. How long the database takes is always told by the loop's.
        """
        self._transactions = transactions
        self._listener = listener
        self._engine_id = engine_id
        self._wall_clock = wall_clock
        self._loop = asyncio.get_running_loop()
        self._clock: RunningClock = clock or self._loop
        self._pending: list[Record] = []
        self._has_pending = asyncio.Event()
        self._has_urgent = asyncio.Event()
        self._is_idle = asyncio.Event()
        self._is_idle.set()
        self.is_lost = False

    @property
    def backlog(self) -> int:
        """How many records wait to be written."""
        return len(self._pending)

    def add(self, record: Record) -> None:
        """Take a record; a dial is refused at once while the database is away."""
        if isinstance(record, Begun):
            if self.is_lost and isinstance(record.what, Dial):
                self._listener.dial_refused(record.what, "the database is away")
                return
            self._has_urgent.set()
        self._pending.append(record)
        self._is_idle.clear()
        self._has_pending.set()
        if len(self._pending) >= BATCH_RECORDS_MAX:
            self._has_urgent.set()

    async def drain(self) -> None:
        """Wait until everything taken so far is written."""
        self._has_urgent.set()
        await self._is_idle.wait()

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await self._has_pending.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(GATHER_SECONDS):  # not wait_for, which may lose our cancellation
                    await self._has_urgent.wait()
            self._has_urgent.clear()
            batch, self._pending = self._pending[:BATCH_RECORDS_MAX], self._pending[BATCH_RECORDS_MAX:]
            if not self._pending:
                self._has_pending.clear()
            await self._keep(batch)
            if not self._pending:
                self._is_idle.set()

    async def _keep(self, batch: list[Record]) -> None:
        """Write a batch, however long it takes; a record that cannot be written does not hold up others."""
        tries = 0
        while batch:
            try:
                await self._write_timed(batch)
            except StoreLost:
                self._lose()
                batch = self._without_dials(batch)
                await asyncio.sleep(RETRY_SECONDS[min(tries, len(RETRY_SECONDS) - 1)])
                tries += 1
            except (asyncpg.PostgresError, AdapterError, ValueError) as error:
                # Ours or the data's fault: repeating it as it is would never end.
                if len(batch) == 1:
                    self._give_up(batch[0], error)
                    return
                middle = len(batch) // 2
                await self._keep(batch[:middle])
                await self._keep(batch[middle:])
                return
            else:
                self._return()
                return

    async def _write_timed(self, batch: Sequence[Record]) -> None:
        began_at = self._loop.time()
        frozen = self._loop.call_later(FROZEN_SECONDS, self._lose)
        try:
            may_begin, suppressed = await self._write(batch)
        finally:
            frozen.cancel()
        self._listener.committed(self._loop.time() - began_at, len(batch))
        now = self._clock.time()
        for added in suppressed:
            self._listener.suppressed(added)
        for record in batch:
            if isinstance(record, Begun) and isinstance(record.what, Dial):
                self._release_dial(record, may_begin, now)

    def _release_dial(self, record: Begun, may_begin: frozenset[AttemptId], now: float) -> None:
        dial = record.what
        assert isinstance(dial, Dial)
        if dial.attempt_id not in may_begin:
            self._listener.dial_refused(dial, "its lead is no longer ours")
        elif now - record.at > DIAL_AGE_SECONDS_MAX:
            self._listener.dial_refused(dial, "it was put on record too late")
        else:
            self._listener.may_dial(dial)

    async def _write(self, batch: Sequence[Record]) -> tuple[frozenset[AttemptId], list[DoNotCallAdded]]:
        wall_now = self._wall_clock()
        clock = EngineClock(wall_offset_seconds=wall_now - self._clock.time())
        now = datetime.fromtimestamp(wall_now, UTC)
        may_begin: frozenset[AttemptId] = frozenset()
        suppressed: list[DoNotCallAdded] = []
        async with self._transactions.begin() as connection:
            for segment in segments_of(batch):
                may_begin |= await store.begin_attempts(
                    connection, [(begun.what, begun.at) for begun in segment.begun], self._engine_id, clock
                )
                suppressed += await self._write_rest(connection, segment, now, clock)
        return may_begin, suppressed

    async def _write_rest(
        self, connection: Connection, segment: _Segment, now: datetime, clock: EngineClock
    ) -> list[DoNotCallAdded]:
        suppressed: list[DoNotCallAdded] = []
        for sign_in in segment.sign_ins:
            await store.sign_in_agent(connection, sign_in, now)
        if segment.ended:
            await store.end_attempts(connection, segment.ended, now, clock)
        if segment.dispositions:
            suppressed = await store.save_dispositions(connection, segment.dispositions, now)
        if segment.agent_states:
            await store.record_agent_states(connection, segment.agent_states, clock)
        if segment.releases:
            await store.release_leads(connection, segment.releases, self._engine_id, now)
        if segment.statuses:
            await store.record_campaign_statuses(connection, segment.statuses, clock)
        if segment.decisions:
            await store.record_pacing_decisions(connection, segment.decisions, clock)
        return suppressed

    def _without_dials(self, batch: list[Record]) -> list[Record]:
        """Refuse the dials of a batch that failed, and of all that wait behind it."""
        kept: list[list[Record]] = []
        for records in (batch, self._pending):
            kept.append([record for record in records if not _is_dial(record)])
        refused = [record for records in (batch, self._pending) for record in records if _is_dial(record)]
        self._pending = kept[1]
        for record in refused:
            assert isinstance(record, Begun)
            assert isinstance(record.what, Dial)
            self._listener.dial_refused(record.what, "the database is away")
        return kept[0]

    def _give_up(self, record: Record, error: Exception) -> None:
        _log.error("a record of kind %s cannot be kept: %s", type(record).__name__, type(error).__name__)
        if isinstance(record, Begun) and isinstance(record.what, Dial):
            self._listener.dial_refused(record.what, "it could not be put on record")

    def _lose(self) -> None:
        if not self.is_lost:
            self.is_lost = True
            self._listener.database_lost()

    def _return(self) -> None:
        if self.is_lost:
            self.is_lost = False
            self._listener.database_back()


def _is_dial(record: Record) -> bool:
    return isinstance(record, Begun) and isinstance(record.what, Dial)
