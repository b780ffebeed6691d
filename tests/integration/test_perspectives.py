"""Looking with a subordinate's eyes: who may, that nothing can be changed so, and what is written down."""

import json
from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from agent_console.records.pages import record_routes
from agent_console.site import SAFE_METHODS
from crm_core.access.connection import Connection
from crm_core.access.perspectives import find_subordinate, subordinates_of
from crm_core.access.signed_in_user import UserId
from crm_core.engine.declaration import REGISTRY
from tests.integration.console_client import ConsoleClient, console_client
from tests.integration.entity_world import connection, entity_database

__all__ = ["connection", "entity_database"]

RANKS = {"agent": 0, "supervisor": 1, "manager": 2, "administrator": 3}
UNDER = {1: {1, 2}, 2: {2}, 3: {3}}
"""Teams of the test's world, each with those under it."""


def oracle_leads(leader: tuple[str, int], other: tuple[str, int]) -> bool:
    """Whether a person of a role and a team leads another one, told simply."""
    (role, team), (other_role, other_team) = leader, other
    if (
        role not in ("supervisor", "manager")
        or other_role == "administrator"
        or other_team not in UNDER[team]
    ):
        return False
    is_above = other_team != team and role == "manager"
    return is_above or RANKS[role] > RANKS[other_role]


@pytest.mark.parametrize("leader", list(product(RANKS, UNDER)))
async def test_everybody_leads_those_of_lower_rank_in_his_part_of_the_tree(
    connection: Connection, leader: tuple[str, int]
) -> None:
    """The list of subordinates, and the question for one of them, say what the oracle says."""
    people: dict[int, tuple[str, int]] = {}
    for role, team in product(RANKS, UNDER):
        made = await connection.fetchval(
            """insert into crm.users (sign_in_name, name, created_at, roles, team_id)
            values ($1, $1, now(), array[$2], $3) returning id""",
            f"{role}{team}",
            role,
            team,
        )
        people[made] = (role, team)
    me = next(one for one, person in people.items() if person == leader)
    led = {one for one, person in people.items() if one != me and oracle_leads(leader, person)}
    assert {one.id for one in await subordinates_of(connection, UserId(me))} == led
    found = {one for one in people if await find_subordinate(connection, UserId(me), one) is not None}
    assert found == led


@pytest_asyncio.fixture
async def console(database_url: str, tmp_path: Path) -> AsyncIterator[ConsoleClient]:
    """A console with the pages of records, a manager signed in, and an agent of his team."""
    async with console_client(database_url, tmp_path, routes=record_routes(REGISTRY)) as console:
        for name, role in (("eva", "manager"), ("ida", "agent")):
            await console.add_user(name, [role])
        async with console.transactions.begin() as opened:
            await opened.execute("insert into crm.teams (name) values ('north')")
            await opened.execute("update crm.users set team_id = (select max(id) from crm.teams)")
        await console.sign_in()
        yield console


async def id_of(console: ConsoleClient, name: str) -> int:
    """The number of a user."""
    async with console.transactions.begin() as opened:
        found = await opened.fetchval("select id from crm.users where sign_in_name = $1", name)
    assert isinstance(found, int)
    return found


def form_paths(application: web.Application) -> set[str]:
    """An address of every form that the console has."""
    paths = set()
    for route in application.router.routes():
        if route.method not in (*SAFE_METHODS, "*") and route.resource is not None:
            path = route.resource.canonical
            for name, value in (
                ("{entity}", "party"),
                ("{record_id}", "0" * 8 + "-0000-0000-0000-" + "0" * 12),
                ("{view_id}", "0" * 8 + "-0000-0000-0000-" + "0" * 12),
                ("{token}", "0" * 8 + "-0000-0000-0000-" + "0" * 12),
                ("{user_id}", "1"),
                ("{share_id}", "1"),
                ("{delegation_id}", "1"),
                ("{session_id}", "1"),
                ("{token_id}", "1"),
            ):
                path = path.replace(name, value)
            paths.add(path)
    return paths


async def test_no_form_passes_while_somebody_looks_with_other_eyes(console: ConsoleClient) -> None:
    """Whatever is sent is refused in words of its own, but for returning and signing out."""
    own = {"/perspective/end", "/sign-out"}
    began = await console.submit(f"/perspective/{await id_of(console, 'ida')}")
    assert began.status == 303
    application = console.client.app
    assert application is not None
    doors = {one for one in form_paths(application) if one.startswith(("/records", "/account", "/persp"))}
    assert len(doors) > 15
    for path in sorted(doors - own):
        answer = await console.submit(path)
        assert (answer.status, "somebody else’s eyes" in await answer.text()) == (403, True), path
    returned = await console.submit("/perspective/end", next="/records/party")
    assert (returned.status, returned.headers["Location"]) == (303, "/records/party")
    answer = await console.submit("/records/party/new", "/records/party/new", name="Own eyes")
    assert answer.status == 303


async def test_perspective_shows_his_lists_and_is_written_down_in_the_managers_name(
    console: ConsoleClient,
) -> None:
    """The manager is who acted; his own eyes come back by themselves once he leads the other no more."""
    ida = await id_of(console, "ida")
    assert "Task" in await (await console.get("/records/task")).text()
    assert (await console.submit("/perspective/987654")).status == 404
    await console.submit(f"/perspective/{ida}")
    shown = await (await console.get("/records/task")).text()
    assert "You see what Ida sees" in shown
    assert f"owner.is={ida}" in shown
    async with console.transactions.begin() as opened:
        await opened.execute("update crm.users set team_id = null where id = $1", ida)
    assert "You see what" not in await (await console.get("/records/task")).text()
    await console.submit("/perspective/end")
    await console.submit("/perspective/end")
    async with console.transactions.begin() as opened:
        rows = await opened.fetch(
            "select user_id, kind, payload from crm.domain_event where kind like 'perspective%' order by id"
        )
    eva = await id_of(console, "eva")
    assert [(row["user_id"], row["kind"], json.loads(row["payload"])) for row in rows] == [
        (eva, "perspective.began", {"seen_user": ida}),
        (eva, "perspective.ended", {"seen_user": ida}),
    ]
