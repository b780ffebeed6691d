"""A fixed ratio that stops at the cap: DialerOS's pacer.

Every 3 s: max(1, floor(level × agents)) - calls in flight; nothing at all while at least 50 of the last 100
dispositioned calls are known and the abandoned among them reach the cap.
A campaign that does not dial makes no calls to thin the abandoned out, so somebody has to start it anew:
after `resume_seconds` the last calls are forgotten.
Source: `steven-patrick18/dialeros`, the control plane's pacing, re-implemented from its description.
Changes and weaknesses: docs/algorithms/peers.md, part 6.
"""

import math
from collections import deque
from collections.abc import Mapping
from typing import ClassVar

from pacing.interface import BindingConstraint
from pacing.pacer import Wish
from pacing.peers.cadence import Cadence
from pacing.peers.peer import A_HAIR, Peer
from pacing.settings import FigureRange, PacerTerms, SettingRanges
from pacing.snapshot import Snapshot
from pacing.state import State, StateReader

CALLS_REMEMBERED = 100
CALLS_MIN = 50
"""Dispositioned calls from which the cap is looked at."""


def lines_to_ceiling(level: float, agents: int, lines_in_flight: int) -> int:
    """Lines that are missing to the ceiling of floor(level × agents), at least one.

    >>> lines_to_ceiling(1.5, agents=5, lines_in_flight=3)
    4
    """
    return max(0, max(1, math.floor(level * agents + A_HAIR)) - lines_in_flight)


class RatioWithStopPacer(Peer):
    """Peer: DialerOS, lines for each agent logged in, nothing while the last 100 calls are over the cap."""

    method = "ratio-with-stop"
    setting_ranges: ClassVar[SettingRanges] = {
        "level": FigureRange(default=1.0, lowest=0.0, highest=20.0, meaning="lines for each agent logged in"),
        "dial_interval_seconds": FigureRange(
            default=3.0, lowest=0.1, highest=60.0, meaning="seconds between two looks for calls to place"
        ),
        "resume_seconds": FigureRange(
            default=900.0,
            lowest=0.0,
            highest=86_400.0,
            meaning="seconds until a supervisor starts a stopped campaign anew; 0: never",
        ),
    }

    def __init__(self, terms: PacerTerms, settings: Mapping[str, float]) -> None:
        super().__init__(terms, settings)
        self._dial_loop = Cadence(self.settings["dial_interval_seconds"])
        self._fates: deque[float] = deque(maxlen=CALLS_REMEMBERED)  # 1: abandoned, 0: talked to an agent
        self._stopped_at: float | None = None

    def _learn(self, kind: str, now: float, value: float) -> None:
        # A call with an agent is dispositioned after its talk, an abandoned one at once.
        if kind in ("abandoned", "talk_end"):
            self._fates.append(1.0 if kind == "abandoned" else 0.0)

    def _wish(self, snapshot: Snapshot) -> Wish:
        is_stopped = self._is_over_cap and not self._is_resumed(snapshot.now)
        if not is_stopped:
            self._stopped_at = None
        reason = BindingConstraint.ABANDON_LIMIT if is_stopped else BindingConstraint.LINES_PER_AGENT
        if not self._dial_loop.is_due(snapshot.now) or is_stopped:
            return Wish(lines=0, reason=reason)
        lines = lines_to_ceiling(self.settings["level"], snapshot.agents_logged_in, snapshot.lines_in_use)
        return Wish(lines=lines, reason=reason)

    @property
    def _is_over_cap(self) -> bool:
        abandoned_cap = self.terms.abandon_limit_ratio * len(self._fates)
        return len(self._fates) >= CALLS_MIN and sum(self._fates) >= abandoned_cap - A_HAIR

    def _is_resumed(self, now: float) -> bool:
        """Whether the supervisor starts it anew at this instant, and with that forgets the last calls."""
        if self._stopped_at is None or now < self._stopped_at:
            self._stopped_at = now
        resume_seconds = self.settings["resume_seconds"]
        if not resume_seconds or now - self._stopped_at < resume_seconds:
            return False
        self._fates.clear()
        return True

    def _state(self) -> State:
        return {"count": float(len(self._fates)), "fates": list(self._fates)}

    def _restore(self, state: StateReader) -> None:
        count = int(state.number("count", highest=CALLS_REMEMBERED))
        self._fates = deque(state.numbers("fates", count, highest=1.0), maxlen=CALLS_REMEMBERED)
        self._stopped_at = None  # a supervisor waits anew
        self._dial_loop.forget()
