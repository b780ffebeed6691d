"""What all parties of one process share: the beat of their speech, and their tasks."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field

from asterisk_config.lab.rtp_stream import RtpPacer


@dataclass(slots=True, kw_only=True)
class TelephoneRoom:
    """Carriers and phones are opened in one, see `telephone_room`."""

    group: asyncio.TaskGroup
    pacer: RtpPacer = field(default_factory=RtpPacer)
    undo: ExitStack = field(default_factory=ExitStack)  # ports to close at the end
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def start(self, work: Coroutine[object, object, None]) -> None:
        """Run something until it ends or the room closes."""
        task = self.group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """End everything, as if the power failed."""
        for task in self._tasks:
            task.cancel()
        self.undo.close()


@asynccontextmanager
async def telephone_room() -> AsyncIterator[TelephoneRoom]:
    """A room for as long as the block lasts; what fails in one of its tasks fails the block."""
    async with asyncio.TaskGroup() as group:
        room = TelephoneRoom(group=group)
        try:
            room.start(room.pacer.run())
            yield room
        finally:
            room.close()
