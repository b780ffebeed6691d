"""The windows of time over which regulators measure an abandon ratio.

Fixed windows of a kind follow one another, and a call belongs to exactly one of them; rolling ones overlap.
"""

from datetime import date, timedelta
from enum import Enum
from math import floor
from typing import assert_never
from zoneinfo import ZoneInfo

from rules.errors import InvalidRuleError
from rules.local_time import (
    ONE_DAY,
    SECONDS_PER_DAY,
    first_second_of_local_date,
    get_zone,
    local_datetime,
)

THIRTY_DAYS_SECONDS = 30.0 * SECONDS_PER_DAY


class AbandonWindow(Enum):
    """A kind of window in which a limit must be kept."""

    CAMPAIGN_THIRTY_DAYS = "campaign_thirty_days"  # Each successive 30 days from the campaign's start.
    CALENDAR_DAY = "calendar_day"  # From 00:00 to 24:00 in the campaign's zone.
    CALENDAR_MONTH = "calendar_month"  # From the first of the month in the campaign's zone.
    ROLLING = "rolling"  # The last so many hours, whenever one asks.


def abandon_window_bounds(
    window: AbandonWindow, *, at: float, campaign_started_at: float, zone: str
) -> tuple[float, float]:
    """Return start and end (POSIX seconds, end not included) of the window that `at` lies in.

    `zone` is the IANA zone in which the campaign's calendar runs.
    Raises UnknownZoneError if the window follows the calendar and there is no such zone, and
    InvalidRuleError for a rolling window, whose length an `AbandonLimit` knows.

    >>> abandon_window_bounds(AbandonWindow.CALENDAR_DAY, at=90_000.0, campaign_started_at=0.0, zone="UTC")
    (86400.0, 172800.0)
    """
    match window:
        case AbandonWindow.CAMPAIGN_THIRTY_DAYS:
            windows_before = floor((at - campaign_started_at) / THIRTY_DAYS_SECONDS)
            start = campaign_started_at + windows_before * THIRTY_DAYS_SECONDS
            return start, start + THIRTY_DAYS_SECONDS
        case AbandonWindow.CALENDAR_DAY:
            place = get_zone(zone)
            day = _calendar_date(place, at)
            return _span(place, day, day + ONE_DAY)
        case AbandonWindow.CALENDAR_MONTH:
            place = get_zone(zone)
            first = _calendar_date(place, at).replace(day=1)
            return _span(place, first, (first + timedelta(days=31)).replace(day=1))
        case AbandonWindow.ROLLING:
            raise InvalidRuleError(field="window", expected="a window that has bounds", came=window.value)
        case _:
            assert_never(window)


def _calendar_date(zone: ZoneInfo, at: float) -> date:
    """The latest local date begun by `at`: one that the clock was turned back from goes on."""
    day = local_datetime(floor(at), zone).date()
    return day + ONE_DAY if first_second_of_local_date(zone, day + ONE_DAY) <= at else day


def _span(zone: ZoneInfo, first: date, after: date) -> tuple[float, float]:
    start, end = (first_second_of_local_date(zone, day) for day in (first, after))
    return float(start), float(end)
