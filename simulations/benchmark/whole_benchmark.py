"""All of a benchmark: runs what is missing of the chosen cells, and writes tables and report.

The command line chooses cells and shows progress; a program may do the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from simulations.benchmark.bounds import find_bounds
from simulations.benchmark.code_version import code_version
from simulations.benchmark.conclusion import FILE_NAME as CONCLUSION_FILE
from simulations.benchmark.conclusion import Conclusion, conclude, write_conclusion
from simulations.benchmark.design import Cell
from simulations.benchmark.report import ReportFacts, write_report
from simulations.benchmark.result_tables import FinishedRun, write_tables
from simulations.benchmark.results_file import FILE_NAME as RUNS_FILE
from simulations.benchmark.results_file import ResultsFile, read_finished
from simulations.benchmark.run_task import RunTask
from simulations.benchmark.runner import Carrier, run_missing
from simulations.benchmark.second_opinion import compare_rankings, same_cells
from simulations.benchmark.summaries import summarise
from simulations.errors import DataFileError, FigureOutOfRange

REPORT_NAME = "report.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkProgress:
    """Who hears how far the runs are."""

    on_plan: Callable[[int, float], None]  # runs that are missing, and their agent hours in all
    on_run: Callable[[RunTask], None]  # a run has finished


def run_benchmark(
    cells: Sequence[Cell], *, first_seed: int, out: Path, carry_out: Carrier, progress: BenchmarkProgress
) -> list[FinishedRun]:
    """Run what is missing, write the tables into `out`, and give all runs of these cells.

    Raises what `run_task` raises, and DataFileError where `out` cannot be used.
    """
    results = ResultsFile(out, code_version)
    tasks = [task for task, _ in _planned(cells, first_seed)]
    missing = results.missing(tasks)
    progress.on_plan(len(missing), sum(task.agent_hours for task in missing))
    run_missing(missing, results, carry_out, progress.on_run)
    runs = _finished(cells, first_seed, results)
    assert len(runs) == len(tasks), "every task has been run"
    write_tables(out, runs, code_version)
    return runs


def finished_runs(cells: Sequence[Cell], *, first_seed: int, out: Path) -> list[FinishedRun]:
    """Give those runs of these cells that are finished, and write their tables into `out`.

    Raises DataFileError where there are none, or `out` cannot be used.
    """
    if not (out / RUNS_FILE).is_file():
        raise DataFileError(out / RUNS_FILE, expected="results of a benchmark", came="none")
    runs = _finished(cells, first_seed, ResultsFile(out, code_version))
    if not runs:
        expected = "finished runs of these cells and this code; run them without --report-only"
        raise DataFileError(out / RUNS_FILE, expected=expected, came="none")
    write_tables(out, runs, code_version)
    return runs


def report_on(
    cells: Sequence[Cell],
    runs: Sequence[FinishedRun],
    *,
    out: Path,
    command: str,
    compare: Path | None = None,
) -> Conclusion:
    """Write the report on these runs into `out`, and give what is concluded from them.

    `command` is what a reader types to get the same report; `compare` is a folder with results of other
    seeds. Raises DataFileError where that holds no results.
    """
    agreements = None
    if compare is not None:
        others = same_cells(runs, read_finished(compare, code_version))
        agreements = compare_rankings(runs, others)
    summaries = summarise(runs)
    facts = ReportFacts(
        command=command,
        code_version=code_version(),
        runs=len(runs),
        agent_hours=sum(run.task.agent_hours for run in runs),
    )
    shown = {cell.name for cell in summaries}
    bounds = find_bounds([cell for cell in cells if cell.name in shown], out)
    conclusion = conclude(summaries, bounds, agreements)
    write_report(out / REPORT_NAME, summaries, bounds, facts, conclusion)
    write_conclusion(out / CONCLUSION_FILE, conclusion)
    return conclusion


def refuse_shared_seeds(cells: Sequence[Cell], *, first_seed: int, compare: Path) -> None:
    """Refuse to compare runs with themselves, before hours are spent.

    Raises FigureOutOfRange, and DataFileError where the folder holds no results.
    """
    planned = {replace(task, replay_path="") for task, _ in _planned(cells, first_seed)}
    shared = sorted(task.seed for task, _ in read_finished(compare, code_version) if task in planned)
    if shared:
        raise FigureOutOfRange("--compare", f"results with seed {shared[0]}", "results of other seeds only")


def _planned(cells: Sequence[Cell], first_seed: int) -> list[tuple[RunTask, Cell]]:
    """Give every run once: two cells may name the same."""
    planned = [(task, cell) for cell in cells for task in cell.tasks(first_seed)]
    return list({task.key(code_version(task.method)): (task, cell) for task, cell in planned}.values())


def _finished(cells: Sequence[Cell], first_seed: int, results: ResultsFile) -> list[FinishedRun]:
    return [
        FinishedRun(task=task, outcome=outcome, is_held_out=cell.is_held_out)
        for task, cell in _planned(cells, first_seed)
        if (outcome := results.find(task)) is not None
    ]
