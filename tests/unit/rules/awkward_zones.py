"""Zones and instants at which clocks behave in ways that break careless code, as test data."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

AWKWARD_ZONES = (
    "Africa/Cairo",  # skips midnight
    "Africa/Casablanca",  # turned back for Ramadan
    "America/Havana",  # midnight comes twice
    "America/New_York",
    "America/Santiago",  # turned back at midnight, so that 23:00 comes twice
    "America/St_Johns",  # half an hour off; turned at 00:01 before 2011
    "Antarctica/Troll",  # turned by two hours
    "Asia/Beirut",
    "Asia/Kathmandu",  # 45 minutes off
    "Asia/Kolkata",
    "Atlantic/Azores",
    "Australia/Eucla",  # 45 minutes off
    "Australia/Lord_Howe",  # turned by half an hour
    "Europe/London",
    "Europe/Rome",
    "Pacific/Apia",  # had no 30 December 2011
    "Pacific/Chatham",  # 45 minutes off, and turned
    "Pacific/Kiritimati",  # 14 hours ahead
)

FIRST_YEAR, LAST_YEAR = 2009, 2027


def _clock_changes() -> tuple[tuple[str, datetime], ...]:
    """Every zone with every hour within which its offset changes."""
    changes = []
    for name in AWKWARD_ZONES:
        zone = ZoneInfo(name)
        at, end = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR, 1, 1, tzinfo=UTC)
        while at < end:
            later = at + timedelta(days=7)
            if at.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
                changes.append((name, _first_hour_with_change(zone, at, later)))
            at = later
    return tuple(changes)


def _first_hour_with_change(zone: ZoneInfo, at: datetime, later: datetime) -> datetime:
    while at < later:
        if at.astimezone(zone).utcoffset() != (at + timedelta(hours=1)).astimezone(zone).utcoffset():
            return at
        at += timedelta(hours=1)
    raise AssertionError("an offset differed over a week and over none of its hours")


CLOCK_CHANGES = _clock_changes()
