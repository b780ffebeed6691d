"""The bus over NATS: any number of processes on any number of hosts.

It connects anew for ever, by itself, and never keeps its caller waiting for that: what is said while the
server is away is lost and counted, as a message that comes late is wrong: the receiver asks for a snapshot.
Each connection is a client of its own without the library's reconnecting, which gives up on a refused
password and can stop silently; the subscriptions are ours and outlive it.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError, NoServersError

from dialer.adapters.ending_tasks import end_tasks
from dialer.adapters.listening import Answerer, Listener, check_subject
from dialer.adapters.wire import MESSAGE_BYTES_MAX, decode, encode
from dialer.messages.event_bus import BusError, Hear, NobodyAnswered, Refused, Reply

CONNECT_SECONDS_MAX = 2  # for one try
PROBE_SECONDS = 2.0  # between two round trips that show whether the server is still there
PENDING_POLL_SECONDS = 0.0005
CLOSE_SECONDS_MAX = 2.0
BACK_OFF_SECONDS = (0.0, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)  # before each further try; the last one stays
PENDING_BYTES_MAX = 8 * MESSAGE_BYTES_MAX  # said and not yet taken by the system's network
REFUSED = "Authorization Violation"  # as the server says it
REFUSAL_HEADER = "Paceline-Refusal"
ANSWERERS = "answerers"  # NATS's queue group: one of them gets each question

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Interest:
    """A subject that every connection is to bring us."""

    subject: str  # as NATS has it
    queue: str  # NATS's queue group, "" for none
    take: Callable[[Msg], Awaitable[None]]


class NatsBus:
    """An `EventBus` over a NATS server. Use `open`."""

    def __init__(self, url: str, *, name: str = "paceline") -> None:
        """Take the server's URL, or several with commas between; it may hold credentials: never logged."""
        self._url = url
        self._name = name
        self._place = place_of(url)
        self._interests: list[_Interest] = []
        self._listeners: list[Listener] = []
        self._answerers: list[Answerer] = []
        self._reconnected: list[Callable[[], Awaitable[None]]] = []
        self._client: Client | None = None  # None: not connected
        self._up, self._down = asyncio.Event(), asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._acting: set[asyncio.Task[None]] = set()  # after a reconnection
        self._is_closed = False
        self._complaint = "no try has ended yet"  # the latest reason for not being connected
        self.messages_lost = 0  # said while the server was away or did not keep up
        self.connections = 0  # every one after the first was a reconnection

    @classmethod
    async def open(cls, url: str, *, name: str = "paceline", seconds_max: float = 5.0) -> "NatsBus":
        """Connect.

        Raises:
            NobodyAnswered: the server was not reached in time; the text says why, without credentials.
        """
        bus = cls(url, name=name)
        bus._keeper = asyncio.create_task(bus._keep_connected(), name="keep NATS connected")
        try:
            async with asyncio.timeout(seconds_max):
                await bus._up.wait()
        except TimeoutError:
            await bus.close()
            raise NobodyAnswered(f"no NATS server at {bus._place}: {bus._complaint}") from None
        return bus

    @property
    def is_connected(self) -> bool:
        """Whether the server is there."""
        return self._client is not None

    async def connected(self) -> None:
        """Wait until the server is there."""
        await self._up.wait()

    async def disconnected(self) -> None:
        """Wait until the server is found to be gone."""
        await self._down.wait()

    def when_reconnected(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do this after every reconnection: messages were missed, so ask for a snapshot."""
        self._reconnected.append(act)

    # --- EventBus ----------------------------------------------------------------------------------------

    async def publish(self, subject: str, message: object) -> None:
        """Say something to all who listen now; returns at once, and counts it as lost if the server is away.

        Raises:
            WireError: the message cannot travel.
        """
        self._check(subject)
        await self._send(subject, encode(message))

    async def subscribe(self, subject: str, hear: Hear) -> None:
        """Listen until the bus is closed; where the server is there, it knows of us when this returns."""
        self._check(subject)
        listener = Listener(subject, hear)
        self._listeners.append(listener)

        async def take(message: Msg) -> None:
            listener.take(message.data)

        await self._add(_Interest(subject=subject, queue="", take=take))

    async def answer(self, subject: str, reply: Reply) -> None:
        """Answer questions until the bus is closed; of several answerers one gets each question."""
        self._check(subject)
        answerer = Answerer(subject, reply)
        self._answerers.append(answerer)

        async def take(message: Msg) -> None:
            async def respond(payload: bytes, is_refusal: bool) -> None:
                headers = {REFUSAL_HEADER: "1"} if is_refusal else None
                await self._send(message.reply, payload[:MESSAGE_BYTES_MAX], headers)

            answerer.take(message.data, respond)

        await self._add(_Interest(subject=subject, queue=ANSWERERS, take=take))

    async def ask(self, subject: str, message: object, seconds_max: float) -> object:
        """Put a question and give its answer; raises as `EventBus.ask` says."""
        self._check(subject)
        data = encode(message)
        try:
            async with asyncio.timeout(seconds_max):
                answer = await self._request(subject, data, seconds_max)
        except NoRespondersError:
            raise NobodyAnswered(f"nobody answers on {subject}") from None
        except TimeoutError:
            why = "" if self.is_connected else f"; not connected: {self._complaint}"
            raise NobodyAnswered(f"no answer on {subject} within {seconds_max:g} s{why}") from None
        except (NatsError, OSError) as error:
            raise NobodyAnswered(f"no answer on {subject}: the connection was lost ({error})") from error
        if answer.headers and REFUSAL_HEADER in answer.headers:
            raise Refused(answer.data.decode(errors="replace"))
        return decode(answer.data)

    async def close(self) -> None:
        """Deliver what was said, hear what was brought, then connect no more."""
        if self._is_closed:
            return
        self._is_closed = True
        for answerer in self._answerers:
            await answerer.finish(CLOSE_SECONDS_MAX)
        client = self._client
        if client is not None:
            await _round_trip(client)
        await end_tasks(*self._acting, *([self._keeper] if self._keeper is not None else []))
        for listener in self._listeners:
            await listener.finish(CLOSE_SECONDS_MAX)

    # --- sending -----------------------------------------------------------------------------------------

    def _check(self, subject: str) -> None:
        check_subject(subject)
        if self._is_closed:
            raise BusError("the bus is closed")

    async def _send(self, subject: str, data: bytes, headers: dict[str, str] | None = None) -> None:
        client = self._client
        if client is None or client.pending_data_size > PENDING_BYTES_MAX:
            self.messages_lost += 1
            return
        try:
            await client.publish(subject, data, headers=headers)
        except (NatsError, OSError):
            self.messages_lost += 1

    async def _request(self, subject: str, data: bytes, seconds_max: float) -> Msg:
        while (client := self._client) is None:
            await self._up.wait()
        return await client.request(subject, data, timeout=seconds_max)

    async def _add(self, interest: _Interest) -> None:
        self._interests.append(interest)
        client = self._client
        if client is None:
            return  # the next connection brings it
        try:
            await client.subscribe(interest.subject, queue=interest.queue, cb=interest.take)
        except (NatsError, OSError):
            return  # this connection is gone; the next one brings it
        await _round_trip(client)

    # --- the connection ----------------------------------------------------------------------------------

    async def _keep_connected(self) -> None:
        tries = 0
        while True:
            client, lost = Client(), asyncio.Event()
            try:
                await self._connect(client, lost)
                tries = 0
                await self._until_lost(client, lost)
                self._complain("the connection was lost")
            except NoServersError:
                pass  # the reason before it says more
            except (NatsError, OSError, TimeoutError, EOFError) as error:
                self._complain(str(error) or type(error).__name__)
            finally:
                self._client = None
                self._up.clear()
                self._down.set()
                await _discard(client)
            if self._is_closed:
                return  # `_until_lost` has seen it
            if tries == 0:
                _log.warning("bus: not connected to %s: %s", self._place, self._complaint)
            back_off = BACK_OFF_SECONDS[min(tries, len(BACK_OFF_SECONDS) - 1)]
            tries += 1
            await asyncio.sleep(back_off * random.uniform(0.5, 1.0))  # not all processes at the same instant

    async def _until_lost(self, client: Client, lost: asyncio.Event) -> None:
        """Wait until the server is gone, or does not answer any more: a frozen one closes nothing.

        The library's round trip may lose the cancellation of `close` (see `end_tasks`), so that is looked at.
        """
        while not (lost.is_set() or self._is_closed):
            with suppress(TimeoutError):
                async with asyncio.timeout(PROBE_SECONDS):
                    await lost.wait()
            if not lost.is_set() and not await _round_trip(client):
                return

    async def _connect(self, client: Client, lost: asyncio.Event) -> None:
        async def note_loss() -> None:
            lost.set()

        async def note_error(error: Exception) -> None:
            self._complain(str(error) or type(error).__name__)

        async with asyncio.timeout(CONNECT_SECONDS_MAX):
            await client.connect(
                self._url.split(","),
                name=self._name,
                allow_reconnect=False,
                max_reconnect_attempts=1,  # the library's name for tries; 0 would mean for ever
                reconnect_time_wait=0,
                connect_timeout=CONNECT_SECONDS_MAX,
                pending_size=2 * PENDING_BYTES_MAX,  # never reached: above ours the library would wait
                closed_cb=note_loss,
                disconnected_cb=note_loss,
                error_cb=note_error,
            )
            joined = 0
            while joined < len(self._interests):  # some may be added meanwhile
                interest = self._interests[joined]
                joined += 1
                await client.subscribe(interest.subject, queue=interest.queue, cb=interest.take)
        self._client = client  # no waiting since the last look at the interests
        if not await _round_trip(client):
            raise TimeoutError("the server does not answer")
        self._complaint = ""
        self._down.clear()
        self._up.set()
        self.connections += 1
        if self.connections > 1:
            _log.warning("bus: connected to %s again", self._place)
            self._tell_reconnected()

    def _complain(self, text: str) -> None:
        """Keep the reason for not being connected; a refused password also breaks the connection."""
        if REFUSED not in self._complaint or REFUSED in text:
            self._complaint = text

    def _tell_reconnected(self) -> None:
        """Begin what follows a reconnection; it asks over this bus, so nobody waits for it here."""
        for act in self._reconnected:
            task = asyncio.create_task(self._act(act), name="after a reconnection of the bus")
            self._acting.add(task)
            task.add_done_callback(self._acting.discard)

    async def _act(self, act: Callable[[], Awaitable[None]]) -> None:
        (error,) = await asyncio.gather(act(), return_exceptions=True)
        if error is not None:
            _log.error("bus: what follows a reconnection failed", exc_info=error)


async def _round_trip(client: Client) -> bool:
    """Whether the server has taken all that was said so far.

    The library's own `flush` overtakes what it has not yet given to the network, so that goes first.
    """
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            while client.pending_data_size:
                await asyncio.sleep(PENDING_POLL_SECONDS)
            await client.flush()
    except (NatsError, OSError, TimeoutError):
        return False
    return True


async def _discard(client: Client) -> None:
    """Close a client that is of no use any more; nothing that goes wrong here matters."""
    with suppress(NatsError, OSError, TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS_MAX):
            await client.close()


def place_of(url: str) -> str:
    """Hosts and ports of the servers in a URL, without the credentials that it may hold.

    >>> place_of("nats://somebody:secret@bus.example:4222,nats://second.example")
    'bus.example:4222, second.example'
    """
    return ", ".join(part.rpartition("@")[2].rpartition("/")[2] for part in url.split(","))
