"""The self-test's look at database and bus, and its command."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.check_results import CheckResult, CheckState
from app.checking import check_bus, check_database
from app.embedded_postgres import EmbeddedPostgres
from app.settings import BusSettings, DatabaseSettings
from tests.integration.conftest import execute

PACELINE = (sys.executable, "-m", "app")


def test_database_is_good_when_migrated_and_says_what_is_missing(
    database_server: EmbeddedPostgres, tmp_path: Path
) -> None:
    """Reached and migrated; without tables; away; not started at all."""

    def state(url: str | None) -> CheckResult:
        return check_database(DatabaseSettings(url=url, folder=tmp_path))

    assert state(database_server.url("template_paceline")).state is CheckState.GOOD
    assert "paceline migrate" in state(database_server.url("postgres")).fix
    asyncio.run(execute(database_server.url("postgres"), "create database old template template_paceline"))
    asyncio.run(execute(database_server.url("old"), "update alembic_version set version_num = '0001'"))
    assert "at revision 0001" in state(database_server.url("old")).seen
    assert "cannot be reached" in state("postgresql://nobody@127.0.0.1:1/x").seen
    assert state(None).state is CheckState.SKIPPED


async def test_bus_that_is_not_started_is_skipped_and_one_that_is_away_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the first start there is none; a named one must be there."""
    monkeypatch.setattr("app.bus.CONNECT_SECONDS_MAX", 0.3)
    assert {each.state for each in await check_bus(BusSettings(folder=tmp_path))} == {CheckState.SKIPPED}
    bus, engine = await check_bus(BusSettings(folder=tmp_path, url="nats://127.0.0.1:1"))
    assert (bus.state, engine.state) == (CheckState.FAILED, CheckState.SKIPPED)


def test_check_command_with_a_laboratory_passes_and_speaks_json(tmp_path: Path) -> None:
    """From the command line, before anything was set up."""
    ended = subprocess.run(
        [*PACELINE, "check", "--lab", "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PACELINE_HOME": str(tmp_path)},
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found = {each["name"]: each["state"] for each in json.loads(ended.stdout)}
    assert found["database"] == "skipped"
    assert found["dialer: call: signalling"] == "good"


def test_check_command_without_settings_says_which_file_is_missing(tmp_path: Path) -> None:
    """Nothing can be checked: another exit code than a failure's."""
    ended = subprocess.run(
        [*PACELINE, "check"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PACELINE_HOME": str(tmp_path)},
    )
    assert ended.returncode == 2
    assert "paceline asterisk settings" in ended.stderr
