"""Measures: intervals, agents' time, and what is abandoned, from records alone."""

import json

import pytest
from scipy import stats

from dialer.core.agent_session import AgentState, AgentStatus
from dialer.core.commands import RecordAgentState
from dialer.messages import AgentId
from simulations.agent_clock import AgentClock
from simulations.measures import wilson_interval
from simulations.simulation import run_simulation

AVAILABLE, PAUSED, LOGGED_OUT = AgentStatus.AVAILABLE, AgentStatus.PAUSED, AgentStatus.LOGGED_OUT


def record(at: float, state: AgentState, status: AgentStatus = AVAILABLE) -> RecordAgentState:
    """One agent's state from an instant on."""
    return RecordAgentState(
        agent_id=AgentId("anna"), status=status, state=state, at=at, attempt_id=None, reason=""
    )


@pytest.mark.parametrize(("successes", "trials"), [(0, 40), (3, 100), (40, 40), (500, 9_000)])
def test_wilson_interval_is_scipys(successes: int, trials: int) -> None:
    """An independent implementation gives the same bounds."""
    expected = stats.binomtest(successes, trials).proportion_ci(method="wilson")
    assert wilson_interval(successes, trials) == pytest.approx((expected.low, expected.high))


def test_interval_of_nothing_is_none() -> None:
    """No calls, no ratio."""
    assert wilson_interval(0, 0) is None


def test_agents_time_is_what_the_records_say() -> None:
    """Idle counts as waiting only while the agent wants calls; a break is neither waiting nor work."""
    clock = AgentClock()
    for change in (
        record(0.0, AgentState.IDLE, PAUSED),
        record(10.0, AgentState.IDLE),
        record(30.0, AgentState.RINGING),
        record(31.0, AgentState.TALKING),
        record(91.0, AgentState.HOLDING),
        record(101.0, AgentState.TALKING),
        record(111.0, AgentState.WRAPPING_UP, PAUSED),
        record(126.0, AgentState.IDLE, PAUSED),
        record(186.0, AgentState.OFFLINE, LOGGED_OUT),
    ):
        clock.record(change)
    time = clock.time_until(500.0)
    assert (time.talk_seconds, time.hold_seconds, time.wrap_up_seconds) == (70.0, 10.0, 15.0)
    assert (time.wait_seconds, time.logged_in_seconds) == (20.0, 186.0)
    assert time.talk_ratio == pytest.approx(70.0 / 186.0)
    assert time.utilisation == pytest.approx(95.0 / 186.0)
    assert time.occupancy == pytest.approx(95.0 / 115.0)


def test_time_of_what_still_goes_on_is_cut_where_it_is_read() -> None:
    """An hour ends in the middle of talks; reading changes nothing."""
    clock = AgentClock()
    clock.record(record(0.0, AgentState.TALKING))
    assert clock.time_until(5.0).talk_seconds == 5.0
    assert clock.time_until(9.0).talk_seconds == 9.0


def test_waits_of_an_agent_are_told_one_by_one() -> None:
    """A wait ends with work, a break or the end of the day; a second word of the same wait begins none."""
    clock = AgentClock()
    for change in (
        record(0.0, AgentState.IDLE),
        record(4.0, AgentState.IDLE),
        record(10.0, AgentState.TALKING),
        record(40.0, AgentState.IDLE),
        record(45.0, AgentState.IDLE, PAUSED),
        record(50.0, AgentState.IDLE),
        record(57.0, AgentState.OFFLINE, LOGGED_OUT),
        record(80.0, AgentState.IDLE),
    ):
        clock.record(change)
    assert clock.waits == {"anna": [10.0, 5.0, 7.0]}
    assert clock.wait_ratios(100.0) == [pytest.approx(42.0 / 77.0)]


def test_ratio_of_nobody_is_none() -> None:
    """A broadcast has no agents to measure."""
    time = AgentClock().time_until(100.0)
    assert (time.talk_ratio, time.occupancy) == (None, None)


def test_json_of_a_run_has_every_promised_field_and_no_wall_time() -> None:
    """One object; hours have their own figures; floats are rounded; nothing depends on the machine."""
    result = run_simulation("small", method="progressive", agents=3, hours=0.2, seed=1)
    fields = json.loads(result.to_json())
    promised = (
        "scenario method seed talk_ratio occupancy abandon_ratio answered_live connected abandoned attempts "
        "wait_seconds_mean answer_to_agent_seconds_p50 answer_to_agent_seconds_p95 "
        "answer_to_agent_seconds_p99 per_hour"
    )
    assert set(promised.split()) <= set(fields)
    assert not [name for name in fields if "timing" in name]
    assert fields["connected"] + fields["abandoned"] + fields["left_early"] == fields["answered_live"]
    assert sum(hour["attempts"] for hour in fields["per_hour"]) == fields["attempts"]
    assert sum(fields["outcomes"].values()) == fields["attempts"]
