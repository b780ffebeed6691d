"""Whether the ranking of methods holds under a second set of seeds: the same cells, other people.

The order is that of the report: who keeps the limit on every seed before all others, then by talk ratio.
Agreement is Kendall's tau (Kendall, "A new measure of rank correlation", Biometrika 30, 1938): 1 is the same
order, 0 none in common. A pair has turned only where both sets are sure of its order, and disagree.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from scipy import stats

from simulations.benchmark.result_tables import FinishedRun
from simulations.benchmark.summaries import estimate
from simulations.errors import DataFileError

RESULTS_NAME = "results.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedRun:
    """What a ranking needs of one run."""

    scenario: str  # its name
    agents: int  # at work
    label: str  # of the method with its settings
    seed: int  # equal seeds met equal people
    talk_ratio: float | None  # None: nothing to measure
    is_over: bool  # over the legal limit


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingComparison:
    """One cell under two sets of seeds."""

    cell: str  # scenario and team size
    seeds: tuple[int, int]  # how many each set has
    first: tuple[str, ...]  # methods of both sets, the best first
    second: tuple[str, ...]
    tau: float | None  # Kendall's; None: fewer than two methods
    turned: tuple[tuple[str, str], ...]  # pairs, better first in the first set, surely worse in the second
    changed_lawfulness: tuple[str, ...]  # methods that keep the limit on every seed of one set only


def ranked_run(run: FinishedRun) -> RankedRun:
    """Take from a finished run what a ranking needs."""
    figures = run.outcome.figures
    return RankedRun(
        scenario=run.task.scenario,
        agents=run.task.agents,
        label=run.task.label,
        seed=run.task.seed,
        talk_ratio=figures.talk_ratio,
        is_over=figures.abandon_ratio is not None and figures.abandon_ratio > figures.limit_ratio,
    )


def read_ranked_runs(folder: Path) -> list[RankedRun]:
    """Read the runs of another benchmark's folder; raises DataFileError."""
    path = folder / RESULTS_NAME
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return [
            RankedRun(
                scenario=str(row["scenario"]),
                agents=int(row["agents"]),
                label=str(row["label"]),
                seed=int(row["seed"]),
                talk_ratio=row["talk_ratio"],
                is_over=row["abandon_ratio"] is not None and row["abandon_ratio"] > row["limit_ratio"],
            )
            for row in rows
        ]
    except (OSError, ValueError, TypeError, KeyError) as error:
        expected = "the results.json of a finished benchmark of this version"
        raise DataFileError(path, expected=expected, came=repr(error)) from error


def compare_rankings(first: Iterable[RankedRun], second: Iterable[RankedRun]) -> list[RankingComparison]:
    """Compare the order of methods in every cell that both have, in the first one's order of cells."""
    others = _cells(second)
    return [_compare(name, runs, others[name]) for name, runs in _cells(first).items() if name in others]


_Method = dict[int, RankedRun]  # by seed


def _cells(runs: Iterable[RankedRun]) -> dict[str, dict[str, _Method]]:
    cells: dict[str, dict[str, _Method]] = {}
    for run in runs:
        cells.setdefault(f"{run.scenario} {run.agents}", {}).setdefault(run.label, {})[run.seed] = run
    return cells


def _compare(name: str, first: dict[str, _Method], second: dict[str, _Method]) -> RankingComparison:
    shared = [label for label in first if label in second]
    orders = [_order({label: methods[label] for label in shared}) for methods in (first, second)]
    places = [[order.index(label) for label in shared] for order in orders]
    return RankingComparison(
        cell=name,
        seeds=(_seeds(first), _seeds(second)),
        first=tuple(orders[0]),
        second=tuple(orders[1]),
        tau=float(stats.kendalltau(*places).statistic) if len(shared) > 1 else None,
        turned=tuple(
            pair
            for pair in combinations(orders[0], 2)
            if (one := _sure_order(first, *pair)) and one == -_sure_order(second, *pair)
        ),
        changed_lawfulness=tuple(
            label for label in orders[0] if _is_lawful(first[label]) != _is_lawful(second[label])
        ),
    )


def _order(methods: dict[str, _Method]) -> list[str]:
    """The labels, the best first."""

    def place(label: str) -> tuple[bool, float]:
        mean = estimate([run.talk_ratio for run in methods[label].values()])
        return not _is_lawful(methods[label]), -(mean.mean if mean else 0.0)

    return sorted(methods, key=place)


def _is_lawful(method: _Method) -> bool:
    return not any(run.is_over for run in method.values())


def _sure_order(methods: dict[str, _Method], label: str, other: str) -> int:
    """Whose talk ratio is larger on equal people, beyond chance (95 %): 1 or -1; 0: nobody's for sure."""
    ours, theirs = methods[label], methods[other]
    differences = [
        a.talk_ratio - b.talk_ratio
        for seed, a in ours.items()
        if (b := theirs.get(seed)) and a.talk_ratio is not None and b.talk_ratio is not None
    ]
    difference = estimate(differences)
    if difference is None or len(differences) < 2:
        return 0
    return int(difference.low > 0.0) - int(difference.high < 0.0)


def _seeds(methods: dict[str, _Method]) -> int:
    return len({seed for method in methods.values() for seed in method})


def mean_tau(comparisons: Sequence[RankingComparison]) -> float | None:
    """Give the mean of Kendall's tau over the cells that have one."""
    known = [one.tau for one in comparisons if one.tau is not None]
    return sum(known) / len(known) if known else None
