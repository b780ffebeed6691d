"""Caps of lines, trunks and carrier."""

import pytest

from pacing import Pacer, create_pacer
from tests.unit.pacing.snapshots import ages, floor


def flooding(lines_max: int | None = None) -> Pacer:
    """A pacer that wants forty lines for ten idle agents."""
    return create_pacer("ratio", lines_max=lines_max, lines_per_agent=4.0)


def test_lines_max_counts_ringing_waiting_and_talking_lines() -> None:
    """A line is in use from its dial until its end."""
    snapshot = floor(agents_idle=10, ring_ages_seconds=ages(2), calls_waiting=1, talk_ages_seconds=ages(3))
    decision = flooding(lines_max=20).decide(snapshot)
    assert (decision.lines, decision.binding_constraint, decision.lines_wanted) == (14, "lines_max", 37)


def test_lines_beyond_lines_max_start_no_more() -> None:
    """More lines than allowed, for whatever reason, mean no new line."""
    decision = flooding(lines_max=4).decide(floor(agents_idle=10, ring_ages_seconds=ages(9)))
    assert (decision.lines, decision.binding_constraint) == (0, "lines_max")


def test_smallest_of_several_limits_is_the_one_named() -> None:
    """The decision names the limit that binds, not the first one looked at."""
    decision = flooding(lines_max=20).decide(
        floor(agents_idle=10, lines_available=9, dials_per_second_max=5.0)
    )
    assert (decision.lines, decision.binding_constraint) == (5, "dials_per_second_max")


def test_dials_per_second_over_many_decisions_keep_the_rate() -> None:
    """Deciding ten times a second dials no faster than deciding once."""
    pacer = flooding()
    started = [
        pacer.decide(floor(now=100.0 + tenth / 10.0, agents_idle=10, dials_per_second_max=3.0)).lines
        for tenth in range(101)
    ]
    assert sum(started) == 3 + 30


def test_dials_per_second_below_one_dial_at_times() -> None:
    """A rate of a dial each four seconds is kept, not rounded to nothing."""
    pacer = flooding()
    started = [
        pacer.decide(floor(now=100.0 + second, agents_idle=10, dials_per_second_max=0.25)).lines
        for second in range(17)
    ]
    assert sum(started) == 4


def test_pause_between_decisions_piles_up_no_dials() -> None:
    """After an hour without decisions the carrier still gets one second's dials."""
    pacer = flooding()
    pacer.decide(floor(agents_idle=10, dials_per_second_max=3.0))
    assert pacer.decide(floor(now=3700.0, agents_idle=10, dials_per_second_max=3.0)).lines == 3


@pytest.mark.parametrize("limit", [{"lines_available": 0}, {"dials_per_second_max": 0.0}])
def test_limit_of_zero_stops_all_dialing(limit: dict[str, float]) -> None:
    """Zero means zero, not unlimited."""
    assert flooding().decide(floor(agents_idle=10, **limit)).lines == 0
