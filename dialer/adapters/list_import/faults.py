"""What is wrong in a list, by row and column; and the error for a file that cannot be read at all."""

from dataclasses import dataclass
from enum import Enum

from dialer.adapters.errors import AdapterError


class ListFileUnusable(AdapterError):
    """A file cannot be read as a list; the message says what was expected, what came and what to do."""


class FaultKind(Enum):
    """What a fault means for the row."""

    BAD_CELL = "bad cell"  # a cell is left out; the row is loaded if it has another number
    BAD_ROW = "bad row"  # the row cannot be loaded
    DUPLICATE = "duplicate"  # the number is there already; the row is left out
    DO_NOT_CALL = "do not call"  # the number must not be called; the row is left out

    @property
    def is_bad(self) -> bool:
        """Whether somebody must mend the list, or say that such rows may be skipped."""
        return self in (FaultKind.BAD_CELL, FaultKind.BAD_ROW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in a list."""

    kind: FaultKind
    row_number: int  # as a spreadsheet counts: the header is row 1
    column: str  # header of the column; empty: the whole row
    value: str  # what stands there, cut to a readable length
    reason: str  # for people
