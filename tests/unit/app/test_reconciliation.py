"""What counts as agreement between program and database."""

import pytest

from app.reconciliation import Comparison


@pytest.mark.parametrize(
    ("done", "on_record", "differing", "agrees"),
    [(2, 2, (), True), (2, 1, (), False), (2, 2, ("p1-1: done …, on record …",), False)],
    ids=["the same", "one missing", "as many, but others"],
)
def test_comparison_of_figures_and_of_what_is_behind_them(
    done: int, on_record: int, differing: tuple[str, ...], agrees: bool
) -> None:
    """Equal sums are not enough where single attempts differ."""
    found = Comparison(name="attempts", done=done, on_record=on_record, differing=differing)
    assert found.agrees is agrees
