"""`paceline demo`: a simulated floor at work, live in the terminal, on the engine and store that will dial.

Nothing is dialed outside. The database is one of its own, in a temporary folder; `paceline serve` and its
data are never touched. What is shown, and how it goes on, stands in `app.demo_show`.
"""

import asyncio
from contextlib import ExitStack, suppress
from typing import Annotated

import typer

from app.terminal_keys import single_keys

VIRTUAL_HOURS = 8.0

ScenarioName = Annotated[str, typer.Option(help="Scenario to show; `paceline scenarios` lists them.")]
MethodName = Annotated[
    str,
    typer.Option(
        help="Pacing method; `paceline methods` lists them.", show_default="the scenario's; mostly predictive"
    ),
]
AgentCount = Annotated[int, typer.Option(help="Agents at work, 0 to 10000.")]
SeedNumber = Annotated[int, typer.Option(min=0, help="Everything random follows from it.")]
RealSeconds = Annotated[
    float | None, typer.Option(min=1.0, help="End after so many real seconds; default: when you press q.")
]


def demo(
    scenario: ScenarioName = "medium",
    method: MethodName = "",
    agents: AgentCount = 24,
    seed: SeedNumber = 1,
    seconds: RealSeconds = None,
) -> None:
    """Watch a simulated floor at work in the terminal, with a real database of its own behind it."""
    from app.demo_show import Show, closing_line, show_floor
    from app.errors import AppError
    from app.rehearsal import plan_rehearsal
    from app.rehearsal_database import rehearsal_database
    from dialer.adapters.errors import StoreLost
    from simulations.errors import SimulationError

    try:
        plan = plan_rehearsal(scenario, method=method, agents=agents, hours=VIRTUAL_HOURS, seed=seed)
    except SimulationError as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(2) from refused
    typer.echo("Starting a database for the demo …", err=True)
    show = Show(plan=plan, seconds=seconds)
    with ExitStack() as open_things:
        url = None
        try:
            url = open_things.enter_context(rehearsal_database(is_durable=True))
        except AppError as missing:
            show.no_database_reason = str(missing)
            typer.echo(f"The demo goes on without a database: {missing}", err=True)
        try:
            with single_keys() as has_keys, suppress(KeyboardInterrupt):
                asyncio.run(show_floor(show, url, has_keys=has_keys))
        except (SimulationError, StoreLost) as ended:
            typer.echo(f"The demo has ended: {ended}", err=True)
            raise typer.Exit(1) from ended
    if show.run is not None:
        typer.echo(closing_line(show.run))
