"""The bus over a real NATS server: the contract, a server that dies or freezes, and what it guards."""

import asyncio
import os
import shutil
import signal
import socket
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from app.bus import open_bus
from app.errors import BusDown, NatsUnusable
from app.nats_server import HOST, NatsServer, find_program
from app.settings import BusSettings
from dialer.adapters.ending_tasks import AGAIN_SECONDS
from dialer.adapters.nats_bus import NatsBus
from dialer.messages import Accepted, NobodyAnswered
from tests.bus_contract import SECONDS_MAX, SUBJECT, BusContract, Ear, paused
from tests.integration.server_folder import server_folder


@pytest.fixture
def settings() -> Iterator[BusSettings]:
    """Settings of a server in a new folder, on any port."""
    with server_folder() as folder:
        yield BusSettings(folder=folder / "nats", port=0)


@pytest.fixture
def server(settings: BusSettings) -> Iterator[NatsServer]:
    """A server that runs."""
    server = NatsServer(settings)
    server.start()
    yield server
    server.stop()


@pytest_asyncio.fixture
async def buses(server: NatsServer) -> AsyncIterator[tuple[NatsBus, NatsBus]]:
    """Two connections to the server."""
    here, there = await NatsBus.open(server.url), await NatsBus.open(server.url)
    yield here, there
    await here.close()
    await there.close()


def same_port(server: NatsServer, settings: BusSettings) -> NatsServer:
    """The server that is to take the place of another."""
    port = int(server.url.rpartition(":")[2])
    return NatsServer(BusSettings(folder=settings.folder, port=port))


def signal_to(server: NatsServer, which: signal.Signals) -> None:
    """Send a signal to the server's process."""
    assert server.process is not None
    os.kill(server.process.pid, which)


class TestNatsBus(BusContract):
    """The contract, with two connections; `buses` is the fixture above."""


async def answer_all(question: object) -> object:
    """Agree to everything."""
    return Accepted()


async def test_server_killed_and_started_again_is_found_by_everybody(
    server: NatsServer, settings: BusSettings, buses: tuple[NatsBus, NatsBus]
) -> None:
    """Subscriptions and answers are there again; what was said meanwhile is counted as lost."""
    here, there = buses
    ear, was_told = Ear(wanted=1), asyncio.Event()

    async def ask_for_snapshot() -> None:
        was_told.set()

    there.when_reconnected(ask_for_snapshot)
    await there.subscribe(SUBJECT, ear.hear)
    await there.answer("paceline.questions", answer_all)
    signal_to(server, signal.SIGKILL)
    await asyncio.wait_for(asyncio.gather(here.disconnected(), there.disconnected()), SECONDS_MAX)
    loop = asyncio.get_running_loop()
    began_at = loop.time()
    await here.publish(SUBJECT, paused(1))
    assert loop.time() - began_at < 0.1
    assert here.messages_lost == 1
    with pytest.raises(NobodyAnswered, match="not connected"):
        await here.ask("paceline.questions", paused(1), 0.05)
    successor = same_port(server, settings)
    successor.start()
    try:
        await asyncio.wait_for(was_told.wait(), SECONDS_MAX)
        assert await here.ask("paceline.questions", paused(2), SECONDS_MAX) == Accepted()
        await here.publish(SUBJECT, paused(3))
        assert await ear.all_heard() == [paused(3)]
    finally:
        successor.stop()


async def test_server_that_freezes_is_noticed_and_keeps_nobody_waiting(
    server: NatsServer, buses: tuple[NatsBus, NatsBus]
) -> None:
    """A frozen server closes nothing; a round trip that does not come back gives it away."""
    here, _ = buses
    signal_to(server, signal.SIGSTOP)
    try:
        loop = asyncio.get_running_loop()
        began_at = loop.time()
        for number in range(1000):
            await here.publish(SUBJECT, paused(number))
        with pytest.raises(NobodyAnswered):
            await here.ask(SUBJECT, paused(1), 0.1)
        assert loop.time() - began_at < 2.0
        await asyncio.wait_for(here.disconnected(), SECONDS_MAX)
        assert not here.is_connected
    finally:
        signal_to(server, signal.SIGCONT)
    await asyncio.wait_for(here.connected(), SECONDS_MAX)


async def test_bus_closes_at_once_although_the_library_loses_the_request_to_end(
    server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its round trip gives the answer, not the cancellation, where both come together (Python 3.11)."""
    is_probing = asyncio.Event()

    async def lose_a_cancellation(_: object) -> bool:
        if asyncio.current_task() is bus._keeper and not is_probing.is_set():
            is_probing.set()
            monkeypatch.setattr("dialer.adapters.nats_bus.PROBE_SECONDS", 10.0 * AGAIN_SECONDS)
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
        return True

    bus = await NatsBus.open(server.url)
    monkeypatch.setattr("dialer.adapters.nats_bus.PROBE_SECONDS", 0.01)
    monkeypatch.setattr("dialer.adapters.nats_bus._round_trip", lose_a_cancellation)
    await is_probing.wait()
    async with asyncio.timeout(AGAIN_SECONDS / 2.0):
        await bus.close()


async def test_password_is_needed_and_kept_from_others(server: NatsServer, settings: BusSettings) -> None:
    """Without the password nobody gets in, and only we can read the files that hold it."""
    port = server.url.rpartition(":")[2]
    with pytest.raises(NobodyAnswered, match=f"no NATS server at {HOST}:{port}: .*uthorization") as caught:
        await NatsBus.open(f"nats://paceline:guess@{HOST}:{port}", seconds_max=1.0)
    assert "guess" not in str(caught.value)
    files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in settings.folder.iterdir()}
    assert files["address"] == files["nats.conf"] == 0o600
    password = server.url.split(":")[2].split("@")[0]
    assert password not in (settings.folder / "server.log").read_text()
    assert server.process is not None
    assert password.encode() not in Path(f"/proc/{server.process.pid}/cmdline").read_bytes()


async def test_command_finds_the_running_server_and_names_what_is_missing(
    server: NatsServer, settings: BusSettings
) -> None:
    """A command of the same home gets the bus; without a server it says what to start."""
    async with open_bus(settings) as bus:
        with pytest.raises(NobodyAnswered, match="nobody answers"):
            await bus.ask(SUBJECT, paused(1), SECONDS_MAX)
    with pytest.raises(BusDown, match="start `paceline serve`"):
        async with open_bus(BusSettings(folder=settings.folder.with_name("nothing"))):
            pass


def test_server_of_ours_never_runs_as_root(server: NatsServer) -> None:
    """It needs no rights, so it has none; nobody else's are taken where we are not root ourselves."""
    assert server.process is not None
    user_id = Path(f"/proc/{server.process.pid}").stat().st_uid
    assert user_id != 0
    assert user_id == os.geteuid() or os.geteuid() == 0


def test_program_in_a_private_folder_is_made_reachable(
    settings: BusSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program inside a folder that only we may enter serves all the same, whoever we are."""
    with server_folder() as private:
        private.chmod(0o700)
        program = private / "nats-server"
        shutil.copyfile(find_program(), program)
        program.chmod(0o755)
        monkeypatch.setattr("app.nats_server.find_program", lambda: str(program))
        server = NatsServer(settings)
        server.start()
        server.stop()


def test_port_in_use_by_another_program_is_named(settings: BusSettings) -> None:
    """The message names the port and the setting, and nothing runs afterwards."""
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        server = NatsServer(BusSettings(folder=settings.folder, port=port))
        with pytest.raises(NatsUnusable, match=f"port {port} .*PACELINE_NATS_PORT"):
            server.start()
        assert server.process is None
