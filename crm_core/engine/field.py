"""What every field kind is and can do: columns, cleaning, lookups, JSON, text, schema.

A kind says how one value is kept and shown. It opens nothing, and it knows neither viewers nor records.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, TypeAlias

from sqlalchemy import ARRAY, Column, ColumnElement, FromClause, bindparam, func
from sqlalchemy.types import TypeEngine

from crm_core.engine.errors import UnusableValue


class Lookup(Enum):
    """How a filter compares."""

    IS = "is"
    HAS = "has"  # a text within the text, case and accents aside; a tag among the tags
    MIN = "min"  # this or more
    MAX = "max"  # this or less
    ONE_OF = "one_of"
    EMPTY = "empty"  # true: nothing there; false: something


EXACT = (Lookup.IS, Lookup.ONE_OF, Lookup.EMPTY)
ORDERED = (Lookup.IS, Lookup.MIN, Lookup.MAX, Lookup.ONE_OF, Lookup.EMPTY)
LOOKUP_VALUES_MAX = 1_000

SqlType: TypeAlias = TypeEngine[Any]
"""Type of a column; SQLAlchemy's types are invariant in what they hold."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of an entity; its kind is its class."""

    name: str = ""  # the declaration gives it
    label: str = ""  # English; "" makes it from the name
    help: str = ""  # one sentence for the form
    required: bool = False  # a record without it is refused
    default: object = None  # raw, cleaned like what people type
    search: bool = False  # found by the search box
    read_only: bool = False  # set by the program, never by a form
    set_with: str = ""  # name of the field whose change sets this one to the day; only dates
    seen_by: tuple[str, ...] = ()  # roles that may see it; empty: everybody

    is_kept: ClassVar[bool] = True  # False: made of other fields whenever it is shown
    lookups: ClassVar[tuple[Lookup, ...]] = EXACT
    widget: ClassVar[str] = "text"
    json_type: ClassVar[str] = "string"
    json_format: ClassVar[str] = ""

    def title(self) -> str:
        """What people call it, in English."""
        return self.label or self.name.replace("_", " ").capitalize()

    def sql_type(self) -> SqlType:
        """Type of the main column."""
        raise NotImplementedError(f"field kind {type(self).__name__} has no column")

    def column_name(self) -> str:
        """Name of the main column: filters and sorting use it."""
        return self.name

    def column(self, table: FromClause) -> ColumnElement[Any]:
        """What filters compare."""
        return table.c[self.column_name()]

    def columns(self) -> tuple[Column[object], ...]:
        """All columns that it needs, new objects at each call."""
        return (Column(self.column_name(), self.sql_type(), nullable=not self.required),)

    def clean(self, raw: object) -> object:
        """The value of what a form, a file or the API gave; None where nothing was given.

        Raises:
            UnusableValue: with what was expected.
        """
        if isinstance(raw, str):
            raw = raw.strip()
        if raw is None or raw == "":
            if self.required:
                raise UnusableValue("this is needed")
            return None
        return self.clean_value(raw)

    def clean_value(self, raw: object) -> object:
        """Clean what is not empty; each kind its way."""
        raise NotImplementedError(f"field kind {type(self).__name__} takes no values")

    def to_row(self, value: object) -> dict[str, object]:
        """Columns and what to write in them."""
        return {self.column_name(): value}

    def from_row(self, row: Mapping[str, object]) -> object:
        """The value of a row."""
        return row[self.column_name()]

    def to_json(self, value: object) -> object:
        """What the API, audit and exports in JSON give; None where there is no value."""
        return value

    def from_json(self, json: object) -> object:
        """The value again of what `to_json` gave."""
        return None if json is None else self.clean_value(json)

    def to_text(self, value: object) -> str:
        """What tables, CSV and differences show; `clean` takes it back."""
        return "" if value is None else str(value)

    def json_schema(self) -> dict[str, object]:
        """JSON schema of what `to_json` gives."""
        schema: dict[str, object] = {"type": [self.json_type, "null"], "title": self.title()}
        if self.json_format:
            schema["format"] = self.json_format
        if self.help:
            schema["description"] = self.help
        return schema

    def input_schema(self) -> dict[str, object]:
        """JSON schema of what the API takes; what is given is still cleaned."""
        return self.json_schema()

    def condition(self, table: FromClause, lookup: Lookup, raw: object) -> ColumnElement[bool]:
        """Rows whose value meets a lookup.

        Raises:
            UnusableValue: the kind has no such lookup, or what is expected cannot be compared.
        """
        if lookup not in self.lookups:
            words = ", ".join(one.value for one in self.lookups)
            raise UnusableValue("expected one of {lookups}, got {lookup}", lookups=words, lookup=lookup.value)
        column = self.column(table)
        if lookup is Lookup.EMPTY:
            return column.is_(None) if truth(raw) else column.is_not(None)
        if lookup is Lookup.ONE_OF:
            return self._one_of(column, raw)
        if lookup is Lookup.HAS:
            return self.has(column, raw)
        expected = self.expected(raw)
        if lookup is Lookup.MIN:
            return column >= expected
        return column <= expected if lookup is Lookup.MAX else column == expected

    def expected(self, raw: object) -> object:
        """What a filter compares the main column with."""
        value = self.clean(raw)
        if value is None:
            raise UnusableValue("a filter needs a value here")
        return self.to_row(value)[self.column_name()]

    def has(self, column: ColumnElement[object], raw: object) -> ColumnElement[bool]:
        """Rows whose text holds a text; case and accents do not count."""
        return func.crm.fold(column).like(func.concat("%", func.crm.fold(escape_like(str(raw))), "%"))

    def _one_of(self, column: ColumnElement[object], raw: object) -> ColumnElement[bool]:
        if not isinstance(raw, list | tuple | set | frozenset) or len(raw) > LOOKUP_VALUES_MAX:
            raise UnusableValue("expected a list of at most {count_max} values", count_max=LOOKUP_VALUES_MAX)
        return is_any_of(column, [self.expected(one) for one in raw], self.sql_type())


def is_any_of(column: ColumnElement[Any], values: Sequence[object], sql_type: SqlType) -> ColumnElement[bool]:
    """`column = any (values)`: one parameter, however many values."""
    return column == func.any(bindparam(None, list(values), ARRAY(sql_type)))


def escape_like(text: str) -> str:
    r"""A text for `like` in which `%` and `_` mean themselves.

    >>> escape_like("50%")
    '50\\%'
    """
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


TRUE_WORDS = frozenset(["true", "yes", "on", "1"])
FALSE_WORDS = frozenset(["false", "no", "off", "0"])


def truth(raw: object) -> bool:
    """Yes or no, of what a form, a file or the API gives.

    Raises:
        UnusableValue: it is neither.
    """
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise UnusableValue("expected yes or no")
