"""Migrations and the start of a database: new, old, newer than we are, not there."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from app.database import DATABASE, prepare_database, running_database
from app.embedded_postgres import EmbeddedPostgres
from app.errors import DatabaseError, SchemaUnknown
from app.migrating import newest_revision
from app.settings import DatabaseSettings
from app.unit_of_work import UnitOfWork
from tests.integration.conftest import execute
from tests.integration.server_folder import server_folder

ROOT = Path(__file__).resolve().parents[2]
MIGRATE = (sys.executable, "-m", "app", "migrate")
NEWEST = newest_revision()


async def test_processes_that_start_together_migrate_once(database_server: EmbeddedPostgres) -> None:
    """Of several that find an empty database one makes the tables, and the others find them made."""
    await execute(database_server.url("postgres"), "create database empty")
    environment = {**os.environ, "DATABASE_URL": database_server.url("empty")}
    started = [
        subprocess.Popen(MIGRATE, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = {process.communicate()[0] for process in started}
    await execute(database_server.url("postgres"), "drop database empty")
    assert said == {f"The database is at revision {NEWEST}.\n"}


async def test_database_of_a_newer_version_is_refused(database_url: str) -> None:
    """An old program does not touch tables that it does not know."""
    await execute(database_url, "update alembic_version set version_num = '9999'")
    with pytest.raises(SchemaUnknown, match=r"9999.*restore a backup"):
        await prepare_database(database_url)


async def test_server_that_is_not_there_is_named_without_its_password() -> None:
    """A wrong address is a sentence with the setting's name; a secret is not printed."""
    with pytest.raises(DatabaseError, match="DATABASE_URL") as caught:
        await prepare_database("postgresql://paceline:hush@127.0.0.1:1/paceline")
    assert "hush" not in str(caught.value)


async def test_second_preparation_of_a_database_changes_nothing(
    unit_of_work: UnitOfWork, database_url: str
) -> None:
    """A start with a database that is up to date leaves rows, partitions and revision as they are."""
    count = "select count(*) from pg_class where relnamespace = 'dialer'::regnamespace"
    async with unit_of_work.begin() as connection:
        before = await connection.fetchval(count)
    await prepare_database(database_url)
    async with unit_of_work.begin() as connection:
        assert await connection.fetchval(count) == before


def test_embedded_database_is_made_used_and_found_again() -> None:
    """The first run makes server, database and tables; the second finds what was written."""
    with server_folder() as folder:
        settings = DatabaseSettings(folder=folder, port=0, is_durable=False)
        with running_database(settings) as url:
            assert url.split("?")[0].endswith(f"/{DATABASE}")
            asyncio.run(execute(url, "insert into dialer.campaigns (campaign_id) values ('spring')"))
        with running_database(settings) as url, pytest.raises(asyncpg.UniqueViolationError):
            asyncio.run(execute(url, "insert into dialer.campaigns (campaign_id) values ('spring')"))


def test_migrate_command_says_the_revision_or_what_is_wrong() -> None:
    """`paceline migrate` works on a machine with nothing set up, and tells a person what it cannot do."""
    with server_folder() as folder:
        environment = {**os.environ, "PACELINE_HOME": str(folder), "PACELINE_POSTGRES_PORT": "0"}
        environment.pop("DATABASE_URL", None)

        def run(**more: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                MIGRATE, cwd=ROOT, env={**environment, **more}, capture_output=True, text=True, check=False
            )

        good = run()
        assert (good.returncode, good.stdout) == (0, f"The database is at revision {NEWEST}.\n"), good.stderr
        bad = run(PACELINE_POSTGRES_PORT="many")
        assert bad.returncode == 1
        assert bad.stderr == "paceline: PACELINE_POSTGRES_PORT: expected 0 (any) to 65535, got 'many'\n"
