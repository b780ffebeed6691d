"""Lines for each agent corrected once for every hundred live answers, as Cisco's UCCX is configured.

The product shows its knobs (answers in a correction, gain 0 to 1, lines for an agent 1 to 3, abandon limit)
and not its formula; this is the plainest one with these knobs:
lines for an agent × (1 + gain × (limit - abandoned / answers) / limit), kept between 1 and the largest.
Lines to start: floor(lines for an agent × idle) - ringing - waiting.
Source of the knobs: Cisco's documentation of the predictive campaign (predictiveCorrection, predictiveGain).
Changes and weaknesses: docs/algorithms/peers.md, part 9.
"""

from collections.abc import Mapping
from typing import ClassVar

from pacing.interface import BindingConstraint
from pacing.pacer import Wish
from pacing.peers.peer import Peer
from pacing.ratio import ratio_lines
from pacing.settings import FigureRange, PacerTerms, SettingRanges
from pacing.snapshot import Snapshot
from pacing.state import State, StateReader

LINES_FLOOR = 1.0


def corrected_lines(
    lines_per_agent: float, *, abandon_ratio: float, limit_ratio: float, gain: float, lines_max: float
) -> float:
    """Lines for an agent after one correction; a limit of nothing counts as a thousandth.

    >>> corrected_lines(2.0, abandon_ratio=0.06, limit_ratio=0.03, gain=0.3, lines_max=3.0)
    1.4
    """
    limit = max(limit_ratio, 0.001)
    return max(LINES_FLOOR, min(lines_max, lines_per_agent * (1.0 + gain * (limit - abandon_ratio) / limit)))


class GainCorrectionPacer(Peer):
    """Peer: UCCX-like, lines for each idle agent corrected after every hundred live answers."""

    method = "gain-correction"
    setting_ranges: ClassVar[SettingRanges] = {
        "lines_per_agent_start": FigureRange(
            default=1.5,
            lowest=1.0,
            highest=20.0,
            meaning="lines for an idle agent until the first correction",
        ),
        "lines_per_agent_max": FigureRange(
            default=3.0, lowest=1.0, highest=20.0, meaning="largest number of lines for an idle agent"
        ),
        "answers_per_correction": FigureRange(
            default=100.0, lowest=10.0, highest=1000.0, meaning="live answers from one correction to the next"
        ),
        "gain": FigureRange(
            default=0.3, lowest=0.0, highest=1.0, meaning="how far one correction goes, 0 to 1"
        ),
    }

    def __init__(self, terms: PacerTerms, settings: Mapping[str, float]) -> None:
        super().__init__(terms, settings)
        self.lines_per_agent = min(
            self.settings["lines_per_agent_start"], self.settings["lines_per_agent_max"]
        )
        self._answered = self._abandoned = 0.0  # since the last correction

    def _learn(self, kind: str, now: float, value: float) -> None:
        if kind not in ("connected", "abandoned"):
            return
        self._answered += 1.0
        if kind == "abandoned":
            self._abandoned += 1.0
        if self._answered >= self.settings["answers_per_correction"]:
            self.lines_per_agent = corrected_lines(
                self.lines_per_agent,
                abandon_ratio=self._abandoned / self._answered,
                limit_ratio=self.terms.abandon_limit_ratio,
                gain=self.settings["gain"],
                lines_max=self.settings["lines_per_agent_max"],
            )
            self._answered = self._abandoned = 0.0

    def _wish(self, snapshot: Snapshot) -> Wish:
        lines = ratio_lines(
            self.lines_per_agent,
            snapshot.agents_idle,
            len(snapshot.ring_ages_seconds),
            snapshot.calls_waiting,
        )
        return Wish(lines=lines, reason=BindingConstraint.LINES_PER_AGENT)

    def _state(self) -> State:
        return {
            "lines_per_agent": self.lines_per_agent,
            "answered": self._answered,
            "abandoned": self._abandoned,
        }

    def _restore(self, state: StateReader) -> None:
        lines = state.number(
            "lines_per_agent", lowest=LINES_FLOOR, highest=self.settings["lines_per_agent_max"]
        )
        answered = state.number("answered")
        abandoned = state.number("abandoned", highest=answered)
        self.lines_per_agent, self._answered, self._abandoned = lines, answered, abandoned
