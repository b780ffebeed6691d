"""Counts of what happened in the last so many seconds, in slots of time."""

from collections import deque

from pacing.state import State, StateReader


class RollingCounts:
    """One number for each kind of thing, over a window that moves in whole slots.

    The window is the slot that runs and the `slots` - 1 before it.

    >>> counts = RollingCounts(slot_seconds=1.0, slots=60, kinds=("calls",))
    >>> counts.add("calls", 0.0); counts.add("calls", 59.0)
    >>> counts.total("calls", 59.0), counts.total("calls", 60.0)
    (2.0, 1.0)
    """

    def __init__(self, *, slot_seconds: float, slots: int, kinds: tuple[str, ...]) -> None:
        self._slot_seconds = slot_seconds
        self._slots = slots
        self._counts = {kind: deque([0.0] * slots, maxlen=slots) for kind in kinds}
        self._totals = dict.fromkeys(kinds, 0.0)
        self._slot: int | None = None

    def add(self, kind: str, now: float) -> None:
        """Count one."""
        self._advance(now)
        self._counts[kind][-1] += 1.0
        self._totals[kind] += 1.0

    def total(self, kind: str, now: float) -> float:
        """How many there were in the window that ends now."""
        self._advance(now)
        return self._totals[kind]

    def forget_time(self) -> None:
        """Another clock begins: what was counted lies just behind its first instant."""
        self._slot = None

    def _advance(self, now: float) -> None:
        slot = int(now // self._slot_seconds)
        if slot == self._slot:
            return
        steps = 0 if self._slot is None else slot - self._slot
        self._slot = slot
        # A clock that was set back (a negative number of steps) counts on where it is.
        for kind, counts in self._counts.items():
            if steps >= self._slots:
                counts.extend([0.0] * self._slots)
                self._totals[kind] = 0.0
                continue
            for _ in range(steps):
                self._totals[kind] -= counts[0]
                counts.append(0.0)

    def state(self) -> State:
        """The count of each slot, oldest first."""
        return {kind: list(counts) for kind, counts in self._counts.items()}

    def restore(self, state: StateReader) -> None:
        """Take back what `state` gave; raises PacerStateError and then changes nothing."""
        rows = {kind: state.numbers(kind, self._slots) for kind in self._counts}
        self._counts = {kind: deque(row, maxlen=self._slots) for kind, row in rows.items()}
        self._totals = {kind: sum(row) for kind, row in rows.items()}
        self._slot = None
