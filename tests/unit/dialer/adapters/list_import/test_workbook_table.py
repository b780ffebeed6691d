"""XLSX workbooks: numbers keep their digits, and a small file cannot take all memory."""

import zipfile
from pathlib import Path

import pytest

from dialer.adapters.list_import import open_table, workbook_table
from dialer.adapters.list_import.faults import ListFileUnusable
from tests.unit.dialer.adapters.list_import.small_workbook import write_workbook


def test_workbook_rows_keep_their_numbers_and_digits(tmp_path: Path) -> None:
    """A telephone number that a spreadsheet took for a number is whole; row numbers are the sheet's."""
    path = write_workbook(
        tmp_path / "list.xlsx",
        {
            1: {"A": "Name", "B": "Phone"},
            2: {"A": "Rossi", "B": 12025550123.0},
            5: {"A": "=cmd|x", "B": "+39 06 12345678"},
        },
    )
    table = open_table(path)
    assert table.headers == ("Name", "Phone")
    rows = [row for chunk in table.chunks() for row in chunk.rows]
    assert rows == [(2, ["Rossi", "12025550123"]), (5, ["=cmd|x", "+39 06 12345678"])]


def test_workbook_list_that_starts_lower_counts_rows_as_shown(tmp_path: Path) -> None:
    """Empty rows above the header count, as a person sees them."""
    path = write_workbook(
        tmp_path / "list.xlsx", {3: {"A": "Name", "B": "Phone"}, 4: {"A": "Rossi", "B": "0612345678"}}
    )
    rows = [row for chunk in open_table(path).chunks() for row in chunk.rows]
    assert rows == [(4, ["Rossi", "0612345678"])]


def test_sheet_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    """The message names the sheets."""
    path = write_workbook(tmp_path / "list.xlsx", {1: {"A": "Name", "B": "Phone"}})
    with pytest.raises(ListFileUnusable, match="there are: people"):
        open_table(path, sheet="persons")


def test_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the directory says is enough to refuse it."""
    monkeypatch.setattr(workbook_table, "UNPACKED_BYTES_MAX", 1_000_000)
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", bytes(2_000_000))
    assert path.stat().st_size < 10_000
    with pytest.raises(ListFileUnusable, match="unpacks to more than"):
        open_table(path)


def test_archive_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    """What is really in it counts."""
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", bytes(2_000_000))
    true_size = (2_000_000).to_bytes(4, "little")
    content = path.read_bytes()
    assert content.count(true_size) == 2
    path.write_bytes(content.replace(true_size, (100).to_bytes(4, "little")))
    with pytest.raises(ListFileUnusable, match="to more than it says"):
        open_table(path)


def test_cell_far_outside_the_list_is_refused(tmp_path: Path) -> None:
    """The reader would take memory for the whole rectangle; a cell in the last corner makes it huge."""
    path = write_workbook(tmp_path / "far.xlsx", {1: {"A": "Phone"}, 1_048_576: {"XFD": "x"}})
    with pytest.raises(ListFileUnusable, match="row 1,048,576 and column 16,384"):
        open_table(path)
