"""Seeing what a subordinate sees: who may look with whose eyes, when it begins and when it ends.

A manager looks with the eyes of all in his team and the teams under it, but for other managers of his team;
a supervisor with those who lead nobody. Nobody looks with an administrator's eyes.
"""

from dataclasses import dataclass
from datetime import datetime

from crm_core.access.connection import Connection
from crm_core.access.errors import UnknownUser
from crm_core.access.happenings import tell
from crm_core.access.signed_in_user import UserId

SUBORDINATES_MAX = 500
SUBORDINATES = """
    with recursive leader as (select id, team_id, roles from crm.users where id = $1 and is_active),
    below as (
        select team_id as id from leader
        union select t.id from crm.teams t join below on t.parent_id = below.id)
    select u.id, u.name, u.roles, u.team_id, u.agency_id, t.name as team
    from crm.users u join below on below.id = u.team_id join crm.teams t on t.id = u.team_id
        cross join leader l
    where u.id <> l.id and u.is_active and not 'administrator' = any (u.roles) and (
        'manager' = any (l.roles) and (u.team_id <> l.team_id or not 'manager' = any (u.roles))
        or 'supervisor' = any (l.roles) and not u.roles && '{manager,supervisor}'::text[])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subordinate:
    """Somebody whom a user leads."""

    id: UserId
    name: str
    roles: frozenset[str]
    team_id: int
    agency_id: int | None
    team: str  # what his team is called


async def subordinates_of(connection: Connection, user_id: UserId) -> list[Subordinate]:
    """Those whom a user leads now, by name."""
    rows = await connection.fetch(
        f"{SUBORDINATES} order by u.name, u.id limit {SUBORDINATES_MAX}",
        user_id,
    )
    return [_subordinate(dict(row)) for row in rows]


async def find_subordinate(
    connection: Connection, user_id: UserId, subordinate_id: int
) -> Subordinate | None:
    """One of those whom a user leads now, or None."""
    row = await connection.fetchrow(f"{SUBORDINATES} and u.id = $2", user_id, subordinate_id)
    return None if row is None else _subordinate(dict(row))


def _subordinate(row: dict[str, object]) -> Subordinate:
    return Subordinate(**{**row, "roles": frozenset(row["roles"])})  # type: ignore[call-overload]


async def begin_perspective(
    connection: Connection, session_id: int, user_id: UserId, subordinate_id: int, now: datetime
) -> Subordinate:
    """Let a session look with a subordinate's eyes; it is written down who looks.

    Raises:
        UnknownUser: he leads nobody such.
    """
    seen = await find_subordinate(connection, user_id, subordinate_id)
    if seen is None:
        raise UnknownUser("there is no such user")
    await connection.execute("update crm.sessions set seen_as = $2 where id = $1", session_id, seen.id)
    await _tell(connection, user_id, "perspective.began", seen.id, now)
    return seen


async def end_perspective(connection: Connection, session_id: int, user_id: UserId, now: datetime) -> None:
    """Give a session its user's own eyes back; if it has them, nothing happens."""
    seen_id = await connection.fetchval(
        """with before as (select id, seen_as from crm.sessions where id = $1 for update)
        update crm.sessions s set seen_as = null from before
        where s.id = before.id and before.seen_as is not null returning before.seen_as""",
        session_id,
    )
    if seen_id is not None:
        await _tell(connection, user_id, "perspective.ended", seen_id, now)


async def _tell(connection: Connection, user_id: UserId, kind: str, seen_id: int, now: datetime) -> None:
    await tell(connection, user_id, kind, {"seen_user": seen_id}, now)
