"""Dial for the agents expected free when the call is answered: a predictor of means, after Samuelson.

With s seconds from dial to live answer, p live answers for a line, and mean talk and wrap-up T and W:
free = idle - waiting + talking (1 - exp(-s / (T + W))) + wrapping (1 - exp(-s / W)), of those who return;
lines = floor((share × free - p ringing) / p), never below 0.
The share is moved by gain × (limit - 1 if abandoned else 0) at each live answer, between 0.1 and 1.5.
Source: Samuelson, "Predictive Dialing for Outbound Telephone Call Centers", Interfaces 29(5), 1999, tells of
forecasts of service completions and real-time re-estimation without giving the formula; this is one such.
Changes and weaknesses: docs/algorithms/peers.md, part 11.
"""

import math
from collections.abc import Mapping
from typing import ClassVar

from pacing.erlang import DecayedMean
from pacing.interface import BindingConstraint
from pacing.pacer import Wish
from pacing.peers.peer import A_HAIR, LINE_ENDS, Peer
from pacing.settings import FigureRange, PacerTerms, SettingRanges
from pacing.snapshot import Snapshot
from pacing.state import State, StateReader

LIVE_RATIO_MIN = 0.02
"""A smaller live ratio is not believed: a thousand lines for an agent are no forecast."""

SHARE_MIN, SHARE_MAX = 0.1, 1.5


def agents_expected_free(
    agents_idle: float, busy: tuple[float, float], answer_seconds: float, means_seconds: tuple[float, float]
) -> float:
    """Agents expected to be free after `answer_seconds`; busy: those who talk and those who wrap up.

    >>> round(agents_expected_free(1.0, (6.0, 3.0), 10.0, (90.0, 10.0)), 4)
    3.4673
    """
    talking, wrapping = busy
    talk, wrap_up = means_seconds
    freed = talking * -math.expm1(-answer_seconds / max(A_HAIR, talk + wrap_up))
    return agents_idle + freed + wrapping * -math.expm1(-answer_seconds / max(A_HAIR, wrap_up))


def lines_for_agents(agents_free: float, lines_ringing: int, live_ratio: float, share: float) -> int:
    """Lines whose expected live answers, with those of the lines that ring, reach the share of the agents.

    >>> lines_for_agents(3.4673, lines_ringing=4, live_ratio=0.25, share=0.9)
    8
    """
    return max(0, math.floor((share * agents_free - live_ratio * lines_ringing) / live_ratio + A_HAIR))


class ExpectedValuePacer(Peer):
    """Peer: Samuelson-like, lines for the agents expected to be free at the answer."""

    method = "expected-value"
    setting_ranges: ClassVar[SettingRanges] = {
        "share_start": FigureRange(
            default=0.6,
            lowest=SHARE_MIN,
            highest=SHARE_MAX,
            meaning="share of the free agents first dialed for",
        ),
        "gain": FigureRange(
            default=0.05, lowest=0.0, highest=1.0, meaning="how far one abandoned call moves that share"
        ),
        "memory_calls": FigureRange(
            default=300.0, lowest=10.0, highest=1e6, meaning="lines and talks that the means remember"
        ),
        "talk_seconds_prior": FigureRange(
            default=180.0, lowest=1.0, highest=7200.0, meaning="mean talk before any was seen, seconds"
        ),
        "wrap_up_seconds_prior": FigureRange(
            default=30.0, lowest=0.5, highest=3600.0, meaning="mean wrap-up before any was seen, seconds"
        ),
    }

    def __init__(self, terms: PacerTerms, settings: Mapping[str, float]) -> None:
        super().__init__(terms, settings)
        memory = self.settings["memory_calls"]

        def mean(prior: float, weight: float) -> DecayedMean:
            return DecayedMean(prior=prior, prior_weight=weight, memory=memory)

        self.share = self.settings["share_start"]
        self._means = {
            "answer_seconds": mean(10.0, 5.0),
            "live_ratio": mean(0.5, 10.0),
            "talk_seconds": mean(self.settings["talk_seconds_prior"], 5.0),
            "wrap_up_seconds": mean(self.settings["wrap_up_seconds_prior"], 5.0),
        }

    def _learn(self, kind: str, now: float, value: float) -> None:
        if kind in LINE_ENDS:
            self._means["live_ratio"].add(1.0 if kind == "live_answer" else 0.0)
        if kind == "live_answer":
            self._means["answer_seconds"].add(value)
        elif kind == "talk_end":
            self._means["talk_seconds"].add(value)
        elif kind == "wrap_up_end":
            self._means["wrap_up_seconds"].add(value)
        elif kind in ("connected", "abandoned"):
            error = self.terms.abandon_limit_ratio - (1.0 if kind == "abandoned" else 0.0)
            self.share = max(SHARE_MIN, min(SHARE_MAX, self.share + self.settings["gain"] * error))

    def _wish(self, snapshot: Snapshot) -> Wish:
        returning = snapshot.agents_busy_returning_ratio
        live_ratio = max(LIVE_RATIO_MIN, self._means["live_ratio"].mean)
        free = agents_expected_free(
            float(snapshot.agents_idle),
            (returning * len(snapshot.talk_ages_seconds), returning * len(snapshot.wrap_up_ages_seconds)),
            self._means["answer_seconds"].mean,
            (self._means["talk_seconds"].mean, self._means["wrap_up_seconds"].mean),
        )
        lines = lines_for_agents(
            free - snapshot.calls_waiting, len(snapshot.ring_ages_seconds), live_ratio, self.share
        )
        return Wish(lines=lines, reason=BindingConstraint.AGENTS_FORECAST, live_answer_ratio=live_ratio)

    def _state(self) -> State:
        return {"share": self.share, **{name: mean.state() for name, mean in self._means.items()}}

    def _restore(self, state: StateReader) -> None:
        # Built aside first, so that damaged bytes change nothing.
        share = state.number("share", lowest=SHARE_MIN, highest=SHARE_MAX)
        fresh = ExpectedValuePacer(self.terms, self.settings)
        for name, mean in fresh._means.items():
            mean.restore(state.part(name))
        self.share, self._means = share, fresh._means
