"""Any catalogue as tables of PostgreSQL with any rows, and the same rows as records for Python."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import count
from random import Random

import asyncpg

from rules.conditions.catalogue import Entity, Field, FixedCatalogue
from rules.conditions.compiling import TYPES, compile_sql
from rules.conditions.evaluating import Value, holds
from rules.conditions.folding import fold_sql
from rules.conditions.kinds import IDS, Kind
from rules.conditions.moments import Circumstances
from rules.conditions.tree import Condition
from tests.random_conditions import EVENT_KINDS, INSTANTS, random_catalogue, random_value

TIES = {"party": ("account_id",), "account": ("parent_id",), "call": ("party_id",)}
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
ENDS = {"account_id": "account", "parent_id": "account", "party_id": "party"}


@dataclass(slots=True, kw_only=True)
class Row:
    """One row, as what Python evaluates conditions on."""

    id: int
    entity: Entity
    world: "World"
    values: dict[str, Value | None]  # by name of the field
    ties: dict[str, int | None]  # by column: key of the row that it points to
    at: datetime | None  # by which the newest is known
    happened: dict[str, list[datetime]] = field(default_factory=dict)

    def value(self, field: str) -> Value | None:
        """Its value."""
        return self.values[field]

    def linked(self, link: str) -> "Row | None":
        """The row that it points to, if the viewer may see that."""
        described = self.entity.links[link]
        key = self.ties[described.column]
        there = None if key is None else self.world.rows[described.entity][key]
        return there if there is not None and there.is_seen() else None

    def rows(self, name: str) -> Iterable["Row"]:
        """Rows that point here and may be seen, the newest first."""
        described = self.entity.rows[name]
        there = self.world.rows[described.entity].values()
        mine = [row for row in there if row.ties[described.column] == self.id and row.is_seen()]
        return sorted(mine, key=lambda row: (row.at is not None, row.at or LONG_AGO, row.id), reverse=True)

    def events(self, kind: str) -> Iterable[datetime]:
        """What happened to it."""
        return self.happened.get(kind, [])

    def is_seen(self) -> bool:
        """Whether the viewer may see it; here every field can be asked, his or not."""
        restriction = self.world.catalogue.entities[self.entity.name].restriction
        if restriction is None:
            return True
        return holds(
            restriction.condition, self.world.full.rows[self.entity.name][self.id], self.world.circumstances
        )


class World:
    """The rows of one random catalogue, as somebody sees them."""

    full: "World"  # the same rows for somebody who sees all of them

    def __init__(self, catalogue: FixedCatalogue, circumstances: Circumstances) -> None:
        self.catalogue = catalogue
        self.circumstances = circumstances
        self.full = self
        self.rows: dict[str, dict[int, Row]] = {name: {} for name in catalogue.names}

    def seen_with(self, catalogue: FixedCatalogue) -> "World":
        """The same rows for somebody who has that catalogue."""
        world = World(catalogue, self.circumstances)
        world.full = self
        for name, rows in self.rows.items():
            world.rows[name] = {key: replace(row, world=world) for key, row in rows.items()}
        return world


def random_world(random: Random, circumstances: Circumstances, sizes: dict[str, int]) -> World:
    """Any rows of any catalogue, with any ties between them and any events."""
    catalogue = random_catalogue(random)
    world = World(unrestricted(catalogue), circumstances)
    for name, size in sizes.items():
        entity = world.catalogue.entities[name]
        for key in range(1, size + 1):
            world.rows[name][key] = Row(
                id=key,
                entity=entity,
                world=world,
                values={field.name: random_value(random, field) for field in entity.fields.values()},
                ties={
                    column: random.choice((None, *range(1, sizes[ENDS[column]] + 1))) for column in TIES[name]
                },
                at=random.choice((None, *INSTANTS[:4])),
                happened={
                    kind: random.choices(INSTANTS, k=random.choice((0, 0, 1, 3))) for kind in EVENT_KINDS
                },
            )
    return world.seen_with(catalogue)


def unrestricted(catalogue: FixedCatalogue) -> FixedCatalogue:
    """The catalogue of somebody who may see everything."""
    entities = {}
    for name, entity in catalogue.entities.items():
        full = entity.restriction.catalogue.find_entity(name) if entity.restriction else entity
        assert full is not None
        entities[name] = full
    return replace(catalogue, entities=entities)


async def store(world: World, connection: asyncpg.Connection) -> None:
    """Make the tables and write the rows."""
    await connection.execute(
        "create table happened (entity text, record_id bigint, kind text, at timestamptz)"
    )
    for name, rows in world.rows.items():
        entity = world.full.catalogue.entities[name]
        columns = [field for field in entity.fields.values() if not field.json_column]
        ties = TIES[name]
        await connection.execute(table_sql(entity, ties))
        names = ["id", "at", "custom", *ties, *(field.column or field.name for field in columns)]
        places = ", ".join(
            f"cast(${number} as jsonb)" if column == "custom" else f"${number}"
            for number, column in zip(count(1), names, strict=False)
        )
        quoted = ", ".join(f'"{column}"' for column in names)
        await connection.executemany(
            f'insert into "{entity.table}" ({quoted}) values ({places})',
            [_arguments(row, ties, columns) for row in rows.values()],
        )
        events = [(name, row.id, kind, at) for row in rows.values() for kind, at in _happened(row)]
        await connection.executemany("insert into happened values ($1, $2, $3, $4)", events)


def table_sql(entity: Entity, ties: Sequence[str]) -> str:
    """The statement that makes an entity's table."""
    columns = ["id bigint primary key", "at timestamptz", "custom jsonb", *(f"{tie} bigint" for tie in ties)]
    for one in entity.fields.values():
        if not one.json_column:
            columns.append(f'"{one.column or one.name}" {_sql_type(one)}')
        if one.folded_column:
            text = f"(custom ->> '{one.name}')" if one.json_column else f'"{one.column or one.name}"'
            columns.append(f'"{one.folded_column}" text generated always as ({fold_sql(text)}) stored')
    return f'create table "{entity.table}" ({", ".join(columns)})'


async def verdicts(
    world: World, conditions: Sequence[Condition], connection: asyncpg.Connection
) -> list[dict[int, bool]]:
    """What PostgreSQL says of each condition, by the key of each of the root's rows, in one statement."""
    texts: list[str] = []
    parameters: list[object] = []
    for condition in conditions:
        compiled = compile_sql(
            condition, world.catalogue, world.circumstances, first_parameter=len(parameters) + 1
        )
        texts.append(f"({compiled.text}) is true")
        parameters.extend(compiled.parameters)
    table = world.catalogue.entities[world.catalogue.root].table
    found = await connection.fetch(f'select id, {", ".join(texts)} from "{table}" record', *parameters)
    return [{row[0]: row[number] for row in found} for number in range(1, len(texts) + 1)]


def _happened(row: Row) -> Iterator[tuple[str, datetime]]:
    return ((kind, at) for kind, instants in row.happened.items() for at in instants)


def _sql_type(field: Field) -> str:
    if field.kind is Kind.TAGS:
        return "text[]"
    return field.id_type.value if field.kind in IDS else TYPES[field.kind]


def _arguments(row: Row, ties: Sequence[str], columns: Sequence[Field]) -> tuple[object, ...]:
    custom = {
        field.name: _json(row.values[field.name])
        for field in row.entity.fields.values()
        if field.json_column and (row.values[field.name] is not None or row.id % 2)
    }
    document = json.dumps(custom) if custom or row.id % 3 else None
    values = [_column_value(row.values[field.name]) for field in columns]
    return (row.id, row.at, document, *(row.ties[tie] for tie in ties), *values)


def _column_value(value: Value | None) -> object:
    return sorted(value) if isinstance(value, frozenset) else value


def _json(value: Value | None) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
