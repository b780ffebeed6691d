"""All of a benchmark: runs what is missing of the chosen cells, and writes tables and report.

The command line chooses cells and shows progress; a program may do the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from simulations.benchmark.bounds import find_bounds
from simulations.benchmark.code_version import code_version
from simulations.benchmark.design import Cell
from simulations.benchmark.rankings import RankedRun, compare_rankings, ranked_run
from simulations.benchmark.report import ReportFacts, write_report
from simulations.benchmark.result_tables import FinishedRun, write_tables
from simulations.benchmark.results_file import ResultsFile
from simulations.benchmark.run_task import RunTask
from simulations.benchmark.runner import Carrier, run_missing
from simulations.benchmark.summaries import CellSummary, summarise

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
    planned = [(task, cell) for cell in cells for task in cell.tasks(first_seed)]
    tasks = {task.key(code_version(task.method)): (task, cell) for task, cell in planned}
    missing = results.missing(task for task, _ in tasks.values())
    progress.on_plan(len(missing), sum(task.agent_hours for task in missing))
    run_missing(missing, results, carry_out, progress.on_run)
    runs = []
    for task, cell in tasks.values():
        outcome = results.find(task)
        assert outcome is not None, "every task has been run"
        runs.append(FinishedRun(task=task, outcome=outcome, is_held_out=cell.is_held_out))
    write_tables(out, runs, code_version)
    return runs


def report_on(
    cells: Sequence[Cell],
    runs: Sequence[FinishedRun],
    *,
    out: Path,
    command: str,
    second: Sequence[RankedRun] = (),
) -> list[CellSummary]:
    """Write the report on these runs into `out`, and give what it says of each cell.

    `command` is what a reader types to get the same report; `second` has the runs of a second set of seeds.
    """
    summaries = summarise(runs)
    facts = ReportFacts(
        command=command,
        code_version=code_version(),
        runs=len(runs),
        agent_hours=sum(run.task.agent_hours for run in runs),
    )
    comparisons = compare_rankings(map(ranked_run, runs), second)
    write_report(out / REPORT_NAME, summaries, find_bounds(cells, out), facts, comparisons)
    return summaries
