"""Summaries: intervals and differences by hand, ranking by law first, and room for names."""

from dataclasses import replace

import pytest

from simulations.benchmark.label_places import free_place
from simulations.benchmark.result_tables import FinishedRun
from simulations.benchmark.run_task import RunTask
from simulations.benchmark.summaries import CellSummary, estimate, summarise
from tests.unit.simulations.benchmark.made_outcomes import outcome_of

TALKS = {"predictive": (0.70, 0.74), "progressive": (0.60, 0.66), "greedy": (0.80, 0.80)}
ABANDONED = {"predictive": (2, 3), "progressive": (0, 0), "greedy": (2, 9)}


def runs() -> list[FinishedRun]:
    """Three methods on two seeds, 100 answers each; the greedy one is over the limit once."""
    finished = []
    for label, talks in TALKS.items():
        for index, talk in enumerate(talks):
            task = RunTask(scenario="medium", agents=5, hours=1.0, label=label, method=label, seed=index + 1)
            abandoned = ABANDONED[label][index]
            outcome = outcome_of(
                task, talk_ratio=talk, answers=100, abandoned=abandoned, abandon_ratio=abandoned / 100
            )
            finished.append(FinishedRun(task=task, outcome=outcome))
    return finished


def summary() -> CellSummary:
    """The one cell of these runs."""
    (cell,) = summarise(runs())
    return cell


def test_method_that_breaks_the_limit_once_ranks_behind_all_that_keep_it() -> None:
    """Talk that breaks the law is worth nothing."""
    assert [one.label for one in summary().methods] == ["predictive", "progressive", "greedy"]
    greedy = summary().find("greedy")
    assert greedy is not None
    assert (greedy.runs_over, greedy.abandon_ratio_max, greedy.keeps_limit) == (1, 0.09, False)


def test_difference_is_taken_seed_by_seed() -> None:
    """0.60 - 0.70 and 0.66 - 0.74: mean -0.09, half interval 12.706 × 0.01."""
    progressive = summary().find("progressive")
    assert progressive is not None
    assert progressive.difference is not None
    assert progressive.difference.mean == pytest.approx(-0.09)
    assert progressive.difference.high - progressive.difference.mean == pytest.approx(0.12706, abs=1e-5)


def test_run_exactly_at_the_limit_keeps_it() -> None:
    """Three of a hundred are allowed."""
    predictive = summary().find("predictive")
    assert predictive is not None
    assert (predictive.runs_over, predictive.abandon_ratio_max) == (0, 0.03)
    assert predictive.abandon is not None
    assert (predictive.abandon.ratio, predictive.abandon.count) == (0.025, 200)


def test_best_other_method_is_the_best_that_keeps_the_limit() -> None:
    """The greedy one does not count."""
    best = summary().best_other()
    assert best is not None
    assert best.label == "progressive"


def test_estimate_of_one_run_has_no_width_and_of_none_is_none() -> None:
    """An interval is not invented."""
    one = estimate([0.5, None])
    assert one is not None
    assert (one.mean, one.low, one.high) == (0.5, 0.5, 0.5)
    assert estimate([None]) is None


def test_name_of_a_point_covers_no_other_and_stays_inside() -> None:
    """The second name at one place moves; without room there is none."""
    frame = (0.0, 0.0, 300.0, 200.0)
    first = free_place((100.0, 100.0), 10, [], frame)
    assert first is not None
    second = free_place((100.0, 100.0), 10, [first.box], frame)
    assert second is not None
    assert second.box != first.box
    assert free_place((100.0, 100.0), 10, [frame], frame) is None


def test_cells_of_several_sizes_are_summarised_apart() -> None:
    """Teams are never averaged."""
    others = [replace(run, task=replace(run.task, agents=9)) for run in runs()]
    assert [cell.name for cell in summarise([*runs(), *others])] == ["medium 5", "medium 9"]
