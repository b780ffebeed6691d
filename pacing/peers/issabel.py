"""Issabel's predictor: free agents and those who "will soon be free", over the answer ratio.

Every 3 s: n = min(lines_max, max(0, free + soon free - queued)) + extra, less the ringing lines, at least 0.
A busy agent who has talked t seconds is soon free if 1 - exp(-(t + answer seconds) / mean talk) >= qos;
nobody is before 10 talks have ended.
With overcommit, n / max(answer ratio of 30 minutes, 0.20), rounded half up, once 10 calls have ended in them.
Source: the Predictor and CampaignProcess of `IssabelFoundation/callcenter`, re-implemented from the formulas.
Changes and weaknesses: docs/algorithms/peers.md, part 4.
"""

import math
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from pacing.interface import BindingConstraint
from pacing.pacer import Wish
from pacing.peers.cadence import Cadence
from pacing.peers.peer import A_HAIR, LINE_ENDS, Peer
from pacing.peers.rolling_counts import RollingCounts
from pacing.settings import FigureRange, PacerTerms, SettingRanges
from pacing.snapshot import Floats, Snapshot
from pacing.state import State, StateReader

TALKS_MIN = 10
CALLS_MIN = 10
"""Ended talks from which the predictor speaks, and ended calls from which the answer ratio counts."""

ANSWERS = frozenset({"live_answer", "machine"})
"""Ends that its answer ratio takes for success: machines too, it does not know them."""


def agents_soon_free(
    talk_ages_seconds: Floats, answer_seconds: float, talk_seconds_mean: float, release_ratio_min: float
) -> int:
    """Talking agents whose 1 - exp(-(age + answer seconds) / mean) reaches the quality of service.

    >>> agents_soon_free(np.array([60.0, 300.0]), 20.0, 90.0, 0.97)
    1
    """
    if not len(talk_ages_seconds):
        return 0
    ended = 1.0 - np.exp(-(talk_ages_seconds + answer_seconds) / max(talk_seconds_mean, A_HAIR))
    return int(np.count_nonzero(ended >= release_ratio_min))


def overcommitted(lines: int, answer_ratio: float, answer_ratio_min: float) -> int:
    """Lines over the answer ratio, rounded half up.

    >>> overcommitted(2, answer_ratio=0.30, answer_ratio_min=0.20), overcommitted(2, 0.05, 0.20)
    (7, 10)
    """
    return math.floor(lines / max(answer_ratio, answer_ratio_min) + 0.5)


class IssabelPacer(Peer):
    """Peer: Issabel's predictor, free and soon-free agents over the answer ratio."""

    method = "issabel"
    setting_ranges: ClassVar[SettingRanges] = {
        "release_ratio_min": FigureRange(
            default=0.97,
            lowest=0.0,
            highest=1.0,
            meaning="probability from which an agent is soon free (qos)",
        ),
        "answer_ratio_min": FigureRange(
            default=0.20, lowest=0.01, highest=1.0, meaning="smallest answer ratio that is believed"
        ),
        "is_overcommitting": FigureRange(
            default=1.0, lowest=0.0, highest=1.0, meaning="1: lines are divided by the answer ratio; 0: not"
        ),
        "lines_extra": FigureRange(
            default=0.0,
            lowest=0.0,
            highest=1000.0,
            meaning="lines added to every forecast (force more calls)",
        ),
        "dial_interval_seconds": FigureRange(
            default=3.0, lowest=0.1, highest=60.0, meaning="seconds between two looks for calls to place"
        ),
    }

    def __init__(self, terms: PacerTerms, settings: Mapping[str, float]) -> None:
        super().__init__(terms, settings)
        self._dial_loop = Cadence(self.settings["dial_interval_seconds"])
        self._half_hour = RollingCounts(slot_seconds=10.0, slots=180, kinds=("calls", "answers"))
        self._talks = self._talk_seconds = 0.0
        self._answers = self._answer_seconds = 0.0

    def _learn(self, kind: str, now: float, value: float) -> None:
        if kind in LINE_ENDS:
            self._half_hour.add("calls", now)
            if kind in ANSWERS:
                self._half_hour.add("answers", now)
        if kind == "live_answer":
            self._answers += 1.0
            self._answer_seconds += value
        elif kind == "talk_end":
            self._talks += 1.0
            self._talk_seconds += value

    def _wish(self, snapshot: Snapshot) -> Wish:
        reason = BindingConstraint.AGENTS_FORECAST
        if not self._dial_loop.is_due(snapshot.now):
            return Wish(lines=0, reason=reason)
        lines = max(0, snapshot.agents_idle + self._soon_free(snapshot) - snapshot.calls_waiting)
        if self.terms.lines_max is not None:
            lines = min(lines, self.terms.lines_max)
        lines += int(self.settings["lines_extra"])
        lines = max(0, lines - len(snapshot.ring_ages_seconds))
        calls = self._half_hour.total("calls", snapshot.now)
        answers = self._half_hour.total("answers", snapshot.now)
        if self.settings["is_overcommitting"] >= 0.5 and calls >= CALLS_MIN and answers > 0.0:
            lines = overcommitted(lines, answers / calls, self.settings["answer_ratio_min"])
        return Wish(lines=lines, reason=reason)

    def _soon_free(self, snapshot: Snapshot) -> int:
        if self._talks < TALKS_MIN:
            return 0
        answer_seconds = self._answer_seconds / max(1.0, self._answers)
        return agents_soon_free(
            snapshot.talk_ages_seconds,
            answer_seconds,
            self._talk_seconds / self._talks,
            self.settings["release_ratio_min"],
        )

    def _state(self) -> State:
        return {
            "talks": self._talks,
            "talk_seconds": self._talk_seconds,
            "answers": self._answers,
            "answer_seconds": self._answer_seconds,
            "half_hour": self._half_hour.state(),
        }

    def _restore(self, state: StateReader) -> None:
        talks, talk_seconds, answers, answer_seconds = (
            state.number(name) for name in ("talks", "talk_seconds", "answers", "answer_seconds")
        )
        self._half_hour.restore(state.part("half_hour"))  # the last that can be refused
        self._talks, self._talk_seconds = talks, talk_seconds
        self._answers, self._answer_seconds = answers, answer_seconds
        self._dial_loop.forget()
