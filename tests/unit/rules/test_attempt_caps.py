"""How often a number or a lead may be attempted, by hand and against counting."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.attempt_caps import AttemptCap, CapScope, attempt_cap_refusal
from rules.errors import InvalidRuleError, UnknownZoneError
from rules.refusals import Refusal, RefusalReason
from tests.unit.rules.awkward_zones import AWKWARD_ZONES, CLOCK_CHANGES

SOURCE = "test"
ROME = ("Europe/Rome",)
HOUR, DAY = 3_600.0, 86_400.0
THREE_A_DAY = AttemptCap(scope=CapScope.NUMBER, attempts_max=3, window_seconds=DAY, source=SOURCE)
TWO_AN_HOUR = AttemptCap(scope=CapScope.NUMBER, attempts_max=2, window_seconds=HOUR, source=SOURCE)
ONE_A_DATE = AttemptCap(scope=CapScope.LEAD, attempts_max=1, window_seconds=None, source=SOURCE)


def posix(text: str) -> float:
    """POSIX seconds of a UTC instant such as '2026-03-29 00:30'."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def ends_at(refusal: Refusal | None) -> float:
    """POSIX seconds at which a refusal ends."""
    assert refusal is not None
    assert refusal.allowed_at is not None
    return refusal.allowed_at.timestamp()


def test_number_below_its_cap_may_be_attempted() -> None:
    """Two attempts leave room for a third."""
    assert attempt_cap_refusal((THREE_A_DAY,), CapScope.NUMBER, (0.0, 1.0), 2.0, ROME) is None


def test_number_at_its_cap_is_refused_until_the_oldest_attempt_leaves_the_window() -> None:
    """Of attempts at 0, 1 and 2 h the one at 0 h is over at 24 h, and not a moment earlier."""
    attempts_at = (2 * HOUR, 0.0, HOUR)

    refusal = attempt_cap_refusal((THREE_A_DAY,), CapScope.NUMBER, attempts_at, 3 * HOUR, ROME)

    assert refusal is not None
    assert refusal.reason is RefusalReason.ATTEMPT_CAP_NUMBER
    assert (refusal.attempts_max, refusal.window_seconds, refusal.source) == (3, DAY, SOURCE)
    assert ends_at(refusal) == DAY
    assert attempt_cap_refusal((THREE_A_DAY,), CapScope.NUMBER, attempts_at, DAY - 0.001, ROME) is not None
    assert attempt_cap_refusal((THREE_A_DAY,), CapScope.NUMBER, attempts_at, DAY, ROME) is None


def test_cap_of_the_other_scope_is_not_read() -> None:
    """A lead's attempts are not a number's."""
    attempts_at = (0.0, 1.0, 2.0)

    assert attempt_cap_refusal((THREE_A_DAY,), CapScope.LEAD, attempts_at, 3.0, ROME) is None


def test_caps_that_both_refuse_give_the_one_that_ends_last() -> None:
    """Whoever waits for it finds the other one over too."""
    caps = (THREE_A_DAY, TWO_AN_HOUR)
    attempts_at = (0.0, 60.0, 120.0)

    refusal = attempt_cap_refusal(caps, CapScope.NUMBER, attempts_at, 180.0, ROME)

    assert refusal is not None
    assert refusal.attempts_max == 3
    assert ends_at(refusal) == DAY


def test_attempt_dated_later_than_now_counts() -> None:
    """After a clock was set back, what it calls the future has still taken place."""
    assert attempt_cap_refusal((TWO_AN_HOUR,), CapScope.NUMBER, (500.0, 600.0), 0.0, ROME) is not None


def test_calendar_day_cap_ends_at_local_midnight() -> None:
    """23:00 in Rome on 28 March 2026: the next date begins one hour later."""
    now_at = posix("2026-03-28 22:00")

    refusal = attempt_cap_refusal((ONE_A_DATE,), CapScope.LEAD, (now_at - HOUR,), now_at, ROME)

    assert refusal is not None
    assert (refusal.reason, refusal.window_seconds) == (RefusalReason.ATTEMPT_CAP_LEAD, None)
    assert ends_at(refusal) == posix("2026-03-28 23:00")


def test_calendar_day_cap_forgets_yesterday() -> None:
    """An attempt at 23:59 local time says nothing of 00:00."""
    midnight_at = posix("2026-01-14 23:00")

    assert attempt_cap_refusal((ONE_A_DATE,), CapScope.LEAD, (midnight_at - 60,), midnight_at, ROME) is None


def test_calendar_day_cap_ends_after_a_skipped_midnight() -> None:
    """On 26 April 2024 Cairo went from 23:59 to 01:00: the date begins at 01:00."""
    now_at = posix("2024-04-25 20:00")

    refusal = attempt_cap_refusal((ONE_A_DATE,), CapScope.LEAD, (now_at,), now_at, ("Africa/Cairo",))

    assert ends_at(refusal) == posix("2024-04-25 22:00")


def test_calendar_day_cap_in_two_zones_ends_when_both_dates_have_room() -> None:
    """Noon UTC on the 15th: the date ends at 23:00 UTC in Rome, at 05:00 UTC in New York."""
    now_at = posix("2026-01-15 12:00")
    zones = ("Europe/Rome", "America/New_York")

    refusal = attempt_cap_refusal((ONE_A_DATE,), CapScope.LEAD, (now_at,), now_at, zones)

    assert ends_at(refusal) == posix("2026-01-16 05:00")


@pytest.mark.parametrize("zones", [(), ("Mars/Olympus",)])
def test_calendar_day_cap_without_a_zone_is_an_error(zones: tuple[str, ...]) -> None:
    """Where nobody knows the date, nobody can count on it."""
    with pytest.raises(UnknownZoneError):
        attempt_cap_refusal((ONE_A_DATE,), CapScope.LEAD, (0.0,), 1.0, zones)


@pytest.mark.parametrize(
    ("attempts_max", "window_seconds", "field"),
    [(0, DAY, "attempts_max"), (1, 0.0, "window_seconds"), (1, float("nan"), "window_seconds")],
)
def test_cap_that_makes_no_sense_is_refused(attempts_max: int, window_seconds: float, field: str) -> None:
    """The error names the field."""
    with pytest.raises(InvalidRuleError, match=field):
        AttemptCap(
            scope=CapScope.LEAD, attempts_max=attempts_max, window_seconds=window_seconds, source=SOURCE
        )


NOW_AT = 1_790_000_000.123457
instants = st.floats(-3 * DAY, HOUR).map(lambda seconds: NOW_AT + seconds)
rolling_caps = st.builds(
    lambda attempts_max, window: AttemptCap(
        scope=CapScope.NUMBER, attempts_max=attempts_max, window_seconds=window, source=SOURCE
    ),
    st.integers(1, 4),
    st.floats(60.0, 2 * DAY),
)


def is_full(cap: AttemptCap, attempts_at: list[float], at: float) -> bool:
    """Whether as many attempts as the cap allows are not yet a whole window old at `at`."""
    assert cap.window_seconds is not None
    return sum(attempt_at + cap.window_seconds > at for attempt_at in attempts_at) >= cap.attempts_max


@settings(max_examples=200)
@given(st.lists(rolling_caps, min_size=1, max_size=3), st.lists(instants, max_size=8))
def test_rolling_caps_refuse_exactly_while_counting_does(
    caps: list[AttemptCap], attempts_at: list[float]
) -> None:
    """Refused now if any window is full; at `allowed_at` none is, and just before it one was."""
    refusal = attempt_cap_refusal(caps, CapScope.NUMBER, attempts_at, NOW_AT, ROME)

    assert (refusal is not None) is any(is_full(cap, attempts_at, NOW_AT) for cap in caps)
    if refusal is not None:
        end_at = ends_at(refusal)
        assert attempt_cap_refusal(caps, CapScope.NUMBER, attempts_at, end_at, ROME) is None
        assert not any(is_full(cap, attempts_at, end_at) for cap in caps)
        assert any(is_full(cap, attempts_at, end_at - 2e-6) for cap in caps)


@st.composite
def attempts_near_a_clock_change(draw: st.DrawFn) -> tuple[tuple[str, ...], float, list[float]]:
    """Zones, an instant near a turn of the clock in the first, and attempts of the days before."""
    name, change_at = draw(st.sampled_from(CLOCK_CHANGES))
    zones = (name, *draw(st.lists(st.sampled_from(AWKWARD_ZONES), max_size=1)))
    now = change_at + timedelta(minutes=draw(st.integers(-30 * 60, 30 * 60)))
    minutes_ago = draw(st.lists(st.integers(0, 50 * 60), max_size=6))
    return zones, now.timestamp(), [(now - timedelta(minutes=ago)).timestamp() for ago in minutes_ago]


def is_any_date_full(zones: tuple[str, ...], attempts_max: int, attempts_at: list[float], at: float) -> bool:
    """Whether the local date of `at`, or a later one, has its attempts already, in any zone."""
    dates = [
        (
            datetime.fromtimestamp(at, ZoneInfo(zone)).date(),
            [datetime.fromtimestamp(attempt_at, ZoneInfo(zone)).date() for attempt_at in attempts_at],
        )
        for zone in zones
    ]
    return any(sum(date >= today for date in earlier) >= attempts_max for today, earlier in dates)


@settings(max_examples=200)
@given(attempts_near_a_clock_change(), st.integers(1, 3))
def test_calendar_day_cap_refuses_exactly_while_the_local_date_is_full(
    situation: tuple[tuple[str, ...], float, list[float]], attempts_max: int
) -> None:
    """Every minute up to `allowed_at` has a full date in some zone; `allowed_at` has none."""
    zones, now_at, attempts_at = situation
    cap = AttemptCap(scope=CapScope.LEAD, attempts_max=attempts_max, window_seconds=None, source=SOURCE)

    refusal = attempt_cap_refusal((cap,), CapScope.LEAD, attempts_at, now_at, zones)

    assert (refusal is not None) is is_any_date_full(zones, attempts_max, attempts_at, now_at)
    if refusal is not None:
        end_at = ends_at(refusal)
        assert not is_any_date_full(zones, attempts_max, attempts_at, end_at)
        for minute in range(int(now_at), int(end_at), 900):
            assert is_any_date_full(zones, attempts_max, attempts_at, float(minute))
        assert is_any_date_full(zones, attempts_max, attempts_at, end_at - 1.0)
