"""Exports as XLSX workbooks: every cell a text, so that no spreadsheet runs one or follows a link."""

from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from crm_core.engine.field import Field
from crm_core.engine.rights import Record

PLAIN = {
    "constant_memory": True,  # rows go to the disk as they are written
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class Workbook:
    """A file with one sheet that grows row by row."""

    def __init__(self, path: Path, fields: Sequence[Field]) -> None:
        """Begin it with the names of fields, as an import wants them."""
        self._fields = fields
        self._book = xlsxwriter.Workbook(str(path), PLAIN)
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        self._rows = 0
        self._write(["id", "version", *(field.name for field in fields)])

    def add(self, record: Record) -> None:
        """Write a record."""
        texts = [field.to_text(record.values[field.name]) for field in self._fields]
        self._write([str(record.id), str(record.version), *texts])

    def close(self) -> None:
        """Finish the file."""
        self._book.close()

    def _write(self, cells: Sequence[str]) -> None:
        for column, text in enumerate(cells):
            self._sheet.write_string(self._rows, column, text)
        self._rows += 1
