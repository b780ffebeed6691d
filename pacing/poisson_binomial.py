"""Tails of the Poisson-binomial distribution: the sum of independent indicators with own probabilities.

Exact by its characteristic function for few terms; for many a normal law, corrected for steps and skewness.
All functions work on columns: column j holds the probabilities of the terms at moment j.
Theory and sources: docs/algorithms/pacing.md, part 5.
"""

import math

import numpy as np

from pacing.snapshot import Floats

NORMAL_REACH = 8.0
_NORMAL_GRID = np.linspace(-NORMAL_REACH, NORMAL_REACH, 3201)
_NORMAL_VALUES = np.array([0.5 * math.erfc(-x / math.sqrt(2.0)) for x in _NORMAL_GRID])


def normal_distribution(x: Floats) -> Floats:
    """P(standard normal <= x), by a table: 2e-6 exact.

    >>> round(float(normal_distribution(np.array([1.645]))[0]), 4)
    0.95
    """
    below: Floats = np.interp(x, _NORMAL_GRID, _NORMAL_VALUES)
    return below


def point_probabilities(terms: Floats, start: int = 0, width: int | None = None) -> Floats:
    """P(sum = start + k), k = 0..width-1, for each column of `terms` (n × columns): exact.

    The characteristic function is a product over the terms, taken at `width` roots of unity and transformed:
    Y. Hong, "On computing the distribution function for the Poisson binomial distribution", CSDA 59 (2013).
    With a width below n + 1, what lies outside the window is folded into it: the window must hold nearly all.

    >>> point_probabilities(np.array([[0.5], [0.2]])).round(3)[0].tolist()
    [0.4, 0.5, 0.1]
    """
    width = len(terms) + 1 if width is None else width
    # The values at the other half of the roots are conjugates: irfft supplies them.
    angles = -2j * np.pi / width * np.arange(width // 2 + 1)
    product = np.multiply.reduce(1.0 + terms[:, :, None] * (np.exp(angles) - 1.0), axis=0)
    if start:
        product = product * np.exp(-start * angles)
    return np.clip(np.fft.irfft(product, n=width, axis=1), 0.0, 1.0)


def tail_exact(terms: Floats, least: int, reach: int, start: int = 0, width: int | None = None) -> Floats:
    """P(sum >= least - i) for i = 0..reach, one row for each column; `start`, `width` as above."""
    points = point_probabilities(terms, start, width) if len(terms) else np.ones((terms.shape[1], 1))
    tails = np.cumsum(points[:, ::-1], axis=1)[:, ::-1]
    # Above the window the tail is 0, at its first sum and below it is 1.
    places = least - start - np.arange(reach + 1)
    inside = np.clip(places, 0, points.shape[1] - 1)
    window = tails[:, inside]
    window[:, places >= points.shape[1]] = 0.0
    window[:, places <= 0] = 1.0
    return window


def moment_sums(terms: Floats) -> tuple[Floats, Floats, Floats]:
    """Sums of p, p², p³ over the terms of each column."""
    ones = np.ones(len(terms))
    squares = terms * terms
    # Products with ones: several times faster than sums along the long axis.
    return ones @ terms, ones @ squares, ones @ (squares * terms)


def cumulants(sums: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean, variance and third cumulant of the sum of indicators, from its moment sums.

    >>> [round(float(x), 3) for x in cumulants(np.array(moment_sums(np.array([[0.5], [0.2]])))[:, 0])]
    [0.7, 0.41, 0.096]
    """
    return sums[0], sums[0] - sums[1], sums[0] - 3.0 * sums[1] + 2.0 * sums[2]


def tail_normal(mean: Floats, variance: Floats, third: Floats, least: Floats | float) -> Floats:
    """P(sum >= least) from the first three cumulants; arrays of one shape.

    Normal with continuity correction and a term for skewness: A. Yu. Volkova, "A refinement of the central
    limit theorem for sums of independent random indicators", Theory Probab. Appl. 40 (1996).
    """
    deviation = np.sqrt(np.maximum(variance, 1e-9))
    x = (least - 0.5 - mean) / deviation
    skewness = third / (deviation * deviation * deviation)
    density = np.exp(-0.5 * np.minimum(x * x, 200.0)) / math.sqrt(2.0 * math.pi)
    below = normal_distribution(x) + skewness * (1.0 - x * x) * density / 6.0
    tail: Floats = np.clip(1.0 - below, 0.0, 1.0)
    return tail
