"""Opening hours as people write them."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calling_hours import calling_hours_verdict
from rules.errors import InvalidRuleError
from rules.opening_hours import DAYS, opening_hours

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def is_open(text: str, day: str, at: str, zone: str = "UTC") -> bool:
    """Whether it is open at a time of that week."""
    hours, minutes = map(int, at.split(":"))
    instant = MONDAY + timedelta(days=DAYS.index(day), hours=hours, minutes=minutes)
    return calling_hours_verdict(opening_hours(text), (zone,), instant).is_open


@pytest.mark.parametrize(
    ("text", "day", "at", "expected"),
    [
        ("mo-fr 09:00-18:00", "mo", "08:59", False),
        ("mo-fr 09:00-18:00", "fr", "17:59", True),
        ("mo-fr 09:00-18:00", "sa", "12:00", False),
        ("mo-fr 09:00-18:00, SA 09:00-12:00", "sa", "11:59", True),
        ("fr-mo 10:00-12:00", "su", "11:00", True),
        ("fr-mo 10:00-12:00", "tu", "11:00", False),
        ("mo 22:00-02:00", "tu", "01:59", True),
        ("", "su", "03:00", True),
    ],
)
def test_hours_as_written_are_open_when_they_say(text: str, day: str, at: str, expected: bool) -> None:
    """Days from and to, over the weekend, over midnight, several parts, none at all."""
    assert is_open(text, day, at) is expected


def test_hours_are_of_their_zone() -> None:
    """Nine in Rome is eight in UTC, in winter."""
    assert is_open("mo 09:00-10:00", "mo", "08:30", "Europe/Rome")
    assert not is_open("mo 09:00-10:00", "mo", "09:30", "Europe/Rome")


@pytest.mark.parametrize("text", ["always", "xx 09:00-10:00", "mo 9-17", "mo 25:00-26:00", "mo-fr", "mo,"])
def test_hours_that_nobody_can_read_are_refused(text: str) -> None:
    """With what was expected."""
    with pytest.raises(InvalidRuleError, match="mo-fr 09:00"):
        opening_hours(text)


@given(
    st.text(max_size=30) | st.from_regex(r"(mo|fr|xx) [0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}", fullmatch=True)
)
def test_any_text_is_hours_or_is_refused(text: str) -> None:
    """Nothing else can come of it."""
    with suppress(InvalidRuleError):
        assert len(opening_hours(text).windows_by_weekday) == len(DAYS)
