"""What people read when a rule forbids a call."""

from datetime import UTC, datetime

import pytest

from rules.refusals import Refusal, RefusalReason, describe

ALLOWED_AT = datetime(2026, 1, 16, 7, tzinfo=UTC)

SENTENCES = {
    RefusalReason.OUTSIDE_CALLING_HOURS: "It is outside calling hours in Europe/Rome (some text).",
    RefusalReason.HOLIDAY: "It is a holiday in Europe/Rome (some text).",
    RefusalReason.ZONE_UNKNOWN: "The called party's time zone is not known: Europe/Rome (some text).",
    RefusalReason.ATTEMPT_CAP_NUMBER: "This number has had all 3 attempts allowed in 36 h (some text).",
    RefusalReason.ATTEMPT_CAP_LEAD: "This lead has had all 3 attempts allowed in 36 h (some text).",
    RefusalReason.REST_AFTER_ABANDON: "A call to this number was abandoned less than 36 h ago (some text).",
}


@pytest.mark.parametrize("reason", RefusalReason)
def test_refusal_of_each_reason_says_cause_source_and_end(reason: RefusalReason) -> None:
    """One sentence for why and by which text, one for when it ends."""
    refusal = Refusal(
        reason=reason,
        allowed_at=ALLOWED_AT,
        source="some text",
        zones=("Europe/Rome",),
        attempts_max=3,
        window_seconds=36 * 3600.0,
    )

    assert describe(refusal) == f"{SENTENCES[reason]} Allowed again from 2026-01-16 07:00:00 UTC."


def test_refusal_without_an_end_says_so() -> None:
    """An unknown zone does not become known by waiting."""
    refusal = Refusal(reason=RefusalReason.ZONE_UNKNOWN, allowed_at=None, source="some text")

    assert describe(refusal).endswith(": none was given (some text). No instant is known at which this ends.")


def test_refusal_by_a_calendar_day_cap_speaks_of_a_day() -> None:
    """Such a cap has no length in hours."""
    refusal = Refusal(
        reason=RefusalReason.ATTEMPT_CAP_LEAD, allowed_at=ALLOWED_AT, source="some text", attempts_max=1
    )

    assert "in one local calendar day" in describe(refusal)
