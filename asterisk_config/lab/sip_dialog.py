"""One call at one of its sides: what was said last, and what the far side has done since.

What came is kept as facts (acknowledged, cancelled, ended), so a message that comes twice changes nothing.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Iterable

from asterisk_config.lab import sip_message
from asterisk_config.lab.sip_endpoint import (
    ANSWER_SECONDS_MAX,
    FIRST_REPEAT_SECONDS,
    REPEAT_SECONDS_MAX,
    Address,
    SipEndpoint,
)
from asterisk_config.lab.sip_message import SipMessage

NORMAL_END = "Q.850;cause=16"  # without it Asterisk reports cause 0 for a call that was never bridged
HOPS_MAX = ("Max-Forwards", "70")


class SipDialog:
    """What both sides of a call have in common."""

    def __init__(self, endpoint: SipEndpoint, address: Address, *, call_id: str, user: str) -> None:
        self.endpoint = endpoint
        self.call_id = call_id
        self.tag = secrets.token_hex(6)
        self.acknowledged_at: float | None = None  # seconds since the epoch
        self.is_ended = False  # by the far side
        self.ignores_end = False  # a misbehaviour: says nothing to BYE
        self.speech_place: tuple[str, int] | None = None  # where the far side listens
        self._address = address
        self._user = user
        self._body = ""  # our description of the speech
        self._sequence = 0
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Let `wait_until` look again."""
        self._changed.set()

    async def wait_until(self, is_so: Callable[[], bool], seconds_max: float) -> bool:
        """Wait for a fact; False if it did not become one in time."""
        try:
            async with asyncio.timeout(seconds_max):
                while not is_so():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True

    async def end(self, *, reason: str = NORMAL_END, seconds_max: float = ANSWER_SECONDS_MAX) -> None:
        """Hang up and see to it that the far side knows."""
        branch, headers = self._own_request("BYE")
        if reason:
            headers.append(("Reason", reason))
        bye = sip_message.request("BYE", self._far_uri(), headers)
        await self.endpoint.ask(bye, self._address, branch=branch, method="BYE", seconds_max=seconds_max)

    async def press(self, key: str) -> None:
        """Press a key, as a message of its own (INFO with application/dtmf-relay, RFC 6086)."""
        branch, headers = self._own_request("INFO")
        body = f"Signal={key}\r\nDuration=160\r\n"
        headers.append(("Content-Type", "application/dtmf-relay"))
        info = sip_message.request("INFO", self._far_uri(), headers, body)
        await self.endpoint.ask(info, self._address, branch=branch, method="INFO")

    def receive(self, message: SipMessage, address: Address) -> None:
        """Take a request of this call."""
        if message.method == "INVITE" and message.to_tag == self.tag:
            # A change of the speech: ours stays as it is.
            self.speech_place = message.speech_place or self.speech_place
            again = sip_message.answer(message, 200, headers=self._contact(), body=self._body)
            self.endpoint.send(again, address)
        elif message.method == "BYE":
            is_ours = message.to_tag == self.tag
            if not (is_ours and self.ignores_end):
                self.endpoint.answer(message, address, 200)
            self.is_ended = self.is_ended or is_ours
        elif message.method in {"OPTIONS", "UPDATE", "INFO"}:
            self.endpoint.answer(message, address, 200, tag=self.tag)
        elif message.method != "ACK":
            self.endpoint.answer(message, address, 501, tag=self.tag)
        self.wake()

    def _own_request(self, method: str) -> tuple[str, list[tuple[str, str]]]:
        """A new transaction's name, and the headers of our request."""
        branch, via = self.endpoint.new_via()
        self._sequence += 1
        ours, theirs = self._parties()
        headers = [
            ("Via", via),
            HOPS_MAX,
            ("From", ours),
            ("To", theirs),
            ("Call-ID", self.call_id),
            ("CSeq", f"{self._sequence} {method}"),
        ]
        return branch, headers

    def _parties(self) -> tuple[str, str]:
        """Us and the far side, as From and To of our requests know them."""
        raise NotImplementedError

    def _far_uri(self) -> str:
        """Where the far side wants its requests."""
        raise NotImplementedError

    def _contact(self) -> tuple[tuple[str, str], ...]:
        return (("Contact", f"<sip:{self._user}@{self.endpoint.place}>"),)


class CalledDialog(SipDialog):
    """A call at the side that was called: from its INVITE on."""

    def __init__(self, endpoint: SipEndpoint, invite: SipMessage, address: Address) -> None:
        super().__init__(endpoint, address, call_id=invite.call_id, user=invite.user or "lab")
        self.invite = invite
        self.is_cancelled = False
        self.speech_place = invite.speech_place
        self._last = b""  # what the INVITE was answered last

    @property
    def is_acknowledged(self) -> bool:
        """Whether the far side knows our final answer."""
        return self.acknowledged_at is not None

    def progress(self, status: int, body: str = "") -> None:
        """Say how far it is, e.g. 180: it rings."""
        self._say(sip_message.answer(self.invite, status, tag=self.tag, headers=self._contact(), body=body))

    async def refuse(self, status: int, seconds_max: float = ANSWER_SECONDS_MAX) -> None:
        """Refuse the call and see to it that the far side knows."""
        self._say(sip_message.answer(self.invite, status, tag=self.tag))
        await self._repeat_until(lambda: self.is_acknowledged, seconds_max)

    async def accept(self, body: str, seconds_max: float = ANSWER_SECONDS_MAX) -> bool:
        """Answer the call; False if nobody acknowledged it."""
        self._body = body
        self._say(sip_message.answer(self.invite, 200, tag=self.tag, headers=self._contact(), body=body))
        return await self._repeat_until(lambda: self.is_acknowledged or self.is_ended, seconds_max)

    def accept_as_another(self) -> None:
        """Answer the same INVITE once more, as if a second phone had: a misbehaviour."""
        tag = secrets.token_hex(6)
        other = sip_message.answer(self.invite, 200, tag=tag, headers=self._contact(), body=self._body)
        self.endpoint.send(other, self._address)

    def send_garbage(self, datagrams: Iterable[bytes]) -> None:
        """Send what no SIP speaker should."""
        for datagram in datagrams:
            self.endpoint.send(datagram, self._address)

    def receive(self, message: SipMessage, address: Address) -> None:
        """Take a request of this call."""
        if message.method == "INVITE" and message.branch == self.invite.branch:  # once more the same
            if self._last:
                self.endpoint.send(self._last, self._address)
        elif message.method == "CANCEL":
            self.endpoint.answer(message, address, 200, tag=self.tag)
            self.is_cancelled = True
            self.wake()
        else:
            if message.method == "ACK" and message.to_tag == self.tag:
                self.speech_place = message.speech_place or self.speech_place
                self.acknowledged_at = self.acknowledged_at or time.time()
            super().receive(message, address)

    def _parties(self) -> tuple[str, str]:
        return f"{self.invite.header('to')};tag={self.tag}", self.invite.header("from")

    def _far_uri(self) -> str:
        return self.invite.contact_uri or self.invite.uri

    def _say(self, said: bytes) -> None:
        self._last = said
        self.endpoint.send(said, self._address)

    async def _repeat_until(self, is_so: Callable[[], bool], seconds_max: float) -> bool:
        """Repeat the final answer until a fact; RFC 3261 sections 13.3.1.4 and 17.2.1."""
        pause_seconds = FIRST_REPEAT_SECONDS
        left_seconds = seconds_max
        while left_seconds > 0:
            if await self.wait_until(is_so, min(pause_seconds, left_seconds)):
                return True
            left_seconds -= pause_seconds
            pause_seconds = min(2 * pause_seconds, REPEAT_SECONDS_MAX)
            self.endpoint.send(self._last, self._address)
        return False


class CallingDialog(SipDialog):
    """A call at the side that calls."""

    def __init__(
        self, endpoint: SipEndpoint, address: Address, *, number: str, caller_id_number: str
    ) -> None:
        super().__init__(endpoint, address, call_id=secrets.token_hex(12), user=caller_id_number)
        self.status = 0  # of the latest answer
        self.gives_up = False  # the person hangs up before an answer
        self._uri = f"sip:{number}@{address[0]}:{address[1]}"
        self._ours = f"<sip:{caller_id_number}@{endpoint.address[0]}>;tag={self.tag}"
        self._theirs = f"<{self._uri}>"
        self._far = self._uri
        self._invite_branch = ""
        self._invite_headers: list[tuple[str, str]] = []

    async def call(self, body: str, seconds_max: float) -> int:
        """Call and wait for the final answer; its status, or 0 if nobody ever answered anything.

        Whoever lets it ring for longer than the limit is cancelled.
        """
        self._body = body
        self._invite_branch, self._invite_headers = self._own_request("INVITE")
        invite = sip_message.request("INVITE", self._uri, [*self._invite_headers, *self._contact()], body)
        self.endpoint.expect(self._invite_branch, "INVITE", self._take_answer)
        pause_seconds = FIRST_REPEAT_SECONDS
        left_seconds = seconds_max
        while self.status == 0 and left_seconds > 0 and not self.gives_up:
            self.endpoint.send(invite, self._address)
            await self.wait_until(lambda: self.status > 0 or self.gives_up, min(pause_seconds, left_seconds))
            left_seconds -= pause_seconds
            pause_seconds *= 2
        await self.wait_until(lambda: self.status >= 200 or self.gives_up, max(left_seconds, 0.0))
        if 0 < self.status < 200:  # RFC 3261: what was never answered cannot be cancelled
            self.gives_up = True
            await self._cancel()
        return self.status

    def close(self) -> None:
        """Expect no more answers."""
        self.endpoint.forget(self._invite_branch, "INVITE")

    async def _cancel(self) -> None:
        headers = [
            (name, value.replace(" INVITE", " CANCEL") if name == "CSeq" else value)
            for name, value in self._invite_headers
        ]
        cancel = sip_message.request("CANCEL", self._uri, headers)
        await self.endpoint.ask(cancel, self._address, branch=self._invite_branch, method="CANCEL")
        await self.wait_until(lambda: self.status >= 200, ANSWER_SECONDS_MAX)

    def _take_answer(self, message: SipMessage) -> None:
        if self.status < 200:
            self.status = message.status
        if message.status >= 200:
            self._theirs = message.header("to")
            self._acknowledge(message)
        if 200 <= message.status < 300:
            self._far = message.contact_uri or self._far
            self.speech_place = message.speech_place
        self.wake()

    def _acknowledge(self, message: SipMessage) -> None:
        """RFC 3261: an ACK is of the refused transaction, and one of its own after an answer."""
        number = message.sequence[0]
        is_answer = message.status < 300
        _, via = self.endpoint.new_via()
        headers = [
            ("Via", via if is_answer else self._invite_headers[0][1]),
            HOPS_MAX,
            ("From", self._ours),
            ("To", self._theirs),
            ("Call-ID", self.call_id),
            ("CSeq", f"{number} ACK"),
        ]
        uri = (message.contact_uri or self._uri) if is_answer else self._uri
        self.endpoint.send(sip_message.request("ACK", uri, headers), self._address)
        self.acknowledged_at = self.acknowledged_at or time.time()

    def _parties(self) -> tuple[str, str]:
        return self._ours, self._theirs

    def _far_uri(self) -> str:
        return self._far
