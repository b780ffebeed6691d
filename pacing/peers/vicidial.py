"""VICIdial's methods: a fixed level, and the level servo with its three answers to a limit that is crossed.

Lines: every 2.5 s, goal = round(level × agents counted), less the calls that exist.
Counted are idle agents and those who talk (available-only: idle ones alone); a talking agent's call exists.
Level: every 15 s, `spare_servo.servo_level`, between 1.0 and the largest; then what the method does while
today's drop ratio lies over the limit. That ratio is looked at once every 60 s.
Source: public descriptions of VICIdial's AST_VDauto_dial and AST_VDadapt, re-implemented from the formulas.
How long an answered call waits before it is dropped (5 s there, 2 s by law) is the campaign's connect limit.
Formulas, changes and weaknesses: docs/algorithms/peers.md, parts 2 and 3.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from pacing.interface import BindingConstraint
from pacing.pacer import Wish
from pacing.peers.cadence import Cadence, DayClock
from pacing.peers.peer import LINE_ENDS, Peer
from pacing.peers.rolling_counts import RollingCounts
from pacing.peers.spare_servo import LEVEL_FLOOR, SpareSamples, servo_level, tapered_level
from pacing.settings import FigureRange, PacerTerms, SettingRanges
from pacing.snapshot import Snapshot
from pacing.state import State, StateReader

DROP_RATIO_SECONDS = 60.0
"""Seconds between two looks at today's drop ratio."""

CALLS_TODAY_GUARD = 50
"""Up to so many calls the limit is not looked at."""

CALLS_LAST_MINUTE_GUARD = 20
DROPS_LAST_MINUTE_RATIO = 0.5
"""Above so many calls in the last minute, more than this share of them dropped halves the level."""

DIAL_INTERVAL_SECONDS = FigureRange(
    default=2.5, lowest=0.1, highest=60.0, meaning="seconds between two looks for calls to place"
)
IS_AVAILABLE_ONLY = FigureRange(
    default=0.0,
    lowest=0.0,
    highest=1.0,
    meaning="1: idle agents alone are counted; 0: those who talk as well",
)


def lines_to_level(
    level: float,
    agents_idle: int,
    agents_talking: int,
    lines_on_the_way: int,
    *,
    is_available_only: bool,
) -> int:
    """Lines to start: goal - existing, never below 0; round() ties to even, as the original's does.

    >>> lines_to_level(2.0, agents_idle=2, agents_talking=5, lines_on_the_way=3, is_available_only=False)
    6
    >>> lines_to_level(2.0, agents_idle=2, agents_talking=5, lines_on_the_way=3, is_available_only=True)
    1
    """
    goal = round(level * (agents_idle if is_available_only else agents_idle + agents_talking))
    if is_available_only:
        goal += agents_talking  # the calls that are with an agent already
    return max(0, goal - agents_talking - lines_on_the_way)


class VicidialRatioPacer(Peer):
    """Peer: VICIdial RATIO, a fixed level of lines for each idle or talking agent."""

    method = "vicidial-ratio"
    setting_ranges: ClassVar[SettingRanges] = {
        "level": FigureRange(default=1.5, lowest=0.0, highest=20.0, meaning="lines for each agent counted"),
        "dial_interval_seconds": DIAL_INTERVAL_SECONDS,
        "is_available_only": IS_AVAILABLE_ONLY,
    }

    def __init__(self, terms: PacerTerms, settings: Mapping[str, float]) -> None:
        super().__init__(terms, settings)
        self._dial_loop = Cadence(self.settings["dial_interval_seconds"])
        self._is_available_only = self.settings["is_available_only"] >= 0.5

    def _wish(self, snapshot: Snapshot) -> Wish:
        return self._lines(snapshot, self.settings["level"], BindingConstraint.LINES_PER_AGENT)

    def _lines(self, snapshot: Snapshot, level: float, reason: BindingConstraint) -> Wish:
        if not self._dial_loop.is_due(snapshot.now):
            return Wish(lines=0, reason=reason)
        lines = lines_to_level(
            level,
            snapshot.agents_idle,
            len(snapshot.talk_ages_seconds),
            len(snapshot.ring_ages_seconds) + snapshot.calls_waiting,
            is_available_only=self._is_available_only,
        )
        return Wish(lines=lines, reason=reason)

    def _restore(self, state: StateReader) -> None:
        self._dial_loop.forget()


class VicidialAdaptPacer(VicidialRatioPacer):
    """The servo that the three ADAPT methods share; they differ in what they do over the limit."""

    setting_ranges: ClassVar[SettingRanges] = {
        "level_max": FigureRange(default=3.0, lowest=1.0, highest=100.0, meaning="largest level"),
        "level_start": FigureRange(
            default=1.0, lowest=1.0, highest=100.0, meaning="level at the start of the first day"
        ),
        "intensity_ratio": FigureRange(
            default=0.0, lowest=-0.4, highest=0.4, meaning="how much faster the level rises than it falls"
        ),
        "agents_idle_wanted": FigureRange(
            default=0.0,
            lowest=-40.0,
            highest=40.0,
            meaning="idle agents to aim at (dl_diff_target, sign turned)",
        ),
        "agents_min": FigureRange(
            default=0.0, lowest=0.0, highest=1000.0, meaning="with fewer agents logged in the level is 1"
        ),
        "began_at_hour": FigureRange(
            default=9.0, lowest=0.0, highest=24.0, meaning="time of day, hours, at which the pacer begins"
        ),
        "day_end_hour_and_minute": FigureRange(
            default=2100.0, lowest=0.0, highest=2400.0, meaning="HHMM at which a tapered excess must be gone"
        ),
        "dial_interval_seconds": DIAL_INTERVAL_SECONDS,
        "is_available_only": IS_AVAILABLE_ONLY,
    }

    def __init__(self, terms: PacerTerms, settings: Mapping[str, float]) -> None:
        super().__init__(terms, settings)
        self.level = min(self.settings["level_start"], self.settings["level_max"])
        self._samples = SpareSamples()
        self._clock = DayClock(self.settings["began_at_hour"])
        self._drop_ratio_loop = Cadence(DROP_RATIO_SECONDS)
        self._last_minute = RollingCounts(slot_seconds=1.0, slots=60, kinds=("calls", "drops"))
        self._calls_today = self._drops_today = self._answers_today = 0.0
        self._drop_ratio = 0.0  # today's, as it was at the last look

    @abstractmethod
    def _level_over_limit(self, level: float) -> float:
        """What the method makes of the level while today's drop ratio is over the limit."""

    def _learn(self, kind: str, now: float, value: float) -> None:
        self._advance(now)
        if kind in LINE_ENDS:
            self._calls_today += 1.0
            self._last_minute.add("calls", now)
        elif kind in ("connected", "abandoned"):
            self._answers_today += 1.0
            if kind == "abandoned":
                self._drops_today += 1.0
                self._last_minute.add("drops", now)

    def _wish(self, snapshot: Snapshot) -> Wish:
        self._advance(snapshot.now)
        if self._drop_ratio_loop.is_due(snapshot.now):
            self._drop_ratio = self._drops_today / max(1.0, self._answers_today)
        sample = (
            float(snapshot.agents_idle),
            float(snapshot.calls_waiting),
            float(snapshot.agents_logged_in),
        )
        if self._samples.watch(snapshot.now, sample):
            self.level = self._next_level(snapshot.now)
        reason = BindingConstraint.LINES_PER_AGENT
        if self._is_over_limit and self.level <= LEVEL_FLOOR:
            reason = BindingConstraint.ABANDON_LIMIT
        return self._lines(snapshot, self.level, reason)

    @property
    def _is_over_limit(self) -> bool:
        return self._calls_today > CALLS_TODAY_GUARD and self._drop_ratio > self.terms.abandon_limit_ratio

    def _next_level(self, now: float) -> float:
        idle, waiting, agents = self._samples.mean
        spare = idle - waiting - self.settings["agents_idle_wanted"]
        level = servo_level(self.level, spare, agents, self.settings["intensity_ratio"])
        level = max(LEVEL_FLOOR, min(self.settings["level_max"], level))
        calls = self._last_minute.total("calls", now)
        drops = self._last_minute.total("drops", now)
        if calls > CALLS_LAST_MINUTE_GUARD and drops > DROPS_LAST_MINUTE_RATIO * calls:
            level /= 2.0
        if self._is_over_limit:
            level = self._level_over_limit(level)
        if agents < self.settings["agents_min"]:
            level = LEVEL_FLOOR
        return max(LEVEL_FLOOR, level)

    def _advance(self, now: float) -> None:
        if self._clock.advance(now):
            self._calls_today = self._drops_today = self._answers_today = 0.0

    def _state(self) -> State:
        return {
            "level": self.level,
            "calls_today": self._calls_today,
            "drops_today": self._drops_today,
            "answers_today": self._answers_today,
            "drop_ratio": self._drop_ratio,
            "seconds_of_day": self._clock.seconds,
            "last_minute": self._last_minute.state(),
        }

    def _restore(self, state: StateReader) -> None:
        level = state.number("level", lowest=LEVEL_FLOOR, highest=self.settings["level_max"])
        calls, drops, answers = (
            state.number(name) for name in ("calls_today", "drops_today", "answers_today")
        )
        drop_ratio = state.number("drop_ratio", highest=1.0)
        seconds_of_day = state.number("seconds_of_day", highest=86_400.0)
        self._last_minute.restore(state.part("last_minute"))  # the last that can be refused
        super()._restore(state)
        self.level, self._drop_ratio = level, drop_ratio
        self._calls_today, self._drops_today, self._answers_today = calls, drops, answers
        self._clock.seconds = seconds_of_day
        self._clock.forget()
        self._samples.forget()
        self._drop_ratio_loop.forget()


class VicidialHardLimitPacer(VicidialAdaptPacer):
    """Peer: VICIdial ADAPT_HARD_LIMIT, level 1 while today's drops are over the limit."""

    method = "vicidial-hard-limit"

    def _level_over_limit(self, level: float) -> float:
        return LEVEL_FLOOR


class VicidialTaperedPacer(VicidialAdaptPacer):
    """Peer: VICIdial ADAPT_TAPERED, over the limit the level shrinks towards the day's end."""

    method = "vicidial-tapered"

    def _level_over_limit(self, level: float) -> float:
        end = int(self.settings["day_end_hour_and_minute"])
        return tapered_level(level, self._clock.hour_and_minute, end)


class VicidialAveragePacer(VicidialAdaptPacer):
    """Peer: VICIdial ADAPT_AVERAGE, over the limit the level is halved at every step."""

    method = "vicidial-average"

    def _level_over_limit(self, level: float) -> float:
        return level / 2.0
