"""The abandon ledger: the engine's entries as rows, and rows as entries; raw instants, nothing else."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg

from dialer.adapters.connection import Connection
from dialer.adapters.engine_clock import EngineClock
from dialer.adapters.named_statements import sql
from dialer.adapters.store.campaigns import campaign_numbers
from dialer.core.commands import RecordAttemptEnded
from dialer.messages import AttemptId, CampaignId
from rules.abandon_ledger import LedgerEntry
from rules.detection import DetectionVerdict


async def write_ledger(
    connection: Connection,
    ended: Sequence[tuple[RecordAttemptEnded, datetime]],
    numbers: Mapping[CampaignId, int],
    clock: EngineClock,
) -> None:
    """Keep the entries of attempts that were answered, each with the instant at which it was dialed."""
    rows = [(command.entry, dialed_at) for command, dialed_at in ended if command.entry is not None]
    if not rows:
        return
    entries = [entry for entry, _ in rows]
    await connection.execute(
        sql("write_ledger"),
        [entry.attempt_id for entry in entries],
        [dialed_at for _, dialed_at in rows],
        [numbers[CampaignId(entry.campaign_id)] for entry in entries],
        [clock.wall_at(entry.answered_at) for entry in entries],
        [clock.wall_at(entry.greeting_ended_at) for entry in entries],
        [entry.verdict.value for entry in entries],
        [clock.wall_at(entry.verdict_at) for entry in entries],
        [clock.wall_at(entry.offered_at) for entry in entries],
        [clock.wall_at(entry.bridged_at) for entry in entries],
        [clock.wall_at(entry.client_gone_at) for entry in entries],
        [clock.wall_at(entry.message_started_at) for entry in entries],
        [clock.wall_at(entry.message_ended_at) for entry in entries],
        [clock.wall_at(entry.ended_at) for entry in entries],
        [entry.agent_declared_machine for entry in entries],
    )


async def read_ledger(
    connection: Connection, campaign_id: CampaignId, since: datetime, until: datetime
) -> list[LedgerEntry]:
    """The entries of calls answered from `since` until before `until`; their instants are POSIX seconds."""
    numbers = await campaign_numbers(connection, [campaign_id])
    rows = await connection.fetch(sql("read_ledger"), numbers[campaign_id], since, until)
    return [ledger_entry(row, campaign_id) for row in rows]


def ledger_entry(row: asyncpg.Record, campaign_id: CampaignId) -> LedgerEntry:
    """An entry out of a row; its instants are POSIX seconds, of which rules only take differences."""
    return LedgerEntry(
        attempt_id=AttemptId(row["attempt_id"]),
        campaign_id=campaign_id,
        answered_at=posix_seconds(row["answered_at"]),
        greeting_ended_at=posix_seconds(row["greeting_ended_at"]),
        verdict=DetectionVerdict(row["verdict"]),
        verdict_at=posix_seconds(row["verdict_at"]),
        offered_at=posix_seconds(row["offered_at"]),
        bridged_at=posix_seconds(row["bridged_at"]),
        client_gone_at=posix_seconds(row["client_gone_at"]),
        message_started_at=posix_seconds(row["message_started_at"]),
        message_ended_at=posix_seconds(row["message_ended_at"]),
        ended_at=posix_seconds(row["ended_at"]),
        agent_declared_machine=row["agent_declared_machine"],
    )


def posix_seconds(instant: datetime | None) -> float | None:
    """POSIX seconds of an instant, where there is one."""
    return None if instant is None else instant.timestamp()
