"""The frame of every pacing method: check the snapshot, ask the method, apply the caps.

A method only says how many lines it wants and why not more (`_wish`), and what it learns (`_learn`).
It must not read `PacingInputs` itself nor apply limits itself: both are done here, once, for all methods.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, final

from pacing.abandon_ratio import AbandonCount, ratio_upper
from pacing.errors import UnknownObservationError
from pacing.interface import (
    BindingConstraint,
    BudgetLeft,
    ObservationKind,
    PacingDecision,
    PacingInputs,
    WindowBudget,
)
from pacing.limits import LineLimits
from pacing.settings import PacerTerms, SettingRanges
from pacing.snapshot import Snapshot, read_snapshot
from pacing.state import State, StateReader, read_state, write_state

KIND_NAMES = frozenset(kind.value for kind in ObservationKind)

OBSERVATION_VALUE_MAX = 1e7
"""Seconds or agents: a larger value is a wrong clock or a wrong count, nothing is learned from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a method wants before the caps, and the figures with which it explains itself."""

    lines: int
    reason: BindingConstraint
    expected_abandonment_per_line: float | None = None
    next_line_risk_ratio: float | None = None
    threshold_ratio: float | None = None
    live_answer_ratio: float | None = None
    horizon_seconds: float | None = None
    agents_free_quantiles: tuple[float, float, float] | None = None
    live_answers_quantiles: tuple[float, float, float] | None = None
    budget_calls: float | None = None
    budget_name: str | None = None


class Pacer(ABC):
    """Decides how many lines to start; one for each campaign.

    It learns from `observe`, answers with `decide` and reads no clock: `now` (s, monotonic) is an argument.
    """

    method: ClassVar[str]
    serves_agents: ClassVar[bool] = (
        True  # False: its calls need no agent, so neither inbound nor idle agents matter
    )
    is_peer: ClassVar[bool] = (
        False  # True: another dialer's algorithm, here to be compared with (pacing/peers)
    )
    setting_ranges: ClassVar[SettingRanges] = {}

    def __init__(self, terms: PacerTerms, settings: Mapping[str, float]) -> None:
        self.terms = terms
        self.settings = dict(settings)
        self.observations_ignored = 0  # observations whose value made no sense
        self._abandons = AbandonCount()
        self._limits = LineLimits(terms.lines_max)
        self._now: float | None = None
        self._budgets_explained: tuple[Sequence[WindowBudget], tuple[BudgetLeft, ...]] = ((), ())
        self._was_capped = False  # trunks or carrier, not the method, decided last time

    @final
    def observe(self, kind: str, now: float, value: float) -> None:
        """Learn one thing that happened; kinds and units: `ObservationKind`.

        Raises UnknownObservationError. A value that makes no sense is counted and ignored.
        """
        if not isinstance(kind, str) or kind not in KIND_NAMES:
            raise UnknownObservationError(kind, sorted(KIND_NAMES))
        try:
            makes_sense = 0.0 <= value <= OBSERVATION_VALUE_MAX and math.isfinite(now)
        except TypeError:  # None, a text, a list: nothing that can be a duration
            makes_sense = False
        if not makes_sense:
            self.observations_ignored += 1
            return
        if kind in ("connected", "abandoned"):
            self._abandons.add(is_abandoned=kind == "abandoned")
        self._learn(kind, now, float(value))

    @final
    def decide(self, inputs: PacingInputs) -> PacingDecision:
        """Lines to start now, in addition to those ringing; never raises, never exceeds a limit."""
        snapshot = read_snapshot(inputs)
        if isinstance(snapshot, BindingConstraint):
            return PacingDecision(lines=0, binding_constraint=snapshot, method=self.method)
        previous, self._now = self._now, snapshot.now
        if previous is not None and snapshot.now < previous:
            # The clock was set. This decision starts nothing; the next one counts from the new time.
            self._limits.forget_time()
            return PacingDecision(
                lines=0, binding_constraint=BindingConstraint.CLOCK_BACKWARDS, method=self.method
            )
        wish = self._wish_for(snapshot)
        lines, reason = self._limits.cap(wish.lines, wish.reason, snapshot)
        self._was_capped = lines < wish.lines
        return self._explain(wish, lines, reason, snapshot)

    @final
    def export_state(self) -> bytes:
        """What was learned, for `restore_state` of a pacer of the same method after a restart."""
        return write_state(self.method, {"abandons": self._abandons.state(), "learned": self._state()})

    @final
    def restore_state(self, data: bytes) -> None:
        """Go on from what `export_state` gave. Raises PacerStateError and then changes nothing."""
        reader = read_state(data, self.method)
        abandons = AbandonCount.from_state(reader.part("abandons"))
        self._restore(reader.part("learned"))
        self._abandons = abandons
        self._now = None
        self._limits.forget_time()

    @abstractmethod
    def _wish(self, snapshot: Snapshot) -> Wish:
        """How many lines the method wants, for a team of at least one agent (or for no agents at all)."""

    def _learn(self, kind: str, now: float, value: float) -> None:  # noqa: B027 - most methods learn nothing
        """Learn from an observation whose kind exists and whose value makes sense."""

    def _state(self) -> State:
        """What the method learned."""
        return {}

    def _restore(self, state: StateReader) -> None:  # noqa: B027 - most methods have nothing to take back
        """Take back what `_state` gave, wholly or (with PacerStateError) not at all."""

    def _wish_for(self, snapshot: Snapshot) -> Wish:
        if self.serves_agents and snapshot.agents_logged_in == 0:
            return Wish(lines=0, reason=BindingConstraint.NO_AGENTS)
        if self.serves_agents and snapshot.inbound_waiting > 0:
            return Wish(lines=0, reason=BindingConstraint.INBOUND_WAITING)
        return self._wish(snapshot)

    def _explain(
        self, wish: Wish, lines: int, reason: BindingConstraint, snapshot: Snapshot
    ) -> PacingDecision:
        per_line = wish.expected_abandonment_per_line
        return PacingDecision(
            lines=lines,
            binding_constraint=reason,
            method=self.method,
            lines_wanted=wish.lines,
            expected_abandonment=None if per_line is None else per_line * lines,
            next_line_risk_ratio=wish.next_line_risk_ratio,
            threshold_ratio=wish.threshold_ratio,
            live_answer_ratio=wish.live_answer_ratio,
            abandon_ratio=self._abandons.ratio,
            abandon_ratio_upper=self._abandons.ratio_upper,
            horizon_seconds=wish.horizon_seconds,
            agents_free_quantiles=wish.agents_free_quantiles,
            live_answers_quantiles=wish.live_answers_quantiles,
            budget_calls=wish.budget_calls,
            budget_name=wish.budget_name,
            budgets=self._budgets_left(snapshot.window_budgets),
        )

    def _budgets_left(self, budgets: Sequence[WindowBudget]) -> tuple[BudgetLeft, ...]:
        """Explain the windows, once for each tuple of them: they change with an answer, not each second."""
        if budgets is not self._budgets_explained[0] or not isinstance(budgets, tuple):
            left = tuple(
                BudgetLeft(
                    name=budget.name,
                    abandoned_allowed=budget.limit_ratio * budget.answered_live - budget.abandoned,
                    abandon_ratio_upper=ratio_upper(budget.abandoned, budget.answered_live),
                )
                for budget in budgets
            )
            self._budgets_explained = budgets, left
        return self._budgets_explained[1]
