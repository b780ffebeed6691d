"""CSV files as people send them: encodings, delimiters, headers, quotes, and files that are none."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.adapters.list_import import open_table
from dialer.adapters.list_import.encodings import find_encoding
from dialer.adapters.list_import.faults import Fault, ListFileUnusable
from dialer.adapters.list_import.table import Row, Table, named_columns
from dialer.adapters.list_import.table_shape import find_shape, is_header

PEOPLE = "Name;Telefono;Città\nMüller;06 1234 5678;Roma\nD'Angelò;347 1234567;Forlì\n"


def written(folder: Path, content: bytes) -> Path:
    """A list in a file."""
    path = folder / "list.csv"
    path.write_bytes(content)
    return path


def rows_of(table: Table) -> list[Row]:
    """All rows of a table."""
    return [row for chunk in table.chunks() for row in chunk.rows]


def faults_of(table: Table) -> list[Fault]:
    """All faults that reading a table meets."""
    return [fault for chunk in table.chunks() for fault in chunk.faults]


@pytest.mark.parametrize(
    ("encoding", "is_guess"),
    [
        ("utf-8", False),
        ("utf-8-sig", False),
        ("utf-16", False),
        ("utf-32", False),
        ("utf-16-le", True),
        ("utf-16-be", True),
        ("cp1252", True),
    ],
)
def test_list_in_any_encoding_is_read_alike(tmp_path: Path, encoding: str, is_guess: bool) -> None:
    """Names come out whole; where the encoding is guessed, that is said."""
    table = open_table(written(tmp_path, PEOPLE.encode(encoding)))
    assert table.headers == ("Name", "Telefono", "Città")
    assert rows_of(table) == [
        (2, ["Müller", "06 1234 5678", "Roma"]),
        (3, ["D'Angelò", "347 1234567", "Forlì"]),
    ]
    assert any("guessed" in note for note in table.notes) == is_guess


def test_file_whose_last_line_alone_is_not_utf8_is_guessed() -> None:
    """A long ASCII beginning proves nothing about the end."""
    blocks = iter([b"Name;Phone\n" + b"Rossi;0612345678\n" * 100_000, "Però;0612345678\n".encode("cp1252")])
    found = find_encoding(blocks)
    assert (found.name, found.is_guess, found.excerpt) == ("cp1252", True, "Però")


def test_polish_list_of_an_old_spreadsheet_is_not_taken_for_western() -> None:
    """Letters that western Europe does not have decide against its encoding."""
    text = "Imię;Telefon\nŁukasz Żółty;601123456\nZbigniew Wąsik;602123456\nGrażyna Świątek;603123456\n"
    assert find_encoding(iter([text.encode("cp1250")])).name == "cp1250"


def test_list_in_another_encoding_than_told_is_refused(tmp_path: Path) -> None:
    """The message says how far the file could be read."""
    path = written(tmp_path, PEOPLE.encode("cp1252"))
    with pytest.raises(ListFileUnusable, match=r"after line 0 the file is not utf-8.*--encoding"):
        open_table(path, encoding="utf-8")
    with pytest.raises(ListFileUnusable, match="--encoding moon is not known"):
        open_table(path, encoding="moon")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_of_any_kind_is_found(delimiter: str) -> None:
    """Decimal commas and commas in names do not mislead."""
    lines = [delimiter.join(cells) for cells in (["a", "b", "c"], ["1", '"2,5"', "x"], ["4", '"5;0"', "y"])]
    assert find_shape(lines).delimiter == delimiter


def test_line_that_names_the_separator_is_obeyed(tmp_path: Path) -> None:
    """Excel's own first line is no row of the list, and counts as one, as in Excel."""
    table = open_table(written(tmp_path, b"sep=|\nName|Phone\nRossi|0612345678\n"))
    assert rows_of(table) == [(3, ["Rossi", "0612345678"])]


def test_mixed_delimiters_are_noted(tmp_path: Path) -> None:
    """A person is told before he wonders at the faults."""
    lines = ["Name;Phone;City"] + ["Rossi;0612345678;Roma", "Verdi,0612345679,Roma"] * 5
    table = open_table(written(tmp_path, "\n".join(lines).encode()))
    assert any("delimiters may be mixed" in note for note in table.notes)


def test_list_without_header_gets_columns_by_place(tmp_path: Path) -> None:
    """A first row with a telephone number is a person."""
    table = open_table(written(tmp_path, b"Rossi,0612345678\nVerdi,0612345679\n"))
    assert (table.has_header, table.headers) == (False, ("column 1", "column 2"))
    assert len(rows_of(table)) == 2
    assert not is_header(["Rossi", "+39 06 1234567"])


def test_duplicate_headers_get_names_of_their_own() -> None:
    """Nothing of a row is lost because two columns share a name, even where the new name is taken too."""
    headers, notes = named_columns(["Phone", "phone", "Phone", " ", "Name"], True)
    assert headers == ("Phone", "phone (2)", "Phone (3)", "column 4", "Name")
    assert len(notes) == 2


def test_row_with_wrong_quotes_is_a_fault_and_reading_goes_on(tmp_path: Path) -> None:
    """One broken row does not take the others along."""
    content = b'Name,Phone\n"Rossi" jr,0612345678\nVerdi,0612345679\n"Bianchi,061234'
    table = open_table(written(tmp_path, content))
    assert rows_of(table) == [(3, ["Verdi", "0612345679"])]
    assert [fault.row_number for fault in faults_of(table)] == [2, 4]


def test_blank_rows_are_counted_and_not_given(tmp_path: Path) -> None:
    """Row numbers are those that a spreadsheet shows."""
    table = open_table(written(tmp_path, b"Name,Phone\n\n,\nVerdi,0612345679\n"))
    assert rows_of(table) == [(4, ["Verdi", "0612345679"])]


def test_endless_line_is_refused_without_being_kept(tmp_path: Path) -> None:
    """A line longer than any row ends the reading; here it comes after a good beginning."""
    table = open_table(written(tmp_path, b"Name,Phone\nVerdi,0612345679\n" * 300 + b"x" * 3_000_000))
    with pytest.raises(ListFileUnusable, match="line 601 is longer than 1,000,000 characters"):
        rows_of(table)


def test_row_of_a_million_columns_keeps_one_too_many(tmp_path: Path) -> None:
    """The row shows that it is too wide, and takes no memory for it."""
    table = open_table(written(tmp_path, b"Name,Phone\nVerdi,0612345679\n" + b"," * 900_000 + b"x\n"))
    assert rows_of(table)[1] == (3, ["", "", "900,001 cells"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "has no rows"),
        (b"x," * 2000 + b"\n", "at most 1,000 columns"),
        (b"\xd0\xcf\x11\xe0old", "old or a protected workbook"),
        (b"PK\x03\x04 no archive", "no XLSX workbook"),
    ],
)
def test_file_that_is_no_list_is_refused_with_advice(tmp_path: Path, content: bytes, said: str) -> None:
    """The message says what was expected."""
    with pytest.raises(ListFileUnusable, match=said):
        open_table(written(tmp_path, content))


def test_path_that_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder and a missing file are named."""
    for path in (tmp_path, tmp_path / "missing.csv"):
        with pytest.raises(ListFileUnusable, match="is no file"):
            open_table(path)


rows_of_any_width = st.text('ab1;,"\n\r\x00', max_size=200).map(str.encode)


@given(
    st.binary(max_size=400) | rows_of_any_width,
    st.sampled_from([b"", b"Name;Phone\n", b"Name,Phone\nA,0612345678\n"]),
)
def test_bytes_of_any_kind_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, tail: bytes, head: bytes
) -> None:
    """Whatever is in a file, it becomes rows and faults, or one message."""
    path = written(tmp_path_factory.getbasetemp(), head + tail)
    try:
        table = open_table(path)
        rows = rows_of(table)
    except ListFileUnusable:
        return
    assert all(len(cells) <= len(table.headers) + 1 for _, cells in rows)
    assert len({number for number, _ in rows}) == len(rows)
