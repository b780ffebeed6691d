"""Loops, the time of day and rolling counts."""

import pytest

from pacing.peers.cadence import Cadence, DayClock
from pacing.peers.rolling_counts import RollingCounts
from pacing.state import StateReader


def test_loop_of_two_and_a_half_seconds_asked_each_second_runs_as_often_as_it_should() -> None:
    """Twenty seconds hold eight rounds of 2.5 s."""
    loop = Cadence(2.5)
    assert sum(loop.is_due(float(second)) for second in range(20)) == 8


def test_loop_asked_more_seldom_than_due_runs_each_time() -> None:
    """Rounds that nobody asked for are not made up for."""
    loop = Cadence(2.5)
    assert [loop.is_due(now) for now in (0.0, 10.0, 10.0, 12.0, 12.5)] == [True, True, False, False, True]


def test_loop_after_the_clock_was_set_back_is_due_at_once() -> None:
    """A new clock does not stop it."""
    loop = Cadence(2.5)
    assert loop.is_due(1000.0)
    assert loop.is_due(0.0)


def test_day_clock_writes_the_time_as_four_digits_and_notices_midnight() -> None:
    """From 19:59 it is a minute to 20:00 and four hours to midnight."""
    clock = DayClock(19.0 + 59.0 / 60.0)
    assert not clock.advance(500.0)
    assert clock.hour_and_minute == 1959
    assert not clock.advance(560.0)
    assert clock.hour_and_minute == 2000
    assert clock.advance(560.0 + 4 * 3600.0)
    assert clock.hour_and_minute == 0


def test_day_clock_whose_source_is_set_back_stands_still() -> None:
    """No time is lost and none is gained."""
    clock = DayClock(9.0)
    clock.advance(5000.0)
    assert not clock.advance(0.0)
    clock.advance(60.0)
    assert clock.hour_and_minute == 901


@pytest.mark.parametrize(
    ("now", "total"), [(19.0, 2.0), (29.9, 2.0), (30.0, 1.0), (40.0, 0.0), (1e9, 0.0), (-5.0, 2.0)]
)
def test_rolling_count_holds_what_lies_in_its_window(now: float, total: float) -> None:
    """Three slots of ten seconds: the first leaves with the fourth; a clock set back loses none."""
    counts = RollingCounts(slot_seconds=10.0, slots=3, kinds=("calls",))
    counts.add("calls", 3.0)
    counts.add("calls", 19.0)
    assert counts.total("calls", now) == total


def test_rolling_count_restored_goes_on_with_another_clock() -> None:
    """What was counted lies just behind the new clock's first instant."""
    counts = RollingCounts(slot_seconds=10.0, slots=3, kinds=("calls",))
    counts.add("calls", 1000.0)
    counts.add("calls", 1010.0)
    restored = RollingCounts(slot_seconds=10.0, slots=3, kinds=("calls",))
    restored.restore(StateReader(counts.state()))
    assert [restored.total("calls", now) for now in (7.0, 17.0, 27.0, 37.0)] == [2.0, 2.0, 1.0, 0.0]
