"""What there is to choose from: `paceline scenarios`, `paceline methods`, `paceline faults`."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from app.floor_view import percent


def scenarios() -> None:
    """List the scenarios that can be simulated."""
    from simulations.scenarios import get_scenario, list_scenarios

    _print_catalogue("scenario", ((name, get_scenario(name).summary) for name in list_scenarios()))


def methods() -> None:
    """List the pacing methods."""
    from pacing import list_methods
    from pacing.methods import PACERS

    # The first sentence of a method's class says what it is, to readers of the code and of this list alike.
    _print_catalogue(
        "method", ((name, (PACERS[name].__doc__ or "").splitlines()[0]) for name in list_methods())
    )


def faults() -> None:
    """List the faults that a simulation can inject, with how often they come by default and how they look."""
    from simulations.faults import HABITS, FaultHabit

    def looks(habit: FaultHabit) -> str:
        text = f"by default {habit.per_hour:g} an hour"
        if habit.seconds_max:
            text += f", {habit.seconds_min:g} to {habit.seconds_max:g} s"
        if habit.ratio_max:
            text += f", {percent(habit.ratio_min)} to {percent(habit.ratio_max)} of them"
        return text

    _print_catalogue(
        "fault", ((kind.value, f"{kind.meaning}; {looks(habit)}") for kind, habit in HABITS.items())
    )


def _print_catalogue(kind: str, rows: Iterable[tuple[str, str]]) -> None:
    table = Table(show_header=True, header_style="bold", box=None, pad_edge=False)
    table.add_column(kind, style="bold", no_wrap=True)
    table.add_column("what it is")
    for name, meaning in rows:
        table.add_row(name, meaning)
    Console().print(table)
