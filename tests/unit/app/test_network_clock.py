"""The virtual network's clock as the runner knows clocks."""

import pytest

from app.network_clock import NetworkClock
from simulations.event_list import EventList


def test_alarm_that_rings_moves_the_network_on_and_calls_once() -> None:
    """The engine is woken at the instant that it asked for."""
    events = EventList()
    called: list[float] = []
    clock = NetworkClock(events)
    clock.call_at(2.5, lambda: called.append(clock.time()))
    before: float | None = clock.alarm_at
    assert before == 2.5
    clock.ring()
    after: float | None = clock.alarm_at
    assert (called, after, events.now) == ([2.5], None, 2.5)


def test_alarm_of_an_instant_that_has_passed_rings_now() -> None:
    """No clock runs backwards."""
    events = EventList()
    events.advance(4.0)
    clock = NetworkClock(events)
    clock.call_at(1.0, lambda: None)
    clock.ring()
    assert clock.time() == 4.0


def test_cancelled_alarm_is_none() -> None:
    """Another may be set in its place, and only then."""
    clock = NetworkClock(EventList())
    alarm = clock.call_at(1.0, lambda: None)
    with pytest.raises(AssertionError, match="one alarm"):
        clock.call_at(2.0, lambda: None)
    alarm.cancel()
    assert clock.alarm_at is None
    clock.call_at(3.0, lambda: None)
    assert clock.alarm_at == 3.0
