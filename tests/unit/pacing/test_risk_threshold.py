"""The threshold and its budget."""

import pytest

from pacing import WindowBudget
from pacing.risk_threshold import DEBT_CALLS_MAX, OWN_COUNT, SAVINGS_CALLS_MAX, RiskThreshold


def after(fates: list[bool], agents: int = 10, is_at_risk: bool = True) -> RiskThreshold:
    """A threshold that saw these fates (True: abandoned)."""
    threshold = RiskThreshold(0.03)
    for is_abandoned in fates:
        threshold.observe(is_abandoned=is_abandoned, agents=agents, is_at_risk=is_at_risk)
    return threshold


def theta(threshold: RiskThreshold, *budgets: WindowBudget) -> float:
    """Theta of a team of ten."""
    return threshold.theta(10, threshold.budget_left(10, budgets)[0])


def test_theta_without_any_answer_is_the_limit_itself() -> None:
    """A cold start risks no more on any line than the limit allows on average."""
    assert theta(after([])) == pytest.approx(0.03)


def test_theta_falls_with_each_abandoned_call_and_rises_with_savings() -> None:
    """Debts make careful, savings make bold."""
    assert theta(after([True])) < theta(after([])) < theta(after([False] * 300))


def test_budget_spent_makes_theta_nearly_nothing() -> None:
    """Five calls over the budget, and no line is started on risk."""
    assert theta(after([True] * 6)) < 0.001


def test_savings_and_debts_of_a_strange_day_stay_within_bounds() -> None:
    """Neither a day without abandons nor a disaster is carried for ever."""
    saved = after([False] * 5000)
    assert saved.budget_calls(10) <= SAVINGS_CALLS_MAX + 1e-9
    owed = after([True] * 500)
    assert owed.budget_calls(10) == pytest.approx(-DEBT_CALLS_MAX, abs=4.2)


def test_reserve_for_luck_grows_with_the_count_and_ever_more_slowly() -> None:
    """The same ratio exactly at the limit leaves less and less budget: luck has had more chances."""
    window = [
        WindowBudget(name="day", abandoned=0.03 * count, answered_live=count, limit_ratio=0.03)
        for count in (0.0, 100.0, 1000.0, 10_000.0)
    ]
    # None of them is the pacer's own count: it stands at a budget of zero.
    reserves = [-after([]).budget_left(10, [budget])[0] for budget in window]
    assert reserves == sorted(reserves)
    assert reserves[0] == 0.0
    # 0.9 sqrt(10 x 2 ln(1 + 1000 / 440)) calls, worked by hand.
    assert reserves[2] == pytest.approx(4.383, abs=0.001)
    assert reserves[3] - reserves[2] < reserves[2]


def test_reserve_for_luck_grows_with_the_root_of_the_team() -> None:
    """Four times the team, twice the reserve; the smallest teams have that of ten."""
    window = WindowBudget(name="day", abandoned=30.0, answered_live=1000.0, limit_ratio=0.03)
    small, ten, forty = (-after([]).budget_left(team, [window])[0] for team in (2, 10, 40))
    assert small == ten
    assert forty == pytest.approx(2 * ten)


def test_budget_names_the_window_that_binds() -> None:
    """The floor can be told which window it is that holds it back."""
    spent = WindowBudget(name="hour", abandoned=9.0, answered_live=100.0, limit_ratio=0.03)
    assert after([]).budget_left(10, [spent])[1] == "hour"
    assert after([]).budget_left(10, [])[1] == OWN_COUNT


def test_savings_made_while_other_limits_bound_move_no_centre() -> None:
    """Hours held down by trunks say nothing about the forecast (anti-windup)."""
    bound, free = after([False] * 3000, is_at_risk=False), after([False] * 3000, is_at_risk=True)
    assert theta(bound) < theta(free)


def test_window_that_is_spent_binds_whatever_the_others_saved() -> None:
    """The window with the least left decides."""
    threshold = after([False] * 300)
    month = WindowBudget(name="30 days", abandoned=40.0, answered_live=1200.0, limit_ratio=0.03)
    hour = WindowBudget(name="hour", abandoned=0.0, answered_live=900.0, limit_ratio=0.03)
    assert theta(threshold, hour) == pytest.approx(theta(threshold))
    assert theta(threshold, hour, month) < 0.01 * theta(threshold, hour)


def test_limit_of_zero_allows_no_risk_at_all() -> None:
    """Who may abandon nobody risks nothing."""
    assert RiskThreshold(0.0).theta(10, 5.0) == 0.0


def test_large_team_moves_theta_less_for_each_call() -> None:
    """The gain shrinks with the team."""
    assert after([True], agents=500).theta(500, -0.5) > after([True], agents=5).theta(5, -0.5)
