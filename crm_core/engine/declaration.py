"""Declarations of entities: a class with fields becomes an `Entity`, from which everything else follows.

@entity(rights=Rights(read="team"), list_columns=("name",), filters=("name",), sort=("name",))
class Supplier:
    "Somebody we buy from."

    name = Text(required=True, search=True)
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from sqlalchemy import MetaData, Table

from crm_core.engine.errors import DeclarationUnusable, Problem
from crm_core.engine.field import Field
from crm_core.engine.reference_fields import Computed, Link, Links
from crm_core.engine.scopes import Rights
from crm_core.engine.tables import STANDARD_FIELDS, build_table, new_metadata

Values: TypeAlias = Mapping[str, object]
"""Values of a record by field names."""

Rule: TypeAlias = Callable[[Values | None, Values], Iterable[Problem]]
"""Gives what is wrong with a record after a change; before is None where it is new."""

FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
CUSTOM_PREFIX = "x_"
"""What names of fields begin with that people add; no declared field has such a name."""
RESERVED = frozenset(["id", "version", "deleted_at", "custom", "search_text", "search_vector", "verb"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """What a declaration says."""

    name: str  # one word with underscores: in addresses, tables and the API
    title_many: str  # what several of them are called, in English
    help: str  # English: the declaration's docstring
    rights: Rights
    fields: Mapping[str, Field]  # own fields, then those of every entity, by name
    own_fields: tuple[str, ...]  # names of the fields declared
    title_field: str  # name of the field that stands for a record in links and results
    list_columns: tuple[str, ...]  # names of fields
    filters: tuple[str, ...]  # names of fields
    sort: tuple[str, ...]  # names of fields, all indexed
    stage_field: str  # choice whose changes are told with their dates and counted; "" if there is none
    timeline: tuple[str, str] | None  # instant and choice ("": none) by which timelines show its records
    banner: tuple[str, ...]  # names of fields that stand at the top of a record's page
    tree_field: str  # link to a record of the same entity above this one; "" if there is none
    rules: tuple[Rule, ...]
    table: Table = field(repr=False)
    registry: "Registry" = field(repr=False)

    @property
    def title(self) -> str:
        """What one of them is called, in English."""
        return self.name.replace("_", " ").capitalize()

    def get_field(self, name: str) -> Field | None:
        """A field, or None."""
        return self.fields.get(name)

    def links(self) -> Iterator[Link | Links]:
        """Fields that point at records."""
        return (one for one in self.fields.values() if isinstance(one, Link | Links))

    def links_to(self, name: str) -> list[Link]:
        """Fields that point at one record each of the entity of that name."""
        return [one for one in self.links() if isinstance(one, Link) and one.to == name]


class Registry:
    """Entities that belong together, and the metadata of their tables."""

    def __init__(self) -> None:
        """Start without entities."""
        self.metadata: MetaData = new_metadata()
        self._entities: dict[str, Entity] = {}

    def __iter__(self) -> Iterator[Entity]:
        """Entities in the order in which they were declared."""
        return iter(self._entities.values())

    def add(self, declared: Entity) -> Entity:
        """Take an entity, and give it back.

        Raises:
            DeclarationUnusable: there is one of this name.
        """
        if declared.name in self._entities:
            raise DeclarationUnusable("two declarations of {name}", name=declared.name)
        self._entities[declared.name] = declared
        return declared

    def find(self, name: str) -> Entity | None:
        """The entity of a name, or None: names come from addresses, which anybody may type."""
        return self._entities.get(name)

    def get(self, name: str) -> Entity:
        """The entity of a name that the program itself uses.

        Raises:
            DeclarationUnusable: there is none.
        """
        found = self._entities.get(name)
        if found is None:
            raise DeclarationUnusable("no entity {name} is declared", name=name)
        return found

    def check(self) -> None:
        """Look whether declarations fit each other; call it once all are there.

        Raises:
            DeclarationUnusable: a link leads nowhere, or rights are inherited along a chain.
        """
        for declared in self:
            for link in declared.links():
                self.get(link.to)
            for name in declared.rights.inherits:
                way = declared.fields[name]
                if not isinstance(way, Link) or self.get(way.to).rights.inherits:
                    raise DeclarationUnusable(
                        "{name}: rights are inherited over one link only", name=declared.name
                    )


REGISTRY = Registry()
"""Entities of the product."""


def entity(
    *,
    rights: Rights,
    list_columns: Sequence[str] = (),
    filters: Sequence[str] = (),
    sort: Sequence[str] = ("-created_at",),
    indexed: Sequence[str] = (),
    rules: Sequence[Rule] = (),
    title_field: str = "",
    title_many: str = "",
    tree_field: str = "",
    stage_field: str = "",
    banner: Sequence[str] = (),
    timeline: tuple[str, str] | None = None,
    registry: Registry = REGISTRY,
) -> Callable[[type], Entity]:
    """Make an `Entity` of a class whose attributes are fields.

    `sort` names what lists may be sorted by, the first is the usual one; `-`: greatest first.
    `title_field`: else the first field; `title_many`: else the name with an s; `timeline`: instant and kind.

    Raises:
        DeclarationUnusable: the declaration contradicts itself.
    """

    def declare(declaration: type) -> Entity:
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", declaration.__name__).lower()
        own, in_index = _own_fields(declaration, name), {*indexed, *(one.lstrip("-") for one in sort)}
        declared = Entity(
            name=name,
            title_many=title_many or f"{name.replace('_', ' ').capitalize()}s",
            help=" ".join((declaration.__doc__ or "").split()),
            rights=rights,
            fields={**own, **{one.name: one for one in STANDARD_FIELDS}},
            own_fields=tuple(own),
            title_field=title_field or next(iter(own)),
            list_columns=tuple(list_columns) or tuple(own)[:5],
            filters=tuple(dict.fromkeys((*filters, "owner", "team"))),
            sort=tuple(sort),
            tree_field=tree_field,
            stage_field=stage_field,
            banner=tuple(banner),
            timeline=timeline,
            rules=tuple(rules),
            table=build_table(registry.metadata, name, list(own.values()), sorted(in_index)),
            registry=registry,
        )
        return registry.add(_checked(declared, in_index))

    return declare


def _checked(declared: Entity, indexed: Iterable[str]) -> Entity:
    named = {*declared.list_columns, *declared.filters, *declared.rights.inherits, *declared.banner, *indexed}
    named |= {declared.title_field, declared.stage_field, *(declared.timeline or ())} - {""}
    for one in sorted(named):
        if one not in declared.fields:
            raise DeclarationUnusable("{name} has no field {field}", name=declared.name, field=one)
    return declared


def _own_fields(declaration: type, name: str) -> dict[str, Field]:
    own = {
        key: replace(value, name=key) for key, value in vars(declaration).items() if isinstance(value, Field)
    }
    taken = RESERVED | {one.name for one in STANDARD_FIELDS}
    for key, one in own.items():
        if key in taken or key.startswith(CUSTOM_PREFIX) or not FIELD_NAME.fullmatch(key):
            raise DeclarationUnusable("{name}: no field can be called {field}", name=name, field=key)
        if isinstance(one, Computed) and any(part not in own for part in one.of):
            raise DeclarationUnusable("{name}: {field} is made of unknown fields", name=name, field=key)
    if not own:
        raise DeclarationUnusable("{name} declares no fields", name=name)
    if not declaration.__doc__:
        raise DeclarationUnusable("{name} needs a docstring: it is the help text", name=name)
    return own
