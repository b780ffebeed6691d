"""Planted faults of the rules: what may be dialed when, and what counts as abandoned."""

from tests.house.mutants.mutant import Mutant

TESTS = "tests/unit/rules"
HOURS = f"{TESTS}/test_calling_hours.py"
CAPS = f"{TESTS}/test_attempt_caps.py"
LEDGER = f"{TESTS}/test_abandon_ledger.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="rules: an hour that no clock shows is no hour of ours to refuse",
        catches=f"{TESTS}/test_opening_hours.py::test_any_text_is_hours_or_is_refused",
        path="rules/opening_hours.py",
        before="    except ValueError:\n",
        after="    except KeyError:\n",
    ),
    Mutant(
        name="rules: a turn of the clock changes no verdict",
        catches=f"{HOURS}::test_verdict_holds_to_the_minute_that_the_calendar_says",
        path="rules/calling_hours.py",
        before="candidates.update(offset_change_seconds(place, start, end))",
        after="pass",
    ),
    Mutant(
        name="rules: a window over midnight ends at midnight",
        catches=f"{HOURS}::test_next_opening_is_the_first_open_minute_of_the_calendar",
        path="rules/calling_hours.py",
        before="if window.crosses_midnight and wall < window.closes:",
        after="if window.crosses_midnight and wall < time(0):",
    ),
    Mutant(
        name="rules: only the first zone is asked",
        catches=f"{HOURS}::test_zones_that_disagree_are_open_only_while_all_are",
        path="rules/calling_hours.py",
        before="for place in places:\n        reason = ",
        after="for place in places[:1]:\n        reason = ",
    ),
    Mutant(
        name="rules: the cache keeps a verdict for ever",
        catches=f"{HOURS}::test_cache_agrees_with_the_rule_at_any_instants_in_any_order",
        path="rules/calling_hours.py",
        before="kept = (second, posix_second(verdict.until_at), verdict,",
        after="kept = (second, 2**62, verdict,",
    ),
    Mutant(
        name="rules: the second pass of a repeated hour has no boundaries",
        catches=f"{HOURS}::test_window_in_a_repeated_hour_opens_twice",
        path="rules/local_time.py",
        before="first.replace(fold=1)",
        after="first.replace(fold=0)",
    ),
    Mutant(
        name="rules: an attempt may be made a moment before the cap ends",
        catches=f"{CAPS}::test_rolling_caps_refuse_exactly_while_counting_does",
        path="rules/attempt_caps.py",
        before="ends_at = sorted(attempts_at)[-cap.attempts_max] + cap.window_seconds",
        after="ends_at = sorted(attempts_at)[-cap.attempts_max] + cap.window_seconds - 1.0",
    ),
    Mutant(
        name="rules: a calendar day is counted in the first zone alone",
        catches=f"{CAPS}::test_calendar_day_cap_refuses_exactly_while_the_local_date_is_full",
        path="rules/attempt_caps.py",
        before="places = [get_zone(zone) for zone in zones]",
        after="places = [get_zone(zone) for zone in zones[:1]]",
    ),
    Mutant(
        name="rules: playing the message takes a call out of the count",
        catches=f"{LEDGER}::test_person_who_answered_is_classed_by_when_an_agent_came",
        path="rules/abandon_ledger.py",
        before="if entry.message_started_at is not None:\n        return AbandonClass.ABANDONED",
        after="if entry.message_started_at is not None:\n        return AbandonClass.CLIENT_LEFT_EARLY",
    ),
    Mutant(
        name="rules: an agent who comes late connects the call",
        catches=f"{LEDGER}::test_connected_call_always_has_a_person_and_an_agent_in_time",
        path="rules/abandon_ledger.py",
        before="if entry.bridged_at <= deadline_at else",
        after="if not entry.bridged_at > deadline_at + 1.0 else",
    ),
    Mutant(
        name="rules: counting early hang-ups hides those who waited",
        catches=f"{LEDGER}::test_stricter_definition_never_takes_an_abandoned_call_out_of_the_count",
        path="rules/abandon_ledger.py",
        before="is_early = entry.client_gone_at < deadline_at and not definition.early_hang_up_counts",
        after="is_early = (entry.client_gone_at < deadline_at) is not definition.early_hang_up_counts",
    ),
    Mutant(
        name="rules: a waiting call is left out of the counts",
        catches=f"{LEDGER}::test_counts_add_up_to_the_entries",
        path="rules/abandon_ledger.py",
        before="pending=counts[AbandonClass.PENDING],",
        after="pending=0,",
    ),
    Mutant(
        name="rules: the upper bound is the measured ratio",
        catches=f"{TESTS}/test_ratio_bound.py::test_bound_of_any_counts_is_that_of_scipy",
        path="rules/ratio_bound.py",
        before="return high\n",
        after="return events / trials\n",
    ),
    Mutant(
        name="rules: every calendar day has 24 hours",
        catches=f"{TESTS}/test_abandon_window.py::test_windows_of_a_kind_follow_one_another_without_gap",
        path="rules/abandon_window.py",
        before="return float(start), float(end)",
        after="return float(start), start + (after - first).days * 86_400.0",
    ),
    Mutant(
        name="rules: a refusal is told to end half an hour early",
        catches=(
            f"{TESTS}/test_dial_rules.py"
            "::test_first_refusal_is_the_first_of_all_and_waiting_for_all_allows_the_call"
        ),
        path="rules/rest_after_abandon.py",
        before="allowed_at=utc_datetime_not_before(abandoned_at + rest_seconds)",
        after="allowed_at=utc_datetime_not_before(abandoned_at + rest_seconds - 1800.0)",
    ),
    Mutant(
        name="rules: the federal day begins at 7",
        catches=f"{TESTS}/test_policy_packs.py::test_us_federal_hours_are_8_to_21_every_day",
        path="rules/packs/us_federal.py",
        before="DailyWindow(opens=time(8)",
        after="DailyWindow(opens=time(7)",
    ),
    Mutant(
        name="rules: the rules read a clock",
        catches="contract:pure",
        path="rules/rest_after_abandon.py",
        before="from rules.local_time import utc_datetime_not_before\n",
        after="import time  # noqa: F401\n\nfrom rules.local_time import utc_datetime_not_before\n",
    ),
)
