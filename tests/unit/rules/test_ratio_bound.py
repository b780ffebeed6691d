"""The exact upper bound of a ratio, by hand and against scipy's."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from rules.errors import InvalidRuleError
from rules.ratio_bound import upper_bound_ratio


@pytest.mark.parametrize("trials", [1, 10, 59, 1_000, 100_000])
def test_bound_without_events_is_that_of_the_closed_formula(trials: int) -> None:
    """With no abandoned call in n, (1 - p)^n = 0.05 gives the bound."""
    assert upper_bound_ratio(0, trials) == pytest.approx(1.0 - 0.05 ** (1.0 / trials), abs=2e-9)


@pytest.mark.parametrize(("events", "trials"), [(0, 0), (5, 5)])
def test_bound_without_evidence_against_it_is_one(events: int, trials: int) -> None:
    """No calls, or every call abandoned: the true ratio may be 1."""
    assert upper_bound_ratio(events, trials) == 1.0


@settings(max_examples=60)
@given(st.integers(1, 200_000).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))))
def test_bound_of_any_counts_is_that_of_scipy(counts: tuple[int, int]) -> None:
    """Clopper and Pearson's bound is a quantile of a beta distribution."""
    events, trials = counts

    for confidence_ratio in (0.5, 0.95, 0.999):
        expected = beta.ppf(confidence_ratio, events + 1, trials - events)
        bound = upper_bound_ratio(events, trials, confidence_ratio=confidence_ratio)
        assert bound == pytest.approx(expected, abs=5e-9)


@pytest.mark.parametrize(
    ("events", "trials", "confidence_ratio", "field"),
    [
        (-1, 10, 0.95, "events"),
        (11, 10, 0.95, "events"),
        (1, 10, 95.0, "confidence_ratio"),
        (1, 10, float("nan"), "confidence_ratio"),
    ],
)
def test_bound_of_impossible_counts_is_refused(
    events: int, trials: int, confidence_ratio: float, field: str
) -> None:
    """The error names the figure."""
    with pytest.raises(InvalidRuleError, match=field):
        upper_bound_ratio(events, trials, confidence_ratio=confidence_ratio)
