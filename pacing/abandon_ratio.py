"""The abandon ratio of the calls seen so far, with an upper confidence bound.

It serves steering. The legal figures come from the raw ledger (`rules`), by each law's own definition.
Theory: docs/algorithms/pacing.md, part 6.
"""

import math

from pacing.state import State, StateReader

CONFIDENCE_SIGMAS = 1.645
"""One-sided 95 % of the normal distribution."""


def ratio_upper(abandoned: float, answered_live: float, sigmas: float = CONFIDENCE_SIGMAS) -> float:
    """Upper confidence bound of abandoned / answered_live, a ratio; 1 if nothing was answered.

    Wilson's score bound: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical
    Inference", JASA 22 (1927). It does not fall to the estimate itself when nothing was abandoned yet.

    >>> round(ratio_upper(3, 100), 4)
    0.0727
    >>> ratio_upper(0, 0)
    1.0
    """
    if answered_live <= 0.0:
        return 1.0
    ratio = min(1.0, abandoned / answered_live)
    square = sigmas * sigmas / answered_live
    centre = ratio + square / 2.0
    spread = math.sqrt(max(0.0, square * (ratio * (1.0 - ratio) + square / 4.0)))
    return min(1.0, (centre + spread) / (1.0 + square))


class AbandonCount:
    """Live answers and how many of them were abandoned."""

    def __init__(self, abandoned: float = 0.0, answered_live: float = 0.0) -> None:
        self.abandoned = abandoned
        self.answered_live = answered_live

    def add(self, *, is_abandoned: bool) -> None:
        """Count one live answer whose fate is known."""
        self.answered_live += 1.0
        if is_abandoned:
            self.abandoned += 1.0

    @property
    def ratio(self) -> float | None:
        """Abandoned / (abandoned + connected); None before the first live answer."""
        return self.abandoned / self.answered_live if self.answered_live else None

    @property
    def ratio_upper(self) -> float:
        """Upper confidence bound of the ratio."""
        return ratio_upper(self.abandoned, self.answered_live)

    def state(self) -> State:
        """The two counts."""
        return {"abandoned": self.abandoned, "answered_live": self.answered_live}

    @classmethod
    def from_state(cls, state: StateReader) -> "AbandonCount":
        """The counts that `state` gave; raises PacerStateError."""
        answered_live = state.number("answered_live")
        return cls(state.number("abandoned", highest=answered_live), answered_live)
