"""Ratio dialing: a fixed number of lines for each ready agent. It knows nothing about answers or abandons."""

import math
from typing import ClassVar

from pacing.interface import BindingConstraint
from pacing.pacer import Pacer, Wish
from pacing.settings import FigureRange, SettingRanges
from pacing.snapshot import Snapshot


def ratio_lines(lines_per_agent: float, agents_idle: int, lines_ringing: int, calls_waiting: int) -> int:
    """Lines to start so that each ready agent has `lines_per_agent` of them, ringing or waiting.

    The product is rounded down, so that a part of a line is never dialed for a team of one.

    >>> ratio_lines(1.5, agents_idle=3, lines_ringing=1, calls_waiting=0)
    3
    """
    # A hair above a whole number is that number: 1.1 × 10 is 11 lines.
    return max(0, math.floor(lines_per_agent * agents_idle + 1e-9) - lines_ringing - calls_waiting)


class RatioPacer(Pacer):
    """`lines_per_agent` lines for each ready agent, less those that ring or wait."""

    method = "ratio"
    setting_ranges: ClassVar[SettingRanges] = {
        "lines_per_agent": FigureRange(
            default=1.5, lowest=0.0, highest=20.0, meaning="lines for each ready agent"
        )
    }

    def _wish(self, snapshot: Snapshot) -> Wish:
        lines = ratio_lines(
            self.settings["lines_per_agent"],
            snapshot.agents_idle,
            len(snapshot.ring_ages_seconds),
            snapshot.calls_waiting,
        )
        return Wish(lines=lines, reason=BindingConstraint.IDLE_AGENTS)
