"""Tails of sums of indicators, against adding one term after the other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pacing.poisson_binomial import cumulants, moment_sums, point_probabilities, tail_exact, tail_normal


def one_by_one(chances: list[float]) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """P(sum = k) by adding one indicator after the other: slow, plainly right."""
    points = np.array([1.0])
    for chance in chances:
        points = np.concatenate((points * (1.0 - chance), [0.0])) + np.concatenate(([0.0], points * chance))
    return points


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=60))
def test_point_probabilities_equal_adding_one_term_at_a_time(chances: list[float]) -> None:
    """The characteristic function and the recursion give the same distribution."""
    terms = np.array([chances, chances[::-1]]).T
    exact = point_probabilities(terms)
    assert exact[0] == pytest.approx(one_by_one(chances), abs=1e-12)
    assert exact[1] == pytest.approx(one_by_one(chances), abs=1e-12)


@given(st.lists(st.floats(0.0, 1.0), max_size=20), st.integers(-5, 25), st.integers(0, 8))
def test_tail_exact_holds_outside_the_possible_sums_too(chances: list[float], least: int, reach: int) -> None:
    """P(sum >= s) is 1 for s <= 0 and 0 beyond the number of terms, and the sum of the points between."""
    points = one_by_one(chances)
    tails = tail_exact(np.array(chances).reshape(-1, 1), least, reach)[0]
    expected = [points[max(0, least - i) :].sum() for i in range(reach + 1)]
    assert tails == pytest.approx(np.array(expected), abs=1e-12)


@given(st.lists(st.floats(0.1, 0.9), min_size=49, max_size=200), st.floats(-3.0, 3.0))
@settings(max_examples=40)
def test_tail_normal_of_many_terms_is_close_to_exact(chances: list[float], sigmas: float) -> None:
    """Above the exact limit the corrected normal law errs by less than half a point."""
    sums = np.array(moment_sums(np.array(chances).reshape(-1, 1)))
    mean, variance, third = cumulants(sums)
    least = round(float(mean[0] + sigmas * variance[0] ** 0.5))
    exact = one_by_one(chances)[max(0, least) :].sum()
    assert tail_normal(mean, variance, third, float(least))[0] == pytest.approx(exact, abs=0.005)


def test_tail_exact_in_a_window_equals_the_whole_distribution() -> None:
    """Many nearly certain terms need only the few sums that can happen."""
    chances = [0.98] * 120 + [0.02] * 60
    whole = one_by_one(chances)
    tails = tail_exact(np.array(chances).reshape(-1, 1), 120, 9, start=95, width=45)[0]
    assert tails == pytest.approx(np.array([whole[120 - i :].sum() for i in range(10)]), abs=1e-9)
