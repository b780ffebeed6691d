"""Snapshots that make no sense, and counts that do not fit together."""

import math
from collections.abc import Sequence

import numpy as np
import pytest

from pacing import PacingInputs, WindowBudget, create_pacer
from pacing.snapshot import Snapshot, read_snapshot
from tests.unit.pacing.snapshots import ages, floor


def budget(answered_live: float = 9.0, limit_ratio: float = 0.03) -> WindowBudget:
    """The budget of a window in which one call was abandoned."""
    return WindowBudget(name="day", abandoned=1.0, answered_live=answered_live, limit_ratio=limit_ratio)


NONSENSE = [
    floor(agents_idle=5, ring_ages_seconds=np.array([1.0, math.nan])),
    floor(agents_idle=5, talk_ages_seconds=np.array([math.inf])),
    floor(agents_idle=5, wrap_up_ages_seconds=np.array([-0.5])),
    floor(agents_idle=5, talk_ages_seconds=np.zeros((2, 2))),
    floor(agents_idle=5, talk_ages_seconds=["a moment"]),
    floor(agents_idle=-1),
    floor(agents_idle=2.5),
    floor(agents_idle=5, calls_waiting=-3),
    floor(agents_idle=5, agents_logged_in=math.nan),
    floor(agents_idle=5, agents_leaving=-1),
    floor(agents_idle=5, now=math.nan),
    floor(agents_idle=5, lines_available=-2),
    floor(agents_idle=5, dials_per_second_max=math.nan),
    floor(agents_idle=5, inbound_per_second=-1.0),
    floor(agents_idle=5, live_probabilities_next=[0.2, 1.5]),
    floor(agents_idle=5, window_budgets=[budget(answered_live=math.nan)]),
    floor(agents_idle=5, window_budgets=[budget(limit_ratio=3.0)]),
    floor(agents_idle=5, window_budgets=[None]),
]  # fmt: skip


def read(inputs: PacingInputs) -> Snapshot:
    """The snapshot of inputs that make sense."""
    snapshot = read_snapshot(inputs)
    assert isinstance(snapshot, Snapshot)
    return snapshot


@pytest.mark.parametrize("method", ["progressive", "predictive"])
@pytest.mark.parametrize("inputs", NONSENSE)
def test_nonsense_in_a_snapshot_starts_nothing_and_is_named(method: str, inputs: PacingInputs) -> None:
    """No exception, no line, and the reason says that the snapshot is wrong."""
    decision = create_pacer(method).decide(inputs)
    assert (decision.lines, decision.binding_constraint) == (0, "invalid_inputs")


def test_time_running_backwards_starts_nothing_once() -> None:
    """One decision is lost when the clock is set back; the next one counts from the new time."""
    pacer = create_pacer("progressive")
    lines = [pacer.decide(floor(now=now, agents_idle=4)) for now in (500.0, 20.0, 21.0)]
    assert [decision.lines for decision in lines] == [4, 0, 4]
    assert lines[1].binding_constraint == "clock_backwards"


def test_team_that_vanished_gets_no_lines() -> None:
    """Idle agents of a team in which nobody is logged in do not exist."""
    decision = create_pacer("predictive").decide(floor(agents_logged_in=0, agents_idle=6))
    assert (decision.lines, decision.binding_constraint) == (0, "no_agents")


def test_leaving_agents_reduce_those_who_come_back() -> None:
    """Of four busy agents one leaves: three quarters come back."""
    snapshot = read(
        floor(agents_idle=1, talk_ages_seconds=ages(3), wrap_up_ages_seconds=ages(1), agents_leaving=1)
    )
    assert (snapshot.agents_busy_returning_ratio, snapshot.agents_idle) == (0.75, 1)


def test_busy_agents_beyond_those_logged_in_do_not_come_back() -> None:
    """Who logged out in the middle of a call still talks but takes no other."""
    snapshot = read(floor(agents_logged_in=3, agents_idle=1, talk_ages_seconds=ages(4)))
    assert snapshot.agents_busy_returning_ratio == 0.5


def test_more_leaving_agents_than_busy_ones_take_idle_ones() -> None:
    """Who leaves and is not busy must be idle."""
    assert read(floor(agents_idle=5, talk_ages_seconds=ages(1), agents_leaving=3)).agents_idle == 3


@pytest.mark.parametrize("age", [0.0, -0.0, 1e7])
def test_age_at_the_edge_of_what_a_duration_may_be_is_taken(age: float) -> None:
    """Also minus zero, whose bits are those of a large number."""
    assert isinstance(read_snapshot(floor(talk_ages_seconds=[5.0, age])), Snapshot)


def test_windows_are_explained_anew_when_they_have_changed() -> None:
    """Whether in another tuple, as the engine tells them, or in the same list."""
    counted = [
        WindowBudget(name="day", abandoned=number, answered_live=100.0, limit_ratio=0.03)
        for number in (1.0, 3.0)
    ]
    pacer = create_pacer("progressive")

    def allowed(told: Sequence[WindowBudget]) -> float:
        return pacer.decide(floor(window_budgets=told)).budgets[0].abandoned_allowed

    before, after = (counted[0],), (counted[1],)
    assert [allowed(told) for told in (before, before, after)] == pytest.approx([2.0, 2.0, 0.0])
    both = [allowed(counted)]
    counted.reverse()
    assert [*both, allowed(counted)] == pytest.approx([2.0, 0.0])
