"""`paceline simulate`: run a scenario on the engine that dials, in virtual time, and say what came of it."""

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from app.floor_view import percent

if TYPE_CHECKING:
    from simulations.measures import SimulationResult


Scenario = Annotated[str, typer.Argument(help="Name of the scenario; `paceline scenarios` lists them.")]
Method = Annotated[
    str,
    typer.Option(
        help="Pacing method; `paceline methods` lists them.", show_default="the scenario's; mostly predictive"
    ),
]
Agents = Annotated[int, typer.Option(help="Agents at work, 0 to 10000.")]
Hours = Annotated[float, typer.Option(help="Virtual hours, up to 720.")]
Seed = Annotated[int, typer.Option(help="Everything random follows from it; 0 or more.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Faults = Annotated[
    str,
    typer.Option(
        help="Faults: none, all, or names with commas, each name or name=times an hour (`paceline faults`)."
    ),
]


def simulate(
    scenario: Scenario,
    method: Method = "",
    agents: Agents = 20,
    hours: Hours = 1.0,
    seed: Seed = 1,
    as_json: AsJson = False,
    faults: Faults = "none",
) -> None:
    """Run a scenario in virtual time and print what came of it.

    The same arguments give the same result, to the byte.
    """
    from simulations.errors import InvariantViolated, SimulationError
    from simulations.simulation import run_simulation

    errors = Console(stderr=True)
    try:
        with _progress(errors, is_shown=errors.is_terminal) as show_share:
            result = run_simulation(
                scenario,
                method=method,
                agents=agents,
                hours=hours,
                seed=seed,
                faults=faults,
                on_progress=show_share,
            )
    except InvariantViolated as violated:
        # Plain, and on one line each: the command in it is there to be copied.
        typer.echo(f"An invariant broke. {violated}", err=True)
        raise typer.Exit(1) from violated
    except SimulationError as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(2) from refused
    if as_json:
        typer.echo(result.to_json())
    else:
        _print_result(Console(), result)


@contextlib.contextmanager
def _progress(console: Console, *, is_shown: bool) -> Iterator[Callable[[float], None]]:
    """Show how much of the run is done (0..1) and how long the rest takes."""
    columns = (TextColumn("simulating"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not is_shown) as progress:
        task = progress.add_task("simulating", total=1.0)
        yield lambda share: progress.update(task, completed=share)


def _print_result(console: Console, result: "SimulationResult") -> None:
    """Print the figures, each with what it is divided by, and what every hour was like."""
    console.print(figure_table(result))
    console.print(_hour_table(result))
    if result.faults:
        happened = ", ".join(f"{kind} {count:,}" for kind, count in result.faults.items())
        console.print(f"faults injected: {happened}", highlight=False)
    timings = result.timings
    console.print(
        f"{result.engine_events:,} engine events in {timings.total_seconds:.1f} s of real time "
        f"(engine with pacing {timings.handle_seconds + timings.tick_seconds:.1f} s); "
        f"{result.invariants_checked} invariants watched, none broken",
        style="dim",
        highlight=False,
    )


def figure_table(result: "SimulationResult") -> Table:
    """Each figure with what it is divided by."""
    table = Table(
        title=f"{result.scenario}, {result.method}, {result.agents} agents, {result.hours:g} h, "
        f"seed {result.seed}",
        title_justify="left",
        show_header=False,
    )
    table.add_column(style="bold")
    table.add_column(justify="right")
    table.add_column(style="dim")
    low, high = result.abandon_ratio_low, result.abandon_ratio_high
    wait = result.wait_seconds_mean
    rows = (
        ("talk ratio", percent(result.talk_ratio), "talk ÷ logged-in time"),
        ("utilisation", percent(result.utilisation), "(talk + hold + wrap-up) ÷ logged-in time"),
        ("occupancy", percent(result.occupancy), "(talk + hold + wrap-up) ÷ the same and waiting"),
        (
            "abandon ratio",
            percent(result.abandon_ratio),
            f"abandoned ÷ (abandoned + connected); 95 %: {percent(low)} to {percent(high)}",
        ),
        ("attempts", f"{result.attempts:,}", _outcomes(result)),
        (
            "answered live",
            f"{result.answered_live:,}",
            f"of them {result.left_early:,} left before the limit",
        ),
        ("connected", f"{result.connected:,}", "met an agent in time"),
        ("abandoned", f"{result.abandoned:,}", "met none in time"),
        ("wait", "–" if wait is None else f"{wait:.1f} s", "an agent's idle time for each call"),
        ("answer to agent", _delays(result), "p50 / p95 / p99"),
    )
    for name, value, meaning in rows:
        table.add_row(name, value, meaning)
    return table


def _hour_table(result: "SimulationResult") -> Table:
    table = Table(title="by hour", title_justify="left")
    for name in (
        "hour",
        "attempts",
        "answered live",
        "connected",
        "abandoned",
        "abandon ratio",
        "talk ratio",
    ):
        table.add_column(name, justify="right")
    for hour in result.per_hour:
        table.add_row(
            str(hour.hour + 1),
            f"{hour.attempts:,}",
            f"{hour.answered_live:,}",
            f"{hour.connected:,}",
            f"{hour.abandoned:,}",
            percent(hour.abandon_ratio),
            percent(hour.talk_ratio),
        )
    return table


def _outcomes(result: "SimulationResult") -> str:
    most = sorted(result.outcomes.items(), key=lambda item: -item[1])
    return ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in most if count)


def _delays(result: "SimulationResult") -> str:
    p50, p95, p99 = (
        result.answer_to_agent_seconds_p50,
        result.answer_to_agent_seconds_p95,
        result.answer_to_agent_seconds_p99,
    )
    if p50 is None or p95 is None or p99 is None:
        return "–"
    return f"{p50:.2f} / {p95:.2f} / {p99:.2f} s"
