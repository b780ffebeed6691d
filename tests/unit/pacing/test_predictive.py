"""Predictive dialing: what it learns, what holds it back, how it explains itself."""

from dataclasses import asdict

import numpy as np
import pytest

from pacing import Pacer, PacingDecision, WindowBudget, create_pacer
from tests.unit.pacing.snapshots import ages, floor


def taught(live_ratio: float = 0.25, talk_seconds: float = 90.0, **terms: float) -> Pacer:
    """A pacer that has seen 600 lines, talks and wrap-ups and not one abandoned call."""
    pacer = create_pacer("predictive", **terms)  # type: ignore[arg-type]
    rng = np.random.default_rng(5)
    for seconds, chance, talk in zip(
        rng.exponential(8.0, 600), rng.random(600), rng.exponential(talk_seconds, 600), strict=True
    ):
        pacer.observe("live_answer" if chance < live_ratio else "no_answer", 0.0, min(22.0, float(seconds)))
        pacer.observe("talk_end", 0.0, float(talk))
        pacer.observe("wrap_up_end", 0.0, 10.0)
        pacer.observe("connected", 0.0, 0.1)
    return pacer


def busy_floor(**changes: object) -> PacingDecision:
    """What a taught pacer decides for 60 agents of whom 48 talk."""
    pacer = changes.pop("pacer", None) or taught()
    assert isinstance(pacer, Pacer)
    snapshot = {"agents_logged_in": 60, "agents_idle": 4, "talk_ages_seconds": ages(48, 60.0)}
    return pacer.decide(floor(**{**snapshot, **changes}))


def test_predictive_without_evidence_starts_about_a_line_for_each_idle_agent() -> None:
    """A cold start dares hardly more than progressive."""
    lines = create_pacer("predictive").decide(floor(agents_idle=4, talk_ages_seconds=ages(6))).lines
    assert 4 <= lines <= 6


def test_predictive_dials_ahead_of_agents_who_will_soon_be_free() -> None:
    """With many talks about to end it starts more lines than there are idle agents."""
    assert busy_floor().lines > 4


def test_predictive_holds_back_where_talks_are_long() -> None:
    """The same floor with talks of half an hour frees nobody."""
    assert busy_floor(pacer=taught(talk_seconds=1800.0)).lines < busy_floor().lines


def test_predictive_holds_back_where_lines_answer_often() -> None:
    """The more lines answer, the fewer are needed."""
    assert busy_floor(pacer=taught(live_ratio=0.8)).lines < busy_floor().lines


def test_lines_that_ring_already_reduce_those_started() -> None:
    """What rings will answer, too."""
    assert busy_floor(ring_ages_seconds=ages(6, 2.0)).lines < busy_floor().lines


def test_agents_who_leave_after_their_call_are_not_dialed_for() -> None:
    """An announced break is known before it begins."""
    assert busy_floor(agents_leaving=40).lines < busy_floor().lines


def test_inbound_calls_expected_reduce_the_lines_started() -> None:
    """Inbound arrivals take the same agents."""
    assert busy_floor(inbound_per_second=0.2).lines < busy_floor().lines


@pytest.mark.parametrize("method", ["progressive", "ratio", "erlang", "predictive"])
def test_inbound_call_waiting_stops_outbound_dialing(method: str) -> None:
    """Agents belong to who is already there."""
    decision = create_pacer(method).decide(floor(agents_idle=3, inbound_waiting=1))
    assert (decision.lines, decision.binding_constraint) == (0, "inbound_waiting")


def test_leads_that_answer_more_often_than_the_list_get_fewer_lines() -> None:
    """A score of each next lead replaces the list's mean."""
    assert busy_floor(live_probabilities_next=[0.9] * 400).lines < busy_floor().lines


def test_abandon_budget_spent_leaves_one_line_for_each_idle_agent() -> None:
    """With the month's budget gone nothing is risked any more, and the reason says so."""
    spent = WindowBudget(name="30 days", abandoned=60.0, answered_live=1000.0, limit_ratio=0.03)
    decision = busy_floor(agents_idle=3, window_budgets=[spent])
    assert (decision.lines, decision.binding_constraint) == (3, "abandon_limit")
    assert decision.budgets[0].abandoned_allowed == pytest.approx(-30.0)


def test_limit_of_zero_makes_predictive_progressive() -> None:
    """Who may abandon nobody gets exactly one line for each idle agent."""
    for idle in range(6):
        assert busy_floor(pacer=taught(abandon_limit_ratio=0.0), agents_idle=idle).lines == idle


def test_list_that_never_answers_is_dialed_up_to_the_lines_for_each_agent() -> None:
    """Without answers there is no risk, so that a plain maximum must stop it."""
    pacer = create_pacer("predictive", lines_per_agent_max=4.0)
    for _ in range(5000):
        pacer.observe("no_answer", 0.0, 20.0)
    decision = busy_floor(pacer=pacer, ring_ages_seconds=ages(220, 3.0))
    assert (decision.lines, decision.binding_constraint) == (20, "lines_per_agent_max")


def test_abandoned_calls_make_predictive_careful() -> None:
    """The same floor after ten abandoned calls gets fewer lines."""
    pacer = taught()
    for _ in range(30):
        pacer.observe("abandoned", 0.0, 2.0)
    assert busy_floor(pacer=pacer).lines == 4


def test_decision_of_predictive_explains_itself() -> None:
    """Every figure that it decided on is there and fits the others."""
    decision = busy_floor(ring_ages_seconds=ages(2, 4.0))
    assert None not in asdict(decision).values()
    assert decision.next_line_risk_ratio is not None
    assert decision.threshold_ratio is not None
    assert decision.expected_abandonment is not None
    assert decision.next_line_risk_ratio > decision.threshold_ratio
    assert 0.0 < decision.expected_abandonment < decision.lines * decision.threshold_ratio
    assert decision.live_answer_ratio == pytest.approx(0.25, abs=0.06)


def test_forecast_of_predictive_counts_agents_and_answers_within_what_is_possible() -> None:
    """Quantiles rise and stay between nobody and everybody."""
    decision = busy_floor(ring_ages_seconds=ages(5, 4.0))
    assert decision.agents_free_quantiles is not None
    assert decision.live_answers_quantiles is not None
    low, middle, high = decision.agents_free_quantiles
    assert 4.0 <= low < middle < high <= 52.0
    low, middle, high = decision.live_answers_quantiles
    assert 0.0 <= low <= middle < high <= 5.0


def test_idle_agents_who_still_rest_get_no_line() -> None:
    """A floor of rest: whoever came free just now is not dialed for yet, whoever rested is."""
    pacer = taught(abandon_limit_ratio=0.0, rest_seconds_min=20.0)
    lines = [
        busy_floor(pacer=pacer, agents_idle=4, idle_ages_seconds=idle).lines
        for idle in (ages(4, 2.0), [2.0, 2.0, 30.0, 30.0], ages(4, 30.0), None)
    ]
    assert lines == [0, 2, 4, 4]


def test_rest_asked_for_makes_busy_agents_free_later() -> None:
    """Who must rest after the call is not free at its end."""
    assert busy_floor(pacer=taught(rest_seconds_min=30.0)).lines < busy_floor().lines


def test_slow_writers_in_wrap_up_are_expected_later() -> None:
    """An agent's own wrap-ups count: ten slow ones come back later than ten quick ones."""
    floor_of_wrap_ups = {"talk_ages_seconds": ages(20, 60.0), "wrap_up_ages_seconds": ages(30, 1.0)}
    slow, usual, quick = (
        busy_floor(wrap_up_factors=ages(30, factor), **floor_of_wrap_ups).lines for factor in (4.0, 1.0, 0.3)
    )
    assert slow < usual < quick
    assert busy_floor(**floor_of_wrap_ups).lines == usual


def test_detection_that_uses_up_the_wait_makes_careful() -> None:
    """Where the limit runs from the answer, what detection took of it cannot be waited again."""
    pacers = [taught(connect_limit_seconds=8.0) for _ in range(2)]
    assert busy_floor(pacer=pacers[0], connect_seconds_spent=6.0).lines < busy_floor(pacer=pacers[1]).lines


def test_tightest_window_is_named_with_its_budget() -> None:
    """Of two windows the one with the least left decides, and the decision says which and how much."""
    day = WindowBudget(name="day", abandoned=3.0, answered_live=400.0, limit_ratio=0.03)
    hour = WindowBudget(name="hour", abandoned=5.0, answered_live=100.0, limit_ratio=0.03)
    decision = busy_floor(window_budgets=[day, hour])
    assert decision.budget_name == "hour"
    assert decision.budget_calls is not None
    # 3 allowed, 5 abandoned, and 0.9 sqrt(60 x 2 ln(1 + 100 / 440)) kept back.
    assert decision.budget_calls == pytest.approx(-6.462, abs=0.001)
    assert [budget.abandon_ratio_upper for budget in decision.budgets] == [
        pytest.approx(0.018, abs=0.001),
        pytest.approx(0.099, abs=0.002),
    ]


def test_list_that_paused_for_an_hour_is_believed_less() -> None:
    """After a long break the same floor gets fewer lines at first: what is known may be old."""
    before, after = taught(), taught()
    for pacer in (before, after):
        pacer.decide(floor(now=100.0, agents_logged_in=60, ring_ages_seconds=ages(1)))
        for _ in range(200):  # a team of 60 needs more in hand than the ten of before
            pacer.observe("connected", 100.0, 0.1)
    assert busy_floor(pacer=after, now=4000.0).lines < busy_floor(pacer=before, now=101.0).lines


def test_prior_of_other_lists_lets_a_new_one_start_faster() -> None:
    """Who knows that lists answer one line in ten starts more lines at once than who fears one in two."""
    snapshot = floor(agents_logged_in=60, agents_idle=20, talk_ages_seconds=ages(40, 60.0))
    known = create_pacer("predictive", live_ratio_prior=0.1, live_prior_lines=200.0)
    assert known.decide(snapshot).lines > create_pacer("predictive").decide(snapshot).lines


def test_team_without_any_wrap_up_is_learned_as_such() -> None:
    """Where talks have no wrap-up, agents are free when the talk ends: more lines."""
    lines = []
    for has_wrap_up in (False, True):
        pacer = create_pacer("predictive")
        for second in range(600):
            pacer.observe("live_answer" if second % 4 == 0 else "no_answer", 0.0, 8.0)
            pacer.observe("talk_end", 0.0, 20.0 + second % 140)
            if has_wrap_up:
                pacer.observe("wrap_up_end", 0.0, 40.0)
        lines.append(busy_floor(pacer=pacer).lines)
    assert lines[0] > lines[1]
