"""How long talks and wrap-ups last: piecewise-constant hazards from finished *and* running durations.

A running duration tells that it has not ended yet (it is censored).
Leaving it out would make every law too short.
Theory: docs/algorithms/pacing.md, part 4.
"""

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from pacing.snapshot import Floats
from pacing.state import State, StateReader

EDGES_SECONDS = (
    0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0, 75.0, 90.0,
    120.0, 150.0, 180.0, 240.0, 300.0, 420.0, 600.0, 900.0, 1800.0, 3600.0,
)  # fmt: skip
"""Intervals of constant hazard: fine where wrap-ups end, coarse where sales do; the last one is open."""

EDGES = np.array(EDGES_SECONDS)

INTERVAL_PRIOR_ENDS = 4.0
"""Each interval is drawn towards the overall hazard with the weight of this many ends."""

WEIGHT_MAX = 1e9
HAZARD_LEAST = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationCurve:
    """The law at one moment: hazards (1/s) of the intervals and their sum up to each edge."""

    hazards: Floats
    cumulative: Floats

    def cumulative_hazard(self, ages_seconds: Floats) -> Floats:
        """-log of the probability to last longer than each age."""
        beyond = np.maximum(ages_seconds - EDGES_SECONDS[-1], 0.0) * self.hazards[-1]
        total: Floats = np.interp(ages_seconds, EDGES, self.cumulative) + beyond
        return total

    def ended_by(self, ages_seconds: Floats) -> Floats:
        """P(duration <= age); zero for negative ages."""
        ended: Floats = 1.0 - np.exp(-self.cumulative_hazard(np.maximum(ages_seconds, 0.0)))
        return ended


class DurationLaw:
    """Decayed ends and seconds at risk by interval."""

    def __init__(self, *, seconds_mean_prior: float, prior_ends: float, memory_ends: float) -> None:
        self._seconds_mean_prior = seconds_mean_prior
        self._prior_ends = prior_ends
        self._growth = 1.0 + 1.0 / memory_ends
        self._weight = 1.0
        self._ends = [0.0] * len(EDGES_SECONDS)
        self._part = [0.0] * len(
            EDGES_SECONDS
        )  # weighted seconds that ended durations spent in their last interval

    def observe(self, seconds: float) -> None:
        """One duration ended."""
        k = bisect_right(EDGES_SECONDS, seconds) - 1
        self._ends[k] += self._weight
        self._part[k] += self._weight * (seconds - EDGES_SECONDS[k])
        self._weight *= self._growth
        if self._weight > WEIGHT_MAX:
            self._rescale()

    @property
    def ends_weight(self) -> float:
        """Ends that the law remembers, the newest weighing one."""
        return sum(self._ends) / self._weight

    def curve(self, running_ages_seconds: Floats) -> DurationCurve:
        """The law now, given also the durations that still run."""
        ends = np.array(self._ends) / self._weight
        partial = np.array(self._part) / self._weight
        outlived = ends
        if len(running_ages_seconds):
            last = np.searchsorted(EDGES, running_ages_seconds, side="right") - 1
            count = len(EDGES_SECONDS)
            outlived = ends + np.bincount(last, minlength=count)
            into = running_ages_seconds - EDGES[last]
            partial = partial + np.bincount(last, weights=into, minlength=count)
        widths = np.diff(EDGES)
        exposure = partial
        exposure[:-1] += (np.cumsum(outlived[::-1])[::-1][1:]) * widths
        overall = (ends.sum() + self._prior_ends) / (
            exposure.sum() + self._prior_ends * self._seconds_mean_prior
        )
        hazards = (ends + INTERVAL_PRIOR_ENDS) / (exposure + INTERVAL_PRIOR_ENDS / overall)
        hazards = np.maximum(hazards, HAZARD_LEAST)
        cumulative = np.concatenate(([0.0], np.cumsum(hazards[:-1] * widths)))
        return DurationCurve(hazards=hazards, cumulative=cumulative)

    def state(self) -> State:
        """The counts, relative to the newest duration."""
        rows = {"ends": self._ends, "part": self._part}
        return {name: [figure / self._weight for figure in row] for name, row in rows.items()}

    def restore(self, state: StateReader) -> None:
        """Take back what `state` gave; raises PacerStateError and then changes nothing."""
        ends, part = (state.numbers(name, len(EDGES_SECONDS)) for name in ("ends", "part"))
        self._ends, self._part, self._weight = ends, part, 1.0

    def _rescale(self) -> None:
        for row in (self._ends, self._part):
            row[:] = [figure / self._weight for figure in row]
        self._weight = 1.0


def free_by(
    talk: DurationCurve, wrap_up: DurationCurve, wrap_up_share: float, ages: Floats, times: Floats
) -> Floats:
    """P(an agent with this talk age is free within t) for each age and each time, s.

    The talk must end at u <= t and then the wrap-up (which a share of the talks has) within t - u.
    That is a convolution, taken on a grid of whole seconds.
    """
    steps = np.arange(0.0, np.ceil(times.max()) + 1.0)
    hazard = talk.cumulative_hazard(ages[:, None] + steps[None, :])
    lasts = np.exp(-(hazard - hazard[:, :1]))
    left = times[None, :] - (steps[:-1] + 0.5)[:, None]
    ended = wrap_up_share * wrap_up.ended_by(left) + (1.0 - wrap_up_share)
    freed: Floats = (lasts[:, :-1] - lasts[:, 1:]) @ np.where(left >= 0.0, ended, 0.0)
    return freed


def ended_within(curve: DurationCurve, ages: Floats, times: Floats) -> Floats:
    """P(a duration of this age ends within t) for each age and each time, s."""
    start = curve.cumulative_hazard(ages)[:, None]
    return 1.0 - np.exp(start - curve.cumulative_hazard(ages[:, None] + times[None, :]))
