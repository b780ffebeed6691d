"""Two rankings of the same methods: tau by hand, contradictions that are sure, and results of a folder."""

from pathlib import Path

import pytest

from simulations.benchmark.code_version import code_version
from simulations.benchmark.design import Cell, MethodEntry
from simulations.benchmark.result_tables import FinishedRun
from simulations.benchmark.results_file import ResultsFile, read_finished
from simulations.benchmark.run_task import RunTask
from simulations.benchmark.second_opinion import (
    Contradiction,
    RankingAgreement,
    agreement_lines,
    compare_rankings,
    same_cells,
)
from simulations.benchmark.whole_benchmark import refuse_shared_seeds
from simulations.errors import DataFileError, FigureOutOfRange
from tests.unit.simulations.benchmark.made_cells import Told, runs_of
from tests.unit.simulations.benchmark.made_outcomes import outcome_of

FIRST = {"a": Told(talk=(0.70, 0.71)), "b": Told(talk=(0.60, 0.61)), "c": Told(talk=(0.50, 0.51))}


def agreement(second: dict[str, Told], first: dict[str, Told] | None = None) -> RankingAgreement:
    """The one cell compared, the second set on other seeds."""
    (one,) = compare_rankings(runs_of(first or FIRST), runs_of(second, first_seed=101))
    return one


def test_tau_of_one_pair_in_the_other_order_is_a_third() -> None:
    """Of three pairs two agree: (2 - 1) ÷ 3; and both sets are sure of the pair."""
    one = agreement({**FIRST, "b": FIRST["c"], "c": FIRST["b"]})
    assert one.tau == pytest.approx(1 / 3)
    assert one.contradictions == (Contradiction(first_says="b", second_says="c"),)
    assert (one.methods, one.first_best, one.second_best) == (3, "a", "a")


def test_order_that_one_set_is_unsure_of_is_no_contradiction() -> None:
    """In the second set c leads b by 1 point with an interval of 38 points either way."""
    one = agreement({**FIRST, "b": Told(talk=(0.40, 0.46)), "c": Told(talk=(0.44, 0.44))})
    assert one.tau == pytest.approx(1 / 3)
    assert one.contradictions == ()


def test_method_that_keeps_the_limit_in_one_set_only_is_named_and_ranks_last() -> None:
    """a leads, then stands behind b and c: two of three pairs are in the other order."""
    one = agreement({**FIRST, "a": Told(talk=(0.70, 0.71), abandoned=(31, 0))})
    assert one.tau == pytest.approx(-1 / 3)
    assert one.limit_differs == ("a",)
    assert one.second_best == "b"


def test_methods_of_one_set_only_are_not_compared() -> None:
    """With a single common method there is no order at all."""
    assert compare_rankings(runs_of(FIRST), runs_of({"a": FIRST["a"]}, first_seed=101)) == []
    assert agreement({"a": FIRST["a"], "b": FIRST["b"]}).methods == 2
    assert "no cell has two methods" in agreement_lines([])[0]


def test_comparison_of_runs_with_themselves_is_refused(tmp_path: Path) -> None:
    """Before anything is run: seed 2 is in both."""
    cell = Cell(
        scenario="medium", agents=10, hours=8.0, seeds=2, methods=(MethodEntry(label="a", method="ratio"),)
    )
    task = cell.tasks(2)[0]
    ResultsFile(tmp_path, code_version).add(task, outcome_of(task))
    with pytest.raises(FigureOutOfRange, match="seed 2"):
        refuse_shared_seeds([cell], first_seed=1, compare=tmp_path)
    refuse_shared_seeds([cell], first_seed=3, compare=tmp_path)


def test_results_of_a_folder_are_read_as_they_were_kept(tmp_path: Path) -> None:
    """Settings, jumps and seed come back; another code's runs and a torn line do not; nothing is written."""
    task = RunTask(
        scenario="jump", agents=10, hours=8.0, label="ratio 2", method="ratio", seed=7,
        settings=(("lines_per_agent", 2.0),), jumps_at_minutes=(30.0,),
    )  # fmt: skip
    ResultsFile(tmp_path, lambda _: "now").add(task, outcome_of(task))
    path = tmp_path / "runs.jsonl"
    path.write_text(path.read_text() + '{"torn')
    before = path.read_bytes()
    assert read_finished(tmp_path, lambda _: "now") == [(task, outcome_of(task))]
    assert read_finished(tmp_path, lambda _: "then") == []
    assert path.read_bytes() == before


def test_folder_without_results_is_refused(tmp_path: Path) -> None:
    """And not made, as that of new results is."""
    with pytest.raises(DataFileError, match="results of another benchmark"):
        read_finished(tmp_path / "nowhere", lambda _: "now")
    assert not (tmp_path / "nowhere").exists()


def test_other_folder_gives_only_runs_that_differ_in_the_seed() -> None:
    """Another team size is another cell; where a replayed file stands does not matter."""
    first = runs_of({"a": Told(talk=(0.7,))}, is_held_out=True)
    others = runs_of({"a": Told(talk=(0.6,))}, first_seed=9)
    others += runs_of({"a": Told(talk=(0.5,))}, first_seed=9, agents=25)
    found: list[FinishedRun] = same_cells(first, [(run.task, run.outcome) for run in others])
    assert [(run.task.seed, run.task.agents, run.is_held_out) for run in found] == [(9, 10, True)]
