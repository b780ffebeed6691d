"""One call as the called side sees it: answers the INVITE, and knows what the caller has done since.

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


class SipDialog:
    """A call from its INVITE to its BYE, at the side that was called."""

    def __init__(self, endpoint: SipEndpoint, invite: SipMessage, address: Address) -> None:
        self.invite = invite
        self.endpoint = endpoint
        self.tag = secrets.token_hex(6)
        self.acknowledged_at: float | None = None  # seconds since the epoch
        self.is_cancelled = False
        self.is_ended = False  # by the far side
        self.ignores_end = False  # a misbehaviour: says nothing to BYE
        self.speech_place = invite.speech_place  # where the far side listens
        self._address = address
        self._last = b""  # what the INVITE was answered last
        self._body = ""  # our description of the speech, once we answered
        self._sequence = 0
        self._changed = asyncio.Event()

    def progress(self, status: int, body: str = "") -> None:
        """Say how far it is, e.g. 180: it rings."""
        self._say(sip_message.answer(self.invite, status, tag=self.tag, headers=self._own(), body=body))

    @property
    def is_acknowledged(self) -> bool:
        """Whether the far side knows our final answer."""
        return self.acknowledged_at is not None

    def wake(self) -> None:
        """Let `wait_until` look again."""
        self._changed.set()

    def send_garbage(self, datagrams: Iterable[bytes]) -> None:
        """Send what no SIP speaker should."""
        for datagram in datagrams:
            self.endpoint.send(datagram, self._address)

    async def refuse(self, status: int, seconds_max: float = ANSWER_SECONDS_MAX) -> None:
        """Refuse the call and see to it that the far side knows."""
        self._say(sip_message.answer(self.invite, status, tag=self.tag))
        await self._repeat_until(lambda: self.is_acknowledged, seconds_max)

    async def accept(self, body: str, seconds_max: float = ANSWER_SECONDS_MAX) -> bool:
        """Answer the call; False if nobody acknowledged it."""
        self._body = body
        self._say(sip_message.answer(self.invite, 200, tag=self.tag, headers=self._own(), body=body))
        return await self._repeat_until(lambda: self.is_acknowledged or self.is_ended, seconds_max)

    def accept_as_another(self) -> None:
        """Answer the same INVITE once more, as if a second phone had: a misbehaviour."""
        other = sip_message.answer(
            self.invite, 200, tag=secrets.token_hex(6), headers=self._own(), body=self._body
        )
        self.endpoint.send(other, self._address)

    async def end(self, *, reason: str = NORMAL_END, seconds_max: float = ANSWER_SECONDS_MAX) -> None:
        """Hang up and see to it that the far side knows."""
        branch, via = self.endpoint.new_via()
        self._sequence += 1
        headers = [
            ("Via", via),
            ("Max-Forwards", "70"),
            ("From", f"{self.invite.header('to')};tag={self.tag}"),
            ("To", self.invite.header("from")),
            ("Call-ID", self.invite.call_id),
            ("CSeq", f"{self._sequence} BYE"),
        ]
        if reason:
            headers.append(("Reason", reason))
        bye = sip_message.request("BYE", self.invite.contact_uri or self.invite.uri, headers)
        await self.endpoint.ask(bye, self._address, branch=branch, method="BYE", seconds_max=seconds_max)

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

    def receive(self, message: SipMessage, address: Address) -> None:
        """Take a request of this call."""
        if message.method == "INVITE":
            self._take_invite(message, address)
        elif message.method == "ACK":
            if message.to_tag == self.tag:
                self.speech_place = message.speech_place or self.speech_place
                self.acknowledged_at = self.acknowledged_at or time.time()
        elif message.method == "CANCEL":
            self.endpoint.answer(message, address, 200, tag=self.tag)
            self.is_cancelled = True
        elif message.method == "BYE":
            self._take_bye(message, address)
        else:
            status = 200 if message.method in {"OPTIONS", "UPDATE", "INFO"} else 501
            self.endpoint.answer(message, address, status, tag=self.tag)
        self._changed.set()

    def _take_invite(self, message: SipMessage, address: Address) -> None:
        if message.branch == self.invite.branch:  # once more the same
            if self._last:
                self.endpoint.send(self._last, self._address)
        elif message.to_tag == self.tag:  # a change of the speech: ours stays as it is
            self.speech_place = message.speech_place or self.speech_place
            self.endpoint.send(
                sip_message.answer(message, 200, headers=self._own(), body=self._body), address
            )
        else:
            self.endpoint.answer(message, address, 481, tag=self.tag)

    def _take_bye(self, message: SipMessage, address: Address) -> None:
        is_ours = message.to_tag == self.tag
        if not (is_ours and self.ignores_end):
            self.endpoint.answer(message, address, 200)
        self.is_ended = self.is_ended or is_ours

    def _own(self) -> tuple[tuple[str, str], ...]:
        return (("Contact", f"<sip:{self.invite.user or 'lab'}@{self.endpoint.place}>"),)

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
