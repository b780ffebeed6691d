"""The level as a controller of the 30-day abandon ratio, behind a gate: vici2's ADAPT_AVG and drop gate.

Lines: round(level × idle) - ringing - waiting; at most one while the gate is shut, and at most
2 max(1, ceil(level)) in one decision (against the storm after a break).
Level: every 15 s, once 50 calls were answered and 300 s have passed, `controlled_level`.
Gate: `next_gate` on the ratio of 30 days, from 100 answers on; shut at the hard cap, and the level falls to 1
at once; open below the release ratio after 300 s.
Source: `hssn08/vici2`, modules adapt, pacing and drop_gate, re-implemented from their descriptions.
Changes and weaknesses: docs/algorithms/peers.md, part 8.
"""

import math
from collections.abc import Mapping
from typing import ClassVar

from pacing.interface import BindingConstraint
from pacing.pacer import Wish
from pacing.peers.cadence import SECONDS_PER_HOUR, Cadence
from pacing.peers.peer import A_HAIR, Peer
from pacing.peers.rolling_counts import RollingCounts
from pacing.settings import FigureRange, PacerTerms, SettingRanges
from pacing.snapshot import Snapshot
from pacing.state import State, StateReader

STEP_SECONDS = 15.0
LEVEL_FLOOR = 1.0
LEVEL_GRID = 20.0  # the level is a whole number of twentieths
GAIN_PROPORTIONAL = 0.05  # level for each percentage point of error
GAIN_INTEGRAL = 0.005  # level for each percentage point and second
INTEGRAL_MAX = 0.5
BACK_CALCULATION = 0.01  # share of what the clamp took that is taken off the integral
HOLD_BAND = 0.30  # percentage points of error within which the level is held
HOLD_BLEED = 0.95  # the integral is multiplied by this at each step within the band
WARM_UP_ANSWERS = 50
WARM_UP_SECONDS = 300.0
GATE_ANSWERS_MIN = 100
GATE_SECONDS_MIN = 300.0
RAMP_FACTOR = 2


def controlled_level(
    level: float, integral: float, *, target_ratio: float, abandon_ratio: float, level_max: float
) -> tuple[float, float]:
    """Level and integral after one step of 15 s, from an error in percentage points.

    Within the band the level is held and the integral bleeds. Else level + Kp e + (I + 15 Ki e) is
    clamped to 1..level_max, and I gives back a hundredth of what the clamp took.
    The level lies on a grid of 0.05.

    >>> controlled_level(1.0, 0.0, target_ratio=0.025, abandon_ratio=0.005, level_max=3.0)
    (1.25, 0.15)
    """
    error = 100.0 * (target_ratio - abandon_ratio)
    if abs(error) <= HOLD_BAND + A_HAIR:
        return level, integral * HOLD_BLEED
    grown = integral + GAIN_INTEGRAL * error * STEP_SECONDS
    wanted = level + GAIN_PROPORTIONAL * error + grown
    clamped = max(LEVEL_FLOOR, min(level_max, wanted))
    grown += BACK_CALCULATION * (clamped - wanted)
    on_grid = math.floor(clamped * LEVEL_GRID + 0.5 + A_HAIR) / LEVEL_GRID
    return (
        max(LEVEL_FLOOR, min(level_max, on_grid)),
        max(-INTEGRAL_MAX, min(INTEGRAL_MAX, grown)),
    )


def next_gate(
    *, is_shut: bool, shut_seconds: float, abandon_ratio: float, hard_ratio: float, release_ratio: float
) -> bool:
    """Whether the gate is shut after looking at the ratio.

    >>> next_gate(is_shut=True, shut_seconds=299.0, abandon_ratio=0.01, hard_ratio=0.03, release_ratio=0.02)
    True
    """
    if not is_shut:
        return abandon_ratio >= hard_ratio
    return not (abandon_ratio < release_ratio and shut_seconds >= GATE_SECONDS_MIN)


class GatedLevelPacer(Peer):
    """Peer: vici2, a level steered by the 30-day abandon ratio behind a gate."""

    method = "gated-adapt"
    setting_ranges: ClassVar[SettingRanges] = {
        "level_max": FigureRange(default=3.0, lowest=1.0, highest=100.0, meaning="largest level"),
        "level_start": FigureRange(
            default=1.0, lowest=1.0, highest=100.0, meaning="level until it has warmed up"
        ),
        "target_ratio": FigureRange(
            default=0.025, lowest=0.0, highest=1.0, meaning="abandon ratio that the level is steered to"
        ),
        "release_ratio": FigureRange(
            default=0.02, lowest=0.0, highest=1.0, meaning="abandon ratio below which a shut gate opens"
        ),
        "window_days": FigureRange(
            default=30.0, lowest=1.0, highest=366.0, meaning="days that the ratio looks back"
        ),
    }

    def __init__(self, terms: PacerTerms, settings: Mapping[str, float]) -> None:
        super().__init__(terms, settings)
        self.level = min(self.settings["level_start"], self.settings["level_max"])
        self.is_shut = False
        self._integral = 0.0
        self._began_at: float | None = None
        self._shut_at = 0.0
        self._step_loop = Cadence(STEP_SECONDS)
        self._window = RollingCounts(
            slot_seconds=SECONDS_PER_HOUR,
            slots=max(1, round(24.0 * self.settings["window_days"])),
            kinds=("abandoned", "answered"),
        )

    def _learn(self, kind: str, now: float, value: float) -> None:
        if kind in ("connected", "abandoned"):
            self._window.add("answered", now)
            if kind == "abandoned":
                self._window.add("abandoned", now)

    def _wish(self, snapshot: Snapshot) -> Wish:
        if self._began_at is None or snapshot.now < self._began_at:
            self._began_at = self._shut_at = snapshot.now
        if self._step_loop.is_due(snapshot.now):
            self._step(snapshot.now)
        goal = math.floor(self.level * snapshot.agents_idle + 0.5 + A_HAIR)
        lines = max(0, goal - len(snapshot.ring_ages_seconds) - snapshot.calls_waiting)
        if self.is_shut and lines > 1:
            return Wish(lines=1, reason=BindingConstraint.ABANDON_LIMIT)
        return Wish(lines=min(lines, self._ramp), reason=BindingConstraint.LINES_PER_AGENT)

    @property
    def _ramp(self) -> int:
        return RAMP_FACTOR * max(1, math.ceil(self.level - A_HAIR))

    def _step(self, now: float) -> None:
        answered = self._window.total("answered", now)
        ratio = self._window.total("abandoned", now) / max(1.0, answered)
        if answered >= GATE_ANSWERS_MIN:
            was_shut = self.is_shut
            self.is_shut = next_gate(
                is_shut=was_shut,
                shut_seconds=now - self._shut_at,
                abandon_ratio=ratio,
                hard_ratio=self.terms.abandon_limit_ratio,
                release_ratio=self.settings["release_ratio"],
            )
            if self.is_shut and not was_shut:
                self._shut_at = now
                self.level, self._integral = LEVEL_FLOOR, 0.0
                return
        elapsed = now - (now if self._began_at is None else self._began_at)
        if answered >= WARM_UP_ANSWERS and elapsed >= WARM_UP_SECONDS:
            self.level, self._integral = controlled_level(
                self.level,
                self._integral,
                target_ratio=self.settings["target_ratio"],
                abandon_ratio=ratio,
                level_max=self.settings["level_max"],
            )

    def _state(self) -> State:
        return {
            "level": self.level,
            "integral": self._integral,
            "is_shut": float(self.is_shut),
            "window": self._window.state(),
        }

    def _restore(self, state: StateReader) -> None:
        level = state.number("level", lowest=LEVEL_FLOOR, highest=self.settings["level_max"])
        integral = state.number("integral", lowest=-INTEGRAL_MAX, highest=INTEGRAL_MAX)
        is_shut = state.number("is_shut", highest=1.0) >= 0.5
        self._window.restore(state.part("window"))  # the last that can be refused
        self.level, self._integral, self.is_shut = level, integral, is_shut
        self._began_at = None  # it warms up, and a shut gate dwells, anew
        self._step_loop.forget()
