"""Calls write themselves: each finished call with a known party becomes a contact in the register, once.

A call is finished when its agent has said how it went, or his time to say it is over. Its party is the one
that has the number; where two have it nobody is guessed. The agent is the user of the same sign-in name.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from agent_console.errors import DatabaseAway
from agent_console.parts import Transactions
from crm_core.access.connection import Connection
from crm_core.access.signed_in_user import ADMINISTRATOR
from crm_core.engine.declaration import Registry
from crm_core.engine.errors import RecordRefused
from crm_core.engine.events import is_first_effect
from crm_core.engine.records import create_record
from crm_core.engine.viewer import Viewer

CONSUMER = "call register"
LOOK_SECONDS = 1.0
BATCH = 100  # calls in one transaction
LATE_AFTER = timedelta(days=2)  # how long before its start this process still looks for finished calls
OVERLAP = timedelta(minutes=15)  # a talk may go on after its disposition: it is written once it has ended
FINISHED = """
    select d.attempt_id, d.agent_id, d.disposition, d.saved_at, c.campaign_id, u.id as user_id,
        a.dialed_at, a.ended_at, a.outcome, a.number_index is null as is_inbound,
        coalesce(l.bridged_at, l.answered_at) as talk_began_at, p.party_ids[1] as party_id
    from dialer.dispositions d
    join dialer.campaigns c using (campaign_number)
    join dialer.attempts a using (attempt_id)
    left join dialer.abandon_ledger l using (attempt_id)
    join crm.users u on u.sign_in_name = lower(d.agent_id)
    cross join lateral (
        select array_agg(distinct point.party_id) as party_ids
        from crm.contact_point point join crm.party on party.id = point.party_id
        where point.phone collate "C" = a.e164 and point.deleted_at is null and party.deleted_at is null
    ) p
    where d.saved_at > $1 and a.ended_at is not null and cardinality(p.party_ids) = 1
        and not exists (
            select from crm.event_effect e
            where e.consumer = $2 and e.idempotency_key = d.attempt_id || ' ' || d.agent_id
        )
    order by d.saved_at limit $3
"""

_log = logging.getLogger(__name__)


async def register_calls(connection: Connection, registry: Registry, since: datetime, now: datetime) -> int:
    """Write the calls finished since then that are not in the register yet; gives how many were."""
    rows = await connection.fetch(FINISHED, since, CONSUMER, BATCH)
    interaction, written = registry.get("interaction"), 0
    for row in map(dict, rows):
        # Asked again within the transaction: another process may be doing the same.
        key = f"{row['attempt_id']} {row['agent_id']}"
        if await is_first_effect(connection, CONSUMER, key, now):
            try:
                await create_record(connection, _writer(row), interaction, contact_of(row), now)
            except RecordRefused as refused:  # it would be refused again, and the others wait behind it
                _log.warning("calls: attempt %s is no contact: %s", row["attempt_id"], refused)
                continue
            written += 1
    return written


def _writer(row: Mapping[str, object]) -> Viewer:
    # What happened is written whether or not the agent may read the party: only the contact is his own.
    user_id = row["user_id"]
    assert isinstance(user_id, int)
    return Viewer(user_id=user_id, roles=frozenset([ADMINISTRATOR]))


def contact_of(row: Mapping[str, object]) -> dict[str, object]:
    """The contact that a finished call is; it lasts from the first word to the end."""
    began, ended = row["talk_began_at"] or row["dialed_at"], row["ended_at"]
    assert isinstance(began, datetime)
    assert isinstance(ended, datetime)
    return {
        "subject": str(row["campaign_id"])[:200],
        "party": row["party_id"],
        "channel": "call",
        "direction": "in" if row["is_inbound"] else "out",
        "begins_at": row["dialed_at"],
        "lasts": timedelta(seconds=max(0, round((ended - began).total_seconds()))),
        "outcome": str(row["disposition"] or row["outcome"] or "")[:80] or None,
    }


async def keep_register(
    transactions: Transactions, registry: Registry, clock: Callable[[], datetime]
) -> None:
    """Write finished calls as they come, until cancelled; while the database is away, wait for it."""
    since = clock() - LATE_AFTER
    while True:
        began = clock()
        try:
            async with transactions.begin() as connection:
                written = await register_calls(connection, registry, since, began)
        except DatabaseAway as away:
            _log.warning("calls: the register waits for the database: %s", away)
        else:
            if written < BATCH:
                since = max(since, began - OVERLAP)
        await asyncio.sleep(LOOK_SECONDS)
