"""A list as rows of text: what every kind of file is read into, in chunks of bounded size."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from dialer.adapters.list_import.faults import Fault, ListFileUnusable

ROWS_PER_CHUNK = 4_000
CHARACTERS_PER_CHUNK = 2_000_000
COLUMNS_MAX = 1_000
SAMPLE_ROWS = 200

Row = tuple[int, list[str]]
"""The number of a row, as a spreadsheet counts, and its cells."""


@dataclass(slots=True, kw_only=True)
class RowChunk:
    """Rows that are worked on together."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    done_ratio: float = 0.0  # of the whole file, read up to the end of this chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """An opened list."""

    headers: tuple[str, ...]  # one for each column, all different
    has_header: bool  # False: the first row is a person, and the columns are called "column 1"…
    sample: Sequence[list[str]]  # the cells of the first rows under the header
    chunks: Callable[[], Iterator[RowChunk]]  # reads the file from its first row under the header
    notes: tuple[str, ...]  # what a person should know: encoding, delimiter, headers


def chunked(rows: Iterator[Row | Fault], columns: int, done_ratio: Callable[[], float]) -> Iterator[RowChunk]:
    """Put rows together; a row keeps at most one cell more than there are columns, so that it shows."""
    chunk = RowChunk()
    characters = 0
    for row in rows:
        if isinstance(row, Fault):
            chunk.faults.append(row)
            continue
        number, cells = row
        if len(cells) > columns:
            cells = [*cells[:columns], f"{len(cells):,} cells"]
        chunk.rows.append((number, cells))
        characters += sum(map(len, cells))
        if len(chunk.rows) >= ROWS_PER_CHUNK or characters > CHARACTERS_PER_CHUNK:
            chunk.done_ratio = done_ratio()
            yield chunk
            chunk, characters = RowChunk(), 0
    chunk.done_ratio = 1.0
    yield chunk


def named_columns(cells: Sequence[str], has_header: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Headers that are all different, and notes about those that were not.

    >>> named_columns(["Name", "Phone", "phone", ""], True)[0]
    ('Name', 'Phone', 'phone (2)', 'column 4')

    Raises:
        ListFileUnusable: there are more columns than any list has.
    """
    if len(cells) > COLUMNS_MAX:
        raise ListFileUnusable(
            f"expected at most {COLUMNS_MAX:,} columns, the first row has {len(cells):,}: check the delimiter"
        )
    names: list[str] = []
    notes: list[str] = []
    taken: dict[str, int] = {}
    for index, cell in enumerate(cells):
        text = " ".join(cell.split())[:100] if has_header else ""
        name = text or f"column {index + 1}"
        times = taken[name.casefold()] = taken.get(name.casefold(), 0) + 1
        if times > 1:
            notes.append(f"header {name!r} occurs again: column {index + 1} is called '{name} ({times})'")
            name = f"{name} ({times})"
            taken[name.casefold()] = 1
        names.append(name)
    return tuple(names), tuple(notes)
