"""One node's clock against ours: an instant that Asterisk wrote becomes one on the engine's clock.

Each message has travelled for an unknown time, so the least difference ever seen is the best estimate
(the principle of NTP's minimum filter, RFC 5905 section 10); old samples are forgotten, as clocks drift.
"""

import math
from datetime import datetime

FORGET_SECONDS = 300.0


class NodeClock:
    """Estimates where a node's wall clock stands against the engine's clock."""

    def __init__(self) -> None:
        """Begin without a sample."""
        self._least = math.inf  # engine clock minus the node's POSIX seconds, in this period
        self._least_before = math.inf  # and in the one before
        self._period_began_at = -math.inf

    @property
    def is_known(self) -> bool:
        """Whether there is an estimate."""
        return math.isfinite(min(self._least, self._least_before))

    def hear(self, timestamp: str, now: float) -> None:
        """Learn from a message written at `timestamp` (ISO 8601, node's clock), read at `now` (engine's)."""
        posix = posix_of(timestamp)
        if posix is None:
            return
        if now - self._period_began_at > FORGET_SECONDS:
            self._least_before, self._least = self._least, math.inf
            self._period_began_at = now
        self._least = min(self._least, now - posix)

    def engine_at(self, timestamp: str, now: float) -> float:
        """The engine's instant of a node's; `now` where nothing better is known, and never after it."""
        posix = posix_of(timestamp)
        return now if posix is None else self.engine_at_posix(posix, now)

    def engine_at_posix(self, posix: float, now: float) -> float:
        """The same for POSIX seconds of the node."""
        least = min(self._least, self._least_before)
        return min(now, posix + least) if math.isfinite(least) else now

    def node_posix_at(self, now: float) -> float | None:
        """What the node's wall clock shows at the engine's `now`, POSIX seconds."""
        return now - min(self._least, self._least_before) if self.is_known else None


def posix_of(timestamp: str) -> float | None:
    """POSIX seconds of Asterisk's timestamp; None where it is none.

    >>> posix_of("1970-01-01T01:00:01.500+0100")
    1.5
    """
    try:
        return datetime.fromisoformat(timestamp).timestamp()
    except ValueError:
        return None
