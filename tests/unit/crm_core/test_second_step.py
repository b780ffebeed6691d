"""Codes of the second step, against the values that the standard prints."""

from datetime import UTC, datetime

import pytest

from crm_core.access.second_step import STEP_SECONDS, matching_step

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890", RFC 6238 appendix B


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
    ],
)
def test_code_of_the_standard_is_right_at_its_time(seconds: int, code: str) -> None:
    """The last six digits of RFC 6238's table; half a minute off is forgiven, more is not."""
    for shift, is_right in (
        (0, True),
        (STEP_SECONDS, True),
        (-STEP_SECONDS, True),
        (2 * STEP_SECONDS, False),
    ):
        now = datetime.fromtimestamp(seconds + shift, UTC)
        assert (matching_step(SECRET, code, 0, now) is not None) == is_right
        assert (matching_step(SECRET, f"{code[:3]} {code[3:]}", 0, now) is not None) == is_right


def test_code_whose_step_was_used_is_wrong() -> None:
    """Nobody uses it a second time, nor an older one."""
    now = datetime.fromtimestamp(1111111109, UTC)
    step = matching_step(SECRET, "081804", 0, now)
    assert step is not None
    assert matching_step(SECRET, "081804", step, now) is None
    assert matching_step(SECRET, "081804", step - 1, now) == step


@pytest.mark.parametrize(
    "code", ["", "08180", "0818044", "abcdef", "\uff10\uff18\uff11\uff18\uff10\uff14", "-81804"]
)
def test_code_that_is_none_is_wrong(code: str) -> None:
    """Also digits of other scripts."""
    assert matching_step(SECRET, code, 0, datetime.fromtimestamp(1111111109, UTC)) is None
