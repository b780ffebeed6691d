"""Erlang dialing: keep so many lines ringing that live answers come at the rate which the team can bear.

The team is taken as an M/M/n queue: the bearable rate is the largest at which, by Erlang C, at most the
abandon limit of the calls waits longer than the connect limit.
Little's law turns that rate into lines: rate × ring seconds / live ratio.
It looks at means only, never at who is about to finish: that is what it loses to `predictive`.
Theory and sources: docs/algorithms/pacing.md, part 7.
"""

import math
from collections.abc import Mapping
from typing import ClassVar

from pacing.erlang_c import load_within_limit
from pacing.interface import BindingConstraint
from pacing.pacer import Pacer, Wish
from pacing.progressive import progressive_lines
from pacing.settings import FigureRange, PacerTerms, SettingRanges
from pacing.snapshot import Snapshot
from pacing.state import State, StateReader

HANDLE_CHANGE_RATIO = 0.02
"""The bearable load is computed anew when the mean handling time has moved by this share."""


class DecayedMean:
    """A mean that starts at a prior and forgets."""

    def __init__(self, *, prior: float, prior_weight: float, memory: float) -> None:
        self._kept = 1.0 - 1.0 / memory
        self._weight = prior_weight
        self._total = prior * prior_weight

    def add(self, value: float) -> None:
        """Count one value; all older ones lose a little."""
        self._weight = self._weight * self._kept + 1.0
        self._total = self._total * self._kept + value

    @property
    def mean(self) -> float:
        """The mean now."""
        return self._total / self._weight

    def state(self) -> State:
        """The two sums."""
        return {"weight": self._weight, "total": self._total}

    def restore(self, state: StateReader) -> None:
        """Take back what `state` gave; raises PacerStateError and then changes nothing."""
        weight, total = state.number("weight", lowest=1e-3), state.number("total")
        self._weight, self._total = weight, total


class ErlangPacer(Pacer):
    """Lines for the live-answer rate that Erlang C allows, never fewer than progressive."""

    method = "erlang"
    setting_ranges: ClassVar[SettingRanges] = {
        "handle_seconds_prior": FigureRange(
            default=210.0, lowest=1.0, highest=10800.0, meaning="mean talk and wrap-up before any was seen, s"
        ),
        "memory_lines": FigureRange(
            default=1000.0, lowest=10.0, highest=1e6, meaning="lines and talks that the means remember"
        ),
    }

    def __init__(self, terms: PacerTerms, settings: Mapping[str, float]) -> None:
        super().__init__(terms, settings)
        memory = self.settings["memory_lines"]
        handle = self.settings["handle_seconds_prior"]
        # A cold start believes in long calls and in a live answer on every second line: few lines.
        self._means = {
            "ring_seconds": DecayedMean(prior=10.0, prior_weight=10.0, memory=memory),
            "live_ratio": DecayedMean(prior=0.5, prior_weight=10.0, memory=memory),
            "talk_seconds": DecayedMean(prior=handle * 6.0 / 7.0, prior_weight=5.0, memory=memory),
            "wrap_up_seconds": DecayedMean(prior=handle / 7.0, prior_weight=5.0, memory=memory),
        }
        self._load = 0.0
        self._load_for = (0, 0.0)  # agents and handle seconds of that load

    def _learn(self, kind: str, now: float, value: float) -> None:
        if kind in ("live_answer", "machine", "busy", "no_answer", "failed"):
            self._means["ring_seconds"].add(value)
            self._means["live_ratio"].add(1.0 if kind == "live_answer" else 0.0)
        elif kind in ("talk_end", "wrap_up_end"):
            self._means["talk_seconds" if kind == "talk_end" else "wrap_up_seconds"].add(value)

    def _wish(self, snapshot: Snapshot) -> Wish:
        ringing = len(snapshot.ring_ages_seconds)
        least = progressive_lines(snapshot.agents_idle, ringing, snapshot.calls_waiting)
        live_ratio = max(self._means["live_ratio"].mean, 1e-3)
        rate = self._answers_per_second(snapshot.agents_logged_in) - snapshot.inbound_per_second
        target = max(0.0, rate) * self._means["ring_seconds"].mean / live_ratio
        lines = math.floor(target + 0.5) - ringing - snapshot.calls_waiting
        if lines > least:
            return Wish(lines=lines, reason=BindingConstraint.AGENT_LOAD, live_answer_ratio=live_ratio)
        return Wish(lines=least, reason=BindingConstraint.IDLE_AGENTS, live_answer_ratio=live_ratio)

    def _answers_per_second(self, agents: int) -> float:
        """Live answers that the team can bear, 1/s."""
        handle = max(0.1, self._means["talk_seconds"].mean + self._means["wrap_up_seconds"].mean)
        known_agents, known_handle = self._load_for
        if agents != known_agents or abs(handle - known_handle) > HANDLE_CHANGE_RATIO * known_handle:
            self._load = load_within_limit(
                agents, self.terms.abandon_limit_ratio, self.terms.connect_limit_seconds, handle
            )
            self._load_for = (agents, handle)
        return self._load / handle

    def _state(self) -> State:
        return {name: mean.state() for name, mean in self._means.items()}

    def _restore(self, state: StateReader) -> None:
        # Built aside first, so that damaged bytes change nothing.
        fresh = ErlangPacer(self.terms, self.settings)
        for name, mean in fresh._means.items():
            mean.restore(state.part(name))
        self._means = fresh._means
        self._load_for = (0, 0.0)
