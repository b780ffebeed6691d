"""Faults in the self-test: failures that it does not see, and calls that nobody asked for."""

from tests.house.mutants.mutant import Mutant

RESULTS = "tests/unit/app/test_check_results.py"
CHECK = "tests/integration/test_check.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="self-test: a failure is no failure to programs",
        catches=f"{RESULTS}::test_exit_code_is_one_where_anything_failed",
        path="app/check_results.py",
        before="result.state is CheckState.FAILED for result",
        after="False for result",
    ),
    Mutant(
        name="self-test: a clock that is behind is right",
        catches=f"{RESULTS}::test_clock_that_differs_by_more_than_half_a_second_fails_either_way",
        path="app/checking.py",
        before="if abs(offset_seconds) <= CLOCK_OFFSET_SECONDS_MAX:",
        after="if offset_seconds <= CLOCK_OFFSET_SECONDS_MAX:",
    ),
    Mutant(
        name="self-test: a number is called over any trunk",
        catches=f"{RESULTS}::test_call_goes_over_the_named_trunk_or_the_first_and_never_unasked",
        path="app/checking.py",
        before="if trunk in (None, each.name)]",
        after="]",
    ),
    Mutant(
        name="self-test: a silent trunk is good",
        catches=f"{CHECK}::test_trunk_whose_carrier_is_silent_fails_with_what_to_compare",
        path="app/checking.py",
        before="    if is_up:\n        return good(title",
        after="    if True:\n        return good(title",
    ),
    Mutant(
        name="self-test: nothing is played to the called party",
        catches=f"{CHECK}::test_check_of_a_good_asterisk_passes_everything_and_both_parties_hear_each_other",
        path="app/check_call.py",
        before='            await self._order("POST", f"{bridge}/play", media=TONE)\n',
        after="",
    ),
    Mutant(
        name="self-test: the engine takes a call of it for one of its own",
        catches="tests/unit/dialer/adapters/test_ari_events.py"
        "::test_message_of_any_measured_case_is_what_it_means",
        path="dialer/adapters/leg_ids.py",
        before=', f"{SELF_TEST}.")',
        after=")",
    ),
)
