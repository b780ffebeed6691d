"""`paceline rehearse`: a whole virtual day through the real store, reconciled with it call by call."""

import asyncio
import json
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

from app.simulate_command import Agents, AsJson, Hours, Method, Scenario, Seed, figure_table

if TYPE_CHECKING:
    from app.reconciliation import Comparison
    from app.rehearsal import Rehearsal, RehearsalPlan


def rehearse(
    scenario: Scenario,
    method: Method = "",
    agents: Agents = 20,
    hours: Hours = 1.0,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Run a virtual day with a database of its own, then compare the two call by call.

    The database is PostgreSQL in a temporary folder, gone afterwards; commits do not wait for the disk.
    The exit code is 1 when anything on record differs from what was done.
    """
    from app.errors import AppError
    from app.rehearsal import plan_rehearsal
    from app.rehearsal_database import rehearsal_database
    from dialer.adapters.errors import AdapterError
    from simulations.errors import SimulationError

    try:
        plan = plan_rehearsal(scenario, method=method, agents=agents, hours=hours, seed=seed)
        with rehearsal_database(is_durable=False) as url:
            rehearsal, compared = asyncio.run(rehearse_day(plan, url))
    except (AppError, AdapterError, SimulationError) as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(2) from refused
    if as_json:
        typer.echo(rehearsal_json(rehearsal, compared))
    else:
        _print_rehearsal(Console(), rehearsal, compared)
    if not all(each.agrees for each in compared):
        raise typer.Exit(1)


async def rehearse_day(plan: "RehearsalPlan", url: str) -> "tuple[Rehearsal, tuple[Comparison, ...]]":
    """Run the day to its end on an empty database, and compare.

    Raises:
        StoreLost: the database went away where nothing could wait for it.
    """
    from app.reconciliation import reconcile
    from app.rehearsal import rehearsing
    from app.unit_of_work import UnitOfWork, open_pool
    from simulations.run_ledger import SECONDS_PER_HOUR

    async with open_pool(url) as pool:
        transactions = UnitOfWork(pool)
        async with rehearsing(plan, transactions) as rehearsal:
            await rehearsal.run_until(plan.hours * SECONDS_PER_HOUR)
            await rehearsal.drain()
            async with transactions.begin() as connection:
                return rehearsal, await reconcile(rehearsal, connection)


def rehearsal_json(rehearsal: "Rehearsal", compared: "tuple[Comparison, ...]") -> str:
    """One JSON object: the figures of a simulation, and the comparison; the same run gives the same bytes."""
    figures = json.loads(rehearsal.result().to_json())
    del figures["invariants_checked"], figures["faults"]  # a rehearsal has neither
    figures["leads_loaded"] = rehearsal.leads.leads_loaded
    figures["leads_wanted"] = rehearsal.leads.leads_wanted
    figures["dials_refused"] = dict(sorted(rehearsal.books.refused.items()))
    figures["commits"] = rehearsal.books.commits
    figures["reconciliation"] = {
        each.name: {"done": each.done, "on_record": each.on_record, "differing": list(each.differing)}
        for each in compared
    }
    figures["agrees"] = all(each.agrees for each in compared)
    return json.dumps(figures, allow_nan=False)


def _print_rehearsal(console: Console, rehearsal: "Rehearsal", compared: "tuple[Comparison, ...]") -> None:
    """Print the figures, and both sides of each comparison."""
    leads, books = rehearsal.leads, rehearsal.books
    console.print(figure_table(rehearsal.result()))
    console.print(_comparison_table(compared))
    for each in compared:
        for difference in each.differing:
            console.print(f"{each.name}: {difference}", style="red", highlight=False, soft_wrap=True)
    if leads.leads_loaded < leads.leads_wanted:
        cut = f"the list was cut to {leads.leads_loaded:,} of {leads.leads_wanted:,} leads"
        console.print(cut, style="yellow", highlight=False)
    for reason, count in sorted(books.refused.items()):
        console.print(f"{count:,} dials were not made: {reason}", style="yellow", highlight=False)
    console.print(
        f"{books.commits:,} commits, {1000.0 * books.commit_seconds_sum / max(1, books.commits):.1f} ms each "
        f"on average, none waiting for the disk; {rehearsal.timings.total_seconds:.1f} s of real time",
        style="dim",
        highlight=False,
    )


def _comparison_table(compared: "tuple[Comparison, ...]") -> Table:
    different = sum(not each.agrees for each in compared)
    verdict = f"{different} DIFFER" if different else "no difference"
    table = Table(title=f"program and database: {verdict}", title_justify="left")
    table.add_column("what")
    table.add_column("program", justify="right")
    table.add_column("database", justify="right")
    table.add_column("")
    for each in compared:
        sign = "=" if each.agrees else "DIFFERS"
        table.add_row(
            each.name, f"{each.done:,}", f"{each.on_record:,}", sign, style="" if each.agrees else "red"
        )
    return table
