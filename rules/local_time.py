"""Local wall time in IANA zones, exact across every change of a zone's offset.

Instants are whole POSIX seconds, since every offset change and every wall boundary falls on one.
This module knows zones and nothing of calling or of rules.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rules.errors import UnknownZoneError

POSIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECONDS_PER_HOUR = 3_600
SECONDS_PER_DAY = 86_400
OFFSET_SECONDS_MAX = (
    26 * SECONDS_PER_HOUR
)  # No zone was ever so far from UTC: its date is still the day before.
ONE_MICROSECOND = timedelta(microseconds=1)
ONE_SECOND = timedelta(seconds=1)
ONE_DAY = timedelta(days=1)

# Files that a system's zone folder may hold and that are no place: `localtime` differs from machine
# to machine, and the names under `right/` count leap seconds.
NAMES_THAT_ARE_NO_PLACE = frozenset({"localtime", "posixrules", "Factory"})
FOLDERS_THAT_ARE_NO_PLACE = ("posix/", "right/")


@cache
def get_zone(name: str) -> ZoneInfo:
    """Return the zone of that IANA name.

    Raises UnknownZoneError if the IANA database has no such name.
    """
    if name in NAMES_THAT_ARE_NO_PLACE or name.startswith(FOLDERS_THAT_ARE_NO_PLACE):
        raise UnknownZoneError((name,))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZoneError((name,)) from error


def posix_second(at: datetime) -> int:
    """Return the last whole POSIX second at or before an aware instant."""
    return (at - POSIX_EPOCH) // ONE_SECOND


def utc_datetime(second: int) -> datetime:
    """Return the aware UTC datetime of a POSIX second."""
    return POSIX_EPOCH + timedelta(seconds=second)


def utc_datetime_not_before(at: float) -> datetime:
    """Return the first UTC datetime, of whole microseconds, that is not before that POSIX instant.

    Rounded down, an instant promised to be allowed would still be refused when it comes.
    """
    nearest = datetime.fromtimestamp(at, UTC)
    return nearest if nearest.timestamp() >= at else nearest + ONE_MICROSECOND


def local_datetime(second: int, zone: tzinfo) -> datetime:
    """Return the aware local datetime of a POSIX second."""
    return utc_datetime(second).astimezone(zone)


def wall_seconds(day: date, wall: time, zone: tzinfo) -> tuple[int, int]:
    """Return the POSIX seconds at which a wall time may be reached: first and second pass.

    Both are the same but where the clock is turned. A wall time that the clock skips has no true
    instant: both seconds returned then lie near the skip, and the skip itself is an offset change.
    """
    first = datetime.combine(day, wall, tzinfo=zone)
    return posix_second(first), posix_second(first.replace(fold=1))


def offset_change_seconds(zone: tzinfo, start: int, end: int) -> Iterator[int]:
    """Yield, in order, each POSIX second in (start, end] from which the zone's offset is another.

    Two changes within one hour that cancel out would be missed; the database has none.
    """
    for low in range(start, end, SECONDS_PER_HOUR):
        high = min(low + SECONDS_PER_HOUR, end)
        if _offset(zone, low) != _offset(zone, high):
            yield _first_second_with_new_offset(zone, low, high)


def next_local_date_second(zone: tzinfo, after: int) -> int:
    """Return the first POSIX second later than `after` whose local date is another one.

    It is 00:00 on most days; where the clock skips midnight it is the end of the skip.
    """
    today = local_datetime(after, zone).date()
    while True:
        end = after + SECONDS_PER_DAY
        for second in _sorted_midnights_and_changes(zone, after, end):
            if local_datetime(second, zone).date() != today:
                return second
        after = end


def first_second_of_local_date(zone: tzinfo, day: date) -> int:
    """Return the first POSIX second whose local date is `day`, or later where a zone skipped that day."""
    second = posix_second(datetime.combine(day, time(0), tzinfo=UTC)) - OFFSET_SECONDS_MAX
    while local_datetime(second, zone).date() < day:
        second = next_local_date_second(zone, second)
    return second


def _sorted_midnights_and_changes(zone: tzinfo, start: int, end: int) -> list[int]:
    seconds = set(offset_change_seconds(zone, start, end))
    for day in local_dates_near(zone, start, end):
        seconds.update(wall_seconds(day, time(0), zone))
    return sorted(second for second in seconds if start < second <= end)


def local_dates_near(zone: tzinfo, start: int, end: int) -> list[date]:
    """Return the local dates that (start, end] touches, with one more on either side."""
    first = local_datetime(start, zone).date() - ONE_DAY
    last = local_datetime(end, zone).date() + ONE_DAY
    # A turn of the clock over the date line may put `last` a day before its neighbours.
    return [first + day * ONE_DAY for day in range((last - first).days + 2)]


def _offset(zone: tzinfo, second: int) -> timedelta | None:
    return local_datetime(second, zone).utcoffset()


def _first_second_with_new_offset(zone: tzinfo, low: int, high: int) -> int:
    """Bisect to the change between `low` (old offset) and `high` (new offset)."""
    old = _offset(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == old:
            low = middle
        else:
            high = middle
    return high
