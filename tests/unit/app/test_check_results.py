"""What the self-test makes of what it saw; no network here."""

from datetime import UTC, datetime, timedelta

import pytest

from app.check_results import CheckResult, CheckState, exit_code, failed, good, skipped, table_rows
from app.checking import call_for, certificate_result, clock_result
from asterisk_config.settings import AsteriskSettings
from tests.unit.asterisk_config.sample_settings import full_settings

NOW = datetime(2031, 3, 5, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([], 0),
        ([good("a", "fine"), skipped("b", "not running")], 0),
        ([good("a", "fine"), failed("b", "broken", "mend")], 1),
    ],
)
def test_exit_code_is_one_where_anything_failed(results: list[CheckResult], code: int) -> None:
    """What was skipped is no failure: a check before the first start must be able to pass."""
    assert exit_code(results) == code


def test_results_for_programs_have_every_field() -> None:
    """Nothing that people see is hidden from programs."""
    assert table_rows([failed("b", "broken", "mend")]) == [
        {"name": "b", "state": "failed", "seen": "broken", "fix": "mend"}
    ]


@pytest.mark.parametrize(
    ("offset_seconds", "state"),
    [
        (0.4, CheckState.GOOD),
        (-0.4, CheckState.GOOD),
        (0.6, CheckState.FAILED),
        (-3600.0, CheckState.FAILED),
    ],
)
def test_clock_that_differs_by_more_than_half_a_second_fails_either_way(
    offset_seconds: float, state: CheckState
) -> None:
    """Ahead or behind: delays that two clocks measured would be wrong."""
    result = clock_result("dialer", offset_seconds)
    assert result.state is state
    assert bool(result.fix) is (state is CheckState.FAILED)


@pytest.mark.parametrize(("days", "state"), [(14.0, "good"), (13.9, "failed"), (-1.0, "failed")])
def test_certificate_that_ends_within_two_weeks_fails(days: float, state: str) -> None:
    """Early enough that somebody can renew it by hand."""
    assert certificate_result("c", NOW + timedelta(days=days), NOW).state.value == state


def test_call_goes_over_the_named_trunk_or_the_first_and_never_unasked() -> None:
    """No number, no call: it costs money and rings at somebody's home."""
    settings: AsteriskSettings = full_settings()
    first, other = settings.trunks[0].name, settings.trunks[-1].name
    assert call_for([settings], None, None) == {}
    assert call_for([settings], "+999555003", None)[settings.system_name].trunk == first
    assert call_for([settings], "+999555003", other)[settings.system_name].trunk == other
    assert call_for([settings], "+999555003", "unknown") == {}
