"""One run as a task: its figures by hand, its key, and what it shares with other methods."""

from dataclasses import replace

import pytest

from pacing import FigureError
from simulations.agent_clock import AgentTime
from simulations.benchmark.run_figures import MeasuredSpan, jain_index, run_figures
from simulations.benchmark.run_task import RunTask, check_method, run_task
from simulations.errors import UnknownName
from simulations.run_ledger import CountedAnswer, RunLedger

TASK = RunTask(scenario="medium", agents=4, hours=0.4, label="progressive", method="progressive", seed=5)
NOBODY = AgentTime(
    talk_seconds=0.0, hold_seconds=0.0, wrap_up_seconds=0.0, wait_seconds=0.0, logged_in_seconds=0.0
)


def span(**changes: object) -> MeasuredSpan:
    """Two hours of two agents who talk a half of it, the first half hour too."""
    half_hour = replace(NOBODY, talk_seconds=1800.0, logged_in_seconds=3600.0)
    end = replace(NOBODY, talk_seconds=7200.0, wrap_up_seconds=720.0, logged_in_seconds=14400.0)
    plain = MeasuredSpan(
        warm_up_seconds=0.0,
        until=7200.0,
        time_at_warm_up=NOBODY,
        time_at_half_hour=half_hour,
        time_at_end=end,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def ledger_of(answers: list[CountedAnswer], dialed_at: list[float]) -> RunLedger:
    """Books with these calls."""
    ledger = RunLedger({})
    ledger.answers = answers
    ledger.dialed_at.extend(dialed_at)
    return ledger


def test_figures_of_a_run_are_those_computed_by_hand() -> None:
    """Eight answers, two abandoned, sixteen dials, four logged-in hours."""
    answers = [CountedAnswer(600.0 * index, 600.0 * index - 10.0, index in (0, 5)) for index in range(8)]
    figures = run_figures(ledger_of(answers, [300.0 * index for index in range(16)]), span(), left_early=1)
    assert (figures.talk_ratio, figures.utilisation) == (0.5, 0.55)
    assert (figures.answers, figures.abandoned, figures.abandon_ratio) == (8, 2, 0.25)
    assert (figures.dials_per_connect, figures.calls_per_agent_hour) == (16 / 6, 6 / 4)
    assert (figures.first_half_hour_answers, figures.first_half_hour_abandoned) == (3, 1)
    assert (figures.first_half_hour_talk_ratio, figures.later_talk_ratio) == (0.5, 0.5)


def test_warm_up_of_a_run_is_not_counted() -> None:
    """Calls answered, lines dialed and time spent before its end are left out."""
    answers = [CountedAnswer(600.0 * index, 0.0, index < 3) for index in range(8)]
    measured = span(warm_up_seconds=1800.0, time_at_warm_up=span().time_at_half_hour)
    figures = run_figures(ledger_of(answers, [0.0, 1799.0, 1800.0]), measured, left_early=0)
    assert (figures.answers, figures.abandoned, figures.attempts) == (5, 0, 1)
    assert figures.talk_ratio == 0.5


def test_recovery_counts_the_ten_minutes_from_the_third_after_a_jump() -> None:
    """Minutes 3 to 13; those before belong to the jump itself, and blind lines are told apart."""
    jump_at = 1800.0
    minutes_after = [-1, 1, 2, 4, 12, 14]
    answers = [CountedAnswer(jump_at + 60.0 * minute, jump_at + 60.0 * minute - 55.0, True)
               for minute in minutes_after]  # fmt: skip
    figures = run_figures(ledger_of(answers, []), span(jumps_at=(jump_at,)), left_early=0)
    assert (figures.recovery_answers, figures.recovery_abandoned) == (2, 2)
    assert (figures.jump_answers, figures.jump_abandoned, figures.jump_blind_abandoned) == (4, 4, 1)


def test_fairness_of_one_agent_who_waits_alone_is_one_nth() -> None:
    """The index says how many agents share the waiting evenly."""
    assert jain_index([3.0, 0.0, 0.0]) == pytest.approx(1 / 3)
    assert jain_index([]) is None


def test_task_run_twice_gives_the_same_figures() -> None:
    """Everything random follows from the task; only wall time differs."""
    assert run_task(TASK).figures == run_task(TASK).figures


def test_setting_of_a_method_reaches_the_pacer() -> None:
    """Three lines for each idle agent dial and abandon more than one and a half."""
    ratio = replace(TASK, label="ratio 1.5", method="ratio", settings=(("lines_per_agent", 1.5),))
    fewer = run_task(ratio).figures
    more = run_task(replace(ratio, settings=(("lines_per_agent", 3.0),))).figures
    assert more.attempts > fewer.attempts
    assert more.abandoned > fewer.abandoned


def test_key_of_a_task_names_everything_that_its_figures_depend_on() -> None:
    """Another seed, setting, size or version of the code is another run."""
    others = [
        replace(TASK, seed=6),
        replace(TASK, settings=(("lines_per_agent", 2.0),)),
        replace(TASK, hours=0.5),
        replace(TASK, warm_up_minutes=1.0),
        replace(TASK, replay_digest="ab"),
    ]
    keys = {task.key("v1") for task in (TASK, *others)} | {TASK.key("v2")}
    assert len(keys) == len(others) + 2


def test_method_or_setting_that_does_not_exist_is_refused() -> None:
    """With the names that do."""
    with pytest.raises(UnknownName, match="progressive"):
        check_method("progresive", {})
    with pytest.raises(UnknownName, match="lines_per_agent"):
        check_method("ratio", {"lines": 2.0})
    with pytest.raises(FigureError):
        check_method("ratio", {"lines_per_agent": -2.0})
