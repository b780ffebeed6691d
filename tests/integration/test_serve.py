"""The supervisor: what is started, what is started again after which end, and that nothing is left behind."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import asyncpg
import pytest

from app.asterisk_commands import settings as write_asterisk_settings
from app.bus import open_bus
from app.child_process import STOP_SECONDS_MAX
from app.nats_server import read_address
from app.postmaster_file import read_postmaster
from app.settings import BusSettings
from tests.integration.served_home import (
    HUNG_SECONDS_MAX,
    ROOT,
    ServedHome,
    environment,
    processes_of,
    served_home,
)

RESTART_SECONDS_MAX = 0.2
"""From the engine's end to its successor's start, on any machine that does not stand still."""


def logged_at(line: str) -> float:
    """POSIX seconds at which a line was logged."""
    return datetime.fromisoformat(json.loads(line)["at"]).timestamp()


@pytest.fixture(scope="module")
def served() -> Iterator[ServedHome]:
    """A served home for all tests that leave it running; ends cleanly and leaves nothing."""
    with served_home() as served:
        served.await_ready("engine")
        yield served
        assert served.end() == 0
        assert not processes_of(served.home)


def database_process(served: ServedHome) -> tuple[int, int | None]:
    """Process id and port of a home's database, by its own word."""
    found = read_postmaster(served.home / "postgres" / "data")
    assert found is not None
    return found.process_id, found.port


async def lists_in(served: ServedHome) -> object:
    """Ask the database of a home for something, at the port it says."""
    password = (served.home / "postgres" / "password").read_text()
    _, port = database_process(served)
    connection = await asyncpg.connect(
        host="127.0.0.1", port=port, user="paceline", password=password, database="paceline"
    )
    try:
        number: object = await connection.fetchval("select count(*) from dialer.leads")
        return number
    finally:
        await connection.close()


async def reach_bus(served: ServedHome) -> None:
    """Connect to the bus of a home as a command does."""
    async with open_bus(BusSettings(folder=served.home / "nats")) as bus:
        assert bus.is_connected


def run_serve(environment_of_it: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """A `serve` that is to end by itself."""
    return subprocess.run(
        [sys.executable, "-m", "app", "serve"],
        cwd=ROOT,
        env=environment_of_it,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_engine_killed_or_hung_is_started_again_and_nothing_else_is(served: ServedHome) -> None:
    """A dead engine is replaced at once, a frozen one after the time for silence; the servers live on."""
    served.catch_up()
    before, address = dict(served.process_ids), read_address(served.home / "nats")
    database = database_process(served)
    killed_at = time.time()
    os.kill(before["engine"], signal.SIGKILL)
    assert "was ended by SIGKILL; it is started again" in served.await_text("started again")
    served.await_text("engine is started as process")
    assert logged_at(served.lines[-1]) - killed_at < RESTART_SECONDS_MAX
    second = served.await_ready("engine")
    frozen_at = time.time()
    os.kill(second, signal.SIGSTOP)
    assert "showed no life any more" in served.await_text("started again")
    silence_seconds = logged_at(served.lines[-1]) - frozen_at
    assert HUNG_SECONDS_MAX * 0.9 <= silence_seconds <= HUNG_SECONDS_MAX + 1.0
    third = served.await_ready("engine")
    assert len({before["engine"], second, third}) == 3
    assert database_process(served) == database
    assert served.process_ids == {**before, "engine": third}
    assert read_address(served.home / "nats") == address


def test_database_killed_is_started_again_in_its_place(served: ServedHome) -> None:
    """Same folder, same port, and the engine is not ended because of it; the bus answers on."""
    served.catch_up()
    before = dict(served.process_ids)
    process_id, port = database_process(served)
    os.kill(process_id, signal.SIGKILL)
    assert "database was ended by SIGKILL" in served.await_text("started again")
    successor = served.await_ready("database")
    assert database_process(served) == (successor, port)
    assert successor != process_id
    assert asyncio.run(lists_in(served)) == 0
    asyncio.run(reach_bus(served))
    os.kill(before["engine"], 0)  # it lives
    assert served.process_ids == {**before, "database": successor}


def test_bus_killed_is_started_again_in_its_place(served: ServedHome) -> None:
    """Same port and password, so that everybody finds it again."""
    served.catch_up()
    address = read_address(served.home / "nats")
    os.kill(served.process_ids["bus"], signal.SIGKILL)
    served.await_ready("bus")
    assert read_address(served.home / "nats") == address
    asyncio.run(reach_bus(served))


def test_second_serve_on_a_home_is_refused_by_name(served: ServedHome) -> None:
    """The first one goes on, and the message names it and the way out."""
    second = run_serve(environment(served.home))
    assert second.returncode == 1
    assert f"is served already, by process {served.process.pid}" in second.stderr
    assert "PACELINE_HOME" in second.stderr
    assert served.process.poll() is None


def test_supervisor_killed_takes_everything_with_it() -> None:
    """After kill -9 the kernel ends the children: leaving the block waits until nothing is left."""
    with served_home() as served:
        served.await_ready("engine")
        assert len(processes_of(served.home)) >= 4
        served.process.kill()
        served.process.wait()


def test_second_signal_ends_at_once_what_does_not_want_to_end() -> None:
    """An engine that is deaf holds up the first signal for its time, and the second not at all."""
    with served_home("deaf") as served:
        served.await_ready("engine")
        served.process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            served.process.wait(0.5)
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(STOP_SECONDS_MAX / 2) == 130  # the first signal alone waits all of it


def test_home_without_asterisk_says_what_to_write_and_goes_on_when_it_is_there() -> None:
    """The missing file is named with the command that makes one; a clean end keeps the order."""
    with served_home(is_asterisk_set=False) as served:
        file = served.home / "asterisk.toml"
        line = served.await_text("engine    waits")
        assert str(file) in line
        assert f"paceline asterisk settings {file}" in line
        write_asterisk_settings(file)
        served.await_ready("engine")
        assert served.end() == 0
        ending = served.lines[served.lines.index("stand-in: asked to end") :]
        assert "Everything has ended." in ending
        assert read_postmaster(served.home / "postgres" / "data") is None  # it was shut down cleanly


def test_database_that_cannot_be_reached_ends_the_start_with_its_reason(tmp_path: Path) -> None:
    """A first start that fails is for a person to mend: it is told, without the password."""
    url = "postgresql://nobody:hush@127.0.0.1:1/none"
    ended = run_serve({**environment(tmp_path), "DATABASE_URL": url})
    assert ended.returncode == 1
    assert "check DATABASE_URL" in ended.stderr
    assert "hush" not in ended.stderr + ended.stdout
    assert not processes_of(tmp_path)


def test_home_that_is_served_can_be_saved_and_not_restored_over(served: ServedHome, tmp_path: Path) -> None:
    """A backup asks the running database; a restore says who must end first."""
    for command, exit_code, says in (("backup", 0, "Saved "), ("restore", 1, "is served already")):
        ended = subprocess.run(
            [sys.executable, "-m", "app", command, str(tmp_path / "backup.zip")],
            cwd=ROOT,
            env=environment(served.home),
            capture_output=True,
            text=True,
            timeout=40,
            check=False,
        )
        assert ended.returncode == exit_code, ended.stderr
        assert says in ended.stdout + ended.stderr
