"""How large a ratio may truly be, given the few calls it was measured on.

The exact (Clopper-Pearson) upper bound: at the stated confidence the true ratio is not above it,
however few the calls. It must not be replaced by Wilson's, which promises too little just where
counts are small. Theory: docs/algorithms/calling-rules.md.
"""

from math import exp, inf, lgamma, log, log1p

from rules.errors import InvalidRuleError

ITERATIONS_MAX = 10_000  # Of the continued fraction; it takes about sqrt(trials) of them.
FRACTION_TOLERANCE = 1e-13  # Relative step at which the continued fraction stands still.
TINY = 1e-300  # Stands in for zero where the continued fraction divides.
RATIO_TOLERANCE = 1e-9  # Width at which the search for the bound ends.


def upper_bound_ratio(events: int, trials: int, *, confidence_ratio: float = 0.95) -> float:
    """Return the one-sided upper confidence bound of a ratio of `events` in `trials`, 0..1.

    Without trials nothing is known and the bound is 1.
    Raises InvalidRuleError unless 0 <= events <= trials and 0 < confidence_ratio < 1.
    Source: Clopper and Pearson, Biometrika 26 (1934), 404-413.

    >>> round(upper_bound_ratio(0, 100), 5)  # 1 - 0.05 ** (1 / 100)
    0.02951
    """
    if not 0 <= events <= trials:
        raise InvalidRuleError(field="events", expected=f"0 to trials ({trials})", came=events)
    if not 0.0 < confidence_ratio < 1.0:
        raise InvalidRuleError(
            field="confidence_ratio", expected="above 0 and below 1", came=confidence_ratio
        )
    if events == trials:
        return 1.0
    low, high = events / trials, 1.0
    while high - low > RATIO_TOLERANCE:
        middle = (low + high) / 2.0
        # P(at most `events` | middle) = 1 - I_middle(events + 1, trials - events)
        if _beta_share(events + 1.0, float(trials - events), middle) < confidence_ratio:
            low = middle
        else:
            high = middle
    return high


def _beta_share(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by DLMF 8.17.22 and 8.17.4."""
    if x <= 0.0 or x >= 1.0:
        return 0.0 if x <= 0.0 else 1.0
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - _beta_share(b, a, 1.0 - x)
    log_front = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)
    return exp(log_front) / a * _continued_fraction(a, b, x)


def _continued_fraction(a: float, b: float, x: float) -> float:
    """The continued fraction 1/(1 + d1/(1 + d2/(1 + …))) of DLMF 8.17.22, forwards by Lentz's method."""
    numerator, denominator, value = inf, 1.0, 1.0
    for step in range(1, ITERATIONS_MAX):
        coefficient = _coefficient(a, b, x, step)
        numerator = _not_zero(1.0 + coefficient / numerator)
        denominator = 1.0 / _not_zero(1.0 + coefficient * denominator)
        factor = numerator * denominator
        value *= factor
        if abs(factor - 1.0) < FRACTION_TOLERANCE:
            break
    return value


def _coefficient(a: float, b: float, x: float, step: int) -> float:
    """The coefficient d of that step, DLMF 8.17.23."""
    m, is_odd = divmod(step, 2)
    if is_odd:
        return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))


def _not_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY
