"""What the benchmark says of the reference method, plainly: where it breaks the limit, and who beats it.

A peer that breaks the limit on one seed is no rival: its talk ratio is not to be had.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from simulations.benchmark.summaries import REFERENCE, CellSummary, Estimate

BETTER_RATIO_MIN = 0.003
"""Talk ratio by which a peer must lead before it counts as better: 0.3 points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitBreak:
    """A cell in which the reference method broke the limit over a whole run."""

    cell: str  # scenario and team size
    runs_over: int  # runs over the limit
    runs: int  # one for each seed
    abandon_ratio_max: float | None  # of the worst run


@dataclass(frozen=True, slots=True, kw_only=True)
class BetterPeer:
    """A method that keeps the limit on every seed and talks more than the reference."""

    cell: str  # scenario and team size
    label: str  # of the method
    difference: Estimate  # talk ratio minus the reference's, seed by seed
    is_certain: bool  # the whole 95 % interval lies beyond `BETTER_RATIO_MIN`, else only the mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What all cells together say of the reference method."""

    cells: int  # in which it ran
    limit_breaks: tuple[LimitBreak, ...]
    better_peers: tuple[BetterPeer, ...]  # the certain ones first

    @property
    def certain(self) -> tuple[BetterPeer, ...]:
        """Those that are better beyond chance."""
        return tuple(peer for peer in self.better_peers if peer.is_certain)

    @property
    def uncertain(self) -> tuple[BetterPeer, ...]:
        """Those whose lead may be luck."""
        return tuple(peer for peer in self.better_peers if not peer.is_certain)

    def lines(self) -> list[str]:
        """Say it in lines of text, for a terminal."""
        if not self.cells:
            return [f"{REFERENCE} was not run: nothing is said of it."]
        broken = (
            f"{REFERENCE} breaks the limit over a whole run in {len(self.limit_breaks)} of {self.cells} cells"
        )
        better = f"better by more than {100 * BETTER_RATIO_MIN:g} points within the limit on every seed"
        return [
            _sentence(broken, [_break_text(one) for one in self.limit_breaks]),
            _sentence(f"{len(self.certain)} peers are {better} (95 %)", list(map(_peer_text, self.certain))),
            _sentence(
                f"{len(self.uncertain)} more are {better} only on average (may be luck)",
                list(map(_peer_text, self.uncertain)),
            ),
        ]


def judge(cells: Sequence[CellSummary]) -> Verdict:
    """Judge the reference method over all cells in which it ran."""
    own = [(cell, one) for cell in cells if (one := cell.find(REFERENCE)) is not None]
    breaks = [
        LimitBreak(
            cell=cell.name, runs_over=one.runs_over, runs=one.runs, abandon_ratio_max=one.abandon_ratio_max
        )
        for cell, one in own
        if not one.keeps_limit
    ]
    better = [
        BetterPeer(
            cell=cell.name,
            label=peer.label,
            difference=peer.difference,
            is_certain=peer.runs > 1 and peer.difference.low > BETTER_RATIO_MIN,
        )
        for cell, _ in own
        for peer in cell.methods
        if peer.keeps_limit and peer.difference is not None and peer.difference.mean > BETTER_RATIO_MIN
    ]
    better.sort(key=lambda peer: (not peer.is_certain, -peer.difference.mean))
    return Verdict(cells=len(own), limit_breaks=tuple(breaks), better_peers=tuple(better))


def _sentence(what: str, cases: Sequence[str]) -> str:
    return f"{what}: {'; '.join(cases)}." if cases else f"{what}."


def _break_text(one: LimitBreak) -> str:
    worst = "" if one.abandon_ratio_max is None else f", worst {100 * one.abandon_ratio_max:.2f} %"
    return f"{one.cell} ({one.runs_over} of {one.runs} runs{worst})"


def _peer_text(peer: BetterPeer) -> str:
    points = [
        f"{100 * value:+.1f}" for value in (peer.difference.mean, peer.difference.low, peer.difference.high)
    ]
    return f"{peer.label} in {peer.cell} ({points[0]}, {points[1]} to {points[2]})"
