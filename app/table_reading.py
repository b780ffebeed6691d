"""Tables out of files that people upload, read as the dialer reads its lists."""

from pathlib import Path

from agent_console.errors import FileUnusable
from agent_console.parts import UploadedTable
from dialer.adapters.list_import import open_table
from dialer.adapters.list_import.faults import ListFileUnusable


def read_table(path: Path, rows_max: int) -> UploadedTable:
    """Headers and rows of a CSV or XLSX file, whatever its encoding and separators are.

    Raises:
        FileUnusable: it cannot be read as a table, or has too many rows.
    """
    try:
        table = open_table(path)
        rows: list[tuple[int, list[str]]] = []
        for chunk in table.chunks():
            rows += chunk.rows
            if len(rows) > rows_max:
                raise FileUnusable(f"expected at most {rows_max} rows in one file")
    except ListFileUnusable as unusable:
        raise FileUnusable(
            str(unusable).replace(str(path), "the file").replace(path.name, "the file")
        ) from None
    return UploadedTable(headers=tuple(table.headers), rows=rows)
