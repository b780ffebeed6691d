"""Teams and users as administrators change them: the tree stays one, and each deed is written down."""

import asyncio
from datetime import UTC, datetime

import pytest

from crm_core.access.connection import Connection
from crm_core.access.errors import LastAdministrator, TeamUnusable, UserUnusable
from crm_core.access.happenings import happenings
from crm_core.access.signed_in_user import UserId
from crm_core.access.teams import change_team, create_team, delete_team, list_teams
from crm_core.access.users import change_user, create_user, get_user
from tests.integration.entity_world import connected, connection, entity_database

__all__ = ["connection", "entity_database"]

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
EVA = UserId(1)
WAIT_SECONDS = 0.3  # in which a change that does not wait would be done


async def test_tree_is_listed_with_each_team_under_the_one_above_it(connection: Connection) -> None:
    """By name on each level, with its depth and its people."""
    quay = await create_team(connection, EVA, "quay", 2, NOW)
    await connection.execute("update crm.users set team_id = $1 where id in (2, 3)", quay)
    assert [(one.name, one.depth, one.users_count) for one in await list_teams(connection)] == [
        ("north", 0, 0),
        ("harbour", 1, 0),
        ("quay", 2, 2),
        ("south", 0, 0),
    ]


async def test_team_is_refused_where_it_cannot_be(connection: Connection) -> None:
    """A circle, a name that is taken or none, a place that is not there; nothing is changed or written."""
    for attempt in (
        change_team(connection, EVA, 1, "north", 2, NOW),
        change_team(connection, EVA, 1, "north", 1, NOW),
        change_team(connection, EVA, 1, "south", None, NOW),
        change_team(connection, EVA, 99, "east", None, NOW),
        create_team(connection, EVA, "south", None, NOW),
        create_team(connection, EVA, "east", 99, NOW),
        delete_team(connection, EVA, 1, NOW),
        delete_team(connection, EVA, 99, NOW),
    ):
        with pytest.raises(TeamUnusable):
            await attempt
    with pytest.raises(UserUnusable):
        await create_team(connection, EVA, " ", None, NOW)
    assert [one.name for one in await list_teams(connection)] == ["north", "harbour", "south"]
    assert await happenings(connection) == []


async def test_two_moves_at_once_close_no_circle(entity_database: str) -> None:
    """Each of two teams is put under the other before either is kept: the second waits, and is refused."""
    async with connected(entity_database) as first, connected(entity_database) as second:
        left = await create_team(first, EVA, "left", None, NOW)
        right = await create_team(first, EVA, "right", None, NOW)
        transaction = first.transaction()
        await transaction.start()
        await change_team(first, EVA, left, "left", right, NOW)
        other = asyncio.create_task(change_team(second, EVA, right, "right", left, NOW))
        ended, _ = await asyncio.wait({other}, timeout=WAIT_SECONDS)
        await transaction.commit()
        with pytest.raises(TeamUnusable):
            await other
        assert not ended
        await first.execute("delete from crm.teams where id = any ($1)", [left, right])
        await first.execute("delete from crm.domain_event where entity = 'team'")


async def test_change_of_a_user_is_written_down_with_what_it_was(connection: Connection) -> None:
    """Only what differs; a deed that changes nothing is none."""
    user = await create_user(connection, sign_in_name="nora", name="Nora", roles=["agent"], now=NOW)
    for _ in range(2):
        await change_user(
            connection, EVA, user, name="Nora", email=None, roles=["supervisor"], team_id=2, now=NOW
        )
    (told,) = await happenings(connection)
    assert (told.by, told.kind, told.about) == ("User 1", "user.changed", "nora")
    assert told.before == {"roles": ["agent"], "team": None}
    assert told.after == {"roles": ["supervisor"], "team": "harbour"}
    assert await happenings(connection, NOW) == []
    assert (await get_user(connection, user)).team_id == 2


async def test_last_administrator_and_absent_team_are_refused(connection: Connection) -> None:
    """Nobody is shut out, nothing half done."""
    user = await create_user(connection, sign_in_name="root", name="Root", roles=["administrator"], now=NOW)
    with pytest.raises(LastAdministrator):
        await change_user(
            connection, EVA, user, name="Root", email=None, roles=["agent"], team_id=None, now=NOW
        )
    with pytest.raises(UserUnusable):
        await change_user(
            connection, EVA, user, name="Root", email=None, roles=["administrator"], team_id=99, now=NOW
        )
    assert (await get_user(connection, user)).roles == ("administrator",)
