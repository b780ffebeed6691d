"""One limit of the law, as data."""

import pytest

from rules.abandon_ledger import AbandonDefinition, ClockStart
from rules.abandon_limit import AbandonLimit
from rules.abandon_window import AbandonWindow, abandon_window_bounds
from rules.errors import InvalidRuleError, UnknownZoneError

DEFINITION = AbandonDefinition(
    limit_ratio=0.03,
    agent_within_seconds=2.0,
    clock_start=ClockStart.ANSWER,
    early_hang_up_counts=False,
    source="test",
)


def limit(window: AbandonWindow, rolling_hours: float | None = None, zone: str = "UTC") -> AbandonLimit:
    """A limit over such a window."""
    return AbandonLimit(
        name="test", window=window, definition=DEFINITION, rolling_hours=rolling_hours, zone=zone
    )


def test_rolling_window_is_the_last_hours() -> None:
    """Whenever one asks, it ends now."""
    assert limit(AbandonWindow.ROLLING, 2.0).bounds(10_000.0, 0.0) == (2_800.0, 10_000.0)


def test_window_of_the_calendar_follows_the_zone_of_its_limit() -> None:
    """Midnight in London in summer is 23:00 UTC."""
    noon_at = 1_788_264_000.0  # 2026-09-01 12:00 UTC
    start, end = limit(AbandonWindow.CALENDAR_DAY, zone="Europe/London").bounds(noon_at, 0.0)

    assert (start, end) == (noon_at - 13 * 3600.0, noon_at + 11 * 3600.0)


@pytest.mark.parametrize(
    ("window", "rolling_hours"),
    [
        (AbandonWindow.ROLLING, None),
        (AbandonWindow.ROLLING, 0.0),
        (AbandonWindow.ROLLING, 745.0),
        (AbandonWindow.ROLLING, float("nan")),
        (AbandonWindow.CALENDAR_DAY, 24.0),
    ],
)
def test_length_that_does_not_fit_the_window_is_refused(
    window: AbandonWindow, rolling_hours: float | None
) -> None:
    """A rolling window has a length, and no other has one."""
    with pytest.raises(InvalidRuleError, match="rolling_hours"):
        limit(window, rolling_hours)


def test_limit_in_an_unknown_zone_is_refused() -> None:
    """Before any call is counted by it."""
    with pytest.raises(UnknownZoneError):
        limit(AbandonWindow.CALENDAR_DAY, zone="Europe/Atlantis")


def test_rolling_window_has_no_bounds_of_a_kind() -> None:
    """Only a limit knows how long it is."""
    with pytest.raises(InvalidRuleError, match="window"):
        abandon_window_bounds(AbandonWindow.ROLLING, at=0.0, campaign_started_at=0.0, zone="UTC")
