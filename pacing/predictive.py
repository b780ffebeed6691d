"""Predictive dialing: start lines while the next one's live answer will probably enough find an agent.

It puts the parts together: the laws (`ring_law`, `duration_law`, `answer_jump`), their tables (`forecast`),
the risk of the next line (`marginal_risk`) and the price of risk (`risk_threshold`).
Without evidence it is about progressive, and never below: one line for each idle agent carries no risk.
Theory: docs/algorithms/pacing.md.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np

from pacing.answer_jump import AnswerJump
from pacing.duration_law import DurationLaw
from pacing.forecast import Forecast, ForecastTables
from pacing.interface import BindingConstraint
from pacing.marginal_risk import lines_within_risk
from pacing.pacer import Pacer, Wish
from pacing.progressive import progressive_lines
from pacing.ring_law import PRIOR_LINES, PRIOR_LIVE_RATIO, PRIOR_RING_SECONDS, RingLaw
from pacing.risk_threshold import RiskThreshold
from pacing.settings import FigureRange, PacerTerms, SettingRanges
from pacing.snapshot import Floats, Snapshot
from pacing.state import State, StateReader

REBUILD_SECONDS_MIN = 1.0
REBUILD_SHARE = 0.04
"""Tables are rebuilt when the laws have learned this share of what they know."""

ANSWER_GAP_SECONDS_MAX = 2.0
"""A longer gap between decisions tells nothing about expected answers: nobody looked at the lines."""

PAUSE_SECONDS = 600.0
"""After so long without a ringing line, what was known of the list counts for little."""

CHANGED_LINES_KEPT = 80.0
"""Lines that the ring law is worth after a change of the live ratio: the new ratio is hardly known."""

LINES_REMEMBERED_PER_AGENT = 20.0
"""A large team's memory spans many ringing times, so that a wave of dialing does not bend the law."""

QUANTILE_SIGMAS = 1.2816
"""10 % and 90 % of the normal distribution."""


class PredictivePacer(Pacer):
    """Lines from a forecast of freed agents and live answers, under an abandon budget."""

    method = "predictive"
    setting_ranges: ClassVar[SettingRanges] = {
        "talk_seconds_prior": FigureRange(
            default=180.0, lowest=1.0, highest=7200.0, meaning="mean talk before any was seen, seconds"
        ),
        "wrap_up_seconds_prior": FigureRange(
            default=30.0, lowest=0.5, highest=3600.0, meaning="mean wrap-up before any was seen, seconds"
        ),
        "live_ratio_prior": FigureRange(
            default=PRIOR_LIVE_RATIO,
            lowest=0.001,
            highest=1.0,
            meaning="live answers / lines before any line",
        ),
        "ring_seconds_prior": FigureRange(
            default=PRIOR_RING_SECONDS,
            lowest=1.0,
            highest=120.0,
            meaning="mean ring before any line, seconds",
        ),
        "live_prior_lines": FigureRange(
            default=PRIOR_LINES, lowest=1.0, highest=1e4, meaning="lines that those two priors are worth"
        ),
        "duration_prior_ends": FigureRange(
            default=5.0,
            lowest=0.1,
            highest=500.0,
            meaning="ends that the priors of talk and wrap-up are worth",
        ),
        "rest_seconds_min": FigureRange(
            default=0.0,
            lowest=0.0,
            highest=600.0,
            meaning="seconds that an agent rests before a line is for him",
        ),
        "ring_memory_lines": FigureRange(
            default=2000.0, lowest=50.0, highest=1e6, meaning="lines that the ring law remembers"
        ),
        "duration_memory_ends": FigureRange(
            default=500.0, lowest=20.0, highest=1e6, meaning="talks and wrap-ups that their laws remember"
        ),
        "lines_per_agent_max": FigureRange(
            default=10.0, lowest=0.0, highest=100.0, meaning="largest number of ringing lines for each agent"
        ),
    }

    def __init__(self, terms: PacerTerms, settings: Mapping[str, float]) -> None:
        super().__init__(terms, settings)
        memory_ends = self.settings["duration_memory_ends"]
        self._ring = RingLaw(
            terms.ring_timeout_seconds,
            self.settings["ring_memory_lines"],
            live_ratio_prior=self.settings["live_ratio_prior"],
            ring_seconds_prior=self.settings["ring_seconds_prior"],
            prior_lines=self.settings["live_prior_lines"],
        )
        self._talk, self._wrap_up = (
            DurationLaw(
                seconds_mean_prior=self.settings[f"{what}_seconds_prior"],
                prior_ends=self.settings["duration_prior_ends"],
                memory_ends=memory_ends,
            )
            for what in ("talk", "wrap_up")
        )
        self._prior_live_answers = self.settings["live_prior_lines"] * self.settings["live_ratio_prior"]
        self._jump = AnswerJump()
        self._threshold = RiskThreshold(terms.abandon_limit_ratio)
        self._agents = 1
        self._is_at_risk = False
        self._tables: ForecastTables | None = None
        self._tables_at = 0.0
        self._learned_since = 0.0
        self._expected_per_second = 0.0  # live answers that the ring law expects of the lines ringing now
        self._expected_known = 0.0  # live answers that this expectation rests on
        self._decided_at: float | None = None
        self._rang_at: float | None = None  # when a line was last seen to ring

    def _learn(self, kind: str, now: float, value: float) -> None:
        if kind in ("live_answer", "machine", "busy", "no_answer", "failed"):
            self._ring.observe(value, is_live=kind == "live_answer")
            if kind == "live_answer":
                self._jump.answered()
        elif kind == "talk_end":
            self._talk.observe(value)
        elif kind == "wrap_up_end":
            self._wrap_up.observe(value)
        elif kind in ("connected", "abandoned"):
            self._threshold.observe(
                is_abandoned=kind == "abandoned",
                agents=self._agents,
                is_at_risk=self._is_at_risk and not self._was_capped,
            )
        else:
            return
        self._learned_since += 1.0

    def _wish(self, snapshot: Snapshot) -> Wish:
        self._agents = snapshot.agents_logged_in
        self._ring.remember(LINES_REMEMBERED_PER_AGENT * self._agents)
        self._doubt_after_pause(snapshot)
        self._expect(snapshot)
        tables = self._tables_for(snapshot)
        # The fewer live answers are known, the more is feared.
        known = self._ring.live_weight + self._prior_live_answers
        factor = self._jump.factor * (1.0 + 1.0 / math.sqrt(known))
        rest_left = _rest_left(snapshot, self.settings["rest_seconds_min"])
        forecast = tables.forecast(snapshot, factor, rest_left)
        snapshot.agents_idle -= 0 if rest_left is None else len(rest_left)
        budget, budget_name = self._threshold.budget_left(self._agents, snapshot.window_budgets)
        theta = self._threshold.theta(self._agents, budget)
        lines, reason, risks = self._lines(snapshot, forecast, theta, tables.ring.live_ratio * factor)
        if budget < 0.0 and reason is BindingConstraint.ABANDON_RISK:
            reason = BindingConstraint.ABANDON_LIMIT
        self._is_at_risk = reason is not BindingConstraint.LINES_PER_AGENT_MAX
        self._note_expected(snapshot, tables, lines)
        wish = self._explained(snapshot, tables, forecast, theta, lines, reason, risks)
        return replace(wish, budget_calls=budget, budget_name=budget_name)

    def _lines(
        self, snapshot: Snapshot, forecast: Forecast, theta: float, live_ratio: float
    ) -> tuple[int, BindingConstraint, Floats]:
        """Lines to start, what bound them, and the risk of each of them and of the next."""
        ringing = len(snapshot.ring_ages_seconds)
        most = int(self.settings["lines_per_agent_max"] * snapshot.agents_logged_in) - ringing
        if most <= 0:
            return 0, BindingConstraint.LINES_PER_AGENT_MAX, np.empty(0)
        balance = snapshot.agents_idle - snapshot.calls_waiting
        scales = _scales(snapshot.live_probabilities_next, live_ratio, most)
        risks = lines_within_risk(forecast, balance, theta, most, scales)
        lines = int(np.count_nonzero(risks <= theta))
        if snapshot.inbound_per_second == 0.0:
            # With no other callers, a line for each idle agent has no risk whatever the forecast says.
            lines = min(
                most, max(lines, progressive_lines(snapshot.agents_idle, ringing, snapshot.calls_waiting))
            )
        if lines >= most:
            return lines, BindingConstraint.LINES_PER_AGENT_MAX, risks
        return lines, BindingConstraint.ABANDON_RISK, risks

    def _doubt_after_pause(self, snapshot: Snapshot) -> None:
        """After a pause in dialing the list may answer otherwise: know less, so that dialing ramps up."""
        if self._rang_at is not None and snapshot.now - self._rang_at > PAUSE_SECONDS:
            self._ring.change_live(1.0, CHANGED_LINES_KEPT)
            self._rang_at, self._tables = None, None
        if len(snapshot.ring_ages_seconds):
            self._rang_at = snapshot.now

    def _expect(self, snapshot: Snapshot) -> None:
        """Tell the short-term memory how many live answers the ring law expected since the last decision."""
        elapsed = math.inf if self._decided_at is None else snapshot.now - self._decided_at
        if 0.0 <= elapsed <= ANSWER_GAP_SECONDS_MAX:
            self._jump.expect(self._expected_per_second * elapsed, elapsed, self._expected_known)
            change = self._jump.take_change()
            if change is not None:
                # The shape of ringing has not changed: as many lines as ring are still worth their evidence.
                self._ring.change_live(change, max(CHANGED_LINES_KEPT, len(snapshot.ring_ages_seconds)))
                self._tables = None
        else:
            self._jump.skip()
        self._decided_at = snapshot.now

    def _note_expected(self, snapshot: Snapshot, tables: ForecastTables, lines: int) -> None:
        ages = np.concatenate((snapshot.ring_ages_seconds, np.zeros(lines)))
        self._expected_per_second, self._expected_known = tables.ring.expected_live(ages)

    def _tables_for(self, snapshot: Snapshot) -> ForecastTables:
        """Tables fresh enough for this decision."""
        elapsed = snapshot.now - self._tables_at
        enough = max(1.0, REBUILD_SHARE * self._ring.lines_weight) if self._learned_since else np.inf
        is_stale = self._learned_since >= enough and not 0.0 <= elapsed < REBUILD_SECONDS_MIN
        if self._tables is None or is_stale:
            self._tables = self._build_tables(snapshot)
            self._tables_at = snapshot.now
            self._learned_since = 0.0
        return self._tables

    def _build_tables(self, snapshot: Snapshot) -> ForecastTables:
        wrap_ups = snapshot.wrap_up_ages_seconds
        # Where agents have no wrap-up none is ever reported: the share of talks that had one decides.
        share = (self._wrap_up.ends_weight + len(wrap_ups) + 1.0) / (self._talk.ends_weight + 1.0)
        return ForecastTables(
            self._ring.curves(snapshot.ring_ages_seconds),
            self._talk.curve(snapshot.talk_ages_seconds),
            self._wrap_up.curve(wrap_ups),
            min(1.0, share),
            max(0.0, self.terms.connect_limit_seconds - snapshot.connect_seconds_spent),
            self.settings["rest_seconds_min"],
        )

    def _explained(
        self,
        snapshot: Snapshot,
        tables: ForecastTables,
        forecast: Forecast,
        theta: float,
        lines: int,
        reason: BindingConstraint,
        risks: Floats,
    ) -> Wish:
        live_ratio = min(1.0, tables.ring.live_ratio * self._jump.factor)
        started = risks[:lines]
        split, end = forecast.lines_ringing, forecast.lines_ringing + forecast.agents_busy
        return Wish(
            lines=lines,
            reason=reason,
            expected_abandonment_per_line=live_ratio * float(started.sum()) / lines if lines else 0.0,
            next_line_risk_ratio=float(risks[lines]) if lines < len(risks) else None,
            threshold_ratio=theta,
            live_answer_ratio=live_ratio,
            horizon_seconds=float(tables.moments_seconds[-1]),
            agents_free_quantiles=_quantiles(1.0 - forecast.terms[split:end, -1], snapshot.agents_idle),
            live_answers_quantiles=_quantiles(forecast.terms[:split, -1], 0),
        )

    def _state(self) -> State:
        return {
            "ring": self._ring.state(),
            "talk": self._talk.state(),
            "wrap_up": self._wrap_up.state(),
            "jump": self._jump.state(),
            "threshold": self._threshold.state(),
        }

    def _restore(self, state: StateReader) -> None:
        # Built aside first, so that damaged bytes change nothing.
        fresh = PredictivePacer(self.terms, self.settings)
        fresh._ring.restore(state.part("ring"))
        fresh._talk.restore(state.part("talk"))
        fresh._wrap_up.restore(state.part("wrap_up"))
        fresh._jump.restore(state.part("jump"))
        fresh._threshold.restore(state.part("threshold"))
        self._ring, self._talk, self._wrap_up = fresh._ring, fresh._talk, fresh._wrap_up
        self._jump, self._threshold = fresh._jump, fresh._threshold
        self._tables = None
        self._decided_at = self._rang_at = None


def _rest_left(snapshot: Snapshot, rest_seconds: float) -> Floats | None:
    """Seconds of rest left to idle agents who still rest; None where nobody does or nobody knows."""
    if rest_seconds <= 0.0 or snapshot.idle_ages_seconds is None:
        return None
    # Those kept free for inbound are the longest idle: the others are fewer and rest longer.
    left = np.sort(rest_seconds - snapshot.idle_ages_seconds)[::-1][: snapshot.agents_idle]
    resting = left[left > 0.0]
    return resting if len(resting) else None


def _scales(probabilities: Floats | None, live_ratio: float, count: int) -> Floats | None:
    """Answer probability of each next lead over the mean one; leads beyond those known count as the mean."""
    if probabilities is None or not len(probabilities):
        return None
    scales = np.ones(count)
    known = probabilities[:count]
    scales[: len(known)] = known / max(live_ratio, 1e-6)
    return scales


def _quantiles(terms: Floats, more: int) -> tuple[float, float, float]:
    """10 %, 50 %, 90 % of the sum of the terms plus `more`, by the normal law, within what is possible."""
    mean = float(np.add.reduce(terms))
    spread = QUANTILE_SIGMAS * math.sqrt(max(0.0, mean - float(np.dot(terms, terms))))
    most = float(len(terms))
    low, middle, high = (more + min(most, max(0.0, x)) for x in (mean - spread, mean, mean + spread))
    return low, middle, high
