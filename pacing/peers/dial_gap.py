"""Manual dialing as a pacing method: each agent dials himself, some seconds after his last call.

Our engine needs no pacer for it (methods `manual` and `preview`: the agent's own request dials).
A program that knows only `decide` can compare with it by this method.

Formula: an agent without a line gets one `gap_seconds` after he came to be without one (idle after a call, or
his line was not answered). Agents are not told apart in a snapshot, so the agents without a line are
max(0, idle - ringing - waiting), and who has waited longest dials first.
Source: the gap of 5 to 10 s between two dials of an agent is the field's figure for dialing by hand.
Theory and weaknesses: docs/algorithms/peers.md, part 1.
"""

from collections import deque
from collections.abc import Mapping
from typing import ClassVar

from pacing.interface import BindingConstraint
from pacing.pacer import Wish
from pacing.peers.cadence import INSTANT_SECONDS
from pacing.peers.peer import Peer
from pacing.progressive import progressive_lines
from pacing.settings import FigureRange, PacerTerms, SettingRanges
from pacing.snapshot import Snapshot


class ManualGapPacer(Peer):
    """Peer: agents dial by hand, one line for each agent some seconds after his last."""

    method = "manual-gap"
    setting_ranges: ClassVar[SettingRanges] = {
        "gap_seconds": FigureRange(
            default=7.5,
            lowest=0.0,
            highest=600.0,
            meaning="seconds that an agent takes to dial the next number",
        )
    }

    def __init__(self, terms: PacerTerms, settings: Mapping[str, float]) -> None:
        super().__init__(terms, settings)
        self._without_line_since: deque[float] = deque()  # one instant for each agent, oldest first

    def _wish(self, snapshot: Snapshot) -> Wish:
        since, now = self._without_line_since, snapshot.now
        without_line = progressive_lines(
            snapshot.agents_idle, len(snapshot.ring_ages_seconds), snapshot.calls_waiting
        )
        if since and now < since[-1]:  # another clock: all of them begin to look for the next number
            since.clear()
        while len(since) > without_line:
            since.popleft()
        while len(since) < without_line:
            since.append(now)
        dialed_before = now - self.settings["gap_seconds"] + INSTANT_SECONDS
        lines = sum(1 for instant in since if instant <= dialed_before)
        # Those who dial now are without a line no more; if the caps allow fewer, the rest begin anew.
        for _ in range(lines):
            since.popleft()
        return Wish(lines=lines, reason=BindingConstraint.DIAL_GAP)
