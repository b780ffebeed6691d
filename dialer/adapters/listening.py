"""What both transports do with bytes that arrive: hear them one at a time, or answer them.

A listener outlives the connection that its bytes come from, so no handler is cut off by a lost connection.
An error of a handler is logged, and the next message is heard. A handler must not close its own bus.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from dialer.adapters.ending_tasks import end_tasks
from dialer.adapters.errors import WireError
from dialer.adapters.wire import decode, encode
from dialer.messages.event_bus import Hear, Refused, Reply

PENDING_MESSAGES_MAX = 20_000  # of one subject; more are lost, and the receiver sees the gap
QUESTIONS_AT_ONCE_MAX = 256

_log = logging.getLogger(__name__)

Respond = Callable[[bytes, bool], Awaitable[None]]
"""Sends an answer: its bytes, and whether they are the text of a refusal rather than a message."""


class Listener:
    """Hears the messages of one subject in order."""

    def __init__(self, subject: str, hear: Hear) -> None:
        """Begin to hear."""
        self.subject = subject
        self.messages_lost = 0  # came faster than they were heard, or could not be read
        self._hear = hear
        self._pending: asyncio.Queue[bytes] = asyncio.Queue(PENDING_MESSAGES_MAX)
        self._task = asyncio.create_task(self._work(), name=f"hear {subject}")

    def take(self, data: bytes) -> None:
        """Put a message in the row; it is lost where the row is full."""
        try:
            self._pending.put_nowait(data)
        except asyncio.QueueFull:
            self.messages_lost += 1

    async def finish(self, seconds_max: float) -> None:
        """Hear what is in the row, then listen no more."""
        try:
            async with asyncio.timeout(seconds_max):
                await self._pending.join()
        except TimeoutError:
            _log.warning("bus: %s: %d messages were not heard", self.subject, self._pending.qsize())
        await end_tasks(self._task)

    async def _work(self) -> None:
        while True:
            data = await self._pending.get()
            try:
                await self._hear_one(decode(data))
            except WireError as error:
                self.messages_lost += 1
                _log.warning("bus: %s: a message was not understood: %s", self.subject, error)
            finally:
                self._pending.task_done()

    async def _hear_one(self, message: object) -> None:
        (error,) = await asyncio.gather(self._hear(message), return_exceptions=True)
        if error is not None:
            _log.error("bus: %s: hearing %s failed", self.subject, type(message).__name__, exc_info=error)


class Answerer:
    """Answers the questions of one subject; they begin in order and do not wait for each other."""

    def __init__(self, subject: str, reply: Reply) -> None:
        """Take what answers."""
        self.subject = subject
        self._reply = reply
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, data: bytes, respond: Respond) -> None:
        """Begin to answer a question."""
        begun = self._answer if len(self._tasks) < QUESTIONS_AT_ONCE_MAX else self._turn_away
        task = asyncio.create_task(begun(data, respond), name=f"answer {self.subject}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self, seconds_max: float) -> None:
        """Answer what was asked, then answer no more."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds_max)
        await end_tasks(*self._tasks)

    async def _turn_away(self, data: bytes, respond: Respond) -> None:
        await respond(f"busy: {QUESTIONS_AT_ONCE_MAX} questions wait already; ask again".encode(), True)

    async def _answer(self, data: bytes, respond: Respond) -> None:
        try:
            question = decode(data)
            (answer,) = await asyncio.gather(self._reply(question), return_exceptions=True)
            if isinstance(answer, BaseException):
                await respond(self._refusal(question, answer), True)
            else:
                await respond(encode(answer), False)
        except WireError as error:  # of the question, or of the answer
            _log.warning("bus: %s: a question was refused: %s", self.subject, error)
            await respond(str(error).encode(), True)

    def _refusal(self, question: object, error: BaseException) -> bytes:
        if isinstance(error, Refused):
            return str(error).encode()
        _log.error("bus: %s: answering %s failed", self.subject, type(question).__name__, exc_info=error)
        return f"{type(error).__name__}: {error}".encode()


def check_subject(subject: str) -> None:
    """Refuse what is no subject, the same on every transport: a wildcard would work on one only.

    Raises:
        ValueError: if it is none.
    """
    words = subject.split(".")
    if not all(word.isascii() and word.replace("_", "").replace("-", "").isalnum() for word in words):
        raise ValueError(f"expected words of letters and digits with dots between them, got {subject!r}")
