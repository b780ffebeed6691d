"""The database of this run: the configured server or the embedded one, brought to the newest revision."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import asyncpg

from app.embedded_postgres import EmbeddedPostgres
from app.errors import DatabaseError
from app.migrating import migrate, newest_revision
from app.postgres_binaries import VERSION_MIN
from app.running_postgres import running_postgres_url
from app.settings import DatabaseSettings
from dialer.adapters.store import ensure_partitions

DATABASE = "paceline"
CONNECT_SECONDS_MAX = 10.0
VERSION_UNIT = 10_000  # server_version_num is major × 10,000 + minor


@contextmanager
def running_database(settings: DatabaseSettings) -> Iterator[str]:
    """The database while the block runs: gives its URL. Call it in the main thread, outside an event loop.

    Raises:
        DatabaseError: one of its kinds, with what to do about it.
    """
    if settings.url is not None:
        asyncio.run(prepare_database(settings.url))
        yield settings.url
        return
    server = EmbeddedPostgres(settings)
    server.start()
    try:
        asyncio.run(create_database(server.url("postgres")))
        asyncio.run(prepare_database(server.url(DATABASE)))
        yield server.url(DATABASE)
    finally:
        server.stop()


@contextmanager
def usable_database(settings: DatabaseSettings) -> Iterator[str]:
    """The database for one command: that of a running Paceline, else our own while the block runs.

    Gives its URL. Call it in the main thread, outside an event loop.

    Raises:
        DatabaseError: one of its kinds, with what to do about it.
    """
    there = settings.url or running_postgres_url(settings, DATABASE)
    if there is None:
        with running_database(settings) as url:
            yield url
        return
    asyncio.run(_prepare_if_old(there))
    yield there


async def _prepare_if_old(url: str) -> None:
    """Bring tables up to date unless they are: a look takes milliseconds, starting to migrate a second."""
    await check_server(url)
    connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS_MAX)
    try:
        found = await connection.fetchval("select version_num from alembic_version")
    except asyncpg.UndefinedTableError:
        found = None
    finally:
        await connection.close()
    if found != newest_revision():
        await prepare_database(url)


async def prepare_database(url: str) -> str:
    """Bring tables and partitions up to date; gives the revision."""
    await check_server(url)
    revision = await migrate(url)
    connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS_MAX)
    try:
        async with connection.transaction():
            await ensure_partitions(connection, datetime.now(UTC))
    finally:
        await connection.close()
    return revision


async def check_server(url: str) -> None:
    """Refuse a server that cannot be reached, or is too old; the URL's password is not repeated.

    Raises:
        DatabaseError: with the reason.
    """
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS_MAX)
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        # The URL itself holds a password, so it is not repeated.
        raise DatabaseError(f"cannot connect to the database: {error}; check DATABASE_URL") from error
    try:
        major = int(await connection.fetchval("show server_version_num")) // VERSION_UNIT
    finally:
        await connection.close()
    if major < VERSION_MIN:
        raise DatabaseError(
            f"expected PostgreSQL {VERSION_MIN} or newer, the server at DATABASE_URL is {major}"
        )


async def create_database(url: str) -> None:
    """Make our database on a server, if it is not there yet; the URL is that of another one on it."""
    connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS_MAX)
    try:
        if not await connection.fetchval("select true from pg_database where datname = $1", DATABASE):
            await connection.execute(f"create database {DATABASE}")
    finally:
        await connection.close()
