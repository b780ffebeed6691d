"""The design: what its cells promise, what a user may choose, and what is refused."""

from pathlib import Path

import pytest

from pacing import list_methods
from simulations.benchmark.design import DESIGN_FILE, Choice, chosen_cells, read_design
from simulations.errors import DataFileError, FigureOutOfRange, UnknownName

PROMISED_SIZES = {3, 5, 10, 25, 50, 100, 300, 1000}
MONTH_HOURS = 720.0


def test_design_of_the_project_has_the_sizes_and_seeds_that_are_promised() -> None:
    """Teams of 3 to 50 run 20 seeds, of 100 and 300 ten, of 1,000 five; a month five with few methods."""
    cells = read_design().cells
    assert {cell.agents for cell in cells} >= PROMISED_SIZES
    days = [cell for cell in cells if cell.hours < MONTH_HOURS]
    assert all(cell.seeds == 20 for cell in days if cell.agents <= 50)
    assert all(cell.seeds == 10 for cell in days if cell.agents in (100, 300))
    assert all((cell.seeds, cell.hours) == (5, 1.0) for cell in days if cell.agents == 1000)
    months = [cell for cell in cells if cell.hours == MONTH_HOURS]
    assert [(cell.agents, cell.seeds, len(cell.methods)) for cell in months] == [(5, 5, 4), (25, 5, 4)]


def test_design_of_the_project_names_every_method_and_each_cell_once() -> None:
    """A method nobody runs would be invisible; every cell compares with predictive and progressive."""
    design = read_design()
    assert {entry.method for entry in design.methods.values()} >= set(list_methods()) - {"agentless"}
    assert len({cell.name for cell in design.cells}) == len(design.cells)
    labels = [{entry.label for entry in cell.methods} for cell in design.cells]
    assert all({"predictive", "progressive"} <= names for names in labels)


def test_short_design_is_a_part_of_the_whole_one() -> None:
    """What the short version ran is not run again by the long one."""
    design = read_design()
    whole = {task for cell in design.cells for task in cell.tasks(1)}
    short = {task for cell in design.short_cells for task in cell.tasks(1)}
    assert short
    assert short <= whole


def test_held_out_scenarios_are_only_those_named_so() -> None:
    """Nobody finds a held-out scenario among those that are tuned on."""
    cells = read_design().cells
    assert {cell.scenario for cell in cells if cell.is_held_out}
    assert all(cell.is_held_out == cell.scenario.startswith("held_out") for cell in cells)


def test_method_with_settings_becomes_a_labelled_task() -> None:
    """The label is for people, method and settings are for the pacer."""
    choice = Choice(scenarios=("medium",), agents=(25,), methods=("ratio 2",), seeds=2)
    (cell,) = chosen_cells(read_design(), choice)
    tasks = cell.tasks(first_seed=7)
    assert [(task.label, task.method, dict(task.settings), task.seed) for task in tasks] == [
        ("ratio 2", "ratio", {"lines_per_agent": 2.0}, 7),
        ("ratio 2", "ratio", {"lines_per_agent": 2.0}, 8),
    ]


def test_team_size_that_no_cell_has_takes_the_nearest_cell() -> None:
    """Whoever asks for seven agents gets the shift of five."""
    (cell,) = chosen_cells(read_design(), Choice(scenarios=("markov",), agents=(7,), hours=0.5))
    assert (cell.name, cell.hours, cell.warm_up_minutes) == ("markov 7", 0.5, 30.0)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice(scenarios=("medum",)), "medium"),
        (Choice(methods=("ratio 7",)), "ratio 2"),
        (Choice(agents=(0,)), "from 1 to 10000"),
        (Choice(seeds=0), "from 1 to 10000"),
        (Choice(hours=-1.0), "above 0"),
    ],
    ids=["scenario", "method", "agents", "seeds", "hours"],
)
def test_choice_that_cannot_be_run_says_what_can(choice: Choice, expected: str) -> None:
    """Bad input is refused with what was expected."""
    with pytest.raises((UnknownName, FigureOutOfRange), match=expected):
        chosen_cells(read_design(), choice)


def test_replay_of_a_file_that_is_not_there_is_refused_at_once(tmp_path: Path) -> None:
    """Before anything is run; and a replay is no scenario of the design."""
    with pytest.raises(DataFileError, match="a readable CSV file"):
        chosen_cells(read_design(), Choice(replay_path=str(tmp_path / "none.csv")))
    with pytest.raises(FigureOutOfRange, match="without scenarios"):
        chosen_cells(read_design(), Choice(replay_path="x.csv", scenarios=("medium",)))


@pytest.mark.parametrize(
    ("before", "after", "error"),
    [
        ('scenario = "bursts"', 'scenario = "burst"', "no scenario is named 'burst'"),
        ("lines_per_agent = 2.0", "lines_for_agents = 2.0", "lines_for_agents"),
        ("seeds = 20", "seeds = 0", "seeds is 0"),
        ('methods = "few"', 'methods = "fewer"', "no group of methods"),
        ("is_held_out", "is_hidden", "expected cells with agents"),
        ("[methods]", "[methods", "readable TOML"),
    ],
    ids=["scenario", "setting", "seeds", "group", "key", "syntax"],
)
def test_design_file_with_a_mistake_is_refused_by_name(
    tmp_path: Path, before: str, after: str, error: str
) -> None:
    """Each name and figure of a design is checked when it is read."""
    path = tmp_path / "design.toml"
    path.write_text(DESIGN_FILE.read_text().replace(before, after, 1))
    with pytest.raises((DataFileError, UnknownName, FigureOutOfRange), match=error):
        read_design(path)
