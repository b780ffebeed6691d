"""Between the engine's clock and the wall clock of the database: seconds on one side, UTC on the other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, overload


class Alarm(Protocol):
    """An instant at which something is to be called."""

    def cancel(self) -> None:
        """Call nothing any more."""


class RunningClock(Protocol):
    """What the engine's seconds are counted by: the event loop, or in a rehearsal the virtual network."""

    def time(self) -> float:
        """Give the present instant, seconds."""
        ...

    def call_at(self, when: float, callback: Callable[[], object], /) -> Alarm:
        """Call when that instant has come."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineClock:
    """Where the engine's clock stands against the wall clock (`WallClockSet` carries the same number).

    >>> EngineClock(wall_offset_seconds=1000.0).wall_at(0.5)
    datetime.datetime(1970, 1, 1, 0, 16, 40, 500000, tzinfo=datetime.timezone.utc)
    """

    wall_offset_seconds: float  # POSIX seconds minus the engine's clock

    @overload
    def wall_at(self, at: float) -> datetime:
        """For an instant that there is."""

    @overload
    def wall_at(self, at: float | None) -> datetime | None:
        """For one that may not have come."""

    def wall_at(self, at: float | None) -> datetime | None:
        """The UTC instant of an instant of the engine, rounded to microseconds as the database does."""
        return None if at is None else posix_instant(at + self.wall_offset_seconds)

    def engine_at(self, instant: datetime) -> float:
        """The engine's instant of a UTC instant, seconds."""
        return instant.timestamp() - self.wall_offset_seconds


def posix_instant(seconds: float) -> datetime:
    """The UTC instant of POSIX seconds."""
    return datetime.fromtimestamp(seconds, UTC)
