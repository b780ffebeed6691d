"""The risk of the next line, by hand and against drawing the balance many times."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacing.forecast import Forecast
from pacing.marginal_risk import EXACT_TERMS_MAX, line_risks, lines_within_risk


def forecast(rings: list[float], busy: list[float], new_line: float) -> Forecast:
    """A forecast with a single moment."""
    return Forecast(
        terms=np.array(rings + busy, dtype=np.float64).reshape(-1, 1),
        new_line=np.array([new_line]),
        lines_ringing=len(rings),
        agents_busy=len(busy),
    )


def test_risk_of_two_lines_worked_by_hand() -> None:
    """One idle agent, two lines ringing (0.1, 0.2), one agent who stays busy with 0.8: docs, part 5."""
    risks = line_risks(forecast([0.1, 0.2], [0.8], 0.15), balance=1, count=2)
    assert risks == pytest.approx([0.228, 0.3222])


def test_risk_of_a_line_for_each_idle_agent_is_zero() -> None:
    """Three idle agents and nobody else: the first three lines cannot be abandoned, the fourth can."""
    risks = line_risks(forecast([], [], 0.3), balance=3, count=4)
    assert risks == pytest.approx([0.0, 0.0, 0.0, 0.3**3])


def test_lines_within_risk_stop_before_the_first_line_over_theta() -> None:
    """All lines up to theta are given, then the risk that was too high."""
    risks = lines_within_risk(forecast([], [], 0.3), 3, theta=0.03, lines_max=50, scales=None)
    assert risks == pytest.approx([0.0, 0.0, 0.0, 0.3**3, 4 * 0.3**3 * 0.7 + 0.3**4])


def test_lines_within_risk_look_as_far_as_they_may() -> None:
    """Where nothing answers, the number of lines ends at its maximum and no sooner."""
    assert len(lines_within_risk(forecast([], [], 0.0), 1, theta=0.03, lines_max=77, scales=None)) == 77


def test_lead_that_answers_more_often_makes_the_next_line_riskier() -> None:
    """Scores of single leads change the risk of the lines after them, not their own."""
    plain = line_risks(forecast([], [], 0.3), 1, 2)
    scored = line_risks(forecast([], [], 0.3), 1, 2, scales=np.array([2.0, 1.0]))
    assert scored == pytest.approx([plain[0], 2 * plain[1]])


@given(
    st.lists(st.floats(0.0, 1.0), max_size=25),
    st.lists(st.floats(0.0, 1.0), max_size=20),
    st.floats(0.0, 1.0),
    st.integers(-3, 8),
)
def test_risk_of_each_further_line_never_falls(
    rings: list[float], busy: list[float], new_line: float, balance: int
) -> None:
    """A line more can only take an agent away from the next."""
    risks = line_risks(forecast(rings, busy, new_line), balance, 6)
    assert np.all(np.diff(risks) >= -1e-12)
    assert np.all((risks >= -1e-12) & (risks <= 1.0 + 1e-12))


def test_exact_and_normal_risks_agree_where_they_meet() -> None:
    """One term more changes the method of calculation, not the answer."""
    rings = [0.3] * (EXACT_TERMS_MAX - 20)
    exact = line_risks(forecast(rings, [0.7] * 20, 0.3), 4, 8)
    normal = line_risks(forecast([*rings, 0.0], [0.7] * 20, 0.3), 4, 8)
    assert normal == pytest.approx(exact, abs=0.004)


@pytest.mark.parametrize("stays_busy", [0.5, 0.9, 0.97, 0.995, 1.0])
def test_risk_of_a_large_team_is_right_however_little_is_uncertain(stays_busy: float) -> None:
    """Two hundred agents in long talks: few can come free, and the risk is still that of the exact law."""
    rings, idle = [0.2] * 12, 3
    points = np.array([1.0])
    for chance in [*rings, *[stays_busy] * 200]:
        points = np.convolve(points, [1.0 - chance, chance])
    risk = line_risks(forecast(rings, [stays_busy] * 200, 0.25), idle, 1)[0]
    assert risk == pytest.approx(points[idle + 200 :].sum(), abs=0.004)
