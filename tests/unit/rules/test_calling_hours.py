"""When a party may be called, by hand-computed cases and against the calendar laid out by minutes."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.calling_hours import (
    SEARCH_DAYS,
    CallingHours,
    CallingHoursCache,
    DailyWindow,
    calling_hours_verdict,
    every_day,
)
from rules.errors import InvalidRuleError, UnknownZoneError
from rules.refusals import RefusalReason
from tests.unit.rules.awkward_zones import AWKWARD_ZONES, CLOCK_CHANGES
from tests.unit.rules.wall_clock_oracle import closure_by_calendar, minutes_of

SOURCE = "test"
EIGHT_TO_NINE = every_day(DailyWindow(opens=time(8), closes=time(21)), source=SOURCE)
NIGHT = every_day(DailyWindow(opens=time(20), closes=time(2)), source=SOURCE)
WHOLE_DAY = every_day(DailyWindow(opens=time(0), closes=time(0)), source=SOURCE)
NEVER = CallingHours(windows_by_weekday=((),) * 7, source=SOURCE)
ROME, NEW_YORK = "Europe/Rome", "America/New_York"
SCAN_MINUTES_MAX = 30 * 60


def utc(text: str) -> datetime:
    """An aware UTC instant, from '2026-03-29 00:30'."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_window_is_open_at_its_first_instant_and_closed_at_its_last() -> None:
    """`opens` belongs to the window, `closes` does not; both to the microsecond."""
    for text, is_open in (
        ("2026-01-15 06:59:59.999999", False),
        ("2026-01-15 07:00", True),
        ("2026-01-15 19:59:59.999999", True),
        ("2026-01-15 20:00", False),
    ):
        assert calling_hours_verdict(EIGHT_TO_NINE, (ROME,), utc(text)).is_open is is_open


def test_verdict_while_closed_says_why_where_and_when_it_opens() -> None:
    """Sunday 23:30 in Rome: closed until 8:00 of Monday."""
    verdict = calling_hours_verdict(EIGHT_TO_NINE, (ROME,), utc("2026-01-18 22:30"))

    assert not verdict.is_open
    assert verdict.reason is RefusalReason.OUTSIDE_CALLING_HOURS
    assert verdict.zone == ROME
    assert utc("2026-01-19 07:00") == verdict.until_at == verdict.opens_at


def test_zones_that_disagree_are_open_only_while_all_are() -> None:
    """A number in New York whose address is in Rome: from 8:00 in New York to 21:00 in Rome."""
    zones = (ROME, NEW_YORK)

    before = calling_hours_verdict(EIGHT_TO_NINE, zones, utc("2026-01-15 12:59"))
    during = calling_hours_verdict(EIGHT_TO_NINE, zones, utc("2026-01-15 13:00"))

    assert (before.is_open, before.zone) == (False, NEW_YORK)
    assert (during.is_open, during.until_at) == (True, utc("2026-01-15 20:00"))


def test_zones_too_far_apart_never_open() -> None:
    """Half a world apart, no instant suits both; the search ends and says so."""
    at = utc("2026-01-15 12:00")
    nine_to_noon = every_day(DailyWindow(opens=time(9), closes=time(12)), source=SOURCE)

    verdict = calling_hours_verdict(nine_to_noon, (ROME, "Pacific/Auckland"), at)

    assert not verdict.is_open
    assert verdict.opens_at is None


def test_window_over_midnight_stays_open_into_the_next_day() -> None:
    """20:00 to 02:00: open at 01:59 because of yesterday."""
    verdict = calling_hours_verdict(NIGHT, ("UTC",), utc("2026-01-15 01:59"))

    assert verdict.is_open
    assert verdict.until_at == utc("2026-01-15 02:00")


def test_window_over_midnight_is_cut_by_a_holiday_on_either_side() -> None:
    """The evening before runs until the holiday begins; the holiday's own night does not happen."""
    hours = CallingHours(
        windows_by_weekday=NIGHT.windows_by_weekday, holidays=frozenset({date(2026, 1, 15)}), source=SOURCE
    )

    eve = calling_hours_verdict(hours, ("UTC",), utc("2026-01-14 23:00"))
    holiday = calling_hours_verdict(hours, ("UTC",), eve.until_at)
    morning_after = calling_hours_verdict(hours, ("UTC",), holiday.until_at)

    assert (eve.is_open, eve.until_at) == (True, utc("2026-01-15 00:00"))
    assert (holiday.reason, holiday.until_at) == (RefusalReason.HOLIDAY, utc("2026-01-16 00:00"))
    assert (morning_after.reason, morning_after.until_at) == (
        RefusalReason.OUTSIDE_CALLING_HOURS,
        utc("2026-01-16 20:00"),
    )
    assert holiday.opens_at == morning_after.opens_at == morning_after.until_at


def test_holiday_is_the_local_date_of_each_zone() -> None:
    """At 02:00 UTC on 15 January it is still the 14th in New York."""
    hours = CallingHours(
        windows_by_weekday=WHOLE_DAY.windows_by_weekday,
        holidays=frozenset({date(2026, 1, 14)}),
        source=SOURCE,
    )

    verdict = calling_hours_verdict(hours, (ROME, NEW_YORK), utc("2026-01-15 02:00"))

    assert (verdict.reason, verdict.zone) == (RefusalReason.HOLIDAY, NEW_YORK)
    assert verdict.until_at == utc("2026-01-15 05:00")


def test_window_that_opens_in_a_skipped_hour_opens_when_the_skip_ends() -> None:
    """On 29 March 2026 Rome has no 02:30; the window 02:30 to 04:00 opens with 03:00."""
    hours = every_day(DailyWindow(opens=time(2, 30), closes=time(4)), source=SOURCE)

    verdict = calling_hours_verdict(hours, (ROME,), utc("2026-03-29 00:00"))

    assert verdict.until_at == verdict.opens_at == utc("2026-03-29 01:00")
    assert calling_hours_verdict(hours, (ROME,), verdict.until_at).until_at == utc("2026-03-29 02:00")


def test_window_inside_a_skipped_hour_does_not_open_that_day() -> None:
    """A window from 02:10 to 02:50 lies wholly in the hour that Rome skips."""
    hours = every_day(DailyWindow(opens=time(2, 10), closes=time(2, 50)), source=SOURCE)

    verdict = calling_hours_verdict(hours, (ROME,), utc("2026-03-28 12:00"))

    assert verdict.opens_at == utc("2026-03-30 00:10")


def test_window_in_a_repeated_hour_opens_twice() -> None:
    """On 25 October 2026 Rome has 02:00 to 03:00 twice: closed at 02:30, open again, closed again."""
    hours = every_day(DailyWindow(opens=time(1), closes=time(2, 30)), source=SOURCE)
    at = utc("2026-10-24 23:30")

    changes = []
    for _ in range(3):
        at = calling_hours_verdict(hours, (ROME,), at).until_at
        changes.append(at)

    assert changes == [utc("2026-10-25 00:30"), utc("2026-10-25 01:00"), utc("2026-10-25 01:30")]


def test_hours_that_never_change_hold_for_the_whole_search() -> None:
    """Neither a floor that never opens nor one that never closes makes the search run for ever."""
    at = utc("2026-10-20 12:00")

    for hours in (NEVER, WHOLE_DAY):
        verdict = calling_hours_verdict(hours, (ROME,), at)
        assert verdict.is_open is (hours is WHOLE_DAY)
        assert (verdict.until_at, verdict.opens_at) == (at + timedelta(days=SEARCH_DAYS), None)


@pytest.mark.parametrize(
    ("zones", "named"),
    [
        ((), "no zone at all"),
        (("Mars/Olympus",), "'Mars/Olympus'"),
        ((ROME, "CEST?", ""), "'CEST?', ''"),
        (("America",), "'America'"),
        (("../../etc/passwd",), "'../../etc/passwd'"),
        (("localtime",), "'localtime'"),
        (("right/Europe/Rome",), "'right/Europe/Rome'"),
    ],
)
def test_unknown_zone_is_an_error_that_lists_what_came(zones: tuple[str, ...], named: str) -> None:
    """Every name that is no place is listed, and none that is one."""
    with pytest.raises(UnknownZoneError, match="IANA") as caught:
        calling_hours_verdict(EIGHT_TO_NINE, zones, utc("2026-01-15 12:00"))

    assert named in str(caught.value)
    assert f"'{ROME}'" not in str(caught.value)


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: DailyWindow(opens=time(8, tzinfo=UTC), closes=time(9)), "opens"),
        (lambda: DailyWindow(opens=time(8), closes=time(9, 0, 0, 1)), "closes"),
        (lambda: CallingHours(windows_by_weekday=((),) * 6, source=SOURCE), "windows_by_weekday"),
    ],
)
def test_hours_that_make_no_sense_are_refused(build: Callable[[], object], field: str) -> None:
    """The error names the field."""
    with pytest.raises(InvalidRuleError, match=field):
        build()


def test_cache_answers_as_the_rule_does_and_keeps_what_holds() -> None:
    """Within the verdict's span the same object comes back; from its end on, and before it, a new one."""
    cache = CallingHoursCache(EIGHT_TO_NINE)
    noon = utc("2026-01-15 12:00").timestamp()
    kept = cache.verdict((ROME,), noon)

    assert cache.verdict((ROME,), noon + 3600.0) is kept
    assert cache.verdict((ROME,), kept.until_at.timestamp() - 0.001) is kept
    assert not cache.verdict((ROME,), kept.until_at.timestamp()).is_open
    assert not cache.verdict((ROME,), utc("2026-01-15 03:00").timestamp()).is_open


def test_cache_refuses_with_the_instant_of_the_next_opening() -> None:
    """A refusal tells the engine when to ask again."""
    cache = CallingHoursCache(EIGHT_TO_NINE)

    refusal = cache.refusal((ROME,), utc("2026-01-15 20:00").timestamp())

    assert refusal is not None
    assert (refusal.reason, refusal.zones) == (RefusalReason.OUTSIDE_CALLING_HOURS, (ROME,))
    assert refusal.allowed_at == utc("2026-01-16 07:00")
    assert cache.refusal((ROME,), utc("2026-01-15 12:00").timestamp()) is None


@pytest.mark.parametrize("zones", [(), ("Mars/Olympus",)])
def test_cache_refuses_a_call_whose_zone_is_unknown(zones: tuple[str, ...]) -> None:
    """What cannot be proven open is closed, and the engine gets no error for a bad lead."""
    refusal = CallingHoursCache(WHOLE_DAY).refusal(zones, 0.0)

    assert refusal is not None
    assert (refusal.reason, refusal.zones, refusal.allowed_at) == (RefusalReason.ZONE_UNKNOWN, zones, None)


# Boundaries near the hours in which clocks are turned, so that windows begin and end in them.
walls = st.builds(
    time, st.sampled_from((0, 1, 2, 3, 8, 9, 12, 20, 21, 22, 23)), st.sampled_from((0, 1, 15, 30, 45, 59))
)
windows = st.builds(lambda opens, closes: DailyWindow(opens=opens, closes=closes), walls, walls)
weeks = st.lists(st.lists(windows, max_size=2).map(tuple), min_size=7, max_size=7).map(tuple)


@st.composite
def situations(draw: st.DrawFn) -> tuple[CallingHours, tuple[str, ...], datetime]:
    """Random hours, zones and an instant, mostly within a day and a half of a turn of the clock."""
    name, change_at = draw(st.sampled_from(CLOCK_CHANGES))
    zones = (name, *draw(st.lists(st.sampled_from(AWKWARD_ZONES), max_size=1)))
    at = change_at + timedelta(minutes=draw(st.integers(-36 * 60, 36 * 60)))
    days = draw(st.lists(st.integers(-2, 3), max_size=2))
    holidays = frozenset((at + timedelta(days=day)).date() for day in days)
    return CallingHours(windows_by_weekday=draw(weeks), holidays=holidays, source=SOURCE), zones, at


@settings(max_examples=100)
@given(situations())
def test_verdict_holds_to_the_minute_that_the_calendar_says(
    situation: tuple[CallingHours, tuple[str, ...], datetime],
) -> None:
    """On [at, until_at) the calendar agrees with every field; at until_at it says something else."""
    hours, zones, at = situation

    verdict = calling_hours_verdict(hours, zones, at)

    answer = (verdict.reason, verdict.zone)
    assert verdict.is_open is (verdict.reason is None)
    for minute in islice(minutes_of(at, verdict.until_at), SCAN_MINUTES_MAX):
        assert closure_by_calendar(hours, zones, minute) == answer
    if verdict.until_at < at + timedelta(days=SEARCH_DAYS):
        assert closure_by_calendar(hours, zones, verdict.until_at) != answer
        assert closure_by_calendar(hours, zones, verdict.until_at - timedelta(microseconds=1)) == answer


@settings(max_examples=50)
@given(situations())
def test_next_opening_is_the_first_open_minute_of_the_calendar(
    situation: tuple[CallingHours, tuple[str, ...], datetime],
) -> None:
    """No minute before `opens_at` is open, and `opens_at` is."""
    hours, zones, at = situation

    verdict = calling_hours_verdict(hours, zones, at)

    if verdict.is_open or verdict.opens_at is None:
        end = at + timedelta(days=SEARCH_DAYS) if not verdict.is_open else at
    else:
        end = verdict.opens_at
        assert closure_by_calendar(hours, zones, end) == (None, None)
    for minute in islice(minutes_of(at, end), SCAN_MINUTES_MAX):
        assert closure_by_calendar(hours, zones, minute) != (None, None)


@settings(max_examples=40)
@given(situations(), st.lists(st.integers(-4 * 86_400, 4 * 86_400), min_size=2, max_size=12))
def test_cache_agrees_with_the_rule_at_any_instants_in_any_order(
    situation: tuple[CallingHours, tuple[str, ...], datetime], seconds: list[int]
) -> None:
    """Going forwards and backwards in time, what was kept is never given when it does not hold."""
    hours, zones, at = situation
    cache = CallingHoursCache(hours)

    for second in seconds:
        asked_at = at + timedelta(seconds=second)
        kept = cache.verdict(zones, asked_at.timestamp())
        assert (kept.reason, kept.zone) == closure_by_calendar(hours, zones, asked_at)
