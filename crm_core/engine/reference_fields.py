"""Field kinds that point at something else, and the one that is computed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, ColumnElement, ForeignKey, Uuid

from crm_core.engine.errors import UnusableValue
from crm_core.engine.field import EXACT, Field, Lookup, SqlType
from crm_core.engine.text_fields import Text

ID_MAX = 2**63 - 1


def clean_uuid(raw: object) -> UUID:
    """The id of a record.

    Raises:
        UnusableValue: it is none.
    """
    try:
        return raw if isinstance(raw, UUID) else UUID(str(raw))
    except ValueError:
        raise UnusableValue("expected the id of a record") from None


@dataclass(frozen=True, kw_only=True)
class Link(Field):
    """Another record; whether the viewer may link to it is looked at when the record is written."""

    to: str  # name of the entity

    lookups: ClassVar[tuple[Lookup, ...]] = EXACT
    widget: ClassVar[str] = "link"
    json_format: ClassVar[str] = "uuid"

    def sql_type(self) -> SqlType:
        """An id."""
        return Uuid()

    def column_name(self) -> str:
        """The id of the other record."""
        return f"{self.name}_id"

    def columns(self) -> tuple[Column[object], ...]:
        """The id, which must exist."""
        key = ForeignKey(f"crm.{self.to}.id")
        return (Column(self.column_name(), self.sql_type(), key, nullable=not self.required),)

    def clean_value(self, raw: object) -> object:
        """The id."""
        return clean_uuid(raw)

    def to_json(self, value: object) -> object:
        """The id."""
        return None if value is None else str(value)


@dataclass(frozen=True, kw_only=True)
class Links(Field):
    """Several other records of one entity."""

    to: str  # name of the entity

    lookups: ClassVar[tuple[Lookup, ...]] = (Lookup.HAS, Lookup.EMPTY)
    widget: ClassVar[str] = "links"
    json_type: ClassVar[str] = "array"
    count_max: ClassVar[int] = 200

    def sql_type(self) -> SqlType:
        """Ids."""
        return ARRAY(Uuid())

    def column_name(self) -> str:
        """The ids of the other records."""
        return f"{self.name}_ids"

    def clean_value(self, raw: object) -> object:
        """Ids, sorted, each once."""
        parts = raw.split(",") if isinstance(raw, str) else raw
        parts = [parts] if isinstance(parts, UUID) else parts
        if not isinstance(parts, list | tuple | set | frozenset) or len(parts) > self.count_max:
            raise UnusableValue("expected at most {count_max} records", count_max=self.count_max)
        return sorted({clean_uuid(str(part).strip()) for part in parts}) or None

    def to_json(self, value: object) -> object:
        """Ids."""
        return [str(one) for one in value] if isinstance(value, list) else None

    def to_text(self, value: object) -> str:
        """Ids with commas between."""
        return ", ".join(str(one) for one in value) if isinstance(value, list) else ""

    def has(self, column: ColumnElement[object], raw: object) -> ColumnElement[bool]:
        """Rows that link to one record, or to all of several."""
        return column.op("@>", is_comparison=True)(self.expected(raw))


@dataclass(frozen=True, kw_only=True)
class Person(Field):
    """Somebody who works here: a user."""

    lookups: ClassVar[tuple[Lookup, ...]] = EXACT
    widget: ClassVar[str] = "person"
    json_type: ClassVar[str] = "integer"
    table: ClassVar[str] = "users"

    def sql_type(self) -> SqlType:
        """The number of a user."""
        return BigInteger()

    def column_name(self) -> str:
        """The user's id."""
        return f"{self.name}_id"

    def columns(self) -> tuple[Column[object], ...]:
        """The id, which must exist."""
        key = ForeignKey(f"crm.{self.table}.id")
        return (Column(self.column_name(), self.sql_type(), key, nullable=not self.required),)

    def clean_value(self, raw: object) -> object:
        """The id."""
        try:
            number = int(str(raw))
        except ValueError:
            number = 0
        if not 0 < number <= ID_MAX or isinstance(raw, bool):
            raise UnusableValue("expected the number of a user")
        return number


@dataclass(frozen=True, kw_only=True)
class Team(Person):
    """A team."""

    widget: ClassVar[str] = "team"
    table: ClassVar[str] = "teams"


@dataclass(frozen=True, kw_only=True)
class Computed(Field):
    """A text made of other fields whenever it is shown; hidden where one of them is."""

    of: tuple[str, ...]  # names of the fields
    value: Callable[[Mapping[str, object]], object]  # of the record's values, to a value of `kind`
    kind: Field = field(default_factory=Text)
    read_only: bool = True

    is_kept: ClassVar[bool] = False
    lookups: ClassVar[tuple[Lookup, ...]] = ()

    def columns(self) -> tuple[Column[object], ...]:
        """None: it is never kept."""
        return ()

    def clean_value(self, raw: object) -> object:
        """Refuse: nobody writes it."""
        raise UnusableValue("this is computed")

    def to_row(self, value: object) -> dict[str, object]:
        """Nothing."""
        return {}

    def from_row(self, row: Mapping[str, object]) -> object:
        """Nothing yet: it is made of values, not of columns."""
        return None

    def to_json(self, value: object) -> object:
        """As its kind does."""
        return self.kind.to_json(value)

    def to_text(self, value: object) -> str:
        """As its kind does."""
        return self.kind.to_text(value)

    def json_schema(self) -> dict[str, object]:
        """As its kind does, never written."""
        return {**self.kind.json_schema(), "title": self.title(), "readOnly": True}
