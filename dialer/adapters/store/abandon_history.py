"""What the ledger says of the windows of each campaign's law: counted by the database, bucket by bucket.

The classes are those of `rules.abandon_ledger`; a test holds both against each other on calls of every kind.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from dialer.adapters.connection import Connection
from dialer.adapters.engine_clock import posix_instant
from dialer.adapters.named_statements import sql
from dialer.adapters.store.campaign_counts import campaign_began_at
from dialer.adapters.store.campaigns import campaign_numbers
from dialer.core.restart_events import CampaignMemory
from dialer.messages import CampaignId
from rules.abandon_ledger import AbandonCounts, AbandonDefinition
from rules.abandon_limit import AbandonLimit
from rules.window_counter import (
    BUCKET_SECONDS,
    AbandonBucket,
    AbandonHistory,
    WindowCounter,
    bucket_number,
)

HISTORY = timedelta(days=32)
"""How far back calls are counted: no window of any law of ours is longer than 31 days."""


async def read_campaign_memories(
    connection: Connection, limits: Mapping[CampaignId, Sequence[AbandonLimit]], now: datetime
) -> tuple[CampaignMemory, ...]:
    """What each campaign has to answer for by the limits of its law; what its pacer knows is elsewhere."""
    numbers = await campaign_numbers(connection, limits)
    return tuple(
        [
            await _read_memory(connection, campaign_id, numbers[campaign_id], each, now)
            for campaign_id, each in limits.items()
        ]
    )


async def read_window_counter(
    connection: Connection, campaign_id: CampaignId, limits: Sequence[AbandonLimit], now: datetime
) -> WindowCounter:
    """A counter that holds what an engine would hold that starts now."""
    (memory,) = await read_campaign_memories(connection, {campaign_id: limits}, now)
    counter = WindowCounter(limits)
    if memory.first_answer_at is not None:
        counter.begin(memory.first_answer_at)
    counter.take(memory.histories)
    return counter


async def _read_memory(
    connection: Connection,
    campaign_id: CampaignId,
    campaign_number: int,
    limits: Sequence[AbandonLimit],
    now: datetime,
) -> CampaignMemory:
    began_at = await campaign_began_at(connection, campaign_number)
    definitions = dict.fromkeys(limit.definition for limit in limits) if began_at is not None else ()
    histories = [
        await _read_history(connection, campaign_number, definition, now - HISTORY)
        for definition in definitions
    ]
    return CampaignMemory(
        campaign_id=campaign_id,
        first_answer_at=began_at.timestamp() if began_at is not None else None,
        histories=tuple(histories),
    )


async def _read_history(
    connection: Connection, campaign_number: int, definition: AbandonDefinition, since: datetime
) -> AbandonHistory:
    rows = await connection.fetch(
        sql("count_abandons"),
        campaign_number,
        posix_instant(bucket_number(since.timestamp()) * BUCKET_SECONDS),
        BUCKET_SECONDS,
        definition.agent_within_seconds,
        definition.clock_start.value,
        definition.early_hang_up_counts,
    )
    buckets = [
        AbandonBucket(
            number=row["bucket"],
            counts=AbandonCounts(
                connected=row["connected"],
                abandoned=row["abandoned"],
                client_left_early=row["client_left_early"],
                not_live=row["not_live"],
                machines_to_agents=row["machines_to_agents"],
                machines_detected=row["machines_detected"],
            ),
        )
        for row in rows
    ]
    return AbandonHistory(definition=definition, buckets=tuple(buckets))
