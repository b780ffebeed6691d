"""The risk of the next line: the probability that its live answer finds no agent within the limit.

The balance at a moment is idle - waiting + agents freed - lines answered; the next line needs one or more.
Theory and a worked example: docs/algorithms/pacing.md, part 5.
"""

import math

import numpy as np

from pacing.forecast import Forecast
from pacing.poisson_binomial import cumulants, moment_sums, tail_exact, tail_normal
from pacing.snapshot import Floats

EXACT_TERMS_MAX = 48
"""Up to so many lines and busy agents the whole exact distribution costs no more than the normal law."""

NORMAL_VARIANCE_LEAST = 4.0
"""Mean over the moments. Below it the normal law errs by half a point and the exact one has few values."""

WINDOW_SIGMAS = 8.0
WINDOW_MARGIN = 8.0
"""The window of exact values: skewed tails reach further than the normal's, hence the margin."""

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
        return _risks_exact(tail_exact(forecast.terms, least, count), answers)
    sums = np.array(moment_sums(forecast.terms))
    if float(np.mean(sums[0] - sums[1])) >= NORMAL_VARIANCE_LEAST:
        return _risks_normal(sums, least, answers)
    start, width = _window(sums)
    return _risks_exact(tail_exact(forecast.terms, least, count, start, width), answers)


def _window(sums: Floats) -> tuple[int, int]:
    """First sum and number of sums that hold all columns' probability but some 1e-12."""
    reach = WINDOW_SIGMAS * np.sqrt(np.maximum(sums[0] - sums[1], 0.0)) + WINDOW_MARGIN
    start = max(0, math.floor(float(np.min(sums[0] - reach))))
    return start, math.ceil(float(np.max(sums[0] + reach))) - start + 1


def _risks_exact(tails: Floats, answers: Floats) -> Floats:
    """Each new line adds one indicator to the sum: P' (>= s) = (1 - c) P(>= s) + c P(>= s - 1)."""
    count, moments = answers.shape
    risks = np.empty(count)
    for line in range(count):
        risks[line] = np.add.reduce(tails[:, 0])
        chance = answers[line][:, None]
        tails = tails[:, :-1] + chance * (tails[:, 1:] - tails[:, :-1])
    mean: Floats = risks / moments
    return mean


def _risks_normal(sums: Floats, least: int, answers: Floats) -> Floats:
    """The first three cumulants add up, so that all lines are done at once."""
    # Before line k only lines 1 .. k-1 are new.
    squares = answers * answers
    added = np.array((answers, squares, squares * answers))
    before = np.cumsum(added, axis=1) - added
    risks = tail_normal(*cumulants(sums[:, None, :] + before), float(least))
    mean: Floats = np.add.reduce(risks, axis=1) / risks.shape[1]
    return mean
