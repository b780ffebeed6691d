"""Whether a ranking holds under other seeds: two sets of runs of the same cells, compared cell by cell.

A ranking puts whoever keeps the limit on every seed before all others, then more talk before less. Kendall's
tau is (pairs in the same order - pairs in the other order) ÷ pairs (Kendall, Biometrika 30, 1938, 81-93).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from scipy import stats

from simulations.benchmark.result_tables import FinishedRun
from simulations.benchmark.run_task import RunOutcome, RunTask
from simulations.benchmark.summaries import CellSummary, estimate, summarise
from simulations.benchmark.verdict import SEEDS_MIN

METHODS_MIN = 2  # fewer have no order


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Two methods of which either set says for sure that another one talks more."""

    first_says: str  # label of the better one by the first set
    second_says: str  # by the second set


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingAgreement:
    """Two rankings of the methods that both sets have in one cell."""

    cell: str  # its name
    methods: int  # in both sets
    first_seeds: int  # runs of each method, at most
    second_seeds: int  # runs of each method, at most
    tau: float  # 1: the same order; -1: the other way round
    first_best: str  # label
    second_best: str  # label
    contradictions: tuple[Contradiction, ...]
    limit_differs: tuple[str, ...]  # methods that keep the limit on every seed of one set only


def compare_rankings(first: Sequence[FinishedRun], second: Sequence[FinishedRun]) -> list[RankingAgreement]:
    """Compare all cells that have two methods in both sets, in the order of the first."""
    seconds = _by_cell(second)
    agreements = []
    for place, runs in _by_cell(first).items():
        common = _labels(runs) & _labels(seconds.get(place, []))
        if len(common) >= METHODS_MIN:
            agreements.append(
                _agreement(
                    *([run for run in them if run.task.label in common] for them in (runs, seconds[place]))
                )
            )
    return agreements


def same_cells(first: Sequence[FinishedRun], told: Iterable[tuple[RunTask, RunOutcome]]) -> list[FinishedRun]:
    """Give those runs of another folder that differ from a run of the first set in nothing but the seed."""
    held_out = {_without_seed(run.task): run.is_held_out for run in first}
    return [
        FinishedRun(task=task, outcome=outcome, is_held_out=held_out[_without_seed(task)])
        for task, outcome in told
        if _without_seed(task) in held_out
    ]


def agreement_lines(agreements: Sequence[RankingAgreement]) -> list[str]:
    """Give the comparison as lines for a terminal."""
    if not agreements:
        return ["Ranking under other seeds: no cell has two methods in both folders."]
    lines = ["Ranking under other seeds (Kendall's tau: 1 is the same order):"]
    for one in agreements:
        best = (
            one.first_best if one.first_best == one.second_best else f"{one.first_best} / {one.second_best}"
        )
        lines.append(f"- {one.cell}: tau {one.tau:.2f} of {one.methods} methods; best: {best}")
        lines += [
            f"    contradiction: {pair.first_says} before {pair.second_says}, and the other way round"
            for pair in one.contradictions
        ]
        if one.limit_differs:
            lines.append(f"    keeps the limit in one set only: {', '.join(one.limit_differs)}")
    return lines


def _agreement(first: list[FinishedRun], second: list[FinishedRun]) -> RankingAgreement:
    (one,), (other,) = summarise(first), summarise(second)
    labels = [method.label for method in one.methods]
    places = {method.label: place for place, method in enumerate(other.methods)}
    tau = float(stats.kendalltau(range(len(labels)), [places[label] for label in labels]).statistic)
    return RankingAgreement(
        cell=one.name,
        methods=len(labels),
        first_seeds=max(method.runs for method in one.methods),
        second_seeds=max(method.runs for method in other.methods),
        tau=tau,
        first_best=labels[0],
        second_best=other.methods[0].label,
        contradictions=tuple(_contradictions(labels, first, second)),
        limit_differs=_limit_differs(one, other),
    )


def _contradictions(
    labels: Sequence[str], first: Sequence[FinishedRun], second: Sequence[FinishedRun]
) -> list[Contradiction]:
    sets = [_talk_ratios(first), _talk_ratios(second)]
    found = []
    for pair in combinations(labels, 2):
        says, other_says = (_sure_better(talk, *pair) for talk in sets)
        if says and other_says and says != other_says:
            found.append(Contradiction(first_says=says, second_says=other_says))
    return found


def _sure_better(talk: dict[str, dict[int, float]], one: str, other: str) -> str | None:
    """Name the one with more talk, if the paired difference's interval leaves no doubt."""
    seeds = talk[one].keys() & talk[other].keys()
    difference = estimate([talk[one][seed] - talk[other][seed] for seed in sorted(seeds)])
    if difference is None or len(seeds) < SEEDS_MIN or difference.low <= 0.0 <= difference.high:
        return None
    return one if difference.mean > 0.0 else other


def _limit_differs(one: CellSummary, other: CellSummary) -> tuple[str, ...]:
    keepers = [{method.label for method in cell.methods if method.keeps_limit} for cell in (one, other)]
    return tuple(sorted(keepers[0] ^ keepers[1]))


def _talk_ratios(runs: Iterable[FinishedRun]) -> dict[str, dict[int, float]]:
    talk: dict[str, dict[int, float]] = {}
    for run in runs:
        ratio = run.outcome.figures.talk_ratio
        of_label = talk.setdefault(run.task.label, {})
        if ratio is not None:
            of_label[run.task.seed] = ratio
    return talk


def _by_cell(runs: Iterable[FinishedRun]) -> dict[tuple[str, int], list[FinishedRun]]:
    cells: dict[tuple[str, int], list[FinishedRun]] = {}
    for run in runs:
        cells.setdefault((run.task.scenario, run.task.agents), []).append(run)
    return cells


def _labels(runs: Iterable[FinishedRun]) -> set[str]:
    return {run.task.label for run in runs}


def _without_seed(task: RunTask) -> RunTask:
    return replace(task, seed=0, replay_path="")
