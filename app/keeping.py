"""Keeping one part alive: started when it may, started again when it ends or hangs, with back-off.

It decides by the clock that it is given and waits for nothing; `app.supervisor` turns it.
"""

import logging
import math
from typing import Protocol

from app.errors import AppError

RESTART_SECONDS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Before each restart in a row: at once the first time, the last one for ever."""
QUIET_SECONDS = 60.0  # what has lived so long begins at the first of them again
READY_POLL_SECONDS = 0.01
OBSTACLE_POLL_SECONDS = 2.0

_log = logging.getLogger(__name__)


class Part(Protocol):
    """A process of our own, or a server, that is to live as long as we do."""

    name: str  # for people

    def obstacle(self) -> str | None:
        """What must be mended by a person before it can be started; None: nothing."""

    def begin(self) -> None:
        """Start it without waiting until it is ready; raises AppError."""

    def is_ready(self) -> bool:
        """Whether it is of use now; raises AppError when it cannot be any more."""

    def ended(self) -> str | None:
        """How its process ended, for people; None: it lives."""

    def hung_at(self) -> float:
        """Instant at which it must be taken for hung unless it shows life before; infinity: it never is."""

    def process_id(self) -> int:
        """Id of its process; only while it is started."""

    def stop(self) -> None:
        """End it within its time limit, and forget it; harmless if it is not started."""

    def kill(self) -> None:
        """End it now, by force."""


class KeptPart:
    """One part and what is to be done about it next."""

    def __init__(self, part: Part) -> None:
        """It is to be started as soon as it may."""
        self.part = part
        self.is_ready = False
        self.restarts = 0
        self.obstacle: str | None = None
        self.trouble = ""  # why it was last started again
        self._start_at: float | None = 0.0  # None: it is started
        self._began_at = -math.inf
        self._failures_in_a_row = 0

    def look(self, now: float) -> float:
        """Do what is due; gives the instant at which to look again."""
        if self._start_at is not None:
            if now < self._start_at:
                return self._start_at
            return self._start(now)
        how = self.part.ended()
        if how is None and now >= self.part.hung_at():
            self.part.kill()
            how = "showed no life any more and was killed"
        if how is None and not self.is_ready:
            how = self._ask_whether_ready()
        if how is not None:
            self.part.stop()
            return self._failed(how, now)
        return self.part.hung_at() if self.is_ready else now + READY_POLL_SECONDS

    def take_as_started(self, now: float) -> None:
        """The part has been begun by somebody else."""
        self._began_at, self._start_at = now, None
        self._tell_started()

    def stop(self) -> None:
        """End the part for good."""
        self.is_ready = False
        self._start_at = math.inf
        self.part.stop()

    def _start(self, now: float) -> float:
        obstacle = self.part.obstacle()
        if obstacle is not None:
            if obstacle != self.obstacle:
                _log.warning("serve: %s waits: %s", self.part.name, obstacle)
            self.obstacle = obstacle
            self._start_at = now + OBSTACLE_POLL_SECONDS
            return self._start_at
        self.obstacle = None
        self._began_at, self._start_at = now, None
        try:
            self.part.begin()
        except AppError as error:
            return self._failed(str(error), now)
        self._tell_started()
        return now

    def _tell_started(self) -> None:
        _log.info("serve: %s is started as process %d", self.part.name, self.part.process_id())

    def _ask_whether_ready(self) -> str | None:
        try:
            self.is_ready = self.part.is_ready()
        except AppError as error:
            return str(error)
        if self.is_ready:
            _log.info("serve: %s is ready", self.part.name)
        return None

    def _failed(self, how: str, now: float) -> float:
        if now - self._began_at >= QUIET_SECONDS:
            self._failures_in_a_row = 0
        delay = RESTART_SECONDS[min(self._failures_in_a_row, len(RESTART_SECONDS) - 1)]
        self._failures_in_a_row += 1
        self.restarts += 1
        self.trouble = how
        self.is_ready = False
        self._start_at = now + delay
        when = f"in {delay:g} s" if delay else "at once"
        _log.error("serve: %s %s; it is started again %s", self.part.name, how, when)
        return self._start_at
