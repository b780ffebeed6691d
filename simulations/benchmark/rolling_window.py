"""The worst stretch of a run: the highest abandon ratio of any half hour, and how many hours were over.

A whole run can keep a limit while one half hour of it abandons a fifth of its calls; these figures show it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulations.run_ledger import SECONDS_PER_HOUR, CountedAnswer

HALF_HOUR_SECONDS = 1800.0
ANSWERS_MIN = 20  # fewer calls make no ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstWindow:
    """The half hour with the highest abandon ratio."""

    abandon_ratio: float  # abandoned ÷ answers of the window
    answers: int  # counted in it


def worst_window(
    answers: Sequence[CountedAnswer], *, seconds: float = HALF_HOUR_SECONDS, answers_min: int = ANSWERS_MIN
) -> WorstWindow | None:
    """Find the highest abandon ratio of any window of that length that ends with an answer.

    The window that ends at instant t holds the answers of (t - seconds, t].
    None if no window has `answers_min` answers. Answers may come in any order.

    >>> calls = [CountedAnswer(float(i), 0.0, i < 5) for i in range(40)]
    >>> worst_window(calls, seconds=1800.0)
    WorstWindow(abandon_ratio=0.25, answers=20)
    """
    if not answers:
        return None
    ordered = sorted(answers)
    at = np.array([answer.answered_at for answer in ordered])
    abandoned = np.concatenate(([0], np.cumsum([answer.is_abandoned for answer in ordered])))
    ends = np.searchsorted(at, at, side="right")
    begins = np.searchsorted(at, at - seconds, side="right")
    counts = ends - begins
    enough = counts >= answers_min
    if not enough.any():
        return None
    ratios = np.where(enough, (abandoned[ends] - abandoned[begins]) / np.maximum(counts, 1), -1.0)
    worst = int(np.argmax(ratios))
    return WorstWindow(abandon_ratio=float(ratios[worst]), answers=int(counts[worst]))


def periods_over(
    answers: Sequence[CountedAnswer],
    limit_ratio: float,
    *,
    seconds: float = SECONDS_PER_HOUR,
    answers_min: int = ANSWERS_MIN,
) -> tuple[int, int]:
    """Count the clock periods over the limit, and those with at least `answers_min` answers.

    >>> calls = [CountedAnswer(10.0 * i, 0.0, i % 20 == 0) for i in range(720)]
    >>> periods_over(calls, 0.03), periods_over(calls, 0.06)
    ((2, 2), (0, 2))
    """
    counts: dict[int, list[int]] = {}
    for answer in answers:
        period = counts.setdefault(int(answer.answered_at // seconds), [0, 0])
        period[0] += 1
        period[1] += answer.is_abandoned
    judged = [(count, abandoned) for count, abandoned in counts.values() if count >= answers_min]
    return sum(abandoned > limit_ratio * count for count, abandoned in judged), len(judged)
