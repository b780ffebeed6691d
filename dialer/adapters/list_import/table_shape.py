"""Which delimiter a text list uses, and whether its first row is a header; decided from its first lines."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

DELIMITERS = (",", ";", "\t", "|")
AGREEMENT_MIN = 0.9  # of the lines have as many cells as most
SEPARATOR_LINE = re.compile(r'^"?sep=(.)"?\s*$')  # Excel's own first line
DIGITS_MIN = 6  # of a telephone number


@dataclass(frozen=True, slots=True, kw_only=True)
class TableShape:
    """How lines become cells."""

    delimiter: str
    lines_before: int  # lines above the first row: Excel's "sep=;"
    agreement_ratio: float  # of the first lines that have as many cells as most, 0..1


def find_shape(lines: Sequence[str]) -> TableShape:
    """The delimiter with which most of these lines have the same number of cells.

    >>> find_shape(["a;b;c", "1;2,5;3", "4;5,0;6"]).delimiter
    ';'
    """
    named = SEPARATOR_LINE.match(lines[0]) if lines else None
    rows = lines[1:] if named else lines
    candidates = (named[1],) if named else DELIMITERS
    judged = [(_agreement(rows, delimiter), delimiter) for delimiter in candidates]
    (agreement, _), delimiter = max(judged, key=lambda each: each[0])
    return TableShape(delimiter=delimiter, lines_before=1 if named else 0, agreement_ratio=agreement)


def looks_like_number(cell: str) -> bool:
    """Whether a cell could be a telephone number: digits, and nothing that numbers do not have.

    >>> [looks_like_number(cell) for cell in ("+39 06 123456", "Phone 2", "2026-01-31", "Via Roma 123456")]
    [True, False, False, False]
    """
    if re.fullmatch(r"\d{4}-\d\d-\d\d.*|\d\d?[./]\d\d?[./]\d{2,4}", cell.strip()):
        return False
    digits = sum(character.isdigit() for character in cell)
    others = sum(character.isalpha() for character in cell)
    return digits >= DIGITS_MIN and others == 0


def is_header(cells: Sequence[str]) -> bool:
    """Whether a first row names columns: it has words, and no telephone number."""
    return any(cell.strip() for cell in cells) and not any(map(looks_like_number, cells))


def _agreement(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    """How large a share of the lines has the commonest number of cells, and that number; (0, 1) for one."""
    try:
        counts = Counter(len(cells) for cells in csv.reader(lines, delimiter=delimiter) if cells)
    except csv.Error:
        return 0.0, 1
    if not counts:
        return 0.0, 1
    cells, times = max(counts.items(), key=lambda item: (item[1], item[0]))
    return (times / counts.total(), cells) if cells > 1 else (0.0, 1)
