"""The design of the benchmark: named cells out of a file, and what a user chooses of them.

A cell is one scenario with one team size; its runs are its methods times its seeds, with common random
numbers. The design file is data (`design.toml`); every name and figure in it is checked when it is read.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from simulations.benchmark.replayed_attempts import read_attempts
from simulations.benchmark.run_task import REPLAY, RunTask, check_method, digest_of
from simulations.errors import DataFileError, FigureOutOfRange, UnknownName
from simulations.run_arguments import AGENTS_MAX, HOURS_MAX
from simulations.scenarios import list_scenarios

DESIGN_FILE = Path(__file__).with_name("design.toml")
SEEDS_MAX = 10_000
REPLAY_HOURS, REPLAY_SEEDS, REPLAY_AGENTS = 8.0, 5, 10
"""What a replay runs where the user says nothing else."""
CELL_KEYS_REQUIRED = frozenset({"scenario", "agents", "hours", "seeds", "methods"})
CELL_KEYS = CELL_KEYS_REQUIRED | {"warm_up_minutes", "jumps_at_minutes", "is_held_out"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodEntry:
    """A pacing method with its settings, under the name that tables show."""

    label: str  # "ratio 2"
    method: str  # a name of `pacing.list_methods()`
    settings: tuple[tuple[str, float], ...] = ()  # sorted by name


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One scenario with one team size, and the methods compared on it."""

    scenario: str  # its name
    agents: int  # at work
    hours: float  # virtual, with the warm-up
    seeds: int  # runs of each method
    methods: tuple[MethodEntry, ...]
    warm_up_minutes: float = 0.0  # not counted
    jumps_at_minutes: tuple[float, ...] = ()  # when the live ratio jumps upwards
    is_held_out: bool = False  # nobody tunes on it; reported apart
    replay_path: str = ""  # a file of recorded attempts; empty: none

    @property
    def name(self) -> str:
        """Name the cell: scenario and team size."""
        return f"{self.scenario} {self.agents}"

    def tasks(self, first_seed: int) -> list[RunTask]:
        """Give the runs of the cell, each method on the same seeds."""
        digest = digest_of(Path(self.replay_path)) if self.replay_path else ""
        return [
            RunTask(
                scenario=self.scenario,
                agents=self.agents,
                hours=self.hours,
                warm_up_minutes=self.warm_up_minutes,
                jumps_at_minutes=self.jumps_at_minutes,
                label=entry.label,
                method=entry.method,
                settings=entry.settings,
                seed=seed,
                replay_path=self.replay_path,
                replay_digest=digest,
            )
            for entry in self.methods
            for seed in range(first_seed, first_seed + self.seeds)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """All cells, and the short version of some of them."""

    methods: Mapping[str, MethodEntry]
    cells: tuple[Cell, ...]
    short_cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a user asks for; what is None or empty is as the design says."""

    is_short: bool = False  # only the short version's cells, methods and seeds
    scenarios: tuple[str, ...] = ()  # names
    methods: tuple[str, ...] = ()  # labels of the design or names of methods
    agents: tuple[int, ...] = ()  # team sizes; one that no cell has takes the nearest cell's figures
    seeds: int | None = None  # runs of each method
    hours: float | None = None  # virtual
    replay_path: str = ""  # a file of recorded attempts: runs that and nothing else


def read_design(path: Path = DESIGN_FILE) -> Design:
    """Read a design file; raises DataFileError, UnknownName, FigureOutOfRange and FigureError."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataFileError(path, expected="a readable TOML file", came=str(error)) from error
    missing = {"methods", "groups", "cells", "short"} - told.keys()
    if missing:
        raise DataFileError(path, expected=f"a table named {sorted(missing)[0]}", came="none")
    methods = {label: _method_entry(label, entry) for label, entry in told["methods"].items()}
    groups = {name: _labels(labels, methods) for name, labels in told["groups"].items()}
    cells = [cell for table in told["cells"] for cell in _cells(path, table, methods, groups)]
    return Design(
        methods=methods,
        cells=tuple(cells),
        short_cells=tuple(_short_cell(table, cells, methods) for table in told["short"]),
    )


def chosen_cells(design: Design, choice: Choice) -> tuple[Cell, ...]:
    """Give the cells that a user asks for, in the design's order.

    Raises UnknownName, FigureOutOfRange and DataFileError, each saying what is allowed.
    """
    entries = tuple(find_method(design, name) for name in dict.fromkeys(choice.methods))
    cells: Sequence[Cell] = design.short_cells if choice.is_short else design.cells
    if choice.replay_path and (choice.scenarios or choice.is_short):
        raise FigureOutOfRange("replay", choice.replay_path, "without scenarios or the short version")
    if choice.replay_path:
        cells = [_replay_cell(design, choice.replay_path)]
    elif choice.scenarios:
        cells = [cell for name in dict.fromkeys(choice.scenarios) for cell in _cells_of(name, cells)]
    if choice.agents:
        cells = _resized(cells, choice.agents)
    return tuple(
        replace(
            cell,
            methods=entries or cell.methods,
            seeds=cell.seeds if choice.seeds is None else _whole("seeds", choice.seeds, SEEDS_MAX),
            hours=cell.hours if choice.hours is None else _hours(choice.hours),
        )
        for cell in cells
    )


def find_method(design: Design, name: str) -> MethodEntry:
    """Find a method by its label in the design, or by its own name; raises UnknownName."""
    if name in design.methods:
        return design.methods[name]
    try:
        check_method(name, {})
    except UnknownName as unknown:
        raise UnknownName("method", name, {*design.methods, *unknown.existing}) from None
    return MethodEntry(label=name, method=name)


def _method_entry(label: str, told: Mapping[str, str | float]) -> MethodEntry:
    method = str(told["method"])
    settings = {name: float(value) for name, value in told.items() if name != "method"}
    check_method(method, settings)
    return MethodEntry(label=label, method=method, settings=tuple(sorted(settings.items())))


def _labels(labels: Iterable[str], methods: Mapping[str, MethodEntry]) -> tuple[MethodEntry, ...]:
    entries = []
    for label in labels:
        if label not in methods:
            raise UnknownName("method of the design", label, methods)
        entries.append(methods[label])
    return tuple(entries)


def _cells(
    path: Path,
    table: Mapping[str, object],
    methods: Mapping[str, MethodEntry],
    groups: Mapping[str, tuple[MethodEntry, ...]],
) -> list[Cell]:
    """One cell for each team size of a table of the design."""
    keys = set(table)
    if not CELL_KEYS_REQUIRED <= keys <= CELL_KEYS:
        expected = (
            f"cells with {', '.join(sorted(CELL_KEYS_REQUIRED))}, and of {', '.join(sorted(CELL_KEYS))}"
        )
        raise DataFileError(path, expected=expected, came=", ".join(sorted(keys)))
    named = table["methods"]
    if isinstance(named, str) and named not in groups:
        raise UnknownName("group of methods", named, groups)
    return [
        Cell(
            scenario=_known_scenario(str(table["scenario"])),
            agents=_whole("agents", size, AGENTS_MAX),
            hours=_hours(table["hours"]),
            seeds=_whole("seeds", table["seeds"], SEEDS_MAX),
            methods=groups[named] if isinstance(named, str) else _labels(_texts(named), methods),
            warm_up_minutes=_minutes(table.get("warm_up_minutes", 0.0)),
            jumps_at_minutes=tuple(_minutes(item) for item in _items(table.get("jumps_at_minutes", []))),
            is_held_out=table.get("is_held_out") is True,
        )
        for size in _items(table["agents"])
    ]


def _items(told: object) -> list[object]:
    if not isinstance(told, list):
        raise FigureOutOfRange("entry of the design", told, "a list")
    return told


def _minutes(came: object) -> float:
    if isinstance(came, bool) or not isinstance(came, int | float) or not 0.0 <= came <= HOURS_MAX * 60.0:
        raise FigureOutOfRange("minutes", came, "0 or more")
    return float(came)


def _texts(told: object) -> list[str]:
    return [str(item) for item in _items(told)]


def _short_cell(
    table: Mapping[str, object], cells: Iterable[Cell], methods: Mapping[str, MethodEntry]
) -> Cell:
    """A cell of the design with fewer seeds and methods; raises UnknownName if there is none."""
    by_name = {cell.name: cell for cell in cells}
    name = f"{table['scenario']} {table['agents']}"
    if name not in by_name:
        raise UnknownName("cell", name, by_name)
    cell = by_name[name]
    seeds = _whole("seeds", table["seeds"], cell.seeds)
    return replace(cell, seeds=seeds, methods=_labels(_texts(table["methods"]), methods))


def _known_scenario(name: str) -> str:
    if name not in list_scenarios():
        raise UnknownName("scenario", name, list_scenarios())
    return name


def _cells_of(scenario: str, cells: Iterable[Cell]) -> list[Cell]:
    """The cells of one scenario; raises UnknownName, listing the scenarios of these cells."""
    found = [cell for cell in cells if cell.scenario == scenario]
    if not found:
        raise UnknownName("scenario of the design", scenario, {cell.scenario for cell in cells})
    return found


def _resized(cells: Iterable[Cell], sizes: Sequence[int]) -> list[Cell]:
    """Cells of these team sizes: the design's own, or the nearest cell of the scenario with another size."""
    by_scenario: dict[str, list[Cell]] = {}
    for cell in cells:
        by_scenario.setdefault(cell.scenario, []).append(cell)
    resized = []
    for own in by_scenario.values():
        for size in dict.fromkeys(sizes):
            agents = _whole("agents", size, AGENTS_MAX)
            nearest = min(own, key=lambda cell: (abs(cell.agents - agents), cell.agents))
            resized.append(replace(nearest, agents=agents))
    return resized


def _replay_cell(design: Design, path: str) -> Cell:
    read_attempts(Path(path))  # refused now rather than in the middle of the runs
    return Cell(
        scenario=REPLAY,
        agents=REPLAY_AGENTS,
        hours=REPLAY_HOURS,
        seeds=REPLAY_SEEDS,
        methods=tuple(design.methods.values()),
        replay_path=path,
    )


def _whole(name: str, came: object, highest: int) -> int:
    if isinstance(came, bool) or not isinstance(came, int) or not 0 < came <= highest:
        raise FigureOutOfRange(name, came, f"a whole number from 1 to {highest}")
    return came


def _hours(came: object) -> float:
    if isinstance(came, bool) or not isinstance(came, int | float) or not 0.0 < came <= HOURS_MAX:
        raise FigureOutOfRange("hours", came, f"above 0, at most {HOURS_MAX:g}")
    return float(came)
