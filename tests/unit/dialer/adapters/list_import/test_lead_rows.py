"""Rows become lines for COPY: every good row whole, every bad one a fault with row and column."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.adapters.list_import.columns import Columns, Role
from dialer.adapters.list_import.fault_file import spreadsheet_safe
from dialer.adapters.list_import.faults import FaultKind
from dialer.adapters.list_import.lead_rows import PreparedChunk, RowPlan, prepare_chunk
from dialer.adapters.list_import.table import RowChunk

HEADERS = ("Name", "Phone", "Mobile", "Order")
COLUMNS = Columns(headers=HEADERS, numbers=(1, 2), roles={Role.PRIORITY: 3})


def prepared(*rows: list[str], columns: Columns = COLUMNS) -> PreparedChunk:
    """Prepare rows, the first of which is row 2."""
    plan = RowPlan(columns=columns, country="IT")
    return prepare_chunk(plan, RowChunk(rows=list(enumerate(rows, 2))))


def unescaped(field: str) -> str | None:
    """A field of COPY's text format as PostgreSQL reads it."""
    if field == "\\N":
        return None
    letters = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}
    out, rest = [], iter(field)
    for character in rest:
        out.append(letters[next(rest)] if character == "\\" else character)
    return "".join(out)


def test_row_with_two_numbers_is_one_lead_with_both() -> None:
    """Numbers keep the order of the columns; the other columns stay with the lead by their headers."""
    chunk = prepared(["Rossi\tjr", "06 12345678", "347 1234567", "7"])
    assert chunk.numbers.decode().splitlines() == [
        "2\t0\t+390612345678\t06 12345678\tEurope/Rome",
        "2\t1\t+393471234567\t347 1234567\tEurope/Rome,Europe/Vatican",
    ]
    fields = [unescaped(field) for field in chunk.leads.decode().rstrip("\n").split("\t")]
    assert fields[:5] == ["2", "7", None, None, None]
    assert json.loads(fields[5] or "") == {"Name": "Rossi\tjr"}


def test_row_with_one_number_twice_has_it_once() -> None:
    """One number in two columns is dialed once in a round."""
    assert prepared(["Rossi", "0612345678", "+39 06 1234 5678", ""]).numbers.count(b"\n") == 1


def test_bad_number_beside_a_good_one_is_a_bad_cell() -> None:
    """The row is good without it."""
    chunk = prepared(["Rossi", "none", "3471234567", ""])
    assert chunk.good_rows == 1
    (fault,) = chunk.faults
    assert (fault.kind, fault.row_number, fault.column, fault.value) == (
        FaultKind.BAD_CELL,
        2,
        "Phone",
        "none",
    )


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        (["Rossi", "", "", ""], "Phone", "no telephone number"),
        (["Rossi", "banana", "", ""], "Phone", "no telephone number"),
        (["Rossi"], "Phone", "no telephone number"),
        (["Rossi", "0612345678", "", "9"], "Order", "priority from 0 to 8"),
        (["Rossi", "0612345678", "", "-1"], "Order", "priority from 0 to 8"),
        (["Rossi", "0612345678", "", "٣"], "Order", "priority from 0 to 8"),
        (["Ro\x00ssi", "0612345678", "", ""], "", "NUL byte"),
        (["Rossi", "0612345678", "", "", "5 cells"], "", "expected 4 cells"),
    ],
)
def test_bad_row_is_named_by_row_and_column(cells: list[str], column: str, said: str) -> None:
    """A bad row brings nothing into the database and one fault into the report."""
    chunk = prepared(["Verdi", "0612345679", "", ""], cells)
    assert chunk.leads.count(b"\n") == chunk.numbers.count(b"\n") == chunk.good_rows == 1
    (fault,) = chunk.faults
    assert (fault.kind, fault.row_number, fault.column) == (FaultKind.BAD_ROW, 3, column)
    assert said in fault.reason


plain_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)


@given(plain_texts, plain_texts)
def test_cells_of_any_text_come_out_of_copy_as_they_were(name: str, city: str) -> None:
    """No cell can break the line, forge another field or be lost."""
    columns = Columns(headers=("Name", "Phone", "City"), numbers=(1,))
    chunk = prepared([name, "0612345678", city], columns=columns)
    text = chunk.leads.decode()
    assert text.endswith("\n")
    assert text.count("\n") == 1
    fields = text[:-1].split("\t")
    assert len(fields) == 6
    kept = json.loads(unescaped(fields[5]) or "{}")
    assert kept == {header: cell for header, cell in (("Name", name), ("City", city)) if cell}


@given(st.text(max_size=20) | st.text(" =+-@|%\t\n1", max_size=6))
def test_cell_of_a_fault_file_never_begins_a_formula(text: str) -> None:
    """Spreadsheets evaluate what begins so, even in a CSV file."""
    assert not spreadsheet_safe(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "|", "%"))
