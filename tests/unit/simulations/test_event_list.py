"""The event list: order, ties, and no past."""

import pytest

from simulations.errors import FigureOutOfRange
from simulations.event_list import EventList


def names_in_order(*entries: tuple[float, str]) -> list[str]:
    """The names of entries in the order in which they happen."""
    events = EventList()
    happened: list[str] = []
    for at, name in entries:
        events.schedule(at, lambda subject, _: happened.append(subject), name)
    while events.next_at() is not None:
        events.step()
    return happened


def test_entries_of_any_order_happen_in_time() -> None:
    """The earliest instant comes first."""
    assert names_in_order((3.0, "c"), (1.0, "a"), (2.0, "b")) == ["a", "b", "c"]


def test_entries_of_one_instant_happen_in_the_order_of_scheduling() -> None:
    """Ties depend on nothing but the order in which they were made."""
    assert names_in_order((1.0, "z"), (1.0, "a"), (1.0, "m"), (0.0, "first")) == ["first", "z", "a", "m"]


def test_entry_scheduled_by_an_entry_of_the_same_instant_happens_after_its_sisters() -> None:
    """What an event causes at once does not overtake what was there before."""
    events = EventList()
    happened: list[str] = []

    def cause(_subject: object, _token: int) -> None:
        happened.append("cause")
        events.schedule(events.now, lambda subject, _: happened.append("effect"))

    events.schedule(1.0, cause)
    events.schedule(1.0, lambda subject, _: happened.append("sister"))
    while events.next_at() is not None:
        events.step()
    assert happened == ["cause", "sister", "effect"]


def test_clock_of_an_advanced_list_is_where_it_was_put() -> None:
    """Ticks of the engine move the clock too; it never runs backwards."""
    events = EventList()
    events.advance(5.0)
    events.advance(3.0)
    assert events.now == 5.0


@pytest.mark.parametrize("at", [0.5, float("nan")])
def test_instant_that_has_passed_is_refused(at: float) -> None:
    """A virtual world has no past to change, and no instant that is not a number."""
    events = EventList()
    events.advance(1.0)
    with pytest.raises(FigureOutOfRange, match="at or after the present"):
        events.schedule(at, print)
