"""The risk of the next line: the probability that its live answer finds no agent within the limit.

The balance at a moment is idle - waiting + agents freed - lines answered; the next line needs one or more.
Theory and a worked example: docs/algorithms/pacing.md, part 5.
"""

import numpy as np

from pacing.forecast import Forecast
from pacing.poisson_binomial import cumulants, power_sums, tail_exact, tail_normal
from pacing.snapshot import Floats

EXACT_TERMS_MAX = 48
"""Up to so many lines and busy agents the exact distribution is faster than, or as fast as, it need be."""

FIRST_LINES = 8
"""Most decisions start fewer lines than this; only the others look further."""


def lines_within_risk(
    forecast: Forecast, balance: int, theta: float, lines_max: int, scales: Floats | None
) -> Floats:
    """Risks of the lines that may start now, in order: the longest run with risks of at most `theta`.

    The risk of the first line that may not start follows (absent if `lines_max` ended the run).

    `balance` is idle agents minus waiting calls; `scales`, one a line, multiplies its answer probability.
    """
    reach = min(FIRST_LINES, lines_max)
    while True:
        risks = line_risks(forecast, balance, reach, scales)
        over = risks > theta
        if over.any():
            return risks[: int(np.argmax(over)) + 1]
        if reach >= lines_max:
            return risks
        reach = min(lines_max, reach * 4)


def line_risks(forecast: Forecast, balance: int, count: int, scales: Floats | None = None) -> Floats:
    """Risk of the 1st, 2nd ... `count`-th line started now, each given those before it."""
    least = balance + forecast.agents_busy
    answers = np.tile(forecast.new_line, (count, 1))
    if scales is not None:
        answers = np.minimum(answers * scales[:count, None], 1.0)
    if len(forecast.terms) <= EXACT_TERMS_MAX:
        return _risks_exact(forecast.terms, least, answers)
    return _risks_normal(forecast.terms, least, answers)


def _risks_exact(terms: Floats, least: int, answers: Floats) -> Floats:
    """Each new line adds one indicator to the sum: P' (>= s) = (1 - c) P(>= s) + c P(>= s - 1)."""
    count = len(answers)
    tails = tail_exact(terms, least, count)
    risks = np.empty(count)
    for line in range(count):
        risks[line] = np.add.reduce(tails[:, 0])
        chance = answers[line][:, None]
        tails = tails[:, :-1] + chance * (tails[:, 1:] - tails[:, :-1])
    mean: Floats = risks / terms.shape[1]
    return mean


def _risks_normal(terms: Floats, least: int, answers: Floats) -> Floats:
    """The first three cumulants add up, so that all lines are done at once."""
    start = np.array(power_sums(terms))
    # Before line k only lines 1 .. k-1 are new.
    squares = answers * answers
    more = np.cumsum((answers, squares, squares * answers), axis=1) - (answers, squares, squares * answers)
    risks = tail_normal(*cumulants(start[:, None, :] + more), float(least))
    mean: Floats = np.add.reduce(risks, axis=1) / risks.shape[1]
    return mean
