"""Time as the peers see it: things due every so many seconds, and the hour of the day.

A pacer knows one monotonic clock of seconds and is asked when its caller likes; these classes make of it the
loops and daily counts of the originals. They survive a clock that is set back or that begins anew.
"""

SECONDS_PER_DAY = 86_400.0
SECONDS_PER_HOUR = 3600.0
INSTANT_SECONDS = 1e-9  # two instants closer than this are the same


class Cadence:
    """Says when something is due that happens every so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._due_at: float | None = None

    def is_due(self, now: float) -> bool:
        """Whether it is due; asking counts as doing it. Due at once when first asked.

        A caller who asks more seldom than it is due does it each time he asks; one who asks at odd times gets
        the right number of them in the long run.

        >>> loop = Cadence(2.5)
        >>> [second for second in range(9) if loop.is_due(float(second))]
        [0, 3, 5, 8]
        """
        due_at = self._due_at
        if due_at is None or now < due_at - self._seconds - INSTANT_SECONDS:
            self._due_at = now + self._seconds
            return True
        if now < due_at - INSTANT_SECONDS:
            return False
        self._due_at = due_at + self._seconds
        if self._due_at <= now:
            self._due_at = now + self._seconds
        return True

    def forget(self) -> None:
        """Another clock begins: due at once."""
        self._due_at = None


class DayClock:
    """The time of day, counted on from the hour at which the pacer began."""

    def __init__(self, began_at_hour: float) -> None:
        self.seconds = began_at_hour * SECONDS_PER_HOUR % SECONDS_PER_DAY  # since midnight
        self._now: float | None = None

    def advance(self, now: float) -> bool:
        """Go on to `now`; True if midnight lay between."""
        elapsed = 0.0 if self._now is None else max(0.0, now - self._now)
        self._now = now
        days, self.seconds = divmod(self.seconds + elapsed, SECONDS_PER_DAY)
        return days > 0.0

    @property
    def hour_and_minute(self) -> int:
        """The time as a number of four digits, as VICIdial writes it: 19:59 is 1959."""
        minutes = int(self.seconds // 60.0)
        return minutes // 60 * 100 + minutes % 60

    def forget(self) -> None:
        """Another clock begins: the time of day stays what it was."""
        self._now = None
