"""Impact Dialing's replay optimiser: lines for each free agent, tuned by replaying the last calls.

Lines to start: int(factor × idle) - ringing, rounded towards zero.
factor: 1 if no call ended in 10 minutes; else the best of the replay (`call_replay`), at most 4, and 0.75 of
it (at least 1) while the abandon ratio is over the limit.
The replay takes up to 100 calls of the last 30 minutes and runs 240 s; with fewer than 5 agents or 50 calls
it says 1.
Source: `impactdialing/impactdialing`, models Predictive and SimulatedValues, written anew from the formulas.
Changes and weaknesses: docs/algorithms/peers.md, part 7.
"""

from collections import deque
from collections.abc import Mapping
from typing import ClassVar

from pacing.interface import BindingConstraint
from pacing.pacer import Wish
from pacing.peers.cadence import Cadence
from pacing.peers.call_replay import RecordedCall, best_lines_per_agent
from pacing.peers.peer import LINE_ENDS, Peer
from pacing.settings import FigureRange, PacerTerms, SettingRanges
from pacing.snapshot import Snapshot
from pacing.state import State, StateReader

CALLS_MAX = 100
CALLS_MIN = 50
AGENTS_MIN = 5
WINDOW_SECONDS = 1800.0
QUIET_SECONDS = 600.0
SLOW_FACTOR = 0.75

Attempt = tuple[float, float, float]  # instant of its end, ring seconds, 1 if a person answered


class ImpactReplayPacer(Peer):
    """Peer: Impact Dialing, lines for each idle agent tuned by replaying the last calls."""

    method = "impact-replay"
    setting_ranges: ClassVar[SettingRanges] = {
        "lines_per_agent_max": FigureRange(
            default=4.0, lowest=1.0, highest=20.0, meaning="largest number of lines for an idle agent"
        ),
        "replay_interval_seconds": FigureRange(
            default=60.0, lowest=1.0, highest=3600.0, meaning="seconds from one replay to the next"
        ),
        "replay_seconds": FigureRange(
            default=240.0, lowest=10.0, highest=3600.0, meaning="seconds that one replay covers"
        ),
    }

    def __init__(self, terms: PacerTerms, settings: Mapping[str, float]) -> None:
        super().__init__(terms, settings)
        self.best = 1.0
        self._replay_loop = Cadence(self.settings["replay_interval_seconds"])
        self._attempts: deque[Attempt] = deque(maxlen=CALLS_MAX)
        self._talks: deque[float] = deque(maxlen=CALLS_MAX)
        self._wrap_ups: deque[float] = deque(maxlen=CALLS_MAX)
        self._is_anchored = (
            True  # False after a restart: instants are seconds before the first of the new clock
        )

    def _learn(self, kind: str, now: float, value: float) -> None:
        self._anchor(now)
        if kind in LINE_ENDS:
            self._attempts.append((now, value, 1.0 if kind == "live_answer" else 0.0))
        elif kind == "talk_end":
            self._talks.append(value)
        elif kind == "wrap_up_end":
            self._wrap_ups.append(value)

    def _wish(self, snapshot: Snapshot) -> Wish:
        self._anchor(snapshot.now)
        if self._replay_loop.is_due(snapshot.now):
            self.best = self._best(snapshot)
        lines = int(self._factor(snapshot.now) * snapshot.agents_idle - len(snapshot.ring_ages_seconds))
        return Wish(lines=max(0, lines), reason=BindingConstraint.LINES_PER_AGENT)

    def _factor(self, now: float) -> float:
        if not self._attempts or now - self._attempts[-1][0] > QUIET_SECONDS:
            return 1.0
        best = min(self.best, self.settings["lines_per_agent_max"])
        ratio = self._abandons.ratio
        is_over = ratio is not None and ratio > self.terms.abandon_limit_ratio
        return max(1.0, SLOW_FACTOR * best) if is_over else best

    def _best(self, snapshot: Snapshot) -> float:
        calls = self._recorded_calls(snapshot.now)
        if snapshot.agents_logged_in < AGENTS_MIN or len(calls) < CALLS_MIN or not self._talks:
            return 1.0
        return best_lines_per_agent(
            calls,
            agents=snapshot.agents_logged_in,
            limit_ratio=self.terms.abandon_limit_ratio,
            seconds=int(self.settings["replay_seconds"]),
        )

    def _recorded_calls(self, now: float) -> list[RecordedCall]:
        """The calls of the window in order, each live one with a talk and a wrap-up of the same time."""
        recent = [attempt for attempt in self._attempts if now - attempt[0] <= WINDOW_SECONDS]
        calls: list[RecordedCall] = []
        live = 0
        for _, ring_seconds, is_live in recent:
            talk = self._talks[live % len(self._talks)] if is_live and self._talks else 1.0
            wrap_up = self._wrap_ups[live % len(self._wrap_ups)] if is_live and self._wrap_ups else 0.0
            live += is_live > 0.0
            calls.append(
                RecordedCall(
                    ring_seconds=max(1, round(ring_seconds)),
                    is_live=is_live > 0.0,
                    talk_seconds=max(1, round(talk)),
                    wrap_up_seconds=round(wrap_up),
                )
            )
        return calls

    def _anchor(self, now: float) -> None:
        if not self._is_anchored:
            self._is_anchored = True
            self._attempts = deque(
                ((now + at, ring, live) for at, ring, live in self._attempts), maxlen=CALLS_MAX
            )

    def _state(self) -> State:
        latest = self._attempts[-1][0] if self._attempts else 0.0
        return {
            "best": self.best,
            "attempts": float(len(self._attempts)),
            "ages_seconds": [max(0.0, latest - at) for at, _, _ in self._attempts],
            "ring_seconds": [ring for _, ring, _ in self._attempts],
            "live": [live for _, _, live in self._attempts],
            "talks": float(len(self._talks)),
            "talk_seconds": list(self._talks),
            "wrap_ups": float(len(self._wrap_ups)),
            "wrap_up_seconds": list(self._wrap_ups),
        }

    def _restore(self, state: StateReader) -> None:
        best = state.number("best", lowest=1.0)
        attempts, talks, wrap_ups = (
            int(state.number(name, highest=CALLS_MAX)) for name in ("attempts", "talks", "wrap_ups")
        )
        ages = state.numbers("ages_seconds", attempts)
        rings = state.numbers("ring_seconds", attempts)
        live = state.numbers("live", attempts, highest=1.0)
        talk_seconds = state.numbers("talk_seconds", talks)
        wrap_up_seconds = state.numbers("wrap_up_seconds", wrap_ups)
        self.best, self._is_anchored = best, False
        self._attempts = deque(zip((-age for age in ages), rings, live, strict=True), maxlen=CALLS_MAX)
        self._talks = deque(talk_seconds, maxlen=CALLS_MAX)
        self._wrap_ups = deque(wrap_up_seconds, maxlen=CALLS_MAX)
        self._replay_loop.forget()
