"""The bound shown beside a cell's methods: the exact optimum where there is one, else the fluid bound.

An optimum takes seconds to a minute; it is kept in a file beside the results, since no run changes it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from simulations.benchmark.design import Cell
from simulations.benchmark.fluid_bound import scenario_talk_ratio_max
from simulations.benchmark.markov_optimum import MemorylessTeam, optimal_talk_ratio
from simulations.scenarios import get_scenario

FILE_NAME = "bounds.json"
AGENTS_MAX = {"markov": 25, "markov_no_wrap_up": 150}
"""Teams above these have too many states to be solved in a minute: they are shown with the fluid bound."""

TEAMS = {
    "markov": MemorylessTeam(agents=1),
    "markov_no_wrap_up": MemorylessTeam(agents=1, talk_seconds=105.0, wrap_up_seconds=0.0),
}
"""The memoryless scenarios, for a team of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What no method can exceed in one cell."""

    talk_ratio: float  # talk ÷ logged-in seconds
    is_exact: bool  # an optimum that a method could reach; else the fluid bound


def find_bound(cell: Cell, folder: Path) -> Bound | None:
    """Give the bound of a cell, solving and keeping it where it is not known yet; None: there is none."""
    if cell.replay_path:
        return None
    if cell.agents <= AGENTS_MAX.get(cell.scenario, 0):
        team = replace(TEAMS[cell.scenario], agents=cell.agents)
        return Bound(talk_ratio=_kept_optimum(team, folder / FILE_NAME), is_exact=True)
    fluid = scenario_talk_ratio_max(get_scenario(cell.scenario), cell.hours)
    return Bound(talk_ratio=fluid, is_exact=False) if fluid is not None else None


def find_bounds(cells: Sequence[Cell], folder: Path) -> dict[str, Bound]:
    """Give the bounds of all cells that have one, by the cell's name."""
    found = {cell.name: find_bound(cell, folder) for cell in cells}
    return {name: bound for name, bound in found.items() if bound is not None}


def _kept_optimum(team: MemorylessTeam, path: Path) -> float:
    key = json.dumps(asdict(team), sort_keys=True)
    try:
        kept: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        kept = {}  # nothing lost: it is computed again
    if key not in kept:
        kept[key] = optimal_talk_ratio(team)
        path.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return kept[key]
