"""Rows of the abandon ledger, for tests that begin with a past."""

from collections.abc import Sequence

from app.unit_of_work import UnitOfWork
from dialer.adapters.engine_clock import EngineClock
from dialer.adapters.store.ledger import write_ledger
from dialer.core.commands import RecordAttemptEnded
from dialer.core.outcomes import EndReason, Outcome
from dialer.messages import AttemptId
from rules.abandon_ledger import LedgerEntry
from tests.integration.stored_floor import CAMPAIGN, NOW

POSIX = EngineClock(wall_offset_seconds=0.0)


async def keep_in_ledger(unit_of_work: UnitOfWork, entries: Sequence[LedgerEntry]) -> None:
    """Write entries, in POSIX seconds, as ends of attempts write them."""
    ends = [
        RecordAttemptEnded(
            attempt_id=AttemptId(entry.attempt_id),
            campaign_id=CAMPAIGN,
            lead_id=None,
            outcome=Outcome.LIVE,
            reason=EndReason.CLIENT_HUNG_UP,
            agent_id=None,
            entry=entry,
            dialed_at=0.0,
            ended_at=0.0,
            lead_next=None,
        )
        for entry in entries
    ]
    async with unit_of_work.begin() as connection:
        number = await connection.fetchval("select campaign_number from dialer.campaigns")
        await write_ledger(connection, [(end, NOW) for end in ends], {CAMPAIGN: number}, POSIX)
