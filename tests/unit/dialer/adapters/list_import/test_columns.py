"""Which columns are telephone numbers: told, or recognised by header, or by content."""

import pytest

from dialer.adapters.list_import.columns import Role, choose_columns
from dialer.adapters.list_import.faults import ListFileUnusable

SAMPLE = [["Rossi", "0612345678", "3471234567", "x"], ["Verdi", "0612345679", "", "y"]]


@pytest.mark.parametrize(
    ("headers", "numbers"),
    [
        (("Name", "Phone", "Mobile phone", "City"), (1, 2)),
        (("Nome", "TELEFONO", "Cellulare", "Città"), (1, 2)),
        (("name", "phoneNumber", "phoneType", "x"), (1,)),
        (("a", "b", "c", "d"), (1, 2)),
    ],
)
def test_number_columns_are_recognised(headers: tuple[str, ...], numbers: tuple[int, ...]) -> None:
    """Headers in several languages count first, then what stands under them."""
    columns = choose_columns(headers, SAMPLE, [])
    assert columns.numbers == numbers
    assert set(columns.fields) == {0, 1, 2, 3} - set(numbers)


def test_told_columns_win_and_keep_their_order() -> None:
    """The first number told is the first dialed; a place may stand for a header."""
    headers = ("Name", "Phone", "Mobile", "Score")
    told = [("number", "mobile"), ("number", "#2"), ("priority", "Score")]
    columns = choose_columns(headers, SAMPLE, told)
    assert (columns.numbers, dict(columns.roles), columns.fields) == ((2, 1), {Role.PRIORITY: 3}, (0,))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ([("fax", "Phone")], "expected one of number, priority"),
        ([("number", "Handy")], "no column is called 'Handy'"),
        ([("number", "Phone")], "stands over several columns"),
        ([("owner", "Name"), ("owner", "Name")], "given twice"),
        ([("number", "#9")], "no column is called '#9'"),
    ],
)
def test_wrong_mapping_is_refused_with_what_is_there(told: list[tuple[str, str]], said: str) -> None:
    """A guess in place of what a person told would dial the wrong column."""
    with pytest.raises(ListFileUnusable, match=said):
        choose_columns(("Name", "Phone", "Phone (2)", "x"), SAMPLE, told)


def test_list_without_any_number_is_refused() -> None:
    """The message says how to name the column."""
    with pytest.raises(ListFileUnusable, match="--map number=HEADER"):
        choose_columns(("Name", "City"), [["Rossi", "Roma"]], [])
