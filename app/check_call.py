"""A call placed by the self-test: signalling, the bridge, and sound both ways; what each refusal means.

It steers the call over ARI as an application of its own, beside an engine that is at work.
"""

import asyncio
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import msgspec
from aiohttp import ClientError, ClientSession, ClientTimeout, WSServerHandshakeError, encode_basic_auth

from app.check_results import CheckResult, failed, good
from dialer.adapters.ari_connection import AriAddress
from dialer.adapters.ari_messages import AriMessage, AriRequest
from dialer.adapters.ari_socket import AriSocket
from dialer.adapters.leg_ids import self_test_leg

CONNECT_SECONDS_MAX = 5.0
RING_SECONDS_MAX = 30.0
LISTEN_SECONDS = 2.0  # of talk; 100 packets each way (RFC 3551: 20 ms each)
PACKETS_MIN = 50
TONE = "tone:dial"
TALK_DETECTION = {"TALK_DETECT(set)": "200,256"}  # milliseconds of silence, loudness
SIGNALLING, SENDING, HEARING = "call: signalling", "call: sound to the called party", "call: sound from him"

FIXES_BY_SIP_STATUS: Mapping[int, str] = {
    401: "the carrier does not know the account: compare trunks.registration with what it gave you",
    403: "the carrier forbids the call: compare account, allowed addresses, caller id and credit",
    404: "the carrier does not know the number: try it in the form that it expects, e.g. +39…",
    407: "the carrier wants a login: add trunks.registration",
    408: "nothing came back: compare trunk.host and port, and let UDP through the firewall both ways",
    480: "the number is not reachable now, or nobody answered: try another one",
    484: "the carrier wants more digits: use the whole number with country code",
    486: "the number is busy: try another one",
    488: "no codec in common: compare trunk.codecs with what the carrier offers",
    500: "the carrier has a fault: ask it",
    503: "the carrier takes no more calls: compare channels_max and calls_per_second_max with the contract",
    603: "the called party declines: try another number",
}
"""What to do about a refusal, by its SIP status (RFC 3261 section 21)."""

FIX_OF_OTHERS = "look the SIP status up in RFC 3261 section 21, and ask the carrier with date and time"


class _Statistics(msgspec.Struct):
    """Asterisk's count of packets of a channel."""

    txcount: int = 0
    rxcount: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCall:
    """Whom to call, and over what."""

    __test__ = False  # no test of pytest's

    trunk: str
    number: str
    caller_id_number: str = ""


class _Trouble(Exception):
    """The call came to an end before it proved everything; its text is what was seen, `fix` what to do."""

    def __init__(self, seen: str, fix: str) -> None:
        super().__init__(seen)
        self.fix = fix


async def check_call(address: AriAddress, call: TestCall) -> tuple[CheckResult, ...]:
    """Place the call and say what was proved; it is hung up in any case."""
    application = f"paceline-check-{secrets.token_hex(4)}"
    query = {"app": application}
    headers = {"Authorization": encode_basic_auth(address.user_name, address.password)}
    limits = ClientTimeout(total=None, connect=CONNECT_SECONDS_MAX)
    try:
        async with (
            ClientSession(headers=headers, timeout=limits) as session,
            session.ws_connect(f"{address.base_url}/events", params=query, protocols=("ari",)) as transport,
        ):
            events: asyncio.Queue[AriMessage] = asyncio.Queue()
            line = AriSocket(transport, events.put_nowait)
            running = asyncio.create_task(line.run())
            try:
                return await _Caller(line, events, application, call).place()
            finally:
                line.end()
                with suppress(asyncio.CancelledError):
                    await running
    except WSServerHandshakeError as error:
        fix = "compare ari.name and ari.password with Asterisk's ari.conf, or render it again"
        return (failed(SIGNALLING, f"ARI refused us with HTTP status {error.status}", fix),)
    except (ClientError, OSError, TimeoutError) as error:
        fix = "start Asterisk; compare http_address and http_port with its http.conf"
        return (failed(SIGNALLING, f"ARI cannot be reached ({type(error).__name__})", fix),)


class _Caller:
    """One test call, step by step."""

    def __init__(
        self, line: AriSocket, events: asyncio.Queue[AriMessage], application: str, call: TestCall
    ) -> None:
        self._line = line
        self._events = events
        self._application = application
        self._call = call
        self._channel_id = self_test_leg(secrets.token_hex(6))
        self._has_heard = False

    async def place(self) -> tuple[CheckResult, ...]:
        """Call, listen, hang up, and say what was proved."""
        bridge = f"bridges/{self._channel_id}"
        try:
            answered_seconds = await self._be_answered()
            await self._order("POST", bridge, type="mixing")
            await self._order("POST", f"{bridge}/addChannel", channel=self._channel_id)
            await self._order("POST", f"{bridge}/play", media=TONE)
            count = await self._listen()
        except _Trouble as trouble:
            return (failed(SIGNALLING, str(trouble), trouble.fix),)
        finally:
            for uri in (f"channels/{self._channel_id}", bridge):
                await self._line.ask(AriRequest(method="DELETE", uri=uri))
        seen = f"{self._call.number} answered over {self._call.trunk} after {answered_seconds:.1f} s"
        return (good(SIGNALLING, seen), _sending(count), _hearing(count, self._has_heard))

    async def _be_answered(self) -> float:
        """Place the call and wait for the answer; gives the seconds until then."""
        loop = asyncio.get_running_loop()
        began_at = loop.time()
        placed = await self._line.ask(
            AriRequest(
                method="POST",
                uri="channels",
                query={
                    "endpoint": f"PJSIP/{self._call.number}@{self._call.trunk}",
                    "app": self._application,
                    "channelId": self._channel_id,
                    "timeout": f"{RING_SECONDS_MAX:g}",
                    "callerId": self._call.caller_id_number,
                },
                body={"variables": TALK_DETECTION},
            )
        )
        if not placed.is_done:
            raise _Trouble(
                f"Asterisk did not place the call: status {placed.status} {placed.body[:100]}",
                f"render the settings again with the trunk {self._call.trunk} in them, and restart Asterisk",
            )
        await self._wait_for("StasisStart", RING_SECONDS_MAX + 2.0)
        return loop.time() - began_at

    async def _listen(self) -> _Statistics:
        with suppress(TimeoutError):
            await self._wait_for("nothing, so that all of the time passes", LISTEN_SECONDS)
        answer = await self._line.ask(
            AriRequest(method="GET", uri=f"channels/{self._channel_id}/rtp_statistics")
        )
        if not answer.is_done:
            raise _Trouble(
                "the call has no speech that Asterisk could count", "ask the carrier what it offers"
            )
        return msgspec.json.decode(answer.body, type=_Statistics)

    async def _wait_for(self, kind: str, seconds: float) -> None:
        """Wait for an event of our channel; raises TimeoutError, or _Trouble where the call ends before."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    event = await self._events.get()
                    if event.type == "ChannelTalkingStarted":
                        self._has_heard = True
                    elif event.type == "ChannelDestroyed":
                        raise _ended(event)
                    elif event.type == kind:
                        return
        except TimeoutError:
            if kind != "StasisStart":
                raise
            raise _Trouble("no answer and no refusal", FIXES_BY_SIP_STATUS[408]) from None

    async def _order(self, method: str, uri: str, **query: str) -> None:
        answer = await self._line.ask(AriRequest(method=method, uri=uri, query=query))
        if not answer.is_done:
            raise _Trouble(
                f"Asterisk answered {answer.status} to {uri.rpartition('/')[2]}: {answer.body[:100]}",
                "run `paceline asterisk verify` on its files: a module is missing",
            )


def _ended(event: AriMessage) -> _Trouble:
    status = event.tech_cause
    seen = f"the call ended with SIP status {status or 'none'} and Q.850 cause {event.cause}"
    return _Trouble(seen, FIXES_BY_SIP_STATUS.get(status, FIX_OF_OTHERS))


def _sending(count: _Statistics) -> CheckResult:
    seen = f"{count.txcount} packets sent in {LISTEN_SECONDS:g} s"
    if count.txcount >= PACKETS_MIN:
        return good(SENDING, seen)
    return failed(SENDING, seen, "look into Asterisk's log: it sends nothing into the bridge")


def _hearing(count: _Statistics, has_heard: bool) -> CheckResult:
    seen = f"{count.rxcount} packets received in {LISTEN_SECONDS:g} s"
    if count.rxcount < PACKETS_MIN:
        fix = "let UDP of the RTP ports (rtp.first to rtp.last) in through the firewall, and behind NAT tell"
        return failed(HEARING, seen, f"{fix} Asterisk its outer address")
    return good(HEARING, f"{seen}, {'with sound' if has_heard else 'silent: nobody spoke'}")
