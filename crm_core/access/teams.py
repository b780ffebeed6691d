"""Teams, each with at most one above it: who is in a team belongs to all above it too."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from crm_core.access.connection import Connection
from crm_core.access.errors import TeamUnusable
from crm_core.access.happenings import tell
from crm_core.access.signed_in_user import UserId
from crm_core.access.users import clean_name

TEAMS_MAX = 500
TEAMS_LOCK = 7_160_006
"""Key of the advisory lock under which the tree is changed: two changes at once could close a circle."""
TREE = """
    with recursive tree as (
        select id, name, parent_id, 0 as depth, array[lower(name)] as way
        from crm.teams where parent_id is null
        union all
        select t.id, t.name, t.parent_id, tree.depth + 1, tree.way || lower(t.name)
        from crm.teams t join tree on t.parent_id = tree.id)
    select id, name, parent_id, depth,
        (select count(*) from crm.users u where u.team_id = tree.id) as users_count
    from tree order by way, id limit $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """One team in its place of the tree."""

    id: int
    name: str
    parent_id: int | None
    depth: int  # how many stand above it
    users_count: int  # in it, not in those under it


async def list_teams(connection: Connection) -> list[Team]:
    """All teams, each right after the one above it."""
    return [Team(**row) for row in await connection.fetch(TREE, TEAMS_MAX)]


async def create_team(
    connection: Connection, by: UserId, name: str, parent_id: int | None, now: datetime
) -> int:
    """Make a team; gives its number.

    Raises:
        TeamUnusable: the name is taken or none, there is no such team above it, or there are too many.
    """
    await _lock(connection)
    if await connection.fetchval("select count(*) from crm.teams") >= TEAMS_MAX:
        raise TeamUnusable("expected at most {count_max} teams", count_max=TEAMS_MAX)
    called = clean_name(name)
    await _require_free(connection, called, None)
    await _require_place(connection, None, parent_id)
    made = await connection.fetchval(
        "insert into crm.teams (name, parent_id) values ($1, $2) returning id", called, parent_id
    )
    after = {"name": called, "parent": await _name(connection, parent_id)}
    await tell(connection, by, "team.created", {"about": called, "after": after}, now)
    return int(made)


async def change_team(
    connection: Connection, by: UserId, team_id: int, name: str, parent_id: int | None, now: datetime
) -> None:
    """Rename a team, or put it under another one.

    Raises:
        TeamUnusable: as for a new one, or it would stand above itself.
    """
    await _lock(connection)
    before = await connection.fetchrow("select name, parent_id from crm.teams where id = $1", team_id)
    if before is None:
        raise TeamUnusable("there is no such team")
    called = clean_name(name)
    await _require_free(connection, called, team_id)
    await _require_place(connection, team_id, parent_id)
    await connection.execute(
        "update crm.teams set name = $2, parent_id = $3 where id = $1", team_id, called, parent_id
    )
    payload = {
        "about": called,
        "before": {"name": before["name"], "parent": await _name(connection, before["parent_id"])},
        "after": {"name": called, "parent": await _name(connection, parent_id)},
    }
    await tell(connection, by, "team.changed", payload, now)


async def delete_team(connection: Connection, by: UserId, team_id: int, now: datetime) -> str:
    """Take a team away that nothing belongs to; gives what it was called.

    Raises:
        TeamUnusable: there is none, or users, teams or records still belong to it.
    """
    await _lock(connection)
    try:
        async with connection.transaction():
            name = await connection.fetchval("delete from crm.teams where id = $1 returning name", team_id)
    except asyncpg.ForeignKeyViolationError:
        raise TeamUnusable("users, teams or records still belong to this team: move them first") from None
    if name is None:
        raise TeamUnusable("there is no such team")
    await tell(connection, by, "team.deleted", {"about": name}, now)
    return str(name)


async def _lock(connection: Connection) -> None:
    await connection.execute("select pg_advisory_xact_lock($1)", TEAMS_LOCK)


async def _require_free(connection: Connection, name: str, team_id: int | None) -> None:
    if await connection.fetchval(
        "select exists (select from crm.teams where name = $1 and id is distinct from $2)", name, team_id
    ):
        raise TeamUnusable("there is a team called {name} already: choose another name", name=name)


async def _require_place(connection: Connection, team_id: int | None, parent_id: int | None) -> None:
    if parent_id is None:
        return
    above = await connection.fetch(
        """with recursive above as (
            select id, parent_id from crm.teams where id = $1
            union select t.id, t.parent_id from crm.teams t join above on t.id = above.parent_id)
        select id from above""",
        parent_id,
    )
    if not above:
        raise TeamUnusable("there is no such team")
    if team_id in {row["id"] for row in above}:
        raise TeamUnusable("a team cannot stand above itself: choose another place")


async def _name(connection: Connection, team_id: int | None) -> str | None:
    name = await connection.fetchval("select name from crm.teams where id = $1", team_id)
    return None if name is None else str(name)
