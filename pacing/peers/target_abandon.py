"""A controller of proportion and integral on the abandon ratio of a rolling window.

Amazon Connect's outbound campaigns (2024) offer these knobs (target, clock, a window of 1 to 24 hours) and
tell no method; this is the textbook controller for them.
Every 15 s, with e = (target - ratio) / target, kept between -`ERROR_MAX` and 1: I = I + ki e minutes, kept
between 0 and level_max - 1, and level = 1 + kp e + I, kept between 1 and level_max.
With fewer than 20 answers in the window the level is 1 and I stands.
Lines to start: floor(level × idle) - ringing - waiting.
Source: Astrom and Murray, "Feedback Systems", Princeton 2008, chapter 10 (anti-windup by clamping).
Changes and weaknesses: docs/algorithms/peers.md, part 10.
"""

from collections.abc import Mapping
from typing import ClassVar

from pacing.interface import BindingConstraint
from pacing.pacer import Wish
from pacing.peers.cadence import Cadence
from pacing.peers.peer import Peer
from pacing.peers.rolling_counts import RollingCounts
from pacing.ratio import ratio_lines
from pacing.settings import FigureRange, PacerTerms, SettingRanges
from pacing.snapshot import Snapshot
from pacing.state import State, StateReader

STEP_SECONDS = 15.0
SECONDS_PER_MINUTE = 60.0
ANSWERS_MIN = 20
ERROR_MAX = 5.0
LEVEL_FLOOR = 1.0


def steered_level(
    integral: float,
    *,
    error: float,
    gain_proportional: float,
    gain_integral_per_minute: float,
    level_max: float,
) -> tuple[float, float]:
    """Level and integral after one step of 15 s; the error is a share of the target.

    >>> steered_level(0.25, error=0.5, gain_proportional=0.5, gain_integral_per_minute=1.0, level_max=3.0)
    (1.625, 0.375)
    """
    error = max(-ERROR_MAX, min(1.0, error))
    integral += gain_integral_per_minute * error * STEP_SECONDS / SECONDS_PER_MINUTE
    integral = max(0.0, min(level_max - LEVEL_FLOOR, integral))
    level = LEVEL_FLOOR + gain_proportional * error + integral
    return max(LEVEL_FLOOR, min(level_max, level)), integral


class TargetAbandonPacer(Peer):
    """Peer: a level steered to a target abandon ratio of the last hours."""

    method = "target-abandon"
    setting_ranges: ClassVar[SettingRanges] = {
        "target_ratio": FigureRange(
            default=0.03, lowest=0.001, highest=1.0, meaning="abandon ratio that the level is steered to"
        ),
        "window_hours": FigureRange(
            default=1.0, lowest=1.0, highest=24.0, meaning="hours that the ratio looks back"
        ),
        "level_max": FigureRange(default=3.0, lowest=1.0, highest=100.0, meaning="largest level"),
        "gain_proportional": FigureRange(
            default=0.5, lowest=0.0, highest=10.0, meaning="level for an error of the whole target"
        ),
        "gain_integral_per_minute": FigureRange(
            default=0.02, lowest=0.0, highest=10.0, meaning="level that such an error adds in a minute"
        ),
    }

    def __init__(self, terms: PacerTerms, settings: Mapping[str, float]) -> None:
        super().__init__(terms, settings)
        self.level = LEVEL_FLOOR
        self._integral = 0.0
        self._step_loop = Cadence(STEP_SECONDS)
        self._window = RollingCounts(
            slot_seconds=SECONDS_PER_MINUTE,
            slots=round(60.0 * self.settings["window_hours"]),
            kinds=("abandoned", "answered"),
        )

    def _learn(self, kind: str, now: float, value: float) -> None:
        if kind in ("connected", "abandoned"):
            self._window.add("answered", now)
            if kind == "abandoned":
                self._window.add("abandoned", now)

    def _wish(self, snapshot: Snapshot) -> Wish:
        if self._step_loop.is_due(snapshot.now):
            self._step(snapshot.now)
        lines = ratio_lines(
            self.level, snapshot.agents_idle, len(snapshot.ring_ages_seconds), snapshot.calls_waiting
        )
        return Wish(lines=lines, reason=BindingConstraint.LINES_PER_AGENT)

    def _step(self, now: float) -> None:
        answered = self._window.total("answered", now)
        if answered < ANSWERS_MIN:
            self.level = LEVEL_FLOOR
            return
        target = self.settings["target_ratio"]
        self.level, self._integral = steered_level(
            self._integral,
            error=(target - self._window.total("abandoned", now) / answered) / target,
            gain_proportional=self.settings["gain_proportional"],
            gain_integral_per_minute=self.settings["gain_integral_per_minute"],
            level_max=self.settings["level_max"],
        )

    def _state(self) -> State:
        return {"level": self.level, "integral": self._integral, "window": self._window.state()}

    def _restore(self, state: StateReader) -> None:
        level_max = self.settings["level_max"]
        level = state.number("level", lowest=LEVEL_FLOOR, highest=level_max)
        integral = state.number("integral", highest=level_max - LEVEL_FLOOR)
        self._window.restore(state.part("window"))  # the last that can be refused
        self.level, self._integral = level, integral
        self._step_loop.forget()
