"""How the newest live answers compare with what the ring law expected.

The ring law remembers many lines and is slow.
When a new list answers three times as often, this factor says so within seconds.
Two memories, one fast and one slow; the larger wins, because a jump upwards is the one that abandons.
Theory: docs/algorithms/pacing.md, part 3.
"""

import math

from pacing.answer_change import AnswerChange
from pacing.state import State, StateReader

FACTOR_MIN = 0.2
FACTOR_MAX = 10.0


class AnswerMemory:
    """Live answers observed and expected, the newest ones, shrunk towards one."""

    def __init__(self, *, answers: float, seconds: float, prior_answers: float) -> None:
        self._answers = answers
        self._seconds = seconds
        self._prior_answers = prior_answers
        self._observed = 0.0
        self._expected = 0.0

    def add(self, *, observed: float, expected: float, elapsed_seconds: float) -> None:
        """Forget by what came or by time, whichever keeps more; then count what came.

        A small team remembers a number of answers, a large one (many answers each second) a stretch of time.
        """
        by_answers = 1.0 - 0.5 * (observed + expected) / self._answers
        kept = max(by_answers, math.exp(-elapsed_seconds / self._seconds))
        self._observed = self._observed * kept + observed
        self._expected = self._expected * kept + expected

    def forget(self) -> None:
        """Begin anew: the ring law that gave the expected answers has been corrected."""
        self._observed = self._expected = 0.0

    @property
    def factor(self) -> float:
        """Mean of a gamma posterior whose prior is one: (observed + prior) / (expected + prior)."""
        return (self._observed + self._prior_answers) / (self._expected + self._prior_answers)

    def state(self) -> State:
        """The two sums."""
        return {"observed": self._observed, "expected": self._expected}

    def restore(self, state: StateReader) -> None:
        """Take back what `state` gave; raises PacerStateError and then changes nothing."""
        observed, expected = state.number("observed"), state.number("expected")
        self._observed, self._expected = observed, expected


class AnswerJump:
    """The factor by which live answers exceed (or miss) the ring law just now."""

    def __init__(self) -> None:
        self._fast = AnswerMemory(answers=8.0, seconds=10.0, prior_answers=6.0)
        self._slow = AnswerMemory(answers=60.0, seconds=60.0, prior_answers=30.0)
        self._change = AnswerChange()
        self._came = 0.0

    def answered(self) -> None:
        """A live answer came; it counts with the stretch of time that `expect` closes."""
        self._came += 1.0

    def expect(self, expected: float, elapsed_seconds: float, known: float = math.inf) -> None:
        """A stretch of time ended in which the ring law, by `known` answers, expected so many live ones."""
        for memory in (self._fast, self._slow):
            memory.add(observed=self._came, expected=expected, elapsed_seconds=elapsed_seconds)
        self._change.add(observed=self._came, expected=expected, known=known)
        self._came = 0.0

    def take_change(self) -> float | None:
        """Ratio by which answers have changed for certain; what was remembered until then is forgotten."""
        change = self._change.take_change()
        if change is not None:
            for memory in (self._fast, self._slow):
                memory.forget()
        return change

    def skip(self) -> None:
        """A stretch of time ended in which nobody looked at the lines: its answers tell nothing."""
        self._came = 0.0

    @property
    def factor(self) -> float:
        """The larger of slow and fast factor, weighed against changes upwards by their evidence."""
        factor = self._change.factor(max(self._slow.factor, self._fast.factor))
        return min(FACTOR_MAX, max(FACTOR_MIN, factor))

    def state(self) -> State:
        """The memories and the evidence of a change."""
        return {"fast": self._fast.state(), "slow": self._slow.state(), "change": self._change.state()}

    def restore(self, state: StateReader) -> None:
        """Take back what `state` gave; raises PacerStateError."""
        self._fast.restore(state.part("fast"))
        self._slow.restore(state.part("slow"))
        self._change.restore(state.part("change"))
