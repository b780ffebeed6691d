"""A database with users and teams for tests of the entity engine: one a module, a transaction a test."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count

import asyncpg
import pytest
import pytest_asyncio

from app.embedded_postgres import EmbeddedPostgres
from app.unit_of_work import SESSION_SETTINGS
from crm_core.access.connection import Connection
from tests.integration.conftest import TEMPLATE, execute

NAMES = count(1)
USERS = 6
PEOPLE = """
    insert into crm.teams (name, parent_id) values ('north', null), ('harbour', 1), ('south', null);
    insert into crm.users (sign_in_name, name, created_at)
        select 'user' || n, 'User ' || n, '2026-01-01Z' from generate_series(1, 6) n;
"""
"""Team 2 is under team 1; users are numbered from 1."""


@pytest.fixture(scope="module")
def entity_database(database_server: EmbeddedPostgres) -> Iterator[str]:
    """The URL of a database with people and without records."""
    name = f"entities_{next(NAMES)}"
    server = database_server.url("postgres")
    asyncio.run(execute(server, f"create database {name} template {TEMPLATE}"))
    asyncio.run(execute(database_server.url(name), PEOPLE))
    yield database_server.url(name)
    asyncio.run(execute(server, f"drop database {name} with (force)"))


@asynccontextmanager
async def connected(url: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    """A connection set up as those of the program are."""
    connection = await asyncpg.connect(url, server_settings=SESSION_SETTINGS)
    try:
        yield connection
    finally:
        await connection.close()


@pytest_asyncio.fixture
async def connection(entity_database: str) -> AsyncIterator[Connection]:
    """A connection in a transaction that is undone after the test."""
    async with connected(entity_database) as open_connection:
        transaction = open_connection.transaction()
        await transaction.start()
        yield open_connection
        await transaction.rollback()
