"""The policy packs, figure by figure from the texts that they cite."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from rules.abandon_ledger import AbandonClass, ClockStart, LedgerEntry, abandon_class
from rules.abandon_window import AbandonWindow
from rules.calling_hours import calling_hours_verdict
from rules.errors import InvalidRuleError, UnknownPolicyPackError
from rules.policy_packs import PolicyPack, get_policy_pack, list_policy_packs

CHICAGO = ("America/Chicago",)
ANSWERED = LedgerEntry(attempt_id="a", campaign_id="c", answered_at=100.0, ended_at=160.0)


def open_span(pack: PolicyPack, day: str) -> tuple[time, time] | None:
    """First open and first closed wall time in Chicago on a winter day (UTC-6) with one window."""
    midnight = datetime.fromisoformat(day).replace(hour=6, tzinfo=UTC)
    opens_at = calling_hours_verdict(pack.calling_hours, CHICAGO, midnight).opens_at
    if opens_at is None or opens_at - midnight >= timedelta(days=1):
        return None
    closes_at = calling_hours_verdict(pack.calling_hours, CHICAGO, opens_at).until_at
    offset = timedelta(hours=6)
    return (opens_at - offset).time(), (closes_at - offset).time()


def all_packs() -> Iterator[PolicyPack]:
    """Every policy pack."""
    return map(get_policy_pack, list_policy_packs())


def test_unknown_pack_is_an_error_that_lists_those_that_exist() -> None:
    """The message is the list that people need next."""
    with pytest.raises(UnknownPolicyPackError, match=r"'atlantis'.*strict_generic, us_federal"):
        get_policy_pack("atlantis")


def test_every_pack_is_found_by_its_own_name_and_cites_its_sources() -> None:
    """No figure without a text."""
    for pack in all_packs():
        assert get_policy_pack(pack.name) is pack
        assert all(pack.sources)
        assert pack.calling_hours.source
        assert pack.abandon_definition.source
        assert all(cap.source for cap in pack.attempt_caps)
        assert bool(pack.rest_after_abandon_source) is (pack.rest_after_abandon_seconds > 0.0)


@pytest.mark.parametrize("day", ["2026-01-12", "2026-01-17", "2026-01-18"])
def test_us_federal_hours_are_8_to_21_every_day(day: str) -> None:
    """16 CFR 310.4(c), 47 CFR 64.1200(c)(1): before 8 a.m. or after 9 p.m., on no matter which day."""
    assert open_span(get_policy_pack("us_federal"), day) == (time(8), time(21))


@pytest.mark.parametrize(
    ("bridged_at", "expected"), [(103.5, AbandonClass.CONNECTED), (103.6, AbandonClass.ABANDONED)]
)
def test_us_federal_clock_runs_two_seconds_from_the_completed_greeting(
    bridged_at: float, expected: AbandonClass
) -> None:
    """47 CFR 64.1200(a)(7): within two seconds of the called person's completed greeting."""
    definition = get_policy_pack("us_federal").abandon_definition
    entry = replace(ANSWERED, greeting_ended_at=101.5, bridged_at=bridged_at)

    assert abandon_class(entry, definition) is expected


def test_us_federal_figures_are_those_of_the_texts() -> None:
    """3 % over each 30 days of a campaign, 15 s of ringing, a message, and no cap or rest."""
    pack = get_policy_pack("us_federal")

    assert pack.abandon_definition.limit_ratio == 0.03
    assert [limit.window for limit in pack.abandon_limits] == [AbandonWindow.CAMPAIGN_THIRTY_DAYS]
    assert (pack.ring_seconds_min, pack.message_required) == (15.0, True)
    assert (pack.attempt_caps, pack.rest_after_abandon_seconds) == ((), 0.0)


@pytest.mark.parametrize(
    ("day", "span"),
    [
        ("2026-01-12", (time(9), time(18))),
        ("2026-01-16", (time(9), time(18))),
        ("2026-01-17", (time(10), time(17))),
        ("2026-01-18", None),
    ],
)
def test_strict_generic_hours_are_those_of_rhode_island(day: str, span: tuple[time, time] | None) -> None:
    """Monday to Friday 9 to 18, Saturday 10 to 17, no Sunday."""
    assert open_span(get_policy_pack("strict_generic"), day) == span


def test_strict_generic_is_in_nothing_looser_than_us_federal() -> None:
    """A place without a pack of its own must not get more than the place with the oldest law."""
    strict, federal = get_policy_pack("strict_generic"), get_policy_pack("us_federal")

    assert strict.abandon_definition.limit_ratio <= federal.abandon_definition.limit_ratio
    assert strict.abandon_definition.agent_within_seconds <= federal.abandon_definition.agent_within_seconds
    assert strict.abandon_definition.clock_start is ClockStart.ANSWER
    windows, federal_windows = ({limit.window for limit in pack.abandon_limits} for pack in (strict, federal))
    assert windows >= federal_windows
    assert [(limit.name, limit.rolling_hours) for limit in strict.abandon_limits] == [
        ("day", None),
        ("24 hours", 24.0),
        ("month", None),
        ("30 days", None),
    ]
    assert strict.ring_seconds_min >= federal.ring_seconds_min
    assert strict.message_required
    assert strict.rest_after_abandon_seconds == 5 * 86_400.0
    assert {(cap.attempts_max, cap.window_seconds) for cap in strict.attempt_caps} == {(3, 86_400.0)}


def test_pack_with_negative_seconds_is_refused() -> None:
    """The error names the field."""
    pack = get_policy_pack("us_federal")

    with pytest.raises(InvalidRuleError, match="ring_seconds_min"):
        replace(pack, ring_seconds_min=-1.0)
    with pytest.raises(InvalidRuleError, match="rest_after_abandon_seconds"):
        replace(pack, rest_after_abandon_seconds=float("inf"))


def test_pack_without_windows_or_sources_is_refused() -> None:
    """A limit that holds in no window limits nothing; a figure without a source is a guess."""
    pack = get_policy_pack("us_federal")

    with pytest.raises(InvalidRuleError, match="abandon_limits"):
        replace(pack, abandon_limits=())
    with pytest.raises(InvalidRuleError, match="a name of its own"):
        replace(pack, abandon_limits=pack.abandon_limits * 2)
    with pytest.raises(InvalidRuleError, match="sources"):
        replace(pack, sources=())
