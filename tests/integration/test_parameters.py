"""Figures of the house and its upkeep: they keep to their ranges, act at once, and are told of."""

from datetime import UTC, datetime, timedelta

import pytest

from crm_core.access.connection import Connection
from crm_core.access.errors import ParameterUnusable
from crm_core.access.happenings import happenings
from crm_core.access.parameters import IDLE_MINUTES, LINK_HOURS, PARAMETERS, read_parameters, set_parameter
from crm_core.access.sessions import find_session, open_session
from crm_core.access.set_up_links import make_link
from crm_core.access.signed_in_user import UserId
from crm_core.access.tidying import tidy_up
from tests.integration.entity_world import connection, entity_database

__all__ = ["connection", "entity_database"]

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
EVA = UserId(1)


async def test_figure_keeps_to_its_range_and_is_told_once(connection: Connection) -> None:
    """Both ends are allowed, nothing beyond; what changes nothing is not told."""
    assert await read_parameters(connection) == {name: one.default for name, one in PARAMETERS.items()}
    for value in (IDLE_MINUTES.at_least - 1, IDLE_MINUTES.at_most + 1):
        with pytest.raises(ParameterUnusable):
            await set_parameter(connection, EVA, IDLE_MINUTES.name, value, NOW)
    with pytest.raises(ParameterUnusable):
        await set_parameter(connection, EVA, "no_such", 1, NOW)
    for value in (IDLE_MINUTES.default, IDLE_MINUTES.at_most, IDLE_MINUTES.at_most):
        await set_parameter(connection, EVA, IDLE_MINUTES.name, value, NOW)
    (told,) = await happenings(connection)
    assert (told.kind, told.about) == ("parameter.changed", IDLE_MINUTES.label)
    assert (told.before, told.after) == ({"value": IDLE_MINUTES.default}, {"value": IDLE_MINUTES.at_most})


async def test_session_ends_after_the_time_that_is_set(connection: Connection) -> None:
    """A shorter time holds for sessions that are open already."""
    token = await open_session(connection, EVA, user_agent="", address="", now=NOW)
    later = NOW + timedelta(minutes=IDLE_MINUTES.at_least, seconds=1)
    assert await find_session(connection, token, later, is_use=False) is not None
    await set_parameter(connection, EVA, IDLE_MINUTES.name, IDLE_MINUTES.at_least, NOW)
    assert await find_session(connection, token, later, is_use=False) is None
    assert await find_session(connection, token, later - timedelta(seconds=2), is_use=False) is not None


async def test_link_is_good_for_the_time_that_is_set(connection: Connection) -> None:
    """From the next one on."""
    await make_link(connection, UserId(2), NOW)
    await set_parameter(connection, EVA, LINK_HOURS.name, 1, NOW)
    await make_link(connection, UserId(3), NOW)
    rows = await connection.fetch("select user_id, expires_at from crm.set_up_links order by user_id")
    assert [(row["user_id"], row["expires_at"] - NOW) for row in rows] == [
        (2, timedelta(hours=LINK_HOURS.default)),
        (3, timedelta(hours=1)),
    ]


async def test_tidying_up_takes_what_has_ended_and_nothing_else(connection: Connection) -> None:
    """An ended session and an old link go, those that hold stay; the history says how many."""
    await connection.execute("delete from crm.sessions")
    long_ago = NOW - timedelta(days=30)
    await connection.execute(
        """insert into crm.sessions
            (token_hash, user_id, created_at, seen_at, expires_at, user_agent, address)
        values (sha256('a'), 1, $1, $1, $1, '', '')""",
        long_ago,
    )
    token = await open_session(connection, EVA, user_agent="", address="", now=long_ago)
    await connection.execute("update crm.sessions set expires_at = $1 where seen_at = $2", NOW, long_ago)
    kept = await open_session(connection, EVA, user_agent="", address="", now=NOW - timedelta(hours=1))
    await make_link(connection, UserId(2), long_ago)
    await make_link(connection, UserId(3), NOW)
    deleted = await tidy_up(connection, EVA, NOW)
    assert deleted["links"] == 1
    assert await find_session(connection, token, NOW) is None
    assert await find_session(connection, kept, NOW) is not None
    assert await connection.fetchval("select array_agg(user_id) from crm.set_up_links") == [3]
    (told,) = await happenings(connection)
    assert told.after == deleted
