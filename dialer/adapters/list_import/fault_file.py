"""The faults of a list as a CSV file that is safe to open in a spreadsheet."""

import csv
import os
from pathlib import Path
from types import TracebackType

from dialer.adapters.list_import.faults import Fault

COLUMNS = ("row", "column", "value", "kind", "reason")
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


class FaultFile:
    """Written beside its place and put there when it is whole; nothing is there if there was no fault."""

    def __init__(self, path: Path) -> None:
        """Take the place; only its owner may read it, as it repeats cells of the list."""
        self.path = path
        self._unfinished = path.with_name(path.name + ".unfinished")
        handle = os.open(self._unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        # The mark lets spreadsheets read the letters as what they are.
        self._file = os.fdopen(handle, "w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(COLUMNS)
        self._rows = 0

    def add(self, fault: Fault) -> None:
        """Write one fault."""
        self._rows += 1
        texts = (fault.column, fault.value, fault.kind.value, fault.reason)
        self._writer.writerow((fault.row_number, *map(spreadsheet_safe, texts)))

    def __enter__(self) -> "FaultFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the file in its place."""
        self._file.close()
        if self._rows:
            self._unfinished.replace(self.path)
        else:
            self._unfinished.unlink()


def spreadsheet_safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> spreadsheet_safe("=cmd|' /C calc'!A0")
    "'=cmd|' /C calc'!A0"
    """
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_BEGINS) else text
