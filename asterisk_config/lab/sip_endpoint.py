"""A UDP port that speaks SIP: sends, repeats requests until answered, and drops what it cannot read.

Timers are those of RFC 3261 section 17: repeated after 0.5 s, then after twice as long each time.
"""

import asyncio
import secrets
import socket
from collections import OrderedDict
from collections.abc import Callable

from asterisk_config.lab import sip_message
from asterisk_config.lab.sip_message import SipMessage

Address = tuple[str, int]
FIRST_REPEAT_SECONDS = 0.5  # RFC 3261: T1
REPEAT_SECONDS_MAX = 4.0  # RFC 3261: T2
ANSWER_SECONDS_MAX = 32.0  # RFC 3261: 64 times T1
SOCKET_BUFFER_BYTES = 4 << 20
ANSWERS_KEPT = 4096  # for requests that come twice
ALLOWED = "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, INFO"
FINAL = 200


class SipEndpoint(asyncio.DatagramProtocol):
    """One port; `receive` gets every request that is not the repetition of an answered one."""

    def __init__(self, receive: Callable[[SipMessage, Address], None]) -> None:
        self._receive = receive
        self._transport: asyncio.DatagramTransport | None = None
        self._waiting: dict[tuple[str, str], Callable[[SipMessage], None]] = {}
        self._answers: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self.address: Address = ("", 0)
        self.is_deaf = False  # as a phone without a network: nothing comes, nothing goes
        self.unreadable = 0  # datagrams that were no message

    async def open(self, address: str, port: int = 0) -> None:
        """Listen; port 0 takes a free one. Raises `OSError` where the port is taken."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(address, port))
        self._transport = transport
        handle = transport.get_extra_info("socket")
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SOCKET_BUFFER_BYTES)
        self.address = handle.getsockname()

    def close(self) -> None:
        """Stop listening."""
        if self._transport is not None:
            self._transport.close()

    @property
    def place(self) -> str:
        """Where it listens, as SIP writes it."""
        return f"{self.address[0]}:{self.address[1]}"

    def send(self, datagram: bytes, address: Address) -> None:
        """Send as it is."""
        if self._transport is not None and not self._transport.is_closing() and not self.is_deaf:
            self._transport.sendto(datagram, address)

    def answer(
        self,
        asked: SipMessage,
        address: Address,
        status: int,
        *,
        tag: str = "",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Answer a request other than INVITE for good; the same answer is given if it is asked again."""
        said = sip_message.answer(asked, status, tag=tag, headers=headers)
        self._answers[asked.branch, asked.method] = said
        if len(self._answers) > ANSWERS_KEPT:
            self._answers.popitem(last=False)
        self.send(said, address)

    def new_via(self) -> tuple[str, str]:
        """A name for a new transaction, and the Via header that carries it."""
        branch = f"z9hG4bK{secrets.token_hex(8)}"
        return branch, f"SIP/2.0/UDP {self.place};branch={branch};rport"

    def expect(self, branch: str, method: str, take: Callable[[SipMessage], None]) -> None:
        """Give the answers to a request to somebody, until `forget`."""
        self._waiting[branch, method] = take

    def forget(self, branch: str, method: str) -> None:
        """Expect no more answers to a request."""
        self._waiting.pop((branch, method), None)

    async def ask(
        self,
        request: bytes,
        address: Address,
        *,
        branch: str,
        method: str,
        seconds_max: float = ANSWER_SECONDS_MAX,
    ) -> SipMessage | None:
        """The final answer to a request other than INVITE; None if none came in time."""
        answered: asyncio.Future[SipMessage] = asyncio.get_running_loop().create_future()

        def take(message: SipMessage) -> None:
            if message.status >= FINAL and not answered.done():
                answered.set_result(message)

        self.expect(branch, method, take)
        try:
            async with asyncio.timeout(seconds_max):
                pause_seconds = FIRST_REPEAT_SECONDS
                while True:
                    self.send(request, address)
                    done, _ = await asyncio.wait({answered}, timeout=pause_seconds)
                    if done:
                        return answered.result()
                    pause_seconds = min(2 * pause_seconds, REPEAT_SECONDS_MAX)
        except TimeoutError:
            return None
        finally:
            self.forget(branch, method)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Is called by asyncio."""

    def error_received(self, exc: Exception) -> None:
        """Is called by asyncio where nobody listens at the far end; time limits deal with it."""

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Take a datagram from asyncio."""
        if self.is_deaf:
            return
        message = sip_message.parse(data)
        if message is None:
            self.unreadable += 1
        elif not message.method:
            take = self._waiting.get((message.branch, message.sequence[1]))
            if take is not None:
                take(message)
        else:
            again = self._answers.get((message.branch, message.method))
            if again is not None:
                self.send(again, addr)
            else:
                self._receive(message, addr)


def answer_outside_of_calls(endpoint: SipEndpoint, message: SipMessage, address: Address) -> None:
    """Answer a request that belongs to no call: whether it lives, a sign-in, or a call that is gone."""
    allowed = ("Allow", ALLOWED)
    if message.method == "ACK":
        return
    if message.method == "OPTIONS":
        endpoint.answer(message, address, 200, tag=secrets.token_hex(4), headers=(allowed,))
    elif message.method in {"BYE", "CANCEL", "UPDATE", "INFO"} or message.to_tag:
        endpoint.answer(message, address, 481, tag=secrets.token_hex(4))
    else:
        endpoint.answer(message, address, 501, tag=secrets.token_hex(4), headers=(allowed,))
