"""Causes and SIP statuses to outcomes: what was measured on Asterisk 22, and whatever SIP allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.adapters.hangup_causes import CAUSES, SIP_CAUSES, end_cause
from dialer.core.outcomes import EndCause

MEASURED = {
    "busy": (17, 486, EndCause.BUSY),
    "ring timeout": (19, 480, EndCause.NO_ANSWER),
    "we hung up while it rang": (16, 0, EndCause.NORMAL),
    "no way through": (34, 503, EndCause.CONGESTION),
    "no such number": (1, 404, EndCause.INVALID_NUMBER),
    "number incomplete": (28, 484, EndCause.INVALID_NUMBER),
    "party silent": (18, 408, EndCause.NO_ANSWER),
    "forbidden": (21, 403, EndCause.REJECTED),
    "declined": (21, 603, EndCause.REJECTED),
    "cause without a status": (17, 0, EndCause.BUSY),
    "nothing said": (0, 0, EndCause.FAILED),
    "a status nobody knows": (127, 699, EndCause.FAILED),
}


@pytest.mark.parametrize("case", MEASURED, ids=str)
def test_unanswered_call_of_any_measured_case_has_its_outcome(case: str) -> None:
    """The status decides, then the cause."""
    cause, status, expected = MEASURED[case]
    assert end_cause(cause, status, was_answered=False) is expected


def test_trunk_that_never_said_a_word_has_failed() -> None:
    """Nobody is to be blamed for not answering when the trunk is dead; a party who rang has not answered."""
    assert end_cause(18, 408, was_answered=False, has_rung=False) is EndCause.FAILED
    assert end_cause(18, 408, was_answered=False, has_rung=True) is EndCause.NO_ANSWER


@given(cause=st.integers(0, 127), status=st.integers(0, 999))
def test_answered_call_ends_normally_however_it_is_said(cause: int, status: int) -> None:
    """An answered call has ended, whatever the network calls it (a BYE without a reason has cause 0)."""
    assert end_cause(cause, status, was_answered=True) is EndCause.NORMAL


def test_table_of_either_kind_names_only_what_exists() -> None:
    """SIP's final statuses that are no success, and causes of Q.850."""
    assert all(400 <= status < 700 for status in SIP_CAUSES)
    assert all(1 <= cause <= 127 for cause in CAUSES)
