"""The supervisor's loop: it keeps parts alive in their order, and ends them in the reverse one.

It is the main thread and waits in one place, for whatever comes first: a child's end, a sign of life, a
signal, a deadline. Children are started from this thread only, since the kernel ties their lives to it.
"""

import os
import select
import signal
import time
from contextlib import suppress
from types import FrameType
from typing import Self

from app.child_process import ChildProcess
from app.errors import PartFailed
from app.keeping import KeptPart, Part

TURN_SECONDS_MAX = 1.0
FROZEN_SECONDS = 2.0  # a turn that took so long means that we were stopped, not the children silent
EXIT_AT_ONCE = 130


class AskedToEnd(Exception):
    """A signal came while something was being started."""


class Supervisor:
    """Keeps parts alive until it is asked to end; use it as a context in the main thread."""

    def __init__(self) -> None:
        """Nothing is kept yet."""
        self._kept: list[KeptPart] = []
        self._signals = 0  # how often we were asked to end
        self._bell, self._bell_end = os.pipe()
        self._turned_at = self._look_at = time.monotonic()

    def __enter__(self) -> Self:
        """Take over the signals."""
        for end in (self._bell, self._bell_end):
            os.set_blocking(end, False)
        self._wakeup_before = signal.set_wakeup_fd(self._bell_end, warn_on_full_buffer=False)
        self._handlers_before = {
            number: signal.signal(number, handler)
            for number, handler in (
                (signal.SIGTERM, self._ask_to_end),
                (signal.SIGINT, self._ask_to_end),
                (signal.SIGHUP, self._ask_to_end),  # the terminal is gone
                (signal.SIGCHLD, _notice),
            )
            if signal.getsignal(number) is not signal.SIG_IGN  # as under nohup
        }
        return self

    def __exit__(self, *_: object) -> None:
        """End everything, the last part first, and give the signals back."""
        for kept in reversed(self._kept):
            kept.stop()
        signal.set_wakeup_fd(self._wakeup_before)
        for number, handler in self._handlers_before.items():
            signal.signal(number, handler)
        for end in (self._bell, self._bell_end):
            os.close(end)

    def keep(self, part: Part) -> KeptPart:
        """Keep a part alive from now on; it is started in the next turn."""
        kept = KeptPart(part)
        self._kept.append(kept)
        return kept

    def keep_and_await(self, part: Part, seconds_max: float) -> KeptPart:
        """Keep a part alive, and wait until it is ready; others are kept alive meanwhile.

        Raises:
            AppError: it could not be started the first time, or not in time.
            AskedToEnd: a signal came first.
        """
        kept = KeptPart(part)
        part.begin()  # a first start that fails is for a person to mend: the reason is raised
        kept.take_as_started(time.monotonic())
        self._kept.append(kept)
        deadline = time.monotonic() + seconds_max
        self._look()
        while not kept.is_ready:
            self._wait()
            self._look()
            if self._signals:
                raise AskedToEnd
            if kept.restarts or time.monotonic() > deadline:
                raise PartFailed(f"{part.name}: {kept.trouble or f'not ready after {seconds_max:g} s'}")
        return kept

    def run(self) -> None:
        """Keep all parts alive until a signal asks for the end."""
        while not self._signals:
            self._look()
            self._wait()

    # --- one turn --------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Do for each part what is due."""
        now = time.monotonic()
        for child in self._children():
            child.hear_life()
            if now - self._turned_at > FROZEN_SECONDS:
                child.excuse()
        self._look_at = min((kept.look(now) for kept in self._kept), default=now + TURN_SECONDS_MAX)
        self._turned_at = time.monotonic()

    def _wait(self) -> None:
        """Wait for whatever comes first."""
        lines = [child.life_line for child in self._children() if child.life_line is not None]
        seconds = min(max(0.0, self._look_at - time.monotonic()), TURN_SECONDS_MAX)
        select.select([self._bell, *lines], [], [], seconds)
        with suppress(BlockingIOError):
            os.read(self._bell, 4096)

    def _children(self) -> list[ChildProcess]:
        return [kept.part for kept in self._kept if isinstance(kept.part, ChildProcess)]

    def _ask_to_end(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1
        if self._signals > 1:
            for kept in self._kept:
                kept.part.kill()
            os._exit(EXIT_AT_ONCE)


def _notice(_number: int, _frame: FrameType | None) -> None:
    """A child has ended: the signal itself has woken us."""
