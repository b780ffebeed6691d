"""`paceline benchmark`: many pacing methods on the same called parties, and a report of what came of it."""

import contextlib
import importlib.util
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from simulations.benchmark.design import Cell
    from simulations.benchmark.result_tables import FinishedRun
    from simulations.benchmark.run_task import RunTask
    from simulations.benchmark.whole_benchmark import BenchmarkProgress

OUT = Path("benchmark-results")
INTERRUPTED = 130  # what shells call a command that was stopped by Ctrl-C

Scenarios = Annotated[
    str, typer.Option(help="Scenarios of the design, with commas.", show_default="all of the design")
]
Methods = Annotated[
    str,
    typer.Option(
        help="Methods with commas: labels of the design (`ratio 2`) or names of `paceline methods`.",
        show_default="those of each cell",
    ),
]
Agents = Annotated[str, typer.Option(help="Team sizes, with commas.", show_default="those of the design")]
Seeds = Annotated[
    int | None, typer.Option(help="Runs of each method, with seeds in turn.", show_default="the design's")
]
FirstSeed = Annotated[
    int, typer.Option(min=0, help="The first of the seeds; another one is a second opinion.")
]
Hours = Annotated[float | None, typer.Option(help="Virtual hours.", show_default="the design's")]
Jobs = Annotated[int | None, typer.Option(min=1, help="Processes at once.", show_default="one for each core")]
Out = Annotated[
    Path, typer.Option(help="Folder of results and report; finished runs in it are not repeated.")
]
Short = Annotated[bool, typer.Option("--short", help="Only the short version, as `make bench` does.")]
Cluster = Annotated[str, typer.Option(help="Address of a Dask scheduler, as tcp://host:8786.")]
Replay = Annotated[
    str, typer.Option(help="A CSV file of your own attempts to run instead (docs/howto/replay-attempts.md).")
]
Compare = Annotated[
    Path | None,
    typer.Option(
        help="Folder with results of other seeds: does the ranking hold there?", show_default="none"
    ),
]
ReportOnly = Annotated[
    bool, typer.Option("--report-only", help="Run nothing; report on what is finished in the folder.")
]


def benchmark(
    scenarios: Scenarios = "",
    methods: Methods = "",
    agents: Agents = "",
    seeds: Seeds = None,
    first_seed: FirstSeed = 1,
    hours: Hours = None,
    jobs: Jobs = None,
    out: Out = OUT,
    short: Short = False,
    cluster: Cluster = "",
    replay: Replay = "",
    compare: Compare = None,
    report_only: ReportOnly = False,
) -> None:
    """Compare pacing methods on the same called parties, and write tables and a report.

    A killed benchmark goes on where it was: finished runs are kept.
    """
    _require_extra()
    from pacing import PacingError
    from simulations.benchmark.design import Choice, chosen_cells, read_design
    from simulations.benchmark.whole_benchmark import finished_runs, refuse_shared_seeds
    from simulations.errors import SimulationError

    try:
        choice = Choice(
            is_short=short,
            scenarios=_words(scenarios),
            methods=_words(methods),
            agents=_whole_numbers("--agents", agents),
            seeds=seeds,
            hours=hours,
            replay_path=replay,
        )
        cells = _installed(chosen_cells(read_design(), choice))
        if compare:
            refuse_shared_seeds(cells, first_seed=first_seed, compare=compare)
        if report_only:
            runs = finished_runs(cells, first_seed=first_seed, out=out)
        else:
            runs = _run(cells, first_seed, jobs=jobs, out=out, cluster=cluster)
        _report(cells, runs, out=out, compare=compare)
    except (SimulationError, PacingError) as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(2) from refused
    except KeyboardInterrupt:
        typer.echo(f"Stopped. {out} keeps finished runs; the same command goes on from there.", err=True)
        raise typer.Exit(INTERRUPTED) from None


def _run(
    cells: Sequence["Cell"], first_seed: int, *, jobs: int | None, out: Path, cluster: str
) -> list["FinishedRun"]:
    """Run what is missing, and give all runs."""
    from simulations.benchmark.cluster import over_cluster
    from simulations.benchmark.runner import over_processes
    from simulations.benchmark.whole_benchmark import run_benchmark

    carry_out = over_cluster(cluster) if cluster else over_processes(jobs or os.cpu_count() or 1)
    with _progress(Console(stderr=True)) as progress:
        return run_benchmark(cells, first_seed=first_seed, out=out, carry_out=carry_out, progress=progress)


def _report(
    cells: Sequence["Cell"], runs: Sequence["FinishedRun"], *, out: Path, compare: Path | None
) -> None:
    """Write the report, and print what it concludes."""
    from simulations.benchmark.whole_benchmark import report_on

    command = shlex.join(["paceline", *sys.argv[1:]])
    conclusion = report_on(cells, runs, out=out, command=command, compare=compare)
    for line in conclusion.lines():
        typer.echo(line)
    typer.echo(f"{len(runs)} runs; the report is {out}/report.html")


def _installed(cells: Sequence["Cell"]) -> list["Cell"]:
    """Leave out, with a line, the cells whose data set is not installed."""
    from simulations.errors import DataSetMissing
    from simulations.scenarios import get_scenario

    kept = []
    for cell in cells:
        try:
            if not cell.replay_path:
                get_scenario(cell.scenario)
        except DataSetMissing as missing:
            typer.echo(f"{cell.name} is left out: {missing}", err=True)
        else:
            kept.append(cell)
    return kept


def _require_extra() -> None:
    """Refuse to begin hours of runs whose results could not be written."""
    missing = [name for name in ("matplotlib", "pyarrow") if importlib.util.find_spec(name) is None]
    if missing:
        typer.echo(
            f"A benchmark needs {' and '.join(missing)}: expected installed, found none; "
            "install Paceline with its extra: pip install 'paceline[benchmark]'",
            err=True,
        )
        raise typer.Exit(2)


@contextlib.contextmanager
def _progress(console: Console) -> Iterator["BenchmarkProgress"]:
    """Show how many runs are done, and how long the rest takes by the sizes of the runs."""
    from simulations.benchmark.whole_benchmark import BenchmarkProgress

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        bar = shown.add_task("benchmark", total=None)
        counts = {"all": 0, "done": 0}

        def plan(runs: int, agent_hours: float) -> None:
            counts["all"] = runs
            shown.update(bar, total=agent_hours, description=f"0 of {runs} runs")

        def advance(task: "RunTask") -> None:
            counts["done"] += 1
            description = f"{counts['done']} of {counts['all']} runs"
            shown.update(bar, advance=task.agent_hours, description=description)

        yield BenchmarkProgress(on_plan=plan, on_run=advance)


def _words(text: str) -> tuple[str, ...]:
    """The words of an option, between commas."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _whole_numbers(option: str, text: str) -> tuple[int, ...]:
    """The whole numbers of an option, between commas; raises FigureOutOfRange."""
    from simulations.errors import FigureOutOfRange

    for word in _words(text):
        if not word.isdecimal():
            raise FigureOutOfRange(option, word, "whole numbers with commas, as 5,25")
    return tuple(int(word) for word in _words(text))
