"""How long lines ring and how many of them answer live, by age since the dial.

It learns from lines that ended and from lines that still ring: those that ring on count as "at risk".
Without them early failures would bias everything.
Lines in answering-machine detection still count as ringing.
It must not know agents. Theory: docs/algorithms/pacing.md, part 2.
"""

import math
from dataclasses import dataclass

import numpy as np

from pacing.snapshot import Floats
from pacing.state import State, StateReader

DETECTION_SECONDS_MAX = 30
"""Bins beyond the ring timeout: post-dial delay and answering-machine detection may last this long."""

PRIOR_LINES = 12.0
"""Weight of the prior of those who know nothing, in lines."""

PRIOR_FADES_LINES = 100.0
"""After so many real lines the prior weighs half, then less: a list may answer one line in a thousand."""

PRIOR_LIVE_RATIO = 0.5
"""More than most lists answer: a cold start believes that lines answer often and so dials few of them."""

PRIOR_RING_SECONDS = 12.0
"""Mean seconds until a line ends, for the cold start only."""

HAZARD_PER_SECOND_MAX = 50.0
"""A network that ends all lines at the same instant has an infinite hazard; this one is as good."""

SURVIVAL_LEAST = 1e-9
WEIGHT_MAX = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class RingCurves:
    """The ring law at one moment. Index k of each array: age of k whole seconds."""

    live_per_second: Floats  # hazard of a live answer in second k .. k+1
    still_ringing: Floats  # S(k): probability that a line still rings at age k
    answered_live: Floats  # C(k): probability that a line has answered live by age k
    live_known: Floats  # live answers that the hazard of second k rests on, with those of the prior

    @property
    def live_ratio(self) -> float:
        """Live answers / lines dialed."""
        return float(self.answered_live[-1])

    def answered_by(self, ages_seconds: Floats) -> Floats:
        """C at any age, linear between whole seconds."""
        return np.interp(ages_seconds, np.arange(len(self.answered_live)), self.answered_live)

    def answer_quantiles(self, quantiles: Floats) -> Floats:
        """Ages (s) by which these shares of all live answers have come."""
        shares = self.answered_live / max(self.answered_live[-1], SURVIVAL_LEAST)
        # A tiny slope keeps the inverse single-valued where nothing answers.
        slope = np.linspace(0.0, 1e-9, len(shares))
        return np.interp(quantiles, shares + slope, np.arange(len(shares), dtype=np.float64))

    def expected_live(self, ages_seconds: Floats) -> tuple[float, float]:
        """Live answers of these lines in the next second, and how many known ones that rests on.

        The hazard of an age that was seen to answer n times is wrong by a share of 1 / sqrt(n), and lines
        that were started together all ring at that age. A sum with the variance that follows is as good as
        one that rests on mean² / variance answers.
        """
        if not len(ages_seconds):
            return 0.0, 0.0
        ages = np.minimum(ages_seconds, len(self.live_known) - 1.0)
        # Between whole seconds the hazard may rise steeply: the whole second ahead counts, not the bin.
        gained = self.answered_by(ages + 1.0) - self.answered_by(ages)
        expected = gained / np.maximum(self.still_ringing[ages.astype(np.intp)], SURVIVAL_LEAST)
        by_age = np.bincount(ages.astype(np.intp), weights=expected, minlength=len(self.live_known))
        total = float(by_age.sum())
        variance = float((by_age * by_age / np.maximum(self.live_known, SURVIVAL_LEAST)).sum())
        return total, total * total / variance if variance > 0.0 else 0.0

    def answers_within(self, times_seconds: Floats) -> Floats:
        """P(a line aged k answers live within t) for each k and each t: (C(k + t) - C(k)) / S(k)."""
        ages = np.arange(len(self.still_ringing), dtype=np.float64)
        gained = self.answered_by(ages[:, None] + times_seconds[None, :]) - self.answered_live[:, None]
        return np.clip(gained / np.maximum(self.still_ringing, SURVIVAL_LEAST)[:, None], 0.0, 1.0)


class RingLaw:
    """Decayed counts of ends by age, 1 s bins."""

    def __init__(
        self,
        ring_timeout_seconds: float,
        memory_lines: float,
        *,
        live_ratio_prior: float = PRIOR_LIVE_RATIO,
        ring_seconds_prior: float = PRIOR_RING_SECONDS,
        prior_lines: float = PRIOR_LINES,
    ) -> None:
        self._bins = math.ceil(ring_timeout_seconds) + DETECTION_SECONDS_MAX
        self._memory_lines = memory_lines
        self.remember(memory_lines)
        self._weight = 1.0  # of the next line: older ones weigh less relative to it
        self._live = [0.0] * self._bins
        self._other = [0.0] * self._bins
        self._part = [0.0] * self._bins  # weighted seconds that ended lines spent in their last bin
        ages = np.arange(self._bins, dtype=np.float64)
        exposure = prior_lines * np.exp(-ages / ring_seconds_prior)
        # After the timeout a line can only be in detection: it ends soon.
        ends = np.where(ages >= ring_timeout_seconds, exposure, exposure / ring_seconds_prior)
        self._prior_exposure, self._prior_live = exposure, ends * live_ratio_prior
        self._prior_other = ends * (1.0 - live_ratio_prior)

    def remember(self, lines: float) -> None:
        """Remember at least so many lines: fewer than ring at once would tell of the quickest ends only."""
        self._growth = 1.0 + 1.0 / max(self._memory_lines, lines)

    def observe(self, seconds: float, *, is_live: bool) -> None:
        """A line ended (or got its human verdict) `seconds` after the dial."""
        k = min(int(seconds), self._bins - 1)
        (self._live if is_live else self._other)[k] += self._weight
        self._part[k] += self._weight * min(1.0, seconds - k)
        self._weight *= self._growth
        if self._weight > WEIGHT_MAX:
            self._rescale()

    @property
    def lines_weight(self) -> float:
        """Lines that the law remembers, the newest weighing one."""
        return (sum(self._live) + sum(self._other)) / self._weight

    @property
    def live_weight(self) -> float:
        """Live answers that the law remembers, the newest weighing one."""
        return sum(self._live) / self._weight

    def change_live(self, ratio: float, lines_kept: float) -> None:
        """The list answers `ratio` times as often as the law believes: say so, and know less of it."""
        kept = min(1.0, lines_kept / max(self.lines_weight, SURVIVAL_LEAST))
        for k, (live, other) in enumerate(zip(self._live, self._other, strict=True)):
            changed = min(ratio * live, live + other)
            self._live[k], self._other[k] = kept * changed, kept * (live + other - changed)
            self._part[k] *= kept

    def curves(self, ring_ages_seconds: Floats) -> RingCurves:
        """The law now, given also the lines that still ring."""
        prior = 1.0 / (1.0 + self.lines_weight / PRIOR_FADES_LINES)
        live = np.array(self._live) / self._weight + prior * self._prior_live
        ends = np.array(self._other) / self._weight + prior * self._prior_other + live
        exposure = self._exposure(ring_ages_seconds) + prior * self._prior_exposure
        hazard = np.minimum(ends / exposure, HAZARD_PER_SECOND_MAX)
        live_share = live / ends
        cumulative = np.concatenate(([0.0], np.cumsum(hazard)))
        still_ringing = np.exp(-cumulative)
        ended = still_ringing[:-1] - still_ringing[1:]
        answered = np.concatenate(([0.0], np.cumsum(ended * live_share)))
        return RingCurves(
            live_per_second=hazard * live_share,
            still_ringing=still_ringing,
            answered_live=answered,
            live_known=live,
        )

    def state(self) -> State:
        """The counts, relative to the newest line."""
        rows = {"live": self._live, "other": self._other, "part": self._part}
        return {name: [figure / self._weight for figure in row] for name, row in rows.items()}

    def restore(self, state: StateReader) -> None:
        """Take back what `state` gave; raises PacerStateError and then changes nothing."""
        rows = [state.numbers(name, self._bins) for name in ("live", "other", "part")]
        self._live, self._other, self._part = rows
        self._weight = 1.0

    def _exposure(self, ring_ages_seconds: Floats) -> Floats:
        """Seconds that remembered and ringing lines spent in each bin."""
        ends = (np.array(self._live) + np.array(self._other)) / self._weight
        partial = np.array(self._part) / self._weight
        if len(ring_ages_seconds):
            ages = np.minimum(ring_ages_seconds, self._bins - 1e-6)
            last = ages.astype(np.intp)
            ends = ends + np.bincount(last, minlength=self._bins)
            partial = partial + np.bincount(last, weights=ages - last, minlength=self._bins)
        beyond = np.cumsum(ends[::-1])[::-1] - ends
        exposure: Floats = partial + beyond
        return exposure

    def _rescale(self) -> None:
        for row in (self._live, self._other, self._part):
            row[:] = [figure / self._weight for figure in row]
        self._weight = 1.0
