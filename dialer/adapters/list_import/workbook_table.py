"""An XLSX workbook as a table. It is measured before it is opened: a small file may unpack to a huge one."""

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from dialer.adapters.list_import.faults import ListFileUnusable
from dialer.adapters.list_import.table import SAMPLE_ROWS, Row, RowChunk, Table, chunked, named_columns
from dialer.adapters.list_import.table_shape import is_header

UNPACKED_BYTES_MAX = 512_000_000  # a million rows of ten columns is about 400 MB of XML
ENTRIES_MAX = 2_000
CELLS_MAX = 20_000_000  # the reader takes memory for the whole rectangle, used or not
BLOCK_BYTES = 1 << 18
REFERENCE = re.compile(rb"""\br=["']([A-Z]{0,3})([0-9]{1,10})["']""")
REFERENCE_BYTES_MAX = 32
SHEETS = "xl/worksheets/"

Cell = int | float | str | bool | time | date | datetime | timedelta
"""What the reader gives for a cell; an empty one is an empty text."""


def open_workbook_table(path: Path, *, sheet: str | None = None, has_header: bool | None = None) -> Table:
    """Open the first visible sheet of a workbook, or the one named.

    Raises:
        ListFileUnusable: it is no workbook, too large, or has no such sheet or no rows.
    """
    check_workbook(path)
    try:
        workbook = CalamineWorkbook.from_path(path)
        visible = [each.name for each in workbook.sheets_metadata if each.visible is SheetVisibleEnum.Visible]
        name = sheet if sheet is not None else next(iter(visible), "")
        if name not in workbook.sheet_names:
            there = ", ".join(workbook.sheet_names)
            raise ListFileUnusable(f"expected sheet {name!r}, there are: {there}; give --sheet")
        read = workbook.get_sheet_by_name(name)
    except CalamineError as error:
        raise ListFileUnusable(
            f"{path.name} cannot be read as a workbook ({error}): save it as CSV"
        ) from None
    rows = _rows(read.iter_rows())
    first = next(rows, None)
    if first is None:
        raise ListFileUnusable(f"sheet {name!r} is empty: expected a header and rows under it")
    with_header = is_header(first[1]) if has_header is None else has_header
    headers, renamed = named_columns(_without_empty_end(first[1]) if with_header else first[1], with_header)
    after = first[0] if with_header else 0
    sample = [] if with_header else [first[1]]
    sample += [cells for _, cells in islice(rows, SAMPLE_ROWS)]
    others = [each for each in visible if each != name]
    notes = [f"sheet {name!r}, {'a header' if with_header else 'no header'}"]
    notes += [f"other sheets are not read: {', '.join(others)}"] if others else []

    def chunks() -> Iterator[RowChunk]:
        total = max(1, read.total_height)
        last = 0

        def wanted() -> Iterator[Row]:
            nonlocal last
            for row in _rows(read.iter_rows()):
                if row[0] > after:
                    last = row[0]
                    yield row[0], _cut(row[1], len(headers))

        yield from chunked(wanted(), len(headers), lambda: min(1.0, last / total))

    return Table(
        headers=headers, has_header=with_header, sample=sample, chunks=chunks, notes=(*notes, *renamed)
    )


def check_workbook(path: Path) -> None:
    """Refuse a workbook that would take too much memory, by unpacking it without keeping anything.

    What its directory says of sizes is read first, and then proven: a directory may lie.

    Raises:
        ListFileUnusable: it is no workbook, or too large.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > ENTRIES_MAX or sum(each.file_size for each in entries) > UNPACKED_BYTES_MAX:
                raise _too_large(path)
            unpacked = 0
            for entry in entries:
                unpacked += _check_entry(path, entry, UNPACKED_BYTES_MAX - unpacked)
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError) as error:
        raise ListFileUnusable(
            f"{path.name} is no XLSX workbook ({error}): save it anew as XLSX, or as CSV"
        ) from None


def _check_entry(path: Path, entry: zipfile.ZipInfo, bytes_max: int) -> int:
    """Unpack one entry to nowhere; gives its true size."""
    is_sheet = entry.filename.startswith(SHEETS)
    unpacked, tail = 0, b""
    column_max = row_max = 1
    for block in _unpacked(path, entry):
        unpacked += len(block)
        if unpacked > bytes_max or unpacked > entry.file_size:
            raise _too_large(path)
        if is_sheet:
            for letters, digits in REFERENCE.findall(tail + block):
                column_max = max(column_max, _column_number(letters))
                row_max = max(row_max, int(digits))
            tail = block[-REFERENCE_BYTES_MAX:]
    if column_max * row_max > CELLS_MAX:
        raise ListFileUnusable(
            f"{path.name}: a sheet reaches to row {row_max:,} and column {column_max:,}, more than "
            f"{CELLS_MAX:,} cells: delete what stands far outside the list, or save it as CSV"
        )
    return unpacked


def _unpacked(path: Path, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of an entry in blocks of bounded size, whatever the directory says of its length."""
    with path.open("rb") as file:
        file.seek(entry.header_offset)
        header = file.read(30)
        file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
        if entry.compress_type == zipfile.ZIP_STORED:
            left = entry.compress_size
            while left > 0 and (block := file.read(min(left, BLOCK_BYTES))):
                left -= len(block)
                yield block
            return
        if entry.compress_type != zipfile.ZIP_DEFLATED:
            raise NotImplementedError(f"compression {entry.compress_type}")
        yield from _inflated(partial(file.read, BLOCK_BYTES))


def _inflated(read: "partial[bytes]") -> Iterator[bytes]:
    inflating = zlib.decompressobj(-zlib.MAX_WBITS)
    packed = read()
    while packed and not inflating.eof:
        block = inflating.decompress(packed, BLOCK_BYTES)
        if block:
            yield block
        packed = inflating.unconsumed_tail or read()


def _too_large(path: Path) -> ListFileUnusable:
    return ListFileUnusable(
        f"{path.name} unpacks to more than {UNPACKED_BYTES_MAX // 1_000_000} MB, or to more than it says: "
        "save it as CSV, or divide it"
    )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _rows(rows: "Iterator[list[Cell]]") -> Iterator[Row]:
    for number, cells in enumerate(rows, 1):
        texts = [cell_text(cell) for cell in cells]
        if any(texts):
            yield number, texts


def cell_text(cell: Cell) -> str:
    """A cell as a person sees it; whole numbers without the ".0" that the file keeps.

    >>> cell_text(12025550123.0)
    '12025550123'
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def _without_empty_end(cells: Sequence[str]) -> list[str]:
    """A header without the empty columns that a sheet drags along at its right."""
    last = max((index for index, cell in enumerate(cells) if cell.strip()), default=-1)
    return list(cells[: last + 1])


def _cut(cells: list[str], columns: int) -> list[str]:
    """A row without what is empty beyond the header."""
    return cells[:columns] if not any(cells[columns:]) else cells
