"""Handing one's rights to a colleague for a period: given, shown to both, over by itself or ended before.

What a delegation lets somebody do is decided by the rights of the engine; nobody passes it on further.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from crm_core.access.connection import Connection
from crm_core.access.errors import UserUnusable
from crm_core.access.signed_in_user import UserId

LEVELS = ("contribute", "lead")
PERIOD_MAX = timedelta(days=366)
LISTED_MAX = 100
NOT_RECORD = UUID(int=0)  # events of people belong to no record


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """One period in which somebody acts in another's name."""

    id: int
    from_user_id: int
    from_name: str
    to_user_id: int
    to_name: str
    level: str  # contribute: see and edit; lead: all that the giver may do
    begins_at: datetime
    ends_at: datetime
    ended_at: datetime | None  # when it was ended before its time


async def delegations_of(connection: Connection, user_id: UserId, now: datetime) -> list[Delegation]:
    """What a user has given and was given, that holds now or will hold, by its beginning."""
    rows = await connection.fetch(
        f"""select d.id, d.from_user_id, f.name as from_name, d.to_user_id, t.name as to_name, d.level,
            d.begins_at, d.ends_at, d.ended_at
        from crm.delegation d join crm.users f on f.id = d.from_user_id
            join crm.users t on t.id = d.to_user_id
        where (d.from_user_id = $1 or d.to_user_id = $1) and d.ends_at > $2 and d.ended_at is null
        order by d.begins_at, d.id limit {LISTED_MAX}""",
        user_id,
        now,
    )
    return [Delegation(**row) for row in rows]


async def delegate(
    connection: Connection,
    user_id: UserId,
    to_user_id: int,
    level: str,
    begins_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> int:
    """Hand a user's rights to a colleague for a period; gives the id of the delegation.

    Raises:
        UserUnusable: there is no such colleague, level or period.
    """
    colleague = "select name from crm.users where id = $1 and is_active for share"
    if to_user_id == user_id or await connection.fetchrow(colleague, to_user_id) is None:
        raise UserUnusable("choose a colleague")
    if level not in LEVELS:
        raise UserUnusable("choose what he may do")
    if ends_at <= begins_at or ends_at <= now or ends_at - begins_at > PERIOD_MAX:
        raise UserUnusable("expected a last day that is not over, after the first, within a year of it")
    made = await connection.fetchval(
        """insert into crm.delegation (from_user_id, to_user_id, level, begins_at, ends_at, given_at)
        values ($1, $2, $3, $4, $5, $6) returning id""",
        user_id,
        to_user_id,
        level,
        begins_at,
        ends_at,
        now,
    )
    assert isinstance(made, int)
    await _tell(connection, user_id, "delegation.given", made, to_user_id, now)
    return made


async def end_delegation(connection: Connection, user_id: UserId, delegation_id: int, now: datetime) -> bool:
    """End a delegation that a user gave or was given, at once; False: he has none such that holds."""
    other = await connection.fetchval(
        """update crm.delegation set ended_at = $3
        where id = $2 and (from_user_id = $1 or to_user_id = $1) and ended_at is null returning to_user_id""",
        user_id,
        delegation_id,
        now,
    )
    if other is not None:
        await _tell(connection, user_id, "delegation.ended", delegation_id, other, now)
    return other is not None


async def restore_delegation(
    connection: Connection, user_id: UserId, delegation_id: int, now: datetime
) -> bool:
    """Give a delegation again that a user gave and that was ended; False: he has none such."""
    other = await connection.fetchval(
        """update crm.delegation set ended_at = null
        where id = $2 and from_user_id = $1 and ended_at is not null and ends_at > $3 returning to_user_id""",
        user_id,
        delegation_id,
        now,
    )
    if other is not None:
        await _tell(connection, user_id, "delegation.given", delegation_id, other, now)
    return other is not None


async def _tell(
    connection: Connection, user_id: UserId, kind: str, delegation_id: int, to_user_id: int, now: datetime
) -> None:
    await connection.execute(
        """insert into crm.domain_event (at, user_id, kind, entity, record_id, payload)
        values ($1, $2, $3, 'user', $4, $5)""",
        now,
        user_id,
        kind,
        NOT_RECORD,
        json.dumps({"delegation": delegation_id, "to_user": to_user_id}),
    )
