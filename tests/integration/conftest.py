"""One embedded server for a whole run, a database of its own for each test; a real Asterisk and a network."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import count

import asyncpg
import pytest
import pytest_asyncio

from app.database import prepare_database
from app.embedded_postgres import EmbeddedPostgres
from app.settings import DatabaseSettings
from app.unit_of_work import UnitOfWork, open_pool
from asterisk_config.lab.network import NetworkKind, private_network
from asterisk_config.lab.packages import get_asterisk
from asterisk_config.lab.program import AsteriskProgram
from tests.integration.server_folder import server_folder
from tests.integration.stored_floor import StoredFloor

TEMPLATE = "template_paceline"
NAMES = count(1)


async def execute(url: str, statement: str) -> None:
    """Run one statement by itself."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def database_server() -> Iterator[EmbeddedPostgres]:
    """The server of this run, with a migrated database to copy."""
    with server_folder() as folder:
        server = EmbeddedPostgres(DatabaseSettings(folder=folder, port=0, is_durable=False))
        server.start()
        asyncio.run(execute(server.url("postgres"), f"create database {TEMPLATE}"))
        asyncio.run(prepare_database(server.url(TEMPLATE)))
        yield server
        server.stop()


@pytest_asyncio.fixture
async def database_url(database_server: EmbeddedPostgres) -> AsyncIterator[str]:
    """A new database with all tables and no rows."""
    name = f"test_{next(NAMES)}"
    await execute(database_server.url("postgres"), f"create database {name} template {TEMPLATE}")
    yield database_server.url(name)
    await execute(database_server.url("postgres"), f"drop database {name} with (force)")


@pytest_asyncio.fixture
async def unit_of_work(database_url: str) -> AsyncIterator[UnitOfWork]:
    """Transactions on a new database."""
    async with open_pool(database_url) as pool:
        yield UnitOfWork(pool)


@pytest_asyncio.fixture
async def floor(unit_of_work: UnitOfWork) -> StoredFloor:
    """A small call centre in a new database."""
    floor = StoredFloor(unit_of_work)
    await floor.set_up()
    return floor


@pytest.fixture(scope="module")
def program() -> AsteriskProgram:
    """A real Asterisk; where none can be had, every test here fails and says why."""
    return get_asterisk()


@pytest.fixture(scope="module")
def network(program: AsteriskProgram) -> Iterator[NetworkKind]:
    """A network with nothing else in it, where the machine allows one; `program` is fetched outside it."""
    with private_network() as kind:
        yield kind
