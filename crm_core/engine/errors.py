"""What can go wrong in the engine; each message is for a person.

EngineError
├── DeclarationUnusable  ours: a declaration contradicts itself; found when the program starts
├── UnusableValue        the caller's: one value of one field
├── RecordRefused        the caller's: values of a record, each with its field
├── RecordAbsent         the caller's: there is no such record, or he may not see it: he cannot tell which
├── VerbRefused          the caller's: he sees the record, and may not do this with it
├── StaleEdit            the caller's: somebody changed the record since he read it; says what
├── ListRefused          the caller's: a filter, a sort or a page marker that the list does not have
└── UndoRefused          the caller's: nothing to undo, undone already, or not his
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class EngineError(Exception):
    """Anything that the engine refuses, as a template with named values, so that it can be translated.

    >>> str(EngineError("expected at most {count_max} letters", count_max=2))
    'expected at most 2 letters'
    """

    def __init__(self, text: str, **values: str | int) -> None:
        """Take the English text and what stands for the names in it."""
        super().__init__(text.format(**values) if values else text)
        self.text = text
        self.values = values


class DeclarationUnusable(EngineError):
    """A declaration contradicts itself or another one."""


class UnusableValue(EngineError):
    """A value that a field cannot take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with one field of a record."""

    field: str  # name of the field; "" where it is the record as a whole
    text: str  # English template for a person
    values: Mapping[str, str | int]  # what stands for the names in it

    def __str__(self) -> str:
        """Give the sentence with its values."""
        return self.text.format(**self.values) if self.values else self.text


def problem(field: str, text: str, /, **values: str | int) -> Problem:
    """Say what is wrong with a field: what rules of entities give."""
    return Problem(field=field, text=text, values=values)


class RecordRefused(EngineError):
    """Values of a record that cannot be kept."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Take everything that is wrong, so that a form can show all of it at once."""
        super().__init__("; ".join(f"{wrong.field}: {wrong}" for wrong in problems).replace("{", "("))
        self.problems = tuple(problems)


class RecordAbsent(EngineError):
    """There is no such record for this viewer."""


class VerbRefused(EngineError):
    """He may see the record, and may not do this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field of a record that somebody else changed meanwhile."""

    field: str
    theirs: str  # what it is now, as a text
    yours: str  # what was sent, as a text; "" where nothing was


class StaleEdit(EngineError):
    """Somebody changed the record since it was read."""

    def __init__(self, version: int, differences: Sequence[Difference]) -> None:
        """Take the version that the record has now, and what differs."""
        super().__init__("somebody changed this record meanwhile: look at his changes, then save again")
        self.version = version
        self.differences = tuple(differences)


class ListRefused(EngineError):
    """A filter, a sort or a page marker that the list does not have."""


class UndoRefused(EngineError):
    """There is nothing to undo."""
