"""Counting in windows, call by call, against recounting everything."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.abandon_ledger import (
    AbandonClass,
    AbandonCounts,
    Denominator,
    LedgerEntry,
    MachineTerm,
    abandon_class,
    abandon_counts,
)
from rules.abandon_limit import AbandonLimit
from rules.abandon_window import AbandonWindow
from rules.detection import DetectionVerdict
from rules.policy_packs import get_policy_pack
from rules.window_counter import BUCKET_SECONDS, BUCKETS_MAX, AbandonHistory, WindowCounter, bucket_number

STRICT = get_policy_pack("strict_generic").abandon_definition
LATER = get_policy_pack("us_federal").abandon_definition
NOON_AT = datetime(2026, 3, 10, 12, tzinfo=UTC).timestamp()
HOUR_SECONDS, DAY_SECONDS = 3600.0, 86_400.0

DAY = AbandonLimit(name="day", window=AbandonWindow.CALENDAR_DAY, definition=STRICT)
ROME_DAY = replace(DAY, name="Rome", zone="Europe/Rome")
KATHMANDU_DAY = replace(DAY, name="Kathmandu", zone="Asia/Kathmandu", definition=LATER)
MONTH = AbandonLimit(name="month", window=AbandonWindow.CALENDAR_MONTH, definition=STRICT)
THIRTY_DAYS = AbandonLimit(name="30 days", window=AbandonWindow.CAMPAIGN_THIRTY_DAYS, definition=LATER)
FIXED = (DAY, ROME_DAY, KATHMANDU_DAY, MONTH, THIRTY_DAYS)
ROLLING = AbandonLimit(name="5 hours", window=AbandonWindow.ROLLING, rolling_hours=5.0, definition=STRICT)


def call(answered_at: float, kind: str) -> LedgerEntry:
    """A call of that kind, answered at that instant."""
    entry = LedgerEntry(attempt_id="a", campaign_id="c", answered_at=answered_at, ended_at=answered_at + 60.0)
    if kind == "served":
        return replace(entry, bridged_at=answered_at + 0.5)
    if kind == "served late":  # in time by the clock of the greeting
        return replace(entry, greeting_ended_at=answered_at + 1.5, bridged_at=answered_at + 2.5)
    if kind == "left":
        return replace(entry, client_gone_at=answered_at + 1.0)
    if kind == "machine":
        return replace(entry, verdict=DetectionVerdict.MACHINE)
    if kind == "declared machine":
        return replace(entry, bridged_at=answered_at + 0.5, agent_declared_machine=True)
    assert kind == "abandoned"
    return replace(entry, message_started_at=answered_at + 2.0)


KINDS = ("served", "served late", "left", "machine", "declared machine", "abandoned")
# Whole seconds: what a window's first second is must not hang on the last bit of a float.
instants = st.integers(-40 * 86_400, 40 * 86_400).map(lambda seconds: NOON_AT + seconds)
near_instants = st.integers(-6 * 3600, 6 * 3600).map(lambda seconds: NOON_AT + seconds)
calls = st.lists(
    st.builds(call, instants | near_instants | near_instants, st.sampled_from(KINDS)), max_size=30
)


def counted(entries: Sequence[LedgerEntry], limits: Sequence[AbandonLimit]) -> WindowCounter:
    """A counter that was told of these calls in this order."""
    counter = WindowCounter(limits)
    for entry in entries:
        assert entry.answered_at is not None
        counter.add(entry, entry.answered_at)
    return counter


def recounted(entries: Sequence[LedgerEntry], limit: AbandonLimit, now: float) -> AbandonCounts:
    """The calls of a limit's window, counted by looking at every one."""
    answers = [entry.answered_at for entry in entries if entry.answered_at is not None]
    started_at = bucket_number(min(answers, default=now)) * BUCKET_SECONDS
    start, end = limit.bounds(now, started_at)
    return abandon_counts(
        [each for each in entries if start <= (each.answered_at or 0.0) < end], limit.definition
    )


@settings(max_examples=50)
@given(calls, instants | near_instants)
def test_fixed_windows_hold_exactly_what_a_recount_finds(entries: list[LedgerEntry], now: float) -> None:
    """Day in three zones, month and 30 days, with calls on either side of every border."""
    counts = counted(entries, FIXED).counts(now)

    assert [each.counts for each in counts] == [recounted(entries, limit, now) for limit in FIXED]


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(st.integers(-900, 900) | st.integers(-17_000, 9_000), st.sampled_from(KINDS)), max_size=30
    ),
    st.integers(0, 899).map(lambda seconds: NOON_AT + seconds),
)
def test_rolling_window_errs_by_one_bucket_and_against_us(drawn: list[tuple[int, str]], now: float) -> None:
    """All abandoned calls of the last hours are in it, no older served ones; the ratio is no lower."""
    entries = [call(now - 5 * HOUR_SECONDS - older, kind) for older, kind in drawn]
    share = counted(entries, [ROLLING]).counts(now)[0].share
    wider = [each for each in entries if (each.answered_at or 0.0) >= now - 5 * HOUR_SECONDS - BUCKET_SECONDS]
    true, at_most = recounted(entries, ROLLING, now), abandon_counts(wider, STRICT)

    assert true.abandoned <= share.abandoned <= at_most.abandoned
    assert share.live - share.abandoned <= true.connected
    assert share.ratio is None or share.ratio >= (true.ratio or 0.0)
    assert share.calls_left(0.03) <= 0.03 * (true.abandoned + true.connected) - true.abandoned + 1e-9


@settings(max_examples=30)
@given(calls, st.randoms(use_true_random=False), st.lists(near_instants, max_size=4), near_instants)
def test_order_of_calls_and_questions_does_not_matter(
    entries: list[LedgerEntry], random: object, asked: list[float], now: float
) -> None:
    """Told in any order, asked at any instants between, also backwards: the same in the end."""
    limits = (*FIXED, ROLLING)
    shuffled = list(entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    counter = WindowCounter(limits)
    for place, entry in enumerate(shuffled):
        assert entry.answered_at is not None
        counter.add(entry, entry.answered_at)
        if place < len(asked):
            counter.counts(asked[place])

    assert counter.counts(now) == counted(entries, limits).counts(now)


@settings(max_examples=30)
@given(calls, calls, near_instants)
def test_history_taken_from_elsewhere_counts_as_if_it_had_been_told(
    earlier: list[LedgerEntry], later: list[LedgerEntry], now: float
) -> None:
    """A restart: counts of before, then calls of after, are the counts of both."""
    limits = (*FIXED, ROLLING)
    before = counted(earlier, limits)
    after = counted(later, limits)
    after.take(before.histories())
    for entry in earlier[:1]:
        assert entry.answered_at is not None
    if earlier:
        after.begin(min(each.answered_at or 0.0 for each in earlier))

    assert after.counts(now) == counted([*earlier, *later], limits).counts(now)


def test_day_is_empty_again_after_midnight_and_thirty_days_are_not() -> None:
    """The budget of a day ends with it."""
    counter = counted([call(NOON_AT, "abandoned")], [DAY, THIRTY_DAYS])

    assert [each.counts.abandoned for each in counter.counts(NOON_AT + 11.9 * HOUR_SECONDS)] == [1, 1]
    assert [each.counts.abandoned for each in counter.counts(NOON_AT + 12 * HOUR_SECONDS)] == [0, 1]
    assert [each.counts.abandoned for each in counter.counts(NOON_AT + 31 * DAY_SECONDS)] == [0, 0]


def test_clock_that_was_set_back_finds_the_earlier_window_again() -> None:
    """A wrong wall clock, put right, loses nothing."""
    counter = counted([call(NOON_AT, "abandoned")], [DAY, ROLLING])
    counter.counts(NOON_AT + 3 * DAY_SECONDS)

    assert [each.counts.abandoned for each in counter.counts(NOON_AT + 60.0)] == [1, 1]


def test_shares_are_the_same_object_until_something_changes() -> None:
    """A decision each second costs one comparison."""
    counter = counted([call(NOON_AT, "served")], [DAY, ROLLING])
    shares = counter.shares(NOON_AT + 1.0)

    assert shares == ((0.0, 1.0), (0.0, 1.0))
    assert counter.shares(NOON_AT + 2.0) is shares
    counter.add(call(NOON_AT + 2.0, "abandoned"), NOON_AT + 2.0)
    assert counter.shares(NOON_AT + 3.0) == ((1.0, 2.0), (1.0, 2.0))
    assert counter.shares(NOON_AT + 12 * HOUR_SECONDS) == ((0.0, 0.0), (0.0, 0.0))


@settings(max_examples=30)
@given(calls, st.lists(near_instants, min_size=1, max_size=4))
def test_shares_are_those_of_the_counts_under_every_definition(
    entries: list[LedgerEntry], asked: list[float]
) -> None:
    """Whatever the machine term and the denominator; asked at once, and again after a count."""
    terms = [
        replace(STRICT, denominator=denominator, machine_term=term, false_positive_ratio=0.25)
        for denominator in Denominator
        for term in MachineTerm
    ]
    limits = [replace(ROLLING, definition=each) for each in terms] + [replace(DAY, definition=terms[0])]
    counter = counted(entries, limits)
    for now in asked:
        shares = counter.shares(now)
        expected = [(each.share.abandoned, each.share.live) for each in counter.counts(now)]

        assert list(shares) == expected
        assert counter.shares(now) is shares


def test_pending_call_is_counted_when_it_is_decided() -> None:
    """Somebody who still waits is in no count yet."""
    waiting = LedgerEntry(attempt_id="a", campaign_id="c", answered_at=NOON_AT)
    assert abandon_class(waiting, STRICT) is AbandonClass.PENDING
    counter = counted([waiting], [DAY])

    assert counter.counts(NOON_AT + 1.0)[0].counts == AbandonCounts()


def test_memory_is_bounded_and_the_oldest_buckets_go_first() -> None:
    """A day of each quarter of an hour for 70 days."""
    limits = [THIRTY_DAYS]
    ends_at = NOON_AT + 70 * DAY_SECONDS
    counter = counted([call(NOON_AT + index * BUCKET_SECONDS, "served") for index in range(70 * 96)], limits)

    (history,) = counter.histories()
    assert len(history.buckets) == BUCKETS_MAX
    assert history.buckets[-1].number == bucket_number(ends_at) - 1


def test_other_limits_keep_the_calls_of_the_definition_that_they_share() -> None:
    """A changed pack: known definitions keep their counts, a new one begins with the first one's."""
    counter = counted([call(NOON_AT, "served late")], [DAY])
    same, new = counter.under([MONTH, THIRTY_DAYS]).counts(NOON_AT + 1.0)

    assert (same.counts.abandoned, new.counts.abandoned) == (1, 1)
    assert new.counts == same.counts


def test_history_of_a_definition_that_nobody_asks_for_is_left_out() -> None:
    """Counts under one law say nothing under another."""
    counter = WindowCounter([DAY])
    counter.take(
        [
            AbandonHistory(
                definition=LATER, buckets=counted([call(NOON_AT, "served")], [DAY]).histories()[0].buckets
            )
        ]
    )

    assert counter.counts(NOON_AT)[0].counts == AbandonCounts()


@pytest.mark.parametrize("pack", ["strict_generic", "us_federal"])
def test_every_pack_can_be_counted(pack: str) -> None:
    """One count for each limit, by its name."""
    limits = get_policy_pack(pack).abandon_limits

    assert [each.limit.name for each in WindowCounter(limits).counts(NOON_AT)] == [
        each.name for each in limits
    ]
