"""Delegations as people give and end them: for whom, how long, and what is written down."""

from datetime import UTC, datetime, timedelta

import pytest

from crm_core.access.connection import Connection
from crm_core.access.delegations import delegate, delegations_of, end_delegation, restore_delegation
from crm_core.access.errors import UserUnusable
from crm_core.access.signed_in_user import UserId
from crm_core.engine.viewer import get_viewer
from tests.integration.entity_world import connection, entity_database

__all__ = ["connection", "entity_database"]

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = timedelta(days=1)
GIVER, TAKER, STRANGER = UserId(2), UserId(3), UserId(4)


async def test_delegation_holds_from_its_beginning_to_its_end_or_until_it_is_ended(
    connection: Connection,
) -> None:
    """Both see it until it is over; ended before, it lets nobody act; given again, it does as before."""
    made = await delegate(connection, GIVER, TAKER, "lead", NOW + DAY, NOW + 3 * DAY, NOW)

    async def stands_in_at(at: datetime) -> bool:
        return bool((await get_viewer(connection, TAKER, at)).stands_in_for)

    assert [await stands_in_at(NOW + days * DAY) for days in range(4)] == [False, True, True, False]
    for user_id, listed in ((GIVER, [made]), (TAKER, [made]), (STRANGER, [])):
        assert [one.id for one in await delegations_of(connection, user_id, NOW)] == listed
    assert await delegations_of(connection, TAKER, NOW + 3 * DAY) == []
    assert not await end_delegation(connection, STRANGER, made, NOW)
    assert await end_delegation(connection, TAKER, made, NOW)
    assert not await end_delegation(connection, GIVER, made, NOW)
    assert not await stands_in_at(NOW + DAY)
    assert not await restore_delegation(connection, TAKER, made, NOW)
    assert await restore_delegation(connection, GIVER, made, NOW)
    assert await stands_in_at(NOW + DAY)
    rows = await connection.fetch("select user_id, kind from crm.domain_event order by id")
    assert [(row["user_id"], row["kind"]) for row in rows] == [
        (GIVER, "delegation.given"),
        (TAKER, "delegation.ended"),
        (GIVER, "delegation.given"),
    ]


@pytest.mark.parametrize(
    ("to_user_id", "level", "first", "last"),
    [
        (2, "lead", 0, 1),
        (99, "lead", 0, 1),
        (3, "own", 0, 1),
        (3, "lead", 2, 1),
        (3, "lead", -3, -1),
        (3, "lead", 0, 400),
    ],
)
async def test_delegation_that_makes_no_sense_is_refused(
    connection: Connection, to_user_id: int, level: str, first: int, last: int
) -> None:
    """To oneself, to nobody, on no level, ending before it begins or long ago, or for ever."""
    with pytest.raises(UserUnusable):
        await delegate(connection, GIVER, to_user_id, level, NOW + first * DAY, NOW + last * DAY, NOW)
