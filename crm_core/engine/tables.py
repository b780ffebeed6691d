"""Tables of entities, made of their fields: columns, constraints, indexes, search columns.

Migrations are written by hand from `create_statements`; a test proves that they give the same tables.
"""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Computed,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Uuid,
    collate,
    func,
    text,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.schema import CreateIndex, CreateTable

from crm_core.engine.contact_fields import Phone
from crm_core.engine.field import Field, Lookup
from crm_core.engine.number_fields import Number
from crm_core.engine.reference_fields import Link, Links, Person, Team
from crm_core.engine.text_fields import LongText, Tags
from crm_core.engine.time_fields import DateTime as DateTimeField

SCHEMA = "crm"
STANDARD_FIELDS: tuple[Field, ...] = (
    Person(name="owner", help="Who looks after it."),
    Team(name="team", help="The team that works on it."),
    Number(name="agency_id", label="Agency", read_only=True),
    DateTimeField(name="created_at", read_only=True, required=True),
    Person(name="created_by", read_only=True),
    DateTimeField(name="changed_at", read_only=True),
    Person(name="changed_by", read_only=True),
)
"""Fields of every entity, after its own."""

NOT_DELETED = text("deleted_at is null")
START_LETTERS = 60  # of a searched text that an index of beginnings holds


def new_metadata() -> MetaData:
    """Metadata of the schema, which knows the tables of people that fields refer to."""
    metadata = MetaData(schema=SCHEMA)
    for name in ("users", "teams"):
        Table(name, metadata, Column("id", BigInteger, primary_key=True), info={"is_engine": False})
    return metadata


def build_table(metadata: MetaData, name: str, fields: Sequence[Field], indexed: Sequence[str]) -> Table:
    """The table of an entity; `fields` are its own, `indexed` names those that lists sort and filter by."""
    columns: list[Column[object]] = [Column("id", Uuid(), primary_key=True)]
    for field in (*fields, *STANDARD_FIELDS):
        columns.extend(field.columns())
    columns += [
        Column("version", Integer(), nullable=False, server_default=text("1")),
        Column("deleted_at", DateTime(timezone=True)),
        Column("custom", JSONB(), nullable=False, server_default=text("'{}'::jsonb")),
    ]
    table = Table(
        name,
        metadata,
        *columns,
        *search_columns(fields),
        info={"is_engine": True},
    )
    add_indexes(table, fields, indexed)
    return table


def searched(fields: Iterable[Field]) -> list[Field]:
    """Fields whose texts everybody's search box looks in: those that nobody is kept from."""
    return [field for field in fields if field.search and not field.seen_by]


def short_texts(fields: Iterable[Field]) -> list[Field]:
    """Fields whose folded texts stand in the column `search_text`."""
    return [field for field in searched(fields) if not isinstance(field, Phone | LongText)]


def search_columns(fields: Sequence[Field]) -> Iterator[Column[object]]:
    """The folded text of the short fields, and the words of all, kept by the database itself."""
    found = [field for field in searched(fields) if not isinstance(field, Phone)]
    short = short_texts(fields)
    if short:
        yield Column("search_text", SqlText(), Computed(f"crm.fold({_joined(short)})", persisted=True))
    if found:
        words = f"to_tsvector('simple'::regconfig, crm.fold({_joined(found)}))"
        yield Column("search_vector", TSVECTOR(), Computed(words, persisted=True))


def _joined(fields: Sequence[Field]) -> str:
    return " || ' ' || ".join(f"coalesce({field.column_name()}, '')" for field in fields)


def add_indexes(table: Table, fields: Sequence[Field], indexed: Sequence[str]) -> list[Index]:
    """Give a table what its lists, links and searches walk along."""
    made = [_sorted_index(table, "owner_id"), _sorted_index(table, "team_id")]
    made.append(_sorted_index(table, "created_at"))
    for field in fields:
        column = field.column_name()
        if isinstance(field, Links | Tags):
            made.append(Index(f"{table.name}_{column}", table.c[column], postgresql_using="gin"))
        elif isinstance(field, Link) or field.name in indexed:
            made.append(_sorted_index(table, column))
        if isinstance(field, Phone):
            made.append(_trigram_index(table, column))
            made.append(_start_index(table, f"{column}_end", from_the_end(table.c[column])))
            made.append(_start_index(table, f"{column}_start", in_code_order(table.c[column])))
        elif (field.search and field.seen_by) or (field.name in indexed and _needs_trigrams(field)):
            made.append(_folded_trigram_index(table, column))
    if "changed_at" in indexed:
        made.append(_sorted_index(table, "changed_at"))
    if "search_text" in table.c:
        made.append(_trigram_index(table, "search_text"))
        made.append(_start_index(table, "search_text_start", start_of(table.c["search_text"])))
    if "search_vector" in table.c:
        vector = table.c["search_vector"]
        made.append(Index(f"{table.name}_search_vector", vector, postgresql_using="gin"))
    return made


def _needs_trigrams(field: Field) -> bool:
    # Lists filter by what such a text holds; one that is searched for is found in the searched text.
    return Lookup.HAS in field.lookups and not isinstance(field, Tags) and not field.search


def _sorted_index(table: Table, column: str) -> Index:
    # The id makes each place in a list a place of its own: paging goes on after it.
    return Index(f"{table.name}_{column}", table.c[column], table.c["id"], postgresql_where=NOT_DELETED)


def _trigram_index(table: Table, column: str) -> Index:
    return Index(
        f"{table.name}_{column}_trigram",
        table.c[column],
        postgresql_using="gin",
        postgresql_ops={column: "gin_trgm_ops"},
    )


def _folded_trigram_index(table: Table, column: str) -> Index:
    made = func.crm.fold(table.c[column]).label("folded")
    return Index(
        f"{table.name}_{column}_trigram",
        made,
        postgresql_using="gin",
        postgresql_ops={"folded": "gin_trgm_ops"},
    )


def _start_index(table: Table, name: str, expression: ColumnElement[str]) -> Index:
    return Index(f"{table.name}_{name}", expression, postgresql_where=NOT_DELETED)


def in_code_order(column: ColumnElement[object]) -> ColumnElement[str]:
    """A text sorted by its codes, whatever the server's language: an index finds what begins so."""
    return collate(column, "C")


def from_the_end(column: ColumnElement[object]) -> ColumnElement[str]:
    """A text read backwards: an index finds what ends so."""
    return in_code_order(func.reverse(column))


def start_of(column: ColumnElement[object]) -> ColumnElement[str]:
    """The beginning of a text: a whole one may be too long for an index."""
    return in_code_order(func.left(column, START_LETTERS))


def create_statements(tables: Iterable[Table]) -> list[str]:
    """SQL that makes tables with their indexes: the draft of a migration."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    statements = []
    for table in tables:
        statements.append(str(CreateTable(table).compile(dialect=dialect)).strip())
        made = sorted(table.indexes, key=lambda index: str(index.name))
        statements += [str(CreateIndex(index).compile(dialect=dialect)) for index in made]
    return statements


def entity_tables(metadata: MetaData) -> list[Table]:
    """Tables of entities, in an order in which each can be made."""
    return [table for table in metadata.sorted_tables if table.info.get("is_engine")]
