"""Wombat's boost factor: a fixed number of lines for each idle agent, none while calls queue.

lines = floor(boost × idle) - ringing - waiting, and none at all while more than `calls_waiting_max` wait.
Source: the vendor's article "Understanding queue end-points in Wombat" (7 agents × 1.3 are 9 calls).
Changes and weaknesses: docs/algorithms/peers.md, part 5.
"""

from typing import ClassVar

from pacing.interface import BindingConstraint
from pacing.pacer import Wish
from pacing.peers.peer import Peer
from pacing.ratio import ratio_lines
from pacing.settings import FigureRange, SettingRanges
from pacing.snapshot import Snapshot


class WombatBoostPacer(Peer):
    """Peer: Wombat's boost factor on idle agents, nothing while calls queue."""

    method = "wombat-boost"
    setting_ranges: ClassVar[SettingRanges] = {
        "boost_ratio": FigureRange(
            default=1.3, lowest=0.0, highest=10.0, meaning="lines for each idle agent"
        ),
        "calls_waiting_max": FigureRange(
            default=2.0,
            lowest=0.0,
            highest=1000.0,
            meaning="with more live answers waiting nothing is dialed",
        ),
    }

    def _wish(self, snapshot: Snapshot) -> Wish:
        if snapshot.calls_waiting > self.settings["calls_waiting_max"]:
            return Wish(lines=0, reason=BindingConstraint.CALLS_WAITING)
        lines = ratio_lines(
            self.settings["boost_ratio"],
            snapshot.agents_idle,
            len(snapshot.ring_ages_seconds),
            snapshot.calls_waiting,
        )
        return Wish(lines=lines, reason=BindingConstraint.LINES_PER_AGENT)
