"""The one list of deadlines: attempts, agents and campaigns each have at most one.

A deadline that was changed or cancelled stays in the heap until its time and is skipped then;
each entry carries a sequence number, so ties are decided by the order of setting.
"""

import heapq
from typing import Protocol


class HasDeadline(Protocol):
    """Anything that can wait: an attempt, an agent session, a campaign."""

    deadline_at: float | None
    deadline_sequence: int


class Deadlines:
    """A heap of (instant, sequence, what waits); the sequence tells whether the entry still holds."""

    __slots__ = ("_heap", "_sequence")

    def __init__(self) -> None:
        """Begin empty."""
        self._heap: list[tuple[float, int, HasDeadline]] = []
        self._sequence = 0

    def set(self, subject: HasDeadline, at: float) -> None:
        """Give `subject` the deadline `at` in place of any other it has."""
        self._sequence += 1
        subject.deadline_at = at
        subject.deadline_sequence = self._sequence
        heapq.heappush(self._heap, (at, self._sequence, subject))

    def cancel(self, subject: HasDeadline) -> None:
        """Take the deadline of `subject` away, if it has one."""
        subject.deadline_at = None
        subject.deadline_sequence = 0

    def next_at(self) -> float | None:
        """Give the instant of the next deadline that holds, or None."""
        heap = self._heap
        while heap:
            at, sequence, subject = heap[0]
            if subject.deadline_sequence == sequence:
                return at
            heapq.heappop(heap)
        return None

    def pop_due(self, now: float) -> HasDeadline | None:
        """Take out the first deadline at or before `now` that holds; None when there is none."""
        at = self.next_at()
        if at is None or at > now:
            return None
        subject = heapq.heappop(self._heap)[2]
        self.cancel(subject)
        return subject
