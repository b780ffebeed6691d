"""Distributions as inverse functions: against scipy's, and against their own definition."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulations.distributions import (
    Constant,
    Distribution,
    Empirical,
    Exponential,
    Lognormal,
    Mixture,
    Uniform,
)
from simulations.errors import FigureOutOfRange

MEASURED = Empirical(np.array([4.0, 1.0, 9.0, 1.0]))
MIXED = Mixture(((0.25, Constant(2.0)), (0.75, Exponential(40.0))))
ALL: tuple[Distribution, ...] = (
    Constant(3.0),
    Uniform(2.0, 8.0),
    Exponential(90.0),
    Lognormal(25.0, 0.6),
    MIXED,
    MEASURED,
)
GRID = (np.arange(200_000) + 0.5) / 200_000


@pytest.mark.parametrize("distribution", ALL, ids=lambda d: type(d).__name__)
def test_mean_of_any_distribution_is_the_mean_of_its_quantiles(distribution: Distribution) -> None:
    """The stated mean and the drawn durations belong to each other."""
    drawn = distribution.quantiles(GRID)
    assert float(drawn.mean()) == pytest.approx(distribution.mean_seconds, rel=2e-3)


def test_quantiles_of_exponential_and_lognormal_are_scipys() -> None:
    """An independent implementation gives the same values."""
    shares = np.array([0.0001, 0.1, 0.5, 0.9, 0.9999])
    assert Exponential(90.0).quantiles(shares) == pytest.approx(stats.expon.ppf(shares, scale=90.0))
    expected = stats.lognorm.ppf(shares, 0.6, scale=25.0)
    assert Lognormal(25.0, 0.6).quantiles(shares) == pytest.approx(expected)


@given(st.sampled_from(ALL), st.lists(st.floats(0.0, 1.0, exclude_max=True), min_size=1, max_size=20))
def test_quantiles_of_any_distribution_rise_with_the_share_within_each_part(
    distribution: Distribution, shares: list[float]
) -> None:
    """Common random numbers stay comparable: a larger uniform is never a shorter duration."""
    ordered = np.array(sorted(shares))
    drawn = distribution.quantiles(ordered)
    assert np.isfinite(drawn).all()
    assert (drawn >= 0.0).all()
    if not isinstance(distribution, Mixture):
        assert (np.diff(drawn) >= 0.0).all()


def test_mixture_gives_each_part_its_share() -> None:
    """A quarter of all draws is the constant, and no uniform is left over at the end."""
    drawn = MIXED.quantiles(GRID)
    assert float((drawn == 2.0).mean()) == pytest.approx(0.25, abs=1e-4)
    top = MIXED.quantiles(np.array([1.0 - 2.0**-53]))
    assert np.isfinite(top).all()


def test_empirical_gives_measured_values_alone() -> None:
    """Nothing is smoothed: each measured duration comes with its own frequency."""
    drawn = MEASURED.quantiles(np.array([0.0, 0.24, 0.25, 0.49, 0.5, 0.75, 0.999]))
    assert drawn.tolist() == [1.0, 1.0, 1.0, 1.0, 4.0, 9.0, 9.0]
    assert len(MEASURED) == 4


@pytest.mark.parametrize(
    ("make", "named"),
    [
        pytest.param(lambda: Constant(-1.0), "Constant.seconds", id="negative constant"),
        pytest.param(lambda: Uniform(5.0, 4.0), "Uniform", id="empty range"),
        pytest.param(lambda: Exponential(0.0), "Exponential.mean_seconds", id="no mean"),
        pytest.param(lambda: Exponential(float("nan")), "Exponential.mean_seconds", id="not a number"),
        pytest.param(lambda: Lognormal(10.0, 0.0), "Lognormal.sigma", id="no spread"),
        pytest.param(lambda: Lognormal(-1.0, 0.5), "Lognormal.median_seconds", id="negative median"),
        pytest.param(lambda: Mixture(((0.5, Constant(1.0)),)), "Mixture shares", id="half a mixture"),
        pytest.param(lambda: Empirical(np.array([])), "durations", id="nothing measured"),
        pytest.param(lambda: Empirical(np.array([1.0, -2.0])), "durations", id="negative measure"),
    ],
)
def test_figure_that_no_duration_has_is_named(make: Callable[[], object], named: str) -> None:
    """The error names the figure, the value and the range."""
    with pytest.raises(FigureOutOfRange, match=named):
        make()
