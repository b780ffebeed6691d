"""Consumers of the event spine: each with its own cursor, each event's effect exactly once, none skipped.

Ids are given out before transactions commit, so a reader that goes by ids alone passes over events of slower
transactions. Events are read in the order of their transactions, and only those of transactions older than
every one that still runs (`pg_snapshot_xmin`): what comes later can then only be after the cursor.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from crm_core.access.connection import Connection

NEXT = """
    select e.id, e.transaction_id::text as transaction_id, e.at, e.user_id, e.kind, e.entity, e.record_id,
        e.payload
    from crm.domain_event e
    where (e.transaction_id, e.id) > ($1::text::xid8, $2)
        and e.transaction_id < pg_snapshot_xmin(pg_current_snapshot())
    order by e.transaction_id, e.id limit $3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainEvent:
    """Something that happened to a record, in the past tense."""

    id: int
    transaction_id: str  # with the id: its place in the order of events
    at: datetime
    user_id: int | None  # None: the program itself
    kind: str  # such as task.created
    entity: str
    record_id: UUID
    payload: Mapping[str, object]


async def take_events(connection: Connection, consumer: str, *, limit: int = 100) -> list[DomainEvent]:
    """Events that a consumer has not had, oldest first; its cursor moves on with the caller's transaction.

    Do the effects in the same transaction, and each is done once: either both are kept or neither. Another
    process that asks for the same consumer waits until this transaction ends.
    """
    await connection.execute(
        "insert into crm.event_cursor (consumer, transaction_id, event_id) values ($1, '0', 0) "
        "on conflict (consumer) do nothing",
        consumer,
    )
    cursor = await connection.fetchrow(
        "select transaction_id::text as transaction_id, event_id from crm.event_cursor "
        "where consumer = $1 for update",
        consumer,
    )
    assert cursor is not None
    rows = await connection.fetch(NEXT, cursor["transaction_id"], cursor["event_id"], limit)
    if not rows:
        return []
    await connection.execute(
        "update crm.event_cursor set transaction_id = $2::text::xid8, event_id = $3 where consumer = $1",
        consumer,
        rows[-1]["transaction_id"],
        rows[-1]["id"],
    )
    return [DomainEvent(**{**row, "payload": json.loads(row["payload"])}) for row in rows]


async def is_first_effect(connection: Connection, consumer: str, idempotency_key: str, now: datetime) -> bool:
    """Whether an effect is due: True once for each key, for effects that several events may ask for."""
    made = await connection.fetchval(
        """insert into crm.event_effect (consumer, idempotency_key, at) values ($1, $2, $3)
        on conflict do nothing returning true""",
        consumer,
        idempotency_key,
        now,
    )
    return made is True
