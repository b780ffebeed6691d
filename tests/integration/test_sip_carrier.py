"""The carrier alone, spoken to datagram by datagram: repetition, doubles, garbage, and its process."""

import asyncio
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from asterisk_config.errors import TelephonesError
from asterisk_config.lab.carrier_call import EndedBy
from asterisk_config.lab.network import free_ports
from asterisk_config.lab.party import PartyLimits
from asterisk_config.lab.population import Behaviour, DigitPopulation, Fate, FixedPopulation
from asterisk_config.lab.sip_carrier import SipCarrier
from asterisk_config.lab.sip_message import SipMessage, parse, request, speech_offer
from asterisk_config.lab.telephone_room import telephone_room
from asterisk_config.lab.telephones import TelephonesSettings
from asterisk_config.lab.telephones_process import TelephonesProcess

LIMITS = PartyLimits(acknowledge_seconds_max=0.7)  # long enough for one repetition
SECONDS_MAX = 5.0
LOOK_SECONDS = 0.02
AT_ONCE = FixedPopulation(otherwise=Behaviour(fate=Fate.HUMAN, ring_seconds=0.0, talk_seconds=0.1))
STARTER = """
import sys
from contextlib import suppress
from pathlib import Path
from asterisk_config.lab.telephones_process import TelephonesProcess
from asterisk_config.lab.telephones import TelephonesSettings
from asterisk_config.lab.population import DigitPopulation
settings = TelephonesSettings(population=DigitPopulation(), carrier_port=int(sys.argv[1]), dialer_port=9)
process = TelephonesProcess(settings=settings, log=Path(sys.argv[2]))
process.start()
print(process.process_id, flush=True)
sys.stdin.read()
"""


class Caller(asyncio.DatagramProtocol):
    """A dialer of one datagram at a time."""

    def __init__(self) -> None:
        self.answers: asyncio.Queue[SipMessage] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Keep what the carrier says."""
        message = parse(data)
        assert message is not None, data
        self.answers.put_nowait(message)

    async def wait_for(self, status: int) -> SipMessage:
        """The next answer of a status."""
        async with asyncio.timeout(SECONDS_MAX):
            while (message := await self.answers.get()).status != status:
                pass
        return message


class Line:
    """A carrier and a caller who is connected to it."""

    def __init__(self, carrier: SipCarrier, caller: Caller, transport: asyncio.DatagramTransport) -> None:
        self.carrier = carrier
        self.caller = caller
        self._transport = transport

    def send(self, datagram: bytes) -> None:
        """Send anything."""
        self._transport.sendto(datagram)

    def ask(self, method: str, branch: str, *, to_tag: str = "") -> None:
        """Send a request of the one call."""
        address, port = self._transport.get_extra_info("sockname")
        headers = (
            ("Via", f"SIP/2.0/UDP {address}:{port};branch=z9hG4bK{branch}"),
            ("From", "<sip:15559999@127.0.0.1>;tag=caller"),
            ("To", "<sip:15550000@127.0.0.1>" + (f";tag={to_tag}" if to_tag else "")),
            ("Call-ID", "the-call"),
            ("CSeq", f"1 {method}"),
            ("Contact", f"<sip:caller@{address}:{port}>"),
        )
        body = speech_offer("127.0.0.1", 9) if method == "INVITE" else ""
        self.send(request(method, "sip:15550000@127.0.0.1", headers, body))


@pytest_asyncio.fixture
async def line() -> AsyncIterator[Line]:
    """A carrier whose people answer at once, and somebody who calls."""
    loop = asyncio.get_running_loop()
    async with telephone_room() as room:
        carrier = SipCarrier(room, AT_ONCE, limits=LIMITS)
        await carrier.open()
        transport, caller = await loop.create_datagram_endpoint(
            Caller, local_addr=("127.0.0.1", 0), remote_addr=carrier.endpoint.address
        )
        yield Line(carrier, caller, transport)
        transport.close()


async def until_over(line: Line) -> None:
    """Wait until no call is up."""
    async with asyncio.timeout(SECONDS_MAX):
        while line.carrier.calls_up:
            with suppress(TimeoutError):
                await asyncio.wait_for(line.caller.answers.get(), LOOK_SECONDS)


async def test_answer_that_nobody_acknowledges_is_repeated_and_given_up(line: Line) -> None:
    """The 200 comes again after half a second; then the truth says that nobody acknowledged."""
    line.ask("INVITE", "one")
    first = await line.caller.wait_for(200)
    again = await line.caller.wait_for(200)
    assert first.to_tag == again.to_tag
    await line.caller.answers.get()  # BYE: the party gives up
    (call,) = line.carrier.truth()
    assert (call.ended_by, call.acknowledged_at, call.status) == (EndedBy.NO_ACK, None, 200)


async def test_invite_that_comes_twice_is_one_call(line: Line) -> None:
    """A repeated INVITE is answered as before; the person hangs up once, and says so until heard."""
    line.ask("INVITE", "one")
    answered = await line.caller.wait_for(200)
    line.ask("INVITE", "one")
    assert (await line.caller.wait_for(200)).to_tag == answered.to_tag
    line.ask("ACK", "two", to_tag=answered.to_tag)
    farewells = [await line.caller.answers.get() for _ in range(2)]
    assert [each.method for each in farewells] == ["BYE", "BYE"]
    assert farewells[0].branch == farewells[1].branch
    await until_over(line)
    line.ask("INVITE", "one")  # late, when all is over
    line.ask("OPTIONS", "three")
    await line.caller.wait_for(200)
    assert [call.ended_by for call in line.carrier.truth()] == [EndedBy.CLIENT]


async def test_call_that_is_cancelled_and_cancelled_again_is_cancelled_once(line: Line) -> None:
    """CANCEL is answered whenever it comes, and the INVITE ends with 487."""
    line.carrier.population = FixedPopulation(
        otherwise=Behaviour(fate=Fate.NO_ANSWER, ring_seconds=SECONDS_MAX)
    )
    line.ask("INVITE", "one")
    ringing = await line.caller.wait_for(180)
    for _ in range(2):
        line.ask("CANCEL", "one")
        assert (await line.caller.wait_for(200)).sequence[1] == "CANCEL"
    assert (await line.caller.wait_for(487)).to_tag == ringing.to_tag
    line.ask("ACK", "one", to_tag=ringing.to_tag)
    await until_over(line)
    (call,) = line.carrier.truth()
    assert (call.ended_by, call.status, call.answered_at) == (EndedBy.CANCELLED, 487, None)


async def test_garbage_of_any_kind_leaves_the_carrier_answering(line: Line) -> None:
    """Datagrams that are no message are counted, requests of no call are refused, and it still lives."""
    for datagram in (b"", b"\x00" * 100, b"INVITE\r\n\r\n", os.urandom(500), b"SIP/2.0 200 OK\r\n\r\n"):
        line.send(datagram)
    line.ask("BYE", "one", to_tag="nobody")
    await line.caller.wait_for(481)
    line.ask("PUBLISH", "two")
    await line.caller.wait_for(501)
    line.ask("OPTIONS", "three")
    await line.caller.wait_for(200)
    assert line.carrier.endpoint.unreadable >= 4
    assert line.carrier.truth() == []


def test_process_of_telephones_whose_starter_is_killed_ends_with_it(tmp_path: Path) -> None:
    """A crash of the test run leaves no carrier behind."""
    (port,) = free_ports(1, kind=socket.SOCK_DGRAM)
    words = [sys.executable, "-c", STARTER, str(port), str(tmp_path / "log")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        handle = os.pidfd_open(int(starter.stdout.readline()))
        starter.send_signal(signal.SIGKILL)
        assert select.select([handle], [], [], SECONDS_MAX)[0]
        os.close(handle)


def test_process_of_telephones_whose_port_is_taken_says_so(tmp_path: Path) -> None:
    """It does not start, leaves nothing running, and the error holds the reason."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        settings = TelephonesSettings(
            population=DigitPopulation(), carrier_port=other.getsockname()[1], dialer_port=9
        )
        process = TelephonesProcess(settings=settings, log=tmp_path / "log")
        with pytest.raises(TelephonesError, match=r"[Aa]ddress already in use"):
            process.start()
        assert process.process_id is None
