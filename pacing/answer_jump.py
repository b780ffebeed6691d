"""How the newest live answers compare with what the ring law expected.

The ring law remembers many lines and is slow.
When a new list answers three times as often, this factor says so within seconds.
Two memories, one fast and one slow; the larger wins, because a jump upwards is the one that abandons.
Theory: docs/algorithms/pacing.md, part 3.
"""

from pacing.state import State, StateReader

FACTOR_MIN = 0.2
FACTOR_MAX = 10.0


class AnswerMemory:
    """Live answers observed and expected over about the last `answers` of them, shrunk towards one."""

    def __init__(self, *, answers: float, prior_answers: float) -> None:
        self._answers = answers
        self._prior_answers = prior_answers
        self._observed = 0.0
        self._expected = 0.0

    def add(self, *, observed: float, expected: float) -> None:
        """Forget a little in proportion to what came, then count it."""
        kept = max(0.0, 1.0 - 0.5 * (observed + expected) / self._answers)
        self._observed = self._observed * kept + observed
        self._expected = self._expected * kept + expected

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
        self._fast = AnswerMemory(answers=8.0, prior_answers=6.0)
        self._slow = AnswerMemory(answers=60.0, prior_answers=30.0)

    def add(self, *, observed: float, expected: float) -> None:
        """Count live answers that came, or that the ring law expected, in a stretch of time."""
        self._fast.add(observed=observed, expected=expected)
        self._slow.add(observed=observed, expected=expected)

    @property
    def factor(self) -> float:
        """The slow factor, or the fast one where it is larger."""
        return min(FACTOR_MAX, max(FACTOR_MIN, self._slow.factor, self._fast.factor))

    def state(self) -> State:
        """Both memories."""
        return {"fast": self._fast.state(), "slow": self._slow.state()}

    def restore(self, state: StateReader) -> None:
        """Take back what `state` gave; raises PacerStateError."""
        self._fast.restore(state.part("fast"))
        self._slow.restore(state.part("slow"))
