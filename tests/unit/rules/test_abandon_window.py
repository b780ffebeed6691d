"""The windows in which a limit must be kept."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.abandon_window import AbandonWindow, abandon_window_bounds
from tests.unit.rules.awkward_zones import CLOCK_CHANGES

DAY_SECONDS = 86_400.0
STARTED_AT = 1_788_000_000.0


def posix(text: str) -> float:
    """POSIX seconds of a UTC instant such as '2026-03-29 00:30'."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(("days_after_start", "windows_before"), [(0.0, 0), (29.99, 0), (30.0, 1), (75.0, 2)])
def test_thirty_days_follow_one_another_from_the_campaigns_start(
    days_after_start: float, windows_before: int
) -> None:
    """Each successive 30-day period of 16 CFR 310.4(b)(4)(i), counted from the first call."""
    at = STARTED_AT + days_after_start * DAY_SECONDS

    bounds = abandon_window_bounds(
        AbandonWindow.CAMPAIGN_THIRTY_DAYS, at=at, campaign_started_at=STARTED_AT, zone="UTC"
    )

    start = STARTED_AT + windows_before * 30 * DAY_SECONDS
    assert bounds == (start, start + 30 * DAY_SECONDS)


@pytest.mark.parametrize(
    ("at", "start", "end"),
    [
        ("2026-03-29 12:00", "2026-03-28 23:00", "2026-03-29 22:00"),  # 23 hours
        ("2026-10-25 12:00", "2026-10-24 22:00", "2026-10-25 23:00"),  # 25 hours
        ("2026-01-15 22:59:59", "2026-01-14 23:00", "2026-01-15 23:00"),
        ("2026-01-15 23:00", "2026-01-15 23:00", "2026-01-16 23:00"),
    ],
)
def test_calendar_day_is_as_long_as_the_zone_makes_it(at: str, start: str, end: str) -> None:
    """Days in Rome when the clock is turned, and the border between two."""
    bounds = abandon_window_bounds(
        AbandonWindow.CALENDAR_DAY, at=posix(at), campaign_started_at=0.0, zone="Europe/Rome"
    )

    assert bounds == (posix(start), posix(end))


@pytest.mark.parametrize(
    ("at", "start", "end"),
    [
        ("2026-02-28 22:00", "2026-01-31 23:00", "2026-02-28 23:00"),
        ("2026-12-31 23:30", "2026-12-31 23:00", "2027-01-31 23:00"),
    ],
)
def test_calendar_month_is_that_of_the_zone(at: str, start: str, end: str) -> None:
    """February in Rome, and a year that has begun in Rome and not yet in UTC."""
    bounds = abandon_window_bounds(
        AbandonWindow.CALENDAR_MONTH, at=posix(at), campaign_started_at=0.0, zone="Europe/Rome"
    )

    assert bounds == (posix(start), posix(end))


@settings(max_examples=150)
@given(
    st.sampled_from([window for window in AbandonWindow if window is not AbandonWindow.ROLLING]),
    st.sampled_from(CLOCK_CHANGES),
    st.floats(-3 * DAY_SECONDS, 3 * DAY_SECONDS),
)
def test_windows_of_a_kind_follow_one_another_without_gap(
    window: AbandonWindow, clock_change: tuple[str, datetime], seconds: float
) -> None:
    """An instant lies in its window, and the next window begins where this one ends."""
    zone, change_at = clock_change
    at = change_at.timestamp() + seconds

    start, end = abandon_window_bounds(window, at=at, campaign_started_at=STARTED_AT, zone=zone)
    next_start, _ = abandon_window_bounds(window, at=end, campaign_started_at=STARTED_AT, zone=zone)
    start_again, _ = abandon_window_bounds(window, at=start, campaign_started_at=STARTED_AT, zone=zone)

    assert start <= at < end
    assert next_start == end
    assert start_again == start
