"""How raw instants become an abandoned call, or not: the definitions by hand, and what must always hold."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.abandon_ledger import (
    AbandonClass,
    AbandonCounts,
    AbandonDefinition,
    ClockStart,
    LedgerEntry,
    abandon_class,
    abandon_counts,
)
from rules.abandon_share import abandon_ratio
from rules.detection import DetectionVerdict
from rules.errors import InvalidRuleError
from tests.unit.rules.any_calls import definitions, entries_of_any_kind

TWO_SECONDS_FROM_ANSWER = AbandonDefinition(
    limit_ratio=0.03,
    agent_within_seconds=2.0,
    clock_start=ClockStart.ANSWER,
    early_hang_up_counts=False,
    source="test",
)
TWO_SECONDS_FROM_GREETING = replace(TWO_SECONDS_FROM_ANSWER, clock_start=ClockStart.GREETING_END)
TWO_SECONDS_FROM_VERDICT = replace(TWO_SECONDS_FROM_ANSWER, clock_start=ClockStart.VERDICT)
EARLY_HANG_UP_COUNTS = replace(TWO_SECONDS_FROM_ANSWER, early_hang_up_counts=True)

UNANSWERED = LedgerEntry(attempt_id="a", campaign_id="c", ended_at=122.0)
ANSWERED = LedgerEntry(attempt_id="a", campaign_id="c", answered_at=100.0, ended_at=160.0)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        pytest.param(UNANSWERED, AbandonClass.NOT_LIVE, id="never answered"),
        pytest.param(replace(ANSWERED, bridged_at=101.0), AbandonClass.CONNECTED, id="agent after 1 s"),
        pytest.param(replace(ANSWERED, bridged_at=102.0), AbandonClass.CONNECTED, id="agent at the limit"),
        pytest.param(replace(ANSWERED, bridged_at=102.4), AbandonClass.ABANDONED, id="agent after 2.4 s"),
        pytest.param(
            replace(ANSWERED, message_started_at=102.0, message_ended_at=110.0, client_gone_at=110.0),
            AbandonClass.ABANDONED,
            id="message played",
        ),
        pytest.param(
            replace(ANSWERED, message_started_at=100.5, client_gone_at=101.0),
            AbandonClass.ABANDONED,
            id="message begun at once, client left",
        ),
        pytest.param(
            replace(ANSWERED, client_gone_at=101.9), AbandonClass.CLIENT_LEFT_EARLY, id="client left in time"
        ),
        pytest.param(
            replace(ANSWERED, client_gone_at=102.0), AbandonClass.ABANDONED, id="client waited for the limit"
        ),
        pytest.param(
            replace(ANSWERED, ended_at=100.5), AbandonClass.ABANDONED, id="we hung up on a person at once"
        ),
        pytest.param(
            replace(ANSWERED, offered_at=100.1, client_gone_at=109.0),
            AbandonClass.ABANDONED,
            id="offered, never bridged",
        ),
        pytest.param(replace(ANSWERED, ended_at=None), AbandonClass.PENDING, id="still waiting"),
        pytest.param(
            replace(ANSWERED, ended_at=None, bridged_at=101.0), AbandonClass.CONNECTED, id="still talking"
        ),
    ],
)
def test_person_who_answered_is_classed_by_when_an_agent_came(
    entry: LedgerEntry, expected: AbandonClass
) -> None:
    """Answered at 100 s, an agent is due at 102 s."""
    assert abandon_class(entry, TWO_SECONDS_FROM_ANSWER) is expected


@pytest.mark.parametrize(
    ("verdict", "agent_declared_machine", "expected"),
    [
        (DetectionVerdict.MACHINE, None, AbandonClass.NOT_LIVE),
        (DetectionVerdict.HUMAN, None, AbandonClass.ABANDONED),
        (DetectionVerdict.UNSURE, None, AbandonClass.ABANDONED),
        (DetectionVerdict.NOT_DETECTED, None, AbandonClass.ABANDONED),
        (DetectionVerdict.MACHINE, False, AbandonClass.ABANDONED),
        (DetectionVerdict.HUMAN, True, AbandonClass.NOT_LIVE),
    ],
)
def test_machine_is_whom_the_agent_or_else_the_detector_calls_one(
    verdict: DetectionVerdict, agent_declared_machine: bool | None, expected: AbandonClass
) -> None:
    """Bridged after 5 s: a doubt is a person, and the agent's word stands over the detector's."""
    entry = replace(
        ANSWERED, bridged_at=105.0, verdict=verdict, agent_declared_machine=agent_declared_machine
    )

    assert abandon_class(entry, TWO_SECONDS_FROM_ANSWER) is expected


def test_clock_starts_where_the_definition_says() -> None:
    """Greeting until 101.5 s, verdict at 103 s, agent at 103.4 s: in time for two clocks of three."""
    entry = replace(
        ANSWERED,
        greeting_ended_at=101.5,
        verdict=DetectionVerdict.HUMAN,
        verdict_at=103.0,
        bridged_at=103.4,
    )

    assert abandon_class(entry, TWO_SECONDS_FROM_ANSWER) is AbandonClass.ABANDONED
    assert abandon_class(entry, TWO_SECONDS_FROM_GREETING) is AbandonClass.CONNECTED
    assert abandon_class(entry, TWO_SECONDS_FROM_VERDICT) is AbandonClass.CONNECTED


@pytest.mark.parametrize("definition", [TWO_SECONDS_FROM_GREETING, TWO_SECONDS_FROM_VERDICT])
def test_clock_with_an_unknown_start_runs_from_the_answer(definition: AbandonDefinition) -> None:
    """Whoever does not know when the greeting ended has no more than 2 s from the answer."""
    assert abandon_class(replace(ANSWERED, bridged_at=102.4), definition) is AbandonClass.ABANDONED


def test_early_hang_up_is_classed_both_ways() -> None:
    """The same call is in neither count under one definition and abandoned under the other."""
    entry = replace(ANSWERED, client_gone_at=101.0)

    assert abandon_class(entry, TWO_SECONDS_FROM_ANSWER) is AbandonClass.CLIENT_LEFT_EARLY
    assert abandon_class(entry, EARLY_HANG_UP_COUNTS) is AbandonClass.ABANDONED


def test_ratio_counts_abandoned_over_abandoned_and_connected() -> None:
    """3 abandoned (one by message, one bridged late), 5 connected, 4 others: 3 ÷ 8."""
    entries = [
        *[replace(ANSWERED, bridged_at=100.3)] * 5,
        replace(ANSWERED, bridged_at=102.4),
        replace(ANSWERED, message_started_at=102.0),
        ANSWERED,
        replace(ANSWERED, client_gone_at=100.7),
        replace(ANSWERED, verdict=DetectionVerdict.MACHINE, verdict_at=102.0),
        UNANSWERED,
        replace(ANSWERED, ended_at=None),
    ]

    assert abandon_counts(entries, TWO_SECONDS_FROM_ANSWER) == AbandonCounts(
        connected=5, abandoned=3, client_left_early=1, not_live=2, pending=1, machines_detected=1
    )
    assert abandon_ratio(entries, TWO_SECONDS_FROM_ANSWER) == 3 / 8


def test_ratio_without_live_answers_is_unknown() -> None:
    """Nought of nought is not nought percent."""
    assert abandon_ratio([UNANSWERED], TWO_SECONDS_FROM_ANSWER) is None


@pytest.mark.parametrize(
    ("field", "limit_ratio", "agent_within_seconds"),
    [("limit_ratio", 3.0, 2.0), ("limit_ratio", float("nan"), 2.0), ("agent_within_seconds", 0.03, -1.0)],
)
def test_definition_that_makes_no_sense_is_refused(
    field: str, limit_ratio: float, agent_within_seconds: float
) -> None:
    """A limit of 3 is a percentage given as a share."""
    with pytest.raises(InvalidRuleError, match=field):
        replace(TWO_SECONDS_FROM_ANSWER, limit_ratio=limit_ratio, agent_within_seconds=agent_within_seconds)


@settings(max_examples=200)
@given(entries_of_any_kind, definitions)
def test_stricter_definition_never_takes_an_abandoned_call_out_of_the_count(
    entry: LedgerEntry, definition: AbandonDefinition
) -> None:
    """Less time, or counting early hang-ups, leaves an abandoned call abandoned and a machine a machine."""
    looser = abandon_class(entry, definition)

    for stricter_definition in (
        replace(definition, agent_within_seconds=definition.agent_within_seconds / 2),
        replace(definition, early_hang_up_counts=True),
    ):
        stricter = abandon_class(entry, stricter_definition)
        assert looser is not AbandonClass.ABANDONED or stricter is AbandonClass.ABANDONED
        assert (looser is AbandonClass.NOT_LIVE) is (stricter is AbandonClass.NOT_LIVE)
        assert (looser is AbandonClass.PENDING) is (stricter is AbandonClass.PENDING)


@settings(max_examples=200)
@given(entries_of_any_kind, definitions)
def test_connected_call_always_has_a_person_and_an_agent_in_time(
    entry: LedgerEntry, definition: AbandonDefinition
) -> None:
    """Whatever the clocks did, only a bridge within the time after some start connects a call."""
    if abandon_class(entry, definition) is AbandonClass.CONNECTED:
        starts = [
            at for at in (entry.answered_at, entry.greeting_ended_at, entry.verdict_at) if at is not None
        ]
        assert entry.bridged_at is not None
        assert entry.agent_declared_machine is not True
        assert any(entry.bridged_at <= start + definition.agent_within_seconds for start in starts)


@settings(max_examples=50)
@given(st.lists(entries_of_any_kind, max_size=12), definitions)
def test_counts_add_up_to_the_entries(entries: list[LedgerEntry], definition: AbandonDefinition) -> None:
    """Every entry is counted once, and the ratio is a share."""
    counts = abandon_counts(iter(entries), definition)

    assert len(entries) == sum(
        (counts.connected, counts.abandoned, counts.client_left_early, counts.not_live, counts.pending)
    )
    assert counts.ratio is None or 0.0 <= counts.ratio <= 1.0
