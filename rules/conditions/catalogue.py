"""What conditions may speak of: the fields, links, rows and events that one viewer may use.

The CRM writes these descriptions from its declarations, without what the viewer may not see: a name that is
not in his catalogue does not exist for him. Names of tables and columns reach SQL from here only, and each is
checked to be a plain identifier.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol, TypeAlias, TypeVar

from rules.conditions.kinds import Kind
from rules.conditions.tree import Condition
from rules.errors import InvalidRuleError

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
EVENT_KIND = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")
TABLE = re.compile(r"[a-z_][a-z0-9_]{0,62}(?:\.[a-z_][a-z0-9_]{0,62})?")
COLUMN = re.compile(r"[a-z_][a-z0-9_]{0,62}")


PutValue: TypeAlias = Callable[[object], str]
"""Takes a value for the statement, and gives what stands for it in the text."""
Gate: TypeAlias = Callable[[str, PutValue], str]
"""Writes, in SQL, what a row of the table with an alias must meet so that conditions may reach it."""
Named = TypeVar("Named", "Field", "Link", "Rows", "EventKind")


class IdType(Enum):
    """How ids are stored; as values they are whole numbers or, lower-case and with hyphens, texts."""

    BIGINT = "bigint"
    UUID = "uuid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value of a choice."""

    code: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an entity."""

    name: str
    kind: Kind
    label: str
    column: str = ""  # "": named as the field
    json_column: str = ""  # of a custom field: the jsonb column whose key is the field's name
    folded_column: str = ""  # of a text: where the text is kept folded (`fold_sql`), if it is
    choices: tuple[Choice, ...] = ()  # of a choice; tags with choices allow no others
    id_type: IdType = IdType.BIGINT  # of a link or a person
    links_to: str = ""  # of a link: the entity that is meant, for a form's search box

    def __post_init__(self) -> None:
        """Refuse names that are no plain identifiers."""
        _require(NAME, "name of a field", self.name)
        for column in (self.column, self.json_column, self.folded_column):
            _require(COLUMN, f"column of field {self.name}", column or "x")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A way from a record to at most one other."""

    name: str
    label: str
    entity: str  # name of the entity that it leads to
    column: str  # of this entity, equal to the key of the other

    def __post_init__(self) -> None:
        """Refuse names that are no plain identifiers."""
        _require(NAME, "name of a link", self.name)
        _require(COLUMN, f"column of link {self.name}", self.column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A way from a record to any number of others."""

    name: str
    label: str
    entity: str
    column: str  # of the other entity, equal to the key of this one
    newest_by: str = ""  # column of the other entity; the newest row has the greatest, then the greatest key

    def __post_init__(self) -> None:
        """Refuse names that are no plain identifiers."""
        _require(NAME, "name of rows", self.name)
        for column in (self.column, self.newest_by or "x"):
            _require(COLUMN, f"column of rows {self.name}", column)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKind:
    """One kind of event that can happen to the records of an entity."""

    name: str
    label: str

    def __post_init__(self) -> None:
        """Refuse a name that is none."""
        _require(EVENT_KIND, "kind of event", self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTable:
    """Where the events of all entities are kept."""

    table: str
    entity_column: str = "entity"  # text: name of the entity
    record_column: str = "record_id"
    kind_column: str = "kind"  # text
    at_column: str = "at"  # timestamptz

    def __post_init__(self) -> None:
        """Refuse names that are no plain identifiers."""
        _require(TABLE, "table of events", self.table)
        for column in (self.entity_column, self.record_column, self.kind_column, self.at_column):
            _require(COLUMN, "column of events", column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One kind of record, with what a condition may say of it."""

    name: str
    label: str
    table: str  # or view; with its schema where it has one
    key: str = "id"  # column
    fields: Mapping[str, Field] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    rows: Mapping[str, Rows] = field(default_factory=dict)
    events: Mapping[str, EventKind] = field(default_factory=dict)
    restriction: "Restriction | None" = None  # rows that links and figures may reach; None: all
    gate: Gate | None = field(default=None, compare=False)  # the same, for SQL, by who knows the rights

    def __post_init__(self) -> None:
        """Refuse names that are no plain identifiers."""
        _require(NAME, "name of an entity", self.name)
        _require(TABLE, f"table of {self.name}", self.table)
        _require(COLUMN, f"key of {self.name}", self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """Rows of an entity that a viewer may see; asked wherever a link or a figure leads to it."""

    condition: Condition
    catalogue: "FieldCatalogue"  # rooted at the entity, with the fields that the condition needs


class FieldCatalogue(Protocol):
    """What one viewer's conditions about one entity may speak of."""

    @property
    def root(self) -> str:
        """Name of the entity whose records the conditions are about."""

    @property
    def events(self) -> EventTable | None:
        """Where events are kept; None where conditions cannot speak of them."""

    @property
    def variables(self) -> Mapping[str, Kind]:
        """Kinds of the variables."""

    @property
    def names(self) -> Sequence[str]:
        """Names of all entities that can be reached, the root among them."""

    def find_entity(self, name: str) -> Entity | None:
        """Return the entity of that name, if the viewer may use it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedCatalogue:
    """A catalogue that is written down."""

    root: str
    entities: Mapping[str, Entity]
    events: EventTable | None = None
    variables: Mapping[str, Kind] = field(default_factory=dict)

    @property
    def names(self) -> Sequence[str]:
        """Names of all entities, the root among them."""
        return tuple(self.entities)

    def find_entity(self, name: str) -> Entity | None:
        """Return the entity of that name, if there is one."""
        return self.entities.get(name)


def by_name(*described: Named) -> dict[str, Named]:
    """Return descriptions by their names."""
    return {one.name: one for one in described}


def _require(pattern: re.Pattern[str], what: str, came: str) -> None:
    if not pattern.fullmatch(came):
        raise InvalidRuleError(field=what, expected=f"a name like {pattern.pattern}", came=came)
