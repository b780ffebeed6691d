"""The caps that stand after every method: lines, trunks, dials per second.

No method may start more lines than these allow, whatever it calculates.
"""

from pacing.interface import BindingConstraint
from pacing.snapshot import Snapshot

DIAL_BURST_SECONDS = 1.0
"""Dials not used are kept for this long: a decision a second uses the full rate, a pause adds nothing."""


class LineLimits:
    """Cuts a wish for lines to what lines, trunks and carrier allow, and names what cut it."""

    def __init__(self, lines_max: int | None) -> None:
        self._lines_max = lines_max
        self._dials_allowed = 0.0
        self._filled_at: float | None = None

    def cap(self, lines: int, reason: BindingConstraint, snapshot: Snapshot) -> tuple[int, BindingConstraint]:
        """Lines that may start now and the constraint that binds; `reason` if no limit does."""
        caps: list[tuple[int, BindingConstraint]] = []
        if self._lines_max is not None:
            caps.append((self._lines_max - snapshot.lines_in_use, BindingConstraint.LINES_MAX))
        if snapshot.lines_available is not None:
            caps.append((snapshot.lines_available, BindingConstraint.LINES_AVAILABLE))
        rate = snapshot.dials_per_second_max
        if rate is not None:
            caps.append((self._dials_now(rate, snapshot.now), BindingConstraint.DIALS_PER_SECOND_MAX))
        for allowed, constraint in caps:
            if max(0, allowed) < lines:
                lines, reason = max(0, allowed), constraint
        if rate is not None:
            self._dials_allowed -= lines
        return lines, reason

    def forget_time(self) -> None:
        """The clock was set: start a new bucket at the next decision."""
        self._filled_at = None

    def _dials_now(self, dials_per_second_max: float, now: float) -> int:
        """Whole dials in the bucket: it fills at the rate and holds one second of it (or one dial)."""
        bucket = max(1.0, dials_per_second_max * DIAL_BURST_SECONDS) if dials_per_second_max > 0.0 else 0.0
        elapsed_seconds = DIAL_BURST_SECONDS if self._filled_at is None else now - self._filled_at
        self._filled_at = now
        self._dials_allowed = min(
            bucket, max(0.0, self._dials_allowed) + elapsed_seconds * dials_per_second_max
        )
        # A hair above a whole number is that number: 10 × 0.1 s at 1/s is one dial.
        return int(self._dials_allowed + 1e-9)
