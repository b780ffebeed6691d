"""A snapshot that has been checked: what the methods calculate with.

The world may hand over nonsense (NaN ages, negative counts, a team that vanished).
It is found here, once, so that no method needs to defend itself.
"""

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pacing.interface import BindingConstraint, PacingInputs, WindowBudget

AGE_SECONDS_MAX = 1e7
"""About four months: an age beyond it is a wrong clock, not a call."""

COUNT_MAX = 1e7
"""A count beyond it is a wrong number, not a contact centre."""

WRAP_UP_FACTOR_MAX = 5.0
"""Nobody's wrap-up is believed to differ more than so many times from the team's."""

_LARGEST_AGE_BITS = np.float64(AGE_SECONDS_MAX).view(np.uint64)

Floats: TypeAlias = NDArray[np.float64]


class Snapshot:
    """`PacingInputs` whose numbers make sense: ages are finite arrays, counts fit together."""

    __slots__ = (
        "agents_busy_returning_ratio",
        "agents_idle",
        "agents_logged_in",
        "calls_waiting",
        "connect_seconds_spent",
        "dials_per_second_max",
        "idle_ages_seconds",
        "inbound_per_second",
        "inbound_waiting",
        "lines_available",
        "live_probabilities_next",
        "now",
        "ring_ages_seconds",
        "talk_ages_seconds",
        "window_budgets",
        "wrap_up_ages_seconds",
        "wrap_up_factors",
    )

    now: float
    agents_idle: int  # without those reserved for inbound, never more than are logged in
    agents_logged_in: int
    agents_busy_returning_ratio: float  # share of busy agents who will take another call, 0..1
    calls_waiting: int
    talk_ages_seconds: Floats
    wrap_up_ages_seconds: Floats
    ring_ages_seconds: Floats
    window_budgets: Sequence[WindowBudget]
    lines_available: int | None
    dials_per_second_max: float | None
    live_probabilities_next: Floats | None
    inbound_waiting: int
    inbound_per_second: float
    idle_ages_seconds: Floats | None
    wrap_up_factors: Floats | None  # within WRAP_UP_FACTOR_MAX of one
    connect_seconds_spent: float

    @property
    def lines_in_use(self) -> int:
        """Lines towards called parties now: ringing, waiting for an agent, talking."""
        return len(self.ring_ages_seconds) + self.calls_waiting + len(self.talk_ages_seconds)


def read_snapshot(inputs: PacingInputs) -> Snapshot | BindingConstraint:
    """The checked snapshot, or `INVALID_INPUTS` when a figure can mean nothing."""
    try:
        return _read(inputs)
    except (TypeError, ValueError, OverflowError, AttributeError):
        # The only errors that numbers of the wrong type or size can cause below.
        return BindingConstraint.INVALID_INPUTS


def _read(inputs: PacingInputs) -> Snapshot:
    snapshot = Snapshot()
    snapshot.now = _figure(inputs.now, low=-math.inf)
    snapshot.talk_ages_seconds = _ages(inputs.talk_ages_seconds)
    snapshot.wrap_up_ages_seconds = _ages(inputs.wrap_up_ages_seconds)
    snapshot.ring_ages_seconds = _ages(inputs.ring_ages_seconds)
    snapshot.calls_waiting = _count(inputs.calls_waiting)
    snapshot.inbound_waiting = _count(inputs.inbound_waiting)
    snapshot.inbound_per_second = _figure(inputs.inbound_per_second)
    snapshot.lines_available = None if inputs.lines_available is None else _count(inputs.lines_available)
    rate = inputs.dials_per_second_max
    snapshot.dials_per_second_max = None if rate is None else _figure(rate)
    live = inputs.live_probabilities_next
    snapshot.live_probabilities_next = None if live is None else _probabilities(live)
    snapshot.window_budgets = inputs.window_budgets
    for budget in inputs.window_budgets:
        _check_budget(budget)
    _read_optional(snapshot, inputs)
    _read_agents(snapshot, inputs)
    return snapshot


def _read_optional(snapshot: Snapshot, inputs: PacingInputs) -> None:
    idle, factors = inputs.idle_ages_seconds, inputs.wrap_up_factors
    snapshot.idle_ages_seconds = None if idle is None else _ages(idle)
    snapshot.wrap_up_factors = None
    if factors is not None:
        within = np.clip(_ages(factors), 1.0 / WRAP_UP_FACTOR_MAX, WRAP_UP_FACTOR_MAX)
        if len(within) != len(snapshot.wrap_up_ages_seconds):
            raise ValueError("not one factor for each wrap-up")
        snapshot.wrap_up_factors = within
    snapshot.connect_seconds_spent = _figure(inputs.connect_seconds_spent)


def _read_agents(snapshot: Snapshot, inputs: PacingInputs) -> None:
    """Make the counts of agents fit together, always towards fewer agents."""
    logged_in = _count(inputs.agents_logged_in)
    idle_reported = _count(inputs.agents_idle)
    leaving = _count(inputs.agents_leaving)
    reserved = _count(inputs.agents_reserved)
    busy = len(snapshot.talk_ages_seconds) + len(snapshot.wrap_up_ages_seconds)
    idle = min(idle_reported, logged_in)
    # An agent who logged out in the middle of a call still talks but does not come back.
    returning = min(busy, logged_in - idle) - leaving
    snapshot.agents_logged_in = logged_in
    snapshot.agents_idle = max(0, idle - reserved + min(0, returning))
    snapshot.agents_busy_returning_ratio = max(0.0, returning / busy) if busy else 0.0


def _ages(ages: object) -> Floats:
    array = np.asarray(ages, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError("ages form one row")
    # As whole numbers, the bits of negative ages, of infinity and of NaN lie above those of any duration: one
    # look instead of two. Of what lies above, minus zero is allowed; NaN fails both comparisons.
    if (
        len(array)
        and array.view(np.uint64).max() > _LARGEST_AGE_BITS
        and not (array.min() >= 0.0 and array.max() <= AGE_SECONDS_MAX)
    ):
        raise ValueError("an age is not a duration")
    return array


def _probabilities(probabilities: object) -> Floats:
    array = _ages(probabilities)
    if len(array) and array.max() > 1.0:
        raise ValueError("a probability lies above 1")
    return array


def _count(count: float) -> int:
    if not 0 <= count <= COUNT_MAX or count != int(count):
        raise ValueError("a count is not a number of things")
    return int(count)


def _figure(figure: float, low: float = 0.0) -> float:
    if not math.isfinite(figure) or figure < low:
        raise ValueError("a figure is not finite or is negative")
    return float(figure)


def _check_budget(budget: WindowBudget) -> None:
    _figure(budget.abandoned)
    _figure(budget.answered_live)
    if not 0.0 <= budget.limit_ratio <= 1.0:
        raise ValueError("a limit is not a ratio")
