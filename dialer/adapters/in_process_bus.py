"""The bus inside one process, for tests and the demo: the same bytes as over the network, without one."""

import asyncio
from collections import defaultdict

from dialer.adapters.listening import Answerer, Listener, check_subject
from dialer.adapters.wire import decode, encode
from dialer.messages.event_bus import BusError, Hear, NobodyAnswered, Refused, Reply

CLOSE_SECONDS_MAX = 2.0


class InProcessBus:
    """An `EventBus` that all parties hold; one of them closes it for all."""

    def __init__(self) -> None:
        """Nobody listens yet."""
        self._listeners: defaultdict[str, list[Listener]] = defaultdict(list)
        self._answerers: dict[str, Answerer] = {}
        self._is_closed = False

    async def publish(self, subject: str, message: object) -> None:
        """Say something to all who listen now.

        Raises:
            WireError: the message cannot travel.
        """
        self._check(subject)
        data = encode(message)
        for listener in self._listeners.get(subject, ()):
            listener.take(data)

    async def subscribe(self, subject: str, hear: Hear) -> None:
        """Listen until the bus is closed."""
        self._check(subject)
        self._listeners[subject].append(Listener(subject, hear))

    async def answer(self, subject: str, reply: Reply) -> None:
        """Answer questions until the bus is closed; the first who offers it, answers."""
        self._check(subject)
        self._answerers.setdefault(subject, Answerer(subject, reply))

    async def ask(self, subject: str, message: object, seconds_max: float) -> object:
        """Put a question and give its answer; raises as `EventBus.ask` says."""
        self._check(subject)
        data = encode(message)
        answerer = self._answerers.get(subject)
        if answerer is None:
            raise NobodyAnswered(f"nobody answers on {subject}")
        answered: asyncio.Future[tuple[bytes, bool]] = asyncio.get_running_loop().create_future()

        async def respond(payload: bytes, is_refusal: bool) -> None:
            if not answered.done():
                answered.set_result((payload, is_refusal))

        answerer.take(data, respond)
        try:
            async with asyncio.timeout(seconds_max):
                payload, is_refusal = await answered
        except TimeoutError:
            raise NobodyAnswered(f"no answer on {subject} within {seconds_max:g} s") from None
        if is_refusal:
            raise Refused(payload.decode())
        return decode(payload)

    async def close(self) -> None:
        """Let all hear what was said before, then be silent."""
        self._is_closed = True
        for answerer in self._answerers.values():
            await answerer.finish(CLOSE_SECONDS_MAX)
        for listeners in self._listeners.values():
            for listener in listeners:
                await listener.finish(CLOSE_SECONDS_MAX)

    def _check(self, subject: str) -> None:
        check_subject(subject)
        if self._is_closed:
            raise BusError("the bus is closed")
