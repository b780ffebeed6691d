"""A CSV file (any delimiter, any encoding) as a table; no line and no cell is ever longer than its limit."""

import csv
from collections.abc import Generator, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

from dialer.adapters.list_import.encodings import TextEncoding, find_encoding
from dialer.adapters.list_import.faults import Fault, FaultKind, ListFileUnusable
from dialer.adapters.list_import.table import SAMPLE_ROWS, Row, RowChunk, Table, chunked, named_columns
from dialer.adapters.list_import.table_shape import AGREEMENT_MIN, TableShape, find_shape, is_header

LINE_CHARACTERS_MAX = 1_000_000
SAMPLE_LINES = 50
BLOCK_BYTES = 1 << 20
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def open_text_table(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    has_header: bool | None = None,
) -> Table:
    """Open a CSV file; what is not told is found out.

    Raises:
        ListFileUnusable: it cannot be read as a list.
    """
    if path.stat().st_size == 0:
        raise ListFileUnusable(f"{path.name} is empty: expected a header and rows under it")
    found = TextEncoding(name=encoding, is_guess=False) if encoding else find_encoding(_blocks(path))
    with _opened(path, found.name) as file:
        lines = list(islice(_lines(file), SAMPLE_LINES))
    shape = find_shape(lines)
    if delimiter is not None:
        shape = TableShape(delimiter=delimiter, lines_before=shape.lines_before, agreement_ratio=1.0)
    rows = _rows(path, found.name, shape)
    first = next((row for row in rows if isinstance(row, tuple)), None)
    if first is None:
        raise ListFileUnusable(f"{path.name} has no rows: expected a header and rows under it")
    with_header = is_header(first[1]) if has_header is None else has_header
    headers, renamed = named_columns(first[1], with_header)
    after = first[0] if with_header else 0
    sample = [] if with_header else [first[1]]
    sample += [row[1] for row in islice(rows, SAMPLE_ROWS) if isinstance(row, tuple)]
    rows.close()
    return Table(
        headers=headers,
        has_header=with_header,
        sample=sample,
        chunks=partial(_chunks, path, found.name, shape, after, len(headers)),
        notes=(*_notes(found, shape, with_header), *renamed),
    )


def _notes(found: TextEncoding, shape: TableShape, with_header: bool) -> Iterator[str]:
    delimiter = NAMES.get(shape.delimiter, repr(shape.delimiter))
    header = "a header" if with_header else "no header"
    if found.is_guess:
        seen = f", in which it reads {found.excerpt!r}" if found.excerpt else ""
        yield f"the encoding is guessed: {found.name}{seen}; if letters are wrong, give --encoding"
    yield f"{found.name}, cells between {delimiter}s, {header}"
    if shape.agreement_ratio < AGREEMENT_MIN and shape.agreement_ratio > 0.0:
        yield "the first lines do not all have as many cells: delimiters may be mixed"


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from iter(partial(file.read, BLOCK_BYTES), b"")


def _opened(path: Path, encoding: str) -> TextIO:
    try:
        return path.open(encoding=encoding, newline="")
    except LookupError:
        raise ListFileUnusable(f"--encoding {encoding} is not known; write utf-8, cp1252, utf-16…") from None


def _lines(file: TextIO) -> Iterator[str]:
    number = 0
    try:
        for line in iter(partial(file.readline, LINE_CHARACTERS_MAX + 1), ""):
            number += 1
            if len(line) > LINE_CHARACTERS_MAX:
                raise ListFileUnusable(
                    f"line {number:,} is longer than {LINE_CHARACTERS_MAX:,} characters: this is no list"
                )
            yield line
    except UnicodeError as error:
        raise ListFileUnusable(
            f"after line {number:,} the file is not {file.encoding} ({error}): give another --encoding"
        ) from None


def _rows(path: Path, encoding: str, shape: TableShape) -> Generator[Row | Fault, None, None]:
    with _opened(path, encoding) as file:
        yield from _rows_of(file, shape)


def _rows_of(file: TextIO, shape: TableShape) -> Iterator[Row | Fault]:
    """Rows with cells; blank ones are counted and not given. A row with wrong quotes is a fault."""
    lines = islice(_lines(file), shape.lines_before, None)
    reader = csv.reader(lines, delimiter=shape.delimiter, strict=True)
    number = shape.lines_before
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = f"quotes do not match, or a cell is longer than {csv.field_size_limit():,} ({error})"
            yield Fault(kind=FaultKind.BAD_ROW, row_number=number, column="", value="", reason=reason)
            continue
        if any(cells):
            yield number, cells


def _chunks(path: Path, encoding: str, shape: TableShape, after: int, columns: int) -> Iterator[RowChunk]:
    size = path.stat().st_size
    with _opened(path, encoding) as file:
        rows = _rows_of(file, shape)
        wanted = (row for row in rows if isinstance(row, Fault) or row[0] > after)
        yield from chunked(wanted, columns, lambda: min(1.0, file.buffer.tell() / size))
