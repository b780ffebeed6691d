"""When a party may be called: windows of local wall time, closed dates, and the strictest of zones.

A verdict is a function of the wall clock at the called party alone, so it is the same in both
passes of a repeated hour. It says how long it holds, so that it can be kept and asked at each
dial. Theory: docs/algorithms/calling-rules.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from math import floor
from zoneinfo import ZoneInfo

from rules.errors import InvalidRuleError, UnknownZoneError
from rules.local_time import (
    ONE_DAY,
    SECONDS_PER_DAY,
    get_zone,
    local_dates_near,
    local_datetime,
    offset_change_seconds,
    posix_second,
    utc_datetime,
    wall_seconds,
)
from rules.refusals import Refusal, RefusalReason

DAYS_PER_WEEK = 7
SEARCH_DAYS = 21  # How far a change is looked for: longer than any run of holidays known to us.
CACHE_ENTRIES_MAX = 4_096  # Several times the number of zones that exist.


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyWindow:
    """A stretch of local wall time, from `opens` up to but without `closes`.

    `closes` at or before `opens` lies on the following day: 20:00 to 02:00 crosses midnight, and
    00:00 to 00:00 is the whole day.
    """

    opens: time  # Local wall time, whole seconds, without zone.
    closes: time  # Local wall time, whole seconds, without zone; the first instant that is closed.

    def __post_init__(self) -> None:
        for name, wall in (("opens", self.opens), ("closes", self.closes)):
            if wall.tzinfo is not None or wall.microsecond:
                raise InvalidRuleError(
                    field=name, expected="a local time in whole seconds, no zone", came=wall
                )

    @property
    def crosses_midnight(self) -> bool:
        """Whether it closes on the day after it opened."""
        return self.closes <= self.opens


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingHours:
    """The windows of each weekday, and the local dates that are closed all day."""

    windows_by_weekday: tuple[tuple[DailyWindow, ...], ...]  # Seven of them, Monday first.
    holidays: frozenset[date] = field(default_factory=frozenset)  # Local dates closed from 00:00 to 24:00.
    source: str  # The text that they come from.

    def __post_init__(self) -> None:
        if len(self.windows_by_weekday) != DAYS_PER_WEEK:
            raise InvalidRuleError(
                field="windows_by_weekday",
                expected="seven tuples of windows, Monday first",
                came=self.windows_by_weekday,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingHoursVerdict:
    """Whether calling is allowed in every zone asked, and how long that stays as it is."""

    is_open: bool
    until_at: datetime  # UTC; first later instant at which any field but this one differs.
    opens_at: datetime | None  # UTC; while closed, the next opening; None: open, or none in sight.
    reason: RefusalReason | None  # Why it is closed; None: it is open.
    zone: str | None  # The first zone asked that is closed; None: it is open.


def calling_hours_verdict(hours: CallingHours, zones: tuple[str, ...], at: datetime) -> CallingHoursVerdict:
    """Say whether calling is allowed at `at` in every one of the zones, and until when that holds.

    `at` is an aware instant. The verdict holds on [at, until_at); `until_at` is the first instant at
    which it differs, or `SEARCH_DAYS` later where it does not differ before.
    Raises UnknownZoneError if there is no zone, or one that the IANA database does not have.

    >>> from datetime import UTC
    >>> nine_to_nine = every_day(DailyWindow(opens=time(9), closes=time(21)), source="example")
    >>> verdict = calling_hours_verdict(
    ...     nine_to_nine, ("America/New_York", "America/Chicago"), datetime(2026, 3, 7, 14, 30, tzinfo=UTC))
    >>> verdict.is_open, verdict.zone, f"{verdict.until_at:%H:%M}"
    (False, 'America/Chicago', '15:00')
    """
    return _verdict_at_second(hours, zones, posix_second(at))


def every_day(*windows: DailyWindow, source: str) -> CallingHours:
    """Return calling hours with the same windows on each of the seven days."""
    return CallingHours(windows_by_weekday=(windows,) * DAYS_PER_WEEK, source=source)


class CallingHoursCache:
    """Keeps verdicts while they hold, so that asking at each dial costs a look-up and a comparison.

    The caller asks with any instant, also an earlier one than before; nothing expires by itself.
    """

    def __init__(self, hours: CallingHours) -> None:
        self.hours = hours
        # zones -> first second it holds for, first second it no longer holds for, verdict, refusal
        self._kept: dict[tuple[str, ...], tuple[int, int, CallingHoursVerdict, Refusal | None]] = {}

    def verdict(self, zones: tuple[str, ...], now_at: float) -> CallingHoursVerdict:
        """Return the verdict at `now_at` (POSIX seconds).

        Raises UnknownZoneError as `calling_hours_verdict` does.
        """
        kept = self._kept.get(zones)
        if kept is None or not kept[0] <= now_at < kept[1]:
            kept = self._keep(zones, floor(now_at))
        return kept[2]

    def refusal(self, zones: tuple[str, ...], now_at: float) -> Refusal | None:
        """Return why these hours forbid a call at `now_at` (POSIX seconds), None if they allow it.

        A missing or unknown zone is a refusal, not an error: what cannot be proven open is closed.
        """
        kept = self._kept.get(zones)
        if kept is None or not kept[0] <= now_at < kept[1]:
            try:
                kept = self._keep(zones, floor(now_at))
            except UnknownZoneError:
                return Refusal(
                    reason=RefusalReason.ZONE_UNKNOWN, allowed_at=None, source=self.hours.source, zones=zones
                )
        return kept[3]

    def _keep(
        self, zones: tuple[str, ...], second: int
    ) -> tuple[int, int, CallingHoursVerdict, Refusal | None]:
        verdict = _verdict_at_second(self.hours, zones, second)
        kept = (second, posix_second(verdict.until_at), verdict, _refusal(self.hours, verdict))
        if len(self._kept) >= CACHE_ENTRIES_MAX:
            self._kept.clear()
        self._kept[zones] = kept
        return kept


def _refusal(hours: CallingHours, verdict: CallingHoursVerdict) -> Refusal | None:
    if verdict.reason is None or verdict.zone is None:
        return None
    return Refusal(
        reason=verdict.reason, allowed_at=verdict.opens_at, source=hours.source, zones=(verdict.zone,)
    )


def _verdict_at_second(hours: CallingHours, zones: tuple[str, ...], second: int) -> CallingHoursVerdict:
    places = _places(zones)
    closure = _closure(hours, places, second)
    until = opens = None
    for later in _seconds_of_possible_change(hours, places, second):
        closure_later = _closure(hours, places, later)
        if until is None and closure_later != closure:
            until = later
        if closure_later is None:
            opens = later
        if until is not None and (closure is None or opens is not None):
            break
    if until is None:
        until = second + SEARCH_DAYS * SECONDS_PER_DAY
    return CallingHoursVerdict(
        is_open=closure is None,
        until_at=utc_datetime(until),
        opens_at=utc_datetime(opens) if closure is not None and opens is not None else None,
        reason=closure[0] if closure else None,
        zone=closure[1] if closure else None,
    )


def _places(zones: tuple[str, ...]) -> tuple[ZoneInfo, ...]:
    """The zones by name; all bad names are reported at once."""
    unknown = []
    places = []
    for name in zones:
        try:
            places.append(get_zone(name))
        except UnknownZoneError:
            unknown.append(name)
    if unknown or not places:
        raise UnknownZoneError(unknown)
    return tuple(places)


def _closure(
    hours: CallingHours, places: tuple[ZoneInfo, ...], second: int
) -> tuple[RefusalReason, str] | None:
    """Why and where it is closed, at the first closed place; None: open everywhere."""
    for place in places:
        reason = _closed_reason(hours, local_datetime(second, place))
        if reason is not None:
            return reason, place.key
    return None


def _closed_reason(hours: CallingHours, local: datetime) -> RefusalReason | None:
    today, wall = local.date(), local.time()
    if today in hours.holidays:
        return RefusalReason.HOLIDAY
    for window in hours.windows_by_weekday[today.weekday()]:
        if window.opens <= wall and (window.crosses_midnight or wall < window.closes):
            return None
    yesterday = today - ONE_DAY
    if yesterday not in hours.holidays:
        for window in hours.windows_by_weekday[yesterday.weekday()]:
            if window.crosses_midnight and wall < window.closes:
                return None
    return RefusalReason.OUTSIDE_CALLING_HOURS


def _seconds_of_possible_change(
    hours: CallingHours, places: tuple[ZoneInfo, ...], second: int
) -> Iterator[int]:
    """Yield in order every later second at which the verdict might change, for `SEARCH_DAYS`.

    Between two offset changes wall time runs evenly, so the verdict changes at a wall boundary or
    at an offset change, and nowhere else.
    """
    for start in range(second, second + SEARCH_DAYS * SECONDS_PER_DAY, SECONDS_PER_DAY):
        end = start + SECONDS_PER_DAY
        candidates: set[int] = set()
        for place in places:
            candidates.update(offset_change_seconds(place, start, end))
            for day in local_dates_near(place, start, end):
                for wall in _boundaries(hours, day):
                    candidates.update(wall_seconds(day, wall, place))
        yield from sorted(candidate for candidate in candidates if start < candidate <= end)


def _boundaries(hours: CallingHours, day: date) -> set[time]:
    """Wall times of one local date at which a window or the date itself begins or ends."""
    boundaries = {time(0)}
    for window in hours.windows_by_weekday[day.weekday()]:
        boundaries.add(window.opens)
        if not window.crosses_midnight:
            boundaries.add(window.closes)
    for window in hours.windows_by_weekday[(day - ONE_DAY).weekday()]:
        if window.crosses_midnight:
            boundaries.add(window.closes)
    return boundaries
