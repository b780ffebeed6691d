"""The plain statement: where the reference method breaks the limit, who beats it, and what it gains.

It judges summaries against the goals below and shows nothing; `findings` puts it into words. Cells that were
held out are judged apart, by a verdict of their own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from simulations.benchmark.bounds import Bound
from simulations.benchmark.summaries import REFERENCE, CellSummary, Estimate, MethodSummary

VICIDIAL_DEFAULT = "vicidial hard-limit 3"
"""VICIdial as it comes: 3 % and a level of at most 3.0 are its schema's figures. Its adaptive methods share
them; of these the hard limit is the one that every cell of the design runs."""

VICIDIAL = "vicidial "  # how the labels of all its settings begin
GAIN_AGENTS_MIN, GAIN_AGENTS_MAX = 5, 60  # team sizes whose gain is averaged
LEAD_MAX = 0.003  # talk ratio by which a peer that keeps the limit may be better
ROOM_MIN = 0.02  # talk ratio between best peer and bound, from which on the reference must be better
GAIN_OVER_DEFAULT_MIN, GAIN_OVER_BEST_MIN = 0.08, 0.05  # talk ratio, mean over cells
HALF_HOUR_SHARE_MAX = 0.5  # of VICIdial's worst half hour
SEEDS_MIN = 2  # fewer give no interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A cell in which runs of the reference exceeded the limit."""

    cell: str  # its name
    seeds: tuple[int, ...]  # of those runs
    runs: int  # of the reference in the cell
    abandon_ratio_max: float  # of the worst run


@dataclass(frozen=True, slots=True, kw_only=True)
class BetterPeer:
    """A peer that keeps the limit on every seed and talks more than the reference by too much."""

    cell: str  # its name
    label: str  # of the peer
    lead: Estimate  # talk ratio minus that of the reference, seed by seed
    is_sure: bool  # the whole interval lies beyond what is allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class CellGain:
    """The reference's gain in one cell."""

    cell: str  # its name
    over: str  # label of the other method
    gain: float  # talk ratio minus that of the other, mean over common seeds


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomCell:
    """A cell in which a bound leaves room above the best peer that keeps the limit."""

    cell: str  # its name
    best: str  # label of that peer
    room: float  # talk ratio of the bound minus that of the peer
    gain: Estimate  # talk ratio of the reference minus that of the peer, seed by seed
    is_better: bool  # the whole interval lies above zero


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfHours:
    """The worst half hours of a cell: highest abandon ratio of all runs."""

    cell: str  # its name
    own: float  # of the reference
    other: float  # of VICIdial's default

    @property
    def is_met(self) -> bool:
        """Whether the reference's is small enough beside the other."""
        return self.own <= HALF_HOUR_SHARE_MAX * self.other


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the results say of the reference in these cells."""

    cells: int  # that it was run in
    runs: int  # of it
    breaches: tuple[Breach, ...]
    judged_peers: int  # methods of cells that keep the limit and share seeds enough for an interval
    better_peers: tuple[BetterPeer, ...]
    luckier_peers: tuple[BetterPeer, ...]  # better by as much on average, which may be chance
    gains_over_default: tuple[CellGain, ...]
    gains_over_best: tuple[CellGain, ...]  # the VICIdial setting with most talk that keeps the limit
    cells_without_best: tuple[str, ...]  # in which no VICIdial setting keeps the limit
    rooms: tuple[RoomCell, ...]
    half_hours: tuple[HalfHours, ...]


def verdict_of(cells: Sequence[CellSummary], bounds: Mapping[str, Bound]) -> Verdict:
    """Judge these cells; those without a run of the reference say nothing."""
    own = [(cell, one) for cell in cells if (one := cell.find(REFERENCE)) is not None]
    mid_sized = [cell for cell, _ in own if GAIN_AGENTS_MIN <= cell.agents <= GAIN_AGENTS_MAX]
    peers = [(cell, peer) for cell, _ in own for peer in _judged_peers(cell)]
    better = [lead for cell, peer in peers if (lead := _better_peer(cell, peer))]
    return Verdict(
        cells=len(own),
        runs=sum(one.runs for _, one in own),
        breaches=tuple(_breach(cell, one) for cell, one in own if not one.keeps_limit),
        judged_peers=len(peers),
        better_peers=tuple(peer for peer in better if peer.lead.low > 0.0),
        luckier_peers=tuple(peer for peer in better if peer.lead.low <= 0.0),
        gains_over_default=_gains(mid_sized, lambda cell: cell.find(VICIDIAL_DEFAULT)),
        gains_over_best=_gains(mid_sized, best_vicidial),
        cells_without_best=tuple(
            cell.name for cell in mid_sized if _vicidials(cell) and best_vicidial(cell) is None
        ),
        rooms=tuple(room for cell, _ in own if (room := _room(cell, bounds.get(cell.name)))),
        half_hours=tuple(pair for cell, one in own if (pair := _half_hours(cell, one))),
    )


def best_vicidial(cell: CellSummary) -> MethodSummary | None:
    """Give the VICIdial setting with most talk of those that keep the limit on every seed."""
    return next((one for one in _vicidials(cell) if one.keeps_limit), None)


def _vicidials(cell: CellSummary) -> list[MethodSummary]:
    return [one for one in cell.methods if one.label.startswith(VICIDIAL) and one.difference is not None]


def _judged_peers(cell: CellSummary) -> list[MethodSummary]:
    """Those that keep the limit; a cell's methods stand in the order of the ranking."""
    peers = [one for one in cell.methods if one.label != REFERENCE and one.keeps_limit]
    return [one for one in peers if one.common_seeds >= SEEDS_MIN]


def _breach(cell: CellSummary, one: MethodSummary) -> Breach:
    assert one.abandon_ratio_max is not None, "a run over the limit has a ratio"
    return Breach(
        cell=cell.name, seeds=one.seeds_over, runs=one.runs, abandon_ratio_max=one.abandon_ratio_max
    )


def _better_peer(cell: CellSummary, peer: MethodSummary) -> BetterPeer | None:
    """A lead that is too large on average; whether the whole interval is too large is told apart."""
    lead = peer.difference
    if lead is None or lead.mean <= LEAD_MAX:
        return None
    return BetterPeer(cell=cell.name, label=peer.label, lead=lead, is_sure=lead.low > LEAD_MAX)


def _gains(
    cells: Sequence[CellSummary], other_of: Callable[[CellSummary], MethodSummary | None]
) -> tuple[CellGain, ...]:
    others = [(cell, other) for cell in cells if (other := other_of(cell)) is not None]
    return tuple(
        CellGain(cell=cell.name, over=other.label, gain=-other.difference.mean)
        for cell, other in others
        if other.difference is not None
    )


def _room(cell: CellSummary, bound: Bound | None) -> RoomCell | None:
    best = next(iter(_judged_peers(cell)), None)
    if bound is None or best is None or best.talk_ratio is None or best.difference is None:
        return None
    room = bound.talk_ratio - best.talk_ratio.mean
    if room < ROOM_MIN:
        return None
    lead = best.difference
    gain = Estimate(mean=-lead.mean, low=-lead.high, high=-lead.low)
    return RoomCell(cell=cell.name, best=best.label, room=room, gain=gain, is_better=gain.low > 0.0)


def _half_hours(cell: CellSummary, one: MethodSummary) -> HalfHours | None:
    other = cell.find(VICIDIAL_DEFAULT)
    if other is None or other.worst_half_hour_max is None or one.worst_half_hour_max is None:
        return None
    return HalfHours(cell=cell.name, own=one.worst_half_hour_max, other=other.worst_half_hour_max)
