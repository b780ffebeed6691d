"""The ranking of methods over all cells: how often each keeps the limit, leads, and lies behind or before.

A cell's own ranking is the order of its `CellSummary.methods`; here cells are counted, never runs mixed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from simulations.benchmark.summaries import REFERENCE, CellSummary, MethodSummary
from simulations.benchmark.verdict import SEEDS_MIN

COMMON_SHARE = 0.5  # of all cells: a method run in fewer has no column in the table of all cells


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodOverall:
    """One method over all cells that it was run in."""

    label: str  # of the method with its settings
    cells: int  # that it was run in
    cells_kept: int  # in which it keeps the limit on every seed
    cells_best: int  # among them: in which nobody who keeps it talks more
    cells_better: int  # among those kept: talks more than the reference, interval above zero
    cells_worse: int  # among those kept: talks less, interval below zero
    difference_mean: float | None  # talk ratio minus that of the reference, mean over all its cells
    difference_kept: float | None  # the same over the cells in which it keeps the limit


def rank_overall(cells: Sequence[CellSummary]) -> list[MethodOverall]:
    """Summarise each method over these cells; who is best most often comes first."""
    labels = dict.fromkeys(one.label for cell in cells for one in cell.methods)
    ranked = [_overall(label, cells) for label in labels]
    return sorted(ranked, key=lambda one: (-one.cells_best, -one.cells_kept / one.cells, one.label))


def common_labels(cells: Sequence[CellSummary]) -> list[str]:
    """Give the methods run in many of these cells, the reference first, then as `rank_overall`."""
    ranked = [one.label for one in rank_overall(cells) if one.cells >= COMMON_SHARE * len(cells)]
    return sorted(ranked, key=lambda label: label != REFERENCE)


def best_of(cell: CellSummary) -> MethodSummary | None:
    """Give the method with most talk of those that keep the limit on every seed."""
    return next((one for one in cell.methods if one.keeps_limit and one.talk_ratio is not None), None)


def _overall(label: str, cells: Sequence[CellSummary]) -> MethodOverall:
    found = [(cell, one) for cell in cells if (one := cell.find(label)) is not None]
    kept = [(cell, one) for cell, one in found if one.keeps_limit]
    judged = [one.difference for _, one in kept if one.difference and one.common_seeds >= SEEDS_MIN]
    return MethodOverall(
        label=label,
        cells=len(found),
        cells_kept=len(kept),
        cells_best=sum(one is best_of(cell) for cell, one in kept),
        cells_better=sum(difference.low > 0.0 for difference in judged),
        cells_worse=sum(difference.high < 0.0 for difference in judged),
        difference_mean=_mean([one for _, one in found]),
        difference_kept=_mean([one for _, one in kept]),
    )


def _mean(methods: Sequence[MethodSummary]) -> float | None:
    known = [one.difference.mean for one in methods if one.difference is not None]
    return sum(known) / len(known) if known else None
