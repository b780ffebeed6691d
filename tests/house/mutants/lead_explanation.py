"""Planted faults of `paceline lead explain`: reasons that are not told, or told of the wrong zone."""

from tests.house.mutants.mutant import Mutant

TESTS = "tests/integration/test_lead_explanation.py"
PATH = "app/lead_explanation.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="lead explain: a closed zone is told as open",
        catches=f"{TESTS}::test_lead_at_night_says_when_its_zone_opens",
        path=PATH,
        before="is_passed=verdict.is_open, text=text",
        after="is_passed=True, text=text",
    ),
    Mutant(
        name="lead explain: the rules are not asked",
        catches=f"{TESTS}::test_single_reason_is_named_with_its_end",
        path=PATH,
        before="if refusal.reason not in HOURS_REASONS]",
        after="if refusal.reason in ()]",
    ),
    Mutant(
        name="lead explain: numbers are shown to everybody",
        catches=f"{TESTS}::test_number_in_an_explanation_is_masked_unless_asked_for",
        path=PATH,
        before="shown = e164 if shows_numbers else masked(e164)",
        after="shown = e164",
    ),
    Mutant(
        name="lead explain: the campaign's own do-not-call list is not read",
        catches=f"{TESTS}::test_single_reason_is_named_with_its_end",
        path="dialer/adapters/queries.sql",
        before="where e164 = any($1::text[]) and (campaign_number is null or campaign_number = $2);",
        after="where e164 = any($1::text[]) and campaign_number is null and $2 > 0;",
    ),
)
