"""Does the order of methods hold under other seeds: agreement, pairs that turn, who keeps the limit."""

import json
from pathlib import Path

import pytest

from simulations.benchmark.rankings import RankedRun, compare_rankings, mean_tau, read_ranked_runs
from simulations.benchmark.result_tables import FinishedRun, write_tables
from simulations.benchmark.run_task import RunTask
from simulations.errors import DataFileError
from tests.unit.simulations.benchmark.made_outcomes import outcome_of

SETTINGS = {"a": 0.7, "b": 0.6, "c": 0.5, "d": 0.4}


def ranked(ratios: dict[str, float], *, first_seed: int = 1, luck: float = 0.0) -> list[RankedRun]:
    """Four runs of each method; `luck` moves the seeds of `a` alone up and down."""
    return [
        RankedRun(
            scenario="medium",
            agents=5,
            label=label,
            seed=first_seed + turn,
            talk_ratio=ratio + 0.01 * turn + (luck * (-1) ** turn if label == "a" else 0.0),
            is_over=False,
        )
        for label, ratio in ratios.items()
        for turn in range(4)
    ]


def test_same_order_under_other_seeds_agrees_wholly() -> None:
    """Kendall's tau is one, no pair turns."""
    (one,) = compare_rankings(ranked(SETTINGS), ranked(SETTINGS, first_seed=9))
    assert (one.tau, one.turned, one.first, one.seeds) == (1.0, (), ("a", "b", "c", "d"), (4, 4))


def test_one_pair_of_neighbours_that_turns_costs_a_third_of_tau() -> None:
    """Of six pairs one is discordant: (5 - 1) / 6."""
    (one,) = compare_rankings(ranked(SETTINGS), ranked({**SETTINGS, "a": 0.55}))
    assert one.tau == pytest.approx(4 / 6)
    assert one.turned == (("a", "b"),)
    assert mean_tau([one, one]) == one.tau


def test_pair_that_turns_within_chance_is_not_called_turned() -> None:
    """The order differs, but the second set is not sure of it."""
    (one,) = compare_rankings(ranked(SETTINGS), ranked({**SETTINGS, "a": 0.59}, luck=0.1))
    assert one.second[:2] == ("b", "a")
    assert one.turned == ()


def test_method_that_keeps_the_limit_in_one_set_only_is_named_and_ranks_last_there() -> None:
    """One run of `a` over the limit."""
    over = [
        RankedRun(scenario=run.scenario, agents=run.agents, label=run.label, seed=run.seed,
                  talk_ratio=run.talk_ratio, is_over=run.label == "a" and run.seed == 2)
        for run in ranked(SETTINGS)
    ]  # fmt: skip
    (one,) = compare_rankings(ranked(SETTINGS), over)
    assert (one.changed_lawfulness, one.second[-1]) == (("a",), "a")


def test_cells_and_methods_of_one_set_only_are_left_out() -> None:
    """Nothing can be said of them."""
    (one,) = compare_rankings(ranked(SETTINGS), ranked({"b": 0.6, "e": 0.9}))
    assert one.first == one.second == ("b",)
    assert one.tau is None
    assert compare_rankings(ranked(SETTINGS), []) == []


def test_results_of_a_folder_are_read_as_they_were_written(tmp_path: Path) -> None:
    """Talk, the limit and the seed survive the file."""
    task = RunTask(scenario="medium", agents=5, hours=8.0, label="ratio 2", method="ratio", seed=7)
    outcome = outcome_of(task, talk_ratio=0.61, answers=100, abandon_ratio=0.04)
    write_tables(tmp_path, [FinishedRun(task=task, outcome=outcome)], lambda method: "v")
    assert read_ranked_runs(tmp_path) == [
        RankedRun(scenario="medium", agents=5, label="ratio 2", seed=7, talk_ratio=0.61, is_over=True)
    ]


@pytest.mark.parametrize("text", [None, "{", json.dumps([{"scenario": "x"}])])
def test_folder_without_results_of_this_version_is_refused(tmp_path: Path, text: str | None) -> None:
    """With the file's name."""
    if text is not None:
        (tmp_path / "results.json").write_text(text)
    with pytest.raises(DataFileError, match=r"results\.json"):
        read_ranked_runs(tmp_path)
