"""The event list of the virtual world: what happens next, with deterministic ties.

A heap of (instant, sequence, action, subject, token), as in every discrete-event simulator.
Two entries of the same instant come out in the order in which they were scheduled, whatever they hold.
Nothing is ever taken out before its time: an action compares its token with its subject and does nothing
when the subject has moved on (cheaper than searching the heap).
"""

import heapq
from collections.abc import Callable
from typing import TypeAlias

from simulations.errors import FigureOutOfRange

Action: TypeAlias = Callable[..., None]
"""Called with (subject, token) when its instant has come."""

Entry: TypeAlias = tuple[float, int, Action, object, int]


class EventList:
    """Instants to come, on the virtual clock in seconds."""

    __slots__ = ("_heap", "_sequence", "now", "taken")

    def __init__(self) -> None:
        """Begin at 0 s, empty."""
        self.now = 0.0  # s: instant of the entry taken last
        self.taken = 0  # entries taken so far
        self._heap: list[Entry] = []
        self._sequence = 0

    def __len__(self) -> int:
        return len(self._heap)

    def schedule(self, at: float, action: Action, subject: object = None, token: int = 0) -> None:
        """Let `action(subject, token)` happen at `at`.

        Raises FigureOutOfRange if that instant has passed or is not a number: a virtual world has no past to
        change.

        >>> happened = []
        >>> events = EventList()
        >>> events.schedule(2.0, lambda name, _: happened.append(name), "second")
        >>> events.schedule(1.0, lambda name, _: happened.append(name), "first")
        >>> while events.next_at() is not None: events.step()
        >>> happened, events.now
        (['first', 'second'], 2.0)
        """
        if not at >= self.now:
            raise FigureOutOfRange("instant to schedule", at, f"at or after the present, {self.now} s")
        self._sequence += 1
        heapq.heappush(self._heap, (at, self._sequence, action, subject, token))

    def advance(self, at: float) -> None:
        """Move the clock on without anything happening; it never runs backwards."""
        if at > self.now:
            self.now = at

    def next_at(self) -> float | None:
        """Give the instant of the next entry; None when there is none."""
        return self._heap[0][0] if self._heap else None

    def step(self) -> None:
        """Move the clock to the next entry and let it happen; the list must not be empty."""
        self.now, _, action, subject, token = heapq.heappop(self._heap)
        self.taken += 1
        action(subject, token)
