"""The abandon ratio and its bound."""

import pytest

from pacing.abandon_ratio import AbandonCount, ratio_upper


def test_abandon_ratio_before_any_answer_is_unknown_and_bound_is_one() -> None:
    """Nothing answered proves nothing."""
    assert (AbandonCount().ratio, AbandonCount().ratio_upper) == (None, 1.0)


def test_upper_bound_without_any_abandon_falls_with_the_count() -> None:
    """No abandon in ten answers proves little, in ten thousand much: s² / (n + s²)."""
    assert ratio_upper(0, 10) == pytest.approx(1.645**2 / (10 + 1.645**2))
    assert ratio_upper(0, 10_000) < 0.0003


def test_upper_bound_solves_wilsons_equation() -> None:
    """The bound is the ratio from which the count seen lies exactly 1.645 standard errors away."""
    bound = ratio_upper(12, 400)
    assert (bound - 12 / 400) / (bound * (1 - bound) / 400) ** 0.5 == pytest.approx(1.645)
