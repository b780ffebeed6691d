"""The bus between processes: one says, any number hear; a question gets one answer. No transport here.

A message is one of the frozen dataclasses of `dialer.messages` or of `dialer.core`'s events.
Delivery is at most once: the receiver of a numbered stream sees a gap and asks for a snapshot.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

Hear = Callable[[object], Awaitable[None]]
"""What is done with a message heard."""

Reply = Callable[[object], Awaitable[object]]
"""What answers a question: takes a message and gives one."""


class EventBus(Protocol):
    """What every transport offers; a subject is words with dots between them, as in `subjects`."""

    async def publish(self, subject: str, message: object) -> None:
        """Say something to all who listen now; nobody may listen."""

    async def subscribe(self, subject: str, hear: Hear) -> None:
        """Listen until the bus is closed; messages are heard one at a time, in the order they were said."""

    async def answer(self, subject: str, reply: Reply) -> None:
        """Answer questions until the bus is closed; an error of `reply` reaches the asker as `Refused`."""

    async def ask(self, subject: str, message: object, seconds_max: float) -> object:
        """Put a question and give its answer.

        Raises:
            NobodyAnswered: nobody listens, or no answer came in time.
            Refused: the one who answers could not do it; the text says why.
        """

    async def close(self) -> None:
        """Say goodbye: what was published before is delivered first."""


class BusError(Exception):
    """Anything that the bus could not do."""


class NobodyAnswered(BusError):
    """A question that nobody answered in time."""


class Refused(BusError):
    """A question that was answered with a refusal; the text is for people."""
