"""Running, keeping and resuming: nothing is lost, nothing is run twice, order does not matter."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from simulations.benchmark.cluster import ClusterUnusable, over_cluster
from simulations.benchmark.design import Cell, MethodEntry
from simulations.benchmark.results_file import FILE_NAME, ResultsFile
from simulations.benchmark.run_task import RunOutcome, RunTask
from simulations.benchmark.runner import Carrier
from simulations.benchmark.whole_benchmark import BenchmarkProgress, run_benchmark
from simulations.errors import DataFileError
from tests.unit.simulations.benchmark.made_outcomes import outcome_of

CELL = Cell(
    scenario="medium",
    agents=5,
    hours=1.0,
    seeds=3,
    methods=(MethodEntry(label="ratio 2", method="ratio"), MethodEntry(label="a", method="progressive")),
)


class Carried:
    """Carries tasks out in reverse order, at most so many, then dies as a killed run does."""

    def __init__(self, most: int = 1000) -> None:
        self.most = most
        self.tasks: list[RunTask] = []

    def __call__(self, tasks: Sequence[RunTask]) -> Iterator[tuple[RunTask, RunOutcome]]:
        """Carry out."""
        for task in reversed(tasks):
            if len(self.tasks) == self.most:
                raise KeyboardInterrupt
            self.tasks.append(task)
            yield task, outcome_of(task)


def run(folder: Path, carry_out: Carrier) -> list[str]:
    """All runs of the cell, as they come back."""
    progress = BenchmarkProgress(on_plan=lambda runs, hours: None, on_run=lambda task: None)
    runs = run_benchmark([CELL], first_seed=1, out=folder, carry_out=carry_out, progress=progress)
    return [f"{run.task.label} {run.task.seed}: {run.outcome.figures.talk_ratio}" for run in runs]


def test_benchmark_that_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    """Three runs before the kill, three after it, and the same results as of one go."""
    first, second = Carried(most=3), Carried()
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "killed", first)
    resumed = run(tmp_path / "killed", second)
    assert len(first.tasks) == len(second.tasks) == 3
    assert not set(first.tasks) & set(second.tasks)
    assert resumed == run(tmp_path / "whole", Carried())
    for name in ("results.csv", "results.json", "results.parquet"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_finished_benchmark_runs_nothing_again(tmp_path: Path) -> None:
    """The second time there is nothing to do."""
    before = run(tmp_path, Carried())
    again = Carried()
    assert run(tmp_path, again) == before
    assert not again.tasks


def test_torn_last_line_of_the_results_is_dropped(tmp_path: Path) -> None:
    """A kill in the middle of a write costs one run, and leaves a file that can be appended to."""
    run(tmp_path, Carried())
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes()[:-9])
    again = Carried()
    run(tmp_path, again)
    assert len(again.tasks) == 1
    assert run(tmp_path, Carried()) == run(tmp_path, Carried())


def test_results_of_other_code_are_not_used(tmp_path: Path) -> None:
    """A change of the pacer makes all runs new."""
    task = CELL.tasks(1)[0]
    ResultsFile(tmp_path, lambda method: f"old {method}").add(task, outcome_of(task))
    assert ResultsFile(tmp_path, lambda method: f"old {method}").find(task) == outcome_of(task)
    assert ResultsFile(tmp_path, lambda method: f"new {method}").find(task) is None


def test_results_file_that_is_not_ours_is_refused_by_row(tmp_path: Path) -> None:
    """A line that says nothing of a run is not passed over."""
    (tmp_path / FILE_NAME).write_text('{"key": "x"}\n')
    with pytest.raises(DataFileError, match="row 1"):
        ResultsFile(tmp_path, lambda method: "v")


def test_cluster_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a traceback of an import."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ClusterUnusable, match=r"paceline\[cluster\]"):
        over_cluster("tcp://127.0.0.1:8786")
