"""The verdict in words: one finding for each goal, the same on the page, on the terminal and in JSON.

A finding that nothing was measured for says so: it is neither met nor missed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from simulations.benchmark.report_numbers import points_text, ratio_text
from simulations.benchmark.summaries import REFERENCE
from simulations.benchmark.verdict import (
    GAIN_AGENTS_MAX,
    GAIN_AGENTS_MIN,
    GAIN_OVER_BEST_MIN,
    GAIN_OVER_DEFAULT_MIN,
    HALF_HOUR_SHARE_MAX,
    LEAD_MAX,
    ROOM_MIN,
    VICIDIAL_DEFAULT,
    CellGain,
    Verdict,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the results say of one goal."""

    goal: str  # in a sentence
    is_met: bool | None  # None: nothing measured
    result: str  # in a sentence
    details: tuple[str, ...] = ()  # the cells concerned, one each

    @property
    def state(self) -> str:
        """Say in a word or two whether the goal is met."""
        return {True: "met", False: "not met", None: "not measured"}[self.is_met]


def findings_of(verdict: Verdict) -> list[Finding]:
    """Put a verdict into words, goal by goal."""
    return [
        _limit(verdict),
        _peers(verdict),
        _room(verdict),
        _gain(
            f"At least {_points(GAIN_OVER_DEFAULT_MIN)} more than VICIdial as it comes ({VICIDIAL_DEFAULT})",
            verdict.gains_over_default,
            GAIN_OVER_DEFAULT_MIN,
        ),
        _gain(
            f"At least {_points(GAIN_OVER_BEST_MIN)} more than the best VICIdial setting within the limit",
            verdict.gains_over_best,
            GAIN_OVER_BEST_MIN,
            without=verdict.cells_without_best,
        ),
        _half_hours(verdict),
    ]


def as_lines(title: str, findings: Sequence[Finding]) -> list[str]:
    """Give findings as lines for a terminal."""
    lines = [title]
    for finding in findings:
        lines.append(f"- {finding.state.upper()}: {finding.goal}. {finding.result}")
        lines += [f"    {detail}" for detail in finding.details]
    return lines


def _limit(verdict: Verdict) -> Finding:
    over = sum(len(breach.seeds) for breach in verdict.breaches)
    return Finding(
        goal=f"No run of {REFERENCE} over the limit",
        is_met=not over if verdict.runs else None,
        result=f"{over} of {verdict.runs} runs are over it, in {len(verdict.breaches)} of {verdict.cells} "
        "cells.",
        details=tuple(
            f"{breach.cell}: {_seeds(breach.seeds)}, {len(breach.seeds)} of {breach.runs}; "
            f"worst run {ratio_text(breach.abandon_ratio_max, 2)}"
            for breach in verdict.breaches
        ),
    )


def _peers(verdict: Verdict) -> Finding:
    sure = sum(peer.is_sure for peer in verdict.better_peers)
    return Finding(
        goal=f"No peer that keeps the limit on every seed better by more than {_points(LEAD_MAX)}",
        is_met=not verdict.better_peers if verdict.judged_peers else None,
        result=f"{len(verdict.better_peers)} of {verdict.judged_peers} such peers are (mean above it and "
        f"interval above zero); the whole interval lies above it for {sure}; "
        f"{len(verdict.luckier_peers)} more are on average only, which may be chance.",
        details=tuple(
            f"{peer.cell}: {peer.label} {points_text(peer.lead)} points" for peer in verdict.better_peers
        ),
    )


def _room(verdict: Verdict) -> Finding:
    missed = [room for room in verdict.rooms if not room.is_better]
    return Finding(
        goal=f"Better than every such peer wherever a bound leaves {_points(ROOM_MIN)} of room",
        is_met=not missed if verdict.rooms else None,
        result=f"{len(verdict.rooms) - len(missed)} of {len(verdict.rooms)} cells with so much room "
        "(interval above zero).",
        details=tuple(
            f"{room.cell}: {points_text(room.gain)} points over {room.best}, room {_points(room.room)}"
            for room in missed
        ),
    )


def _gain(goal: str, gains: Sequence[CellGain], gain_min: float, *, without: Sequence[str] = ()) -> Finding:
    goal = f"{goal}, mean over cells with {GAIN_AGENTS_MIN} to {GAIN_AGENTS_MAX} agents"
    left_out = f" No setting of it keeps the limit in {', '.join(without)}." if without else ""
    if not gains:
        return Finding(goal=goal, is_met=None, result=f"No cell to measure it on.{left_out}")
    mean = sum(one.gain for one in gains) / len(gains)
    least, most = (chosen(gains, key=lambda one: one.gain) for chosen in (min, max))
    return Finding(
        goal=goal,
        is_met=mean >= gain_min,
        result=f"{_points(mean)} in {len(gains)} cells: from {_points(least.gain)} ({least.cell}) to "
        f"{_points(most.gain)} ({most.cell}).{left_out}",
    )


def _half_hours(verdict: Verdict) -> Finding:
    missed = [pair for pair in verdict.half_hours if not pair.is_met]
    return Finding(
        goal=f"Worst half hour at most {HALF_HOUR_SHARE_MAX:.0%} of that of {VICIDIAL_DEFAULT}",
        is_met=not missed if verdict.half_hours else None,
        result=f"{len(verdict.half_hours) - len(missed)} of {len(verdict.half_hours)} cells.",
        details=tuple(
            f"{pair.cell}: {ratio_text(pair.own)} against {ratio_text(pair.other)}" for pair in missed
        ),
    )


def _seeds(seeds: Sequence[int]) -> str:
    return f"{'seed' if len(seeds) == 1 else 'seeds'} {', '.join(map(str, seeds))}"


def _points(ratio: float) -> str:
    return f"{100.0 * ratio:.1f} points".replace("-", "−")
