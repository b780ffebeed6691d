"""All rules of a pack together: what the engine takes and what a page explains."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.dial_rules import DialRules
from rules.policy_packs import get_policy_pack, list_policy_packs
from rules.refusals import Refusal, RefusalReason
from tests.unit.rules.awkward_zones import AWKWARD_ZONES

CHICAGO = ("America/Chicago",)
DAY_SECONDS = 86_400.0
MONDAY_NOON_AT = datetime(2026, 1, 12, 18, tzinfo=UTC).timestamp()
SUNDAY_NOON_AT = MONDAY_NOON_AT - DAY_SECONDS


def test_call_that_every_rule_allows_is_not_refused() -> None:
    """Monday noon, one attempt yesterday."""
    rules = DialRules(get_policy_pack("strict_generic"))

    assert rules.refusal(zones=CHICAGO, now_at=MONDAY_NOON_AT, number_attempts_at=(SUNDAY_NOON_AT,)) is None


def test_call_that_every_rule_forbids_lists_every_reason() -> None:
    """Sunday, abandoned yesterday, three attempts to number and lead within the hour."""
    rules = DialRules(get_policy_pack("strict_generic"))
    attempts_at = (SUNDAY_NOON_AT - 3.0, SUNDAY_NOON_AT - 2.0, SUNDAY_NOON_AT - 1.0)

    refusals = rules.refusals(
        zones=CHICAGO,
        now_at=SUNDAY_NOON_AT,
        number_attempts_at=attempts_at,
        lead_attempts_at=attempts_at,
        abandoned_at=SUNDAY_NOON_AT - DAY_SECONDS,
    )

    assert [refusal.reason for refusal in refusals] == [
        RefusalReason.OUTSIDE_CALLING_HOURS,
        RefusalReason.REST_AFTER_ABANDON,
        RefusalReason.ATTEMPT_CAP_NUMBER,
        RefusalReason.ATTEMPT_CAP_LEAD,
    ]


def test_call_to_an_unknown_zone_is_refused_and_its_caps_are_still_listed() -> None:
    """A bad zone hides no other reason and raises no error."""
    rules = DialRules(get_policy_pack("strict_generic"))

    refusals = rules.refusals(zones=(), now_at=MONDAY_NOON_AT, lead_attempts_at=(MONDAY_NOON_AT,) * 3)

    assert [refusal.reason for refusal in refusals] == [
        RefusalReason.ZONE_UNKNOWN,
        RefusalReason.ATTEMPT_CAP_LEAD,
    ]


attempts = st.lists(st.floats(-2 * DAY_SECONDS, 0.0).map(lambda ago: MONDAY_NOON_AT + ago), max_size=5)


@settings(max_examples=150)
@given(
    st.sampled_from(list_policy_packs()),
    st.lists(st.sampled_from((*AWKWARD_ZONES, "Mars/Olympus")), max_size=2).map(tuple),
    st.floats(0.0, 3 * DAY_SECONDS),
    attempts,
    attempts,
    st.none() | st.floats(MONDAY_NOON_AT - 7 * DAY_SECONDS, MONDAY_NOON_AT),
)
def test_first_refusal_is_the_first_of_all_and_waiting_for_all_allows_the_call(
    pack_name: str,
    zones: tuple[str, ...],
    seconds: float,
    number_attempts_at: list[float],
    lead_attempts_at: list[float],
    abandoned_at: float | None,
) -> None:
    """Engine and page agree; each reason is over when it said it would be."""
    rules = DialRules(get_policy_pack(pack_name))

    def refusals_at(now_at: float) -> tuple[Refusal, ...]:
        first = rules.refusal(
            zones=zones,
            now_at=now_at,
            number_attempts_at=number_attempts_at,
            lead_attempts_at=lead_attempts_at,
            abandoned_at=abandoned_at,
        )
        every = rules.refusals(
            zones=zones,
            now_at=now_at,
            number_attempts_at=number_attempts_at,
            lead_attempts_at=lead_attempts_at,
            abandoned_at=abandoned_at,
        )
        assert first == (every[0] if every else None)
        return every

    for refusal in refusals_at(MONDAY_NOON_AT + seconds):
        if refusal.allowed_at is not None:
            later = refusals_at(refusal.allowed_at.timestamp())
            assert refusal.reason not in {other.reason for other in later}
