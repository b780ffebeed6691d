"""The rest of a number after an abandoned call."""

import pytest

from rules.refusals import RefusalReason
from rules.rest_after_abandon import rest_after_abandon_refusal

THREE_DAYS_SECONDS = 3 * 86_400.0


def test_number_rests_until_the_whole_time_is_over() -> None:
    """72 h after the abandoned call it may be dialed, one millisecond earlier it may not."""
    abandoned_at = 1_790_000_000.0

    refusal = rest_after_abandon_refusal(
        THREE_DAYS_SECONDS, abandoned_at, abandoned_at + THREE_DAYS_SECONDS - 0.001, "test"
    )

    assert refusal is not None
    assert (refusal.reason, refusal.window_seconds) == (RefusalReason.REST_AFTER_ABANDON, THREE_DAYS_SECONDS)
    assert refusal.allowed_at is not None
    assert refusal.allowed_at.timestamp() == abandoned_at + THREE_DAYS_SECONDS
    assert (
        rest_after_abandon_refusal(
            THREE_DAYS_SECONDS, abandoned_at, abandoned_at + THREE_DAYS_SECONDS, "test"
        )
        is None
    )


@pytest.mark.parametrize(("rest_seconds", "abandoned_at"), [(0.0, 0.0), (THREE_DAYS_SECONDS, None)])
def test_number_without_rule_or_without_abandoned_call_need_not_rest(
    rest_seconds: float, abandoned_at: float | None
) -> None:
    """No rule, or nothing to rest from."""
    assert rest_after_abandon_refusal(rest_seconds, abandoned_at, 1.0, "test") is None
