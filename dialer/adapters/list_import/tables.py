"""Open a list by what its first bytes are, whatever its name ends in."""

from pathlib import Path

from dialer.adapters.list_import.faults import ListFileUnusable
from dialer.adapters.list_import.table import Table
from dialer.adapters.list_import.text_table import open_text_table
from dialer.adapters.list_import.workbook_table import open_workbook_table

ZIP_BEGINS = b"PK\x03\x04"
OLD_WORKBOOK_BEGINS = b"\xd0\xcf\x11\xe0"


def open_table(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    has_header: bool | None = None,
    sheet: str | None = None,
) -> Table:
    """Open a CSV or XLSX file; what is not told is found out.

    Raises:
        ListFileUnusable: it is not there, or cannot be read as a list.
    """
    try:
        if not path.is_file():
            raise ListFileUnusable(f"{path} is no file: expected a CSV or XLSX file")
        with path.open("rb") as file:
            begins = file.read(4)
        if begins == ZIP_BEGINS:
            return open_workbook_table(path, sheet=sheet, has_header=has_header)
        if begins == OLD_WORKBOOK_BEGINS:
            raise ListFileUnusable(f"{path.name} is an old or a protected workbook: save it as XLSX or CSV")
        return open_text_table(path, encoding=encoding, delimiter=delimiter, has_header=has_header)
    except OSError as error:
        raise ListFileUnusable(f"{path} cannot be read: {error.strerror}") from None
