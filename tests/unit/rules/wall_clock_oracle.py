"""A second opinion on calling hours: minute by minute, by laying every window out on the calendar.

It shares no code with `rules.calling_hours`, and is far too slow for anything but a test.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from rules.calling_hours import CallingHours
from rules.refusals import RefusalReason

ONE_MINUTE = timedelta(minutes=1)


def closure_by_calendar(
    hours: CallingHours, zones: tuple[str, ...], at: datetime
) -> tuple[RefusalReason | None, str | None]:
    """Return why and where it is closed at `at`, (None, None) if it is open everywhere."""
    for zone in zones:
        wall = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
        if wall.date() in hours.holidays:
            return RefusalReason.HOLIDAY, zone
        if not any(opens <= wall < closes for opens, closes in _windows_near(hours, wall)):
            return RefusalReason.OUTSIDE_CALLING_HOURS, zone
    return None, None


def _windows_near(hours: CallingHours, wall: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Every window that opens yesterday, today or tomorrow, as two wall times."""
    for days in (-1, 0, 1):
        day = wall.date() + timedelta(days=days)
        if day in hours.holidays:
            continue
        for window in hours.windows_by_weekday[day.weekday()]:
            opens = datetime.combine(day, window.opens)
            closes = datetime.combine(day, window.closes)
            yield opens, closes if closes > opens else closes + timedelta(days=1)


def minutes_of(start: datetime, end: datetime) -> Iterator[datetime]:
    """Every minute of [start, end), from `start` on."""
    at = start.astimezone(UTC)
    while at < end:
        yield at
        at += ONE_MINUTE
