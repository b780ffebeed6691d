"""The tables of our schemas as the catalogue has them, and their rows out and in.

Names are quoted and come from the catalogue, never out of a backup file.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from app.backup.archive import PartitionEntry, SequenceEntry, Sink
from app.errors import BackupUnusable
from dialer.adapters.connection import Connection

SCHEMAS = ["dialer", "crm"]
"""Where rows live; `dialer_read` has views only."""

PARTITION_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
PARTITION_BOUND = re.compile(r"FOR VALUES FROM \('[0-9 :+-]+'\) TO \('[0-9 :+-]+'\)")

TABLES = """
    select n.nspname as schema, c.relname as table,
        array_agg(a.attname::text order by a.attnum) filter (where a.attgenerated = '') as columns
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where n.nspname = any($1) and c.relkind in ('r', 'p') and not c.relispartition
    group by 1, 2 order by 1, 2
"""
REFERENCES = """
    select cn.nspname as schema, c.relname as table, fn.nspname as other_schema, f.relname as other_table
    from pg_constraint k
    join pg_class c on c.oid = k.conrelid join pg_namespace cn on cn.oid = c.relnamespace
    join pg_class f on f.oid = k.confrelid join pg_namespace fn on fn.oid = f.relnamespace
    where k.contype = 'f' and cn.nspname = any($1) and k.conrelid <> k.confrelid and not c.relispartition
"""
SEQUENCES = """
    select schemaname as schema, sequencename as sequence, start_value, last_value
    from pg_sequences where schemaname = any($1) order by 1, 2
"""
PARTITIONS = """
    select n.nspname as schema, p.relname as table, c.relname as partition,
        pg_get_expr(c.relpartbound, c.oid) as bound
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    join pg_class p on p.oid = i.inhparent
    join pg_namespace n on n.oid = p.relnamespace
    where n.nspname = any($1) and c.relispartition and c.relkind in ('r', 'p') order by 1, 2, 3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with rows to keep."""

    schema: str  # name of its schema
    table: str  # its name
    columns: tuple[str, ...]  # those that are not computed

    @property
    def sql_name(self) -> str:
        """Its name in a statement."""
        return f"{quoted(self.schema)}.{quoted(self.table)}"


def quoted(name: str) -> str:
    """A name as PostgreSQL takes it literally."""
    return '"' + name.replace('"', '""') + '"'


async def find_tables(connection: Connection) -> list[Table]:
    """All tables of our schemas, each after those that it refers to.

    Raises:
        BackupUnusable: tables refer to each other in a circle, for which there is no such order.
    """
    tables = {
        (row["schema"], row["table"]): Table(
            schema=row["schema"], table=row["table"], columns=tuple(row["columns"])
        )
        for row in await connection.fetch(TABLES, SCHEMAS)
    }
    order = TopologicalSorter({name: set[tuple[str, str]]() for name in tables})
    for row in await connection.fetch(REFERENCES, SCHEMAS):
        order.add((row["schema"], row["table"]), (row["other_schema"], row["other_table"]))
    try:
        return [tables[name] for name in order.static_order() if name in tables]
    except CycleError as error:
        raise BackupUnusable(f"tables refer to each other in a circle: {error.args[1]}") from error


async def find_sequences(connection: Connection) -> list[SequenceEntry]:
    """Where the sequences of our schemas stand."""
    return [
        SequenceEntry(
            schema=row["schema"],
            sequence=row["sequence"],
            last_value=row["start_value"] if row["last_value"] is None else row["last_value"],
            is_called=row["last_value"] is not None,
        )
        for row in await connection.fetch(SEQUENCES, SCHEMAS)
    ]


async def find_partitions(connection: Connection) -> list[PartitionEntry]:
    """All partitions of our tables."""
    return [PartitionEntry(**dict(row)) for row in await connection.fetch(PARTITIONS, SCHEMAS)]


async def read_rows(connection: Connection, table: Table, sink: Sink) -> int:
    """Give a table's rows to a sink, in COPY's text format; gives their count."""
    columns = ", ".join(map(quoted, table.columns))
    status = await connection.copy_from_query(
        f"select {columns} from {table.sql_name}",
        output=sink,
        format="text",
    )
    return int(status.split()[1])


async def write_rows(
    connection: Connection, table: Table, columns: Iterable[str], pieces: AsyncIterator[bytes]
) -> int:
    """Add rows in COPY's text format to a table; gives how many it has then."""
    await connection.copy_to_table(
        table.table, schema_name=table.schema, columns=list(columns), source=pieces, format="text"
    )
    return await count_rows(connection, table)


async def count_rows(connection: Connection, table: Table) -> int:
    """How many rows a table has."""
    return int(await connection.fetchval(f"select count(*) from {table.sql_name}"))


async def make_partitions(connection: Connection, wanted: Iterable[PartitionEntry]) -> None:
    """Make the partitions that are not there yet.

    Raises:
        BackupUnusable: one is written as none of ours is.
    """
    there = {(entry.schema, entry.partition) for entry in await find_partitions(connection)}
    divided = {(table.schema, table.table): table for table in await find_tables(connection)}
    for entry in wanted:
        table = divided.get((entry.schema, entry.table))
        if (
            table is None
            or not PARTITION_NAME.fullmatch(entry.partition)
            or not PARTITION_BOUND.fullmatch(entry.bound)
        ):
            raise BackupUnusable(f"the partition {entry.partition!r} of {entry.table!r} is none of ours")
        if (entry.schema, entry.partition) not in there:
            await connection.execute(
                f"create table {quoted(entry.schema)}.{quoted(entry.partition)} "
                f"partition of {table.sql_name} {entry.bound}"
            )


async def set_sequences(connection: Connection, entries: Iterable[SequenceEntry]) -> None:
    """Let every sequence go on where it stood.

    Raises:
        BackupUnusable: one is not known here.
    """
    known = {(entry.schema, entry.sequence) for entry in await find_sequences(connection)}
    for entry in entries:
        if (entry.schema, entry.sequence) not in known:
            raise BackupUnusable(f"the sequence {entry.sequence!r} is not known here")
        name = f"{quoted(entry.schema)}.{quoted(entry.sequence)}"
        await connection.execute(
            "select setval($1::text::regclass, $2, $3)", name, entry.last_value, entry.is_called
        )


Advance = Callable[[str, int], None]
"""Told of what is being done and of how many bytes or rows of it are done."""
