"""Bringing a backup back: into something empty, all of it or nothing.

The order: every byte of the file is checked; the place is looked at; the schema is made as it was at the
backup; the rows go in and are counted in one transaction; the schema is brought to today's revision.
"""

from collections.abc import AsyncIterator

import asyncpg

from app.backup.archive import ArchiveReader, Manifest, TableEntry
from app.backup.tables import (
    SCHEMAS,
    Advance,
    Table,
    count_rows,
    find_tables,
    make_partitions,
    quoted,
    set_sequences,
    write_rows,
)
from app.errors import BackupUnusable, NotEmpty
from app.migrating import migrate
from dialer.adapters.connection import Connection

CONNECT_SECONDS_MAX = 10.0
ALL_SCHEMAS = (*SCHEMAS, "dialer_read")
REVISIONS = "alembic_version"
REPLACED = "_replaced"  # end of the names of what stands aside until the restore has succeeded
UNFINISHED = "paceline_restore_unfinished"  # a schema that is there only while a restore is going on
USERS = """
    select count(*) from pg_stat_activity
    where datname = current_database() and application_name = 'paceline' and pid <> pg_backend_pid()
"""


async def restore(url: str, archive: ArchiveReader, advance: Advance, *, may_replace: bool) -> None:
    """Fill an empty database out of a checked backup; what was there stands aside if it may be replaced.

    Raises:
        NotEmpty: rows are there, and they may not be replaced; nothing has been touched.
        BackupUnusable: the backup does not fit the schema that it names; everything is as before.
        SchemaUnknown: a newer Paceline made the backup; everything is as before.
    """
    connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS_MAX)
    try:
        if await connection.fetchval(USERS):
            raise NotEmpty("a Paceline is connected to the database: end it first")
        await _put_back_what_stands_aside(connection)
        if not may_replace:
            await _require_empty(connection)
        await _stand_aside(connection)
        end = _put_back_what_stands_aside
        try:
            await migrate(url, archive.manifest.revision)
            async with connection.transaction():
                await _fill(connection, archive, advance)
            await migrate(url)
            end = _forget_what_stands_aside
        finally:
            await end(connection)
    finally:
        await connection.close()


async def _fill(connection: Connection, archive: ArchiveReader, advance: Advance) -> None:
    manifest = archive.manifest
    tables = {(table.schema, table.table): table for table in await find_tables(connection)}
    _require_same_tables(tables, manifest)
    await connection.execute(f"truncate {', '.join(table.sql_name for table in tables.values())}")
    await make_partitions(connection, manifest.partitions)
    for table in tables.values():  # in the order of this database's own references
        entry = next(each for each in manifest.tables if (each.schema, each.table) == _key(table))
        row_count = await _fill_table(connection, archive, table, entry, advance)
        if row_count != entry.row_count:
            raise BackupUnusable(f"{table.table}: expected {entry.row_count} rows, {row_count} are there")
    await set_sequences(connection, manifest.sequences)


async def _fill_table(
    connection: Connection, archive: ArchiveReader, table: Table, entry: TableEntry, advance: Advance
) -> int:
    async def pieces() -> AsyncIterator[bytes]:
        async for data in archive.read_part(entry.part):
            advance(table.table, len(data))
            yield data

    try:
        return await write_rows(connection, table, entry.columns, pieces())
    except asyncpg.PostgresError as error:
        # The server's own words name a row, and with it perhaps a person.
        raise BackupUnusable(
            f"{table.table}: the database does not take the rows ({type(error).__name__})"
        ) from None


def _key(table: Table) -> tuple[str, str]:
    return table.schema, table.table


def _require_same_tables(tables: "dict[tuple[str, str], Table]", manifest: Manifest) -> None:
    """Refuse names that the schema of that revision does not have: they come out of the file."""
    expected = {key: sorted(table.columns) for key, table in tables.items()}
    came = {(entry.schema, entry.table): sorted(entry.columns) for entry in manifest.tables}
    if expected != came or len(came) != len(manifest.tables):
        odd = sorted(
            ".".join(key) for key in expected.keys() | came.keys() if expected.get(key) != came.get(key)
        )
        raise BackupUnusable(
            f"revision {manifest.revision} has other tables or columns than the backup: {', '.join(odd)}"
        )


async def _require_empty(connection: Connection) -> None:
    for table in await find_tables(connection):
        row_count = await count_rows(connection, table)
        if row_count:
            raise NotEmpty(
                f"the database is not empty: {table.schema}.{table.table} has {row_count} rows. Restore into "
                "another home or database, or say --replace to give up what is there"
            )


# --- what was there ---------------------------------------------------------------------------------------


async def _has_schema(connection: Connection, schema: str) -> bool:
    return bool(
        await connection.fetchval("select exists (select from pg_namespace where nspname = $1)", schema)
    )


async def _stand_aside(connection: Connection) -> None:
    """Make room; the mark that it leaves says until the end that what is found was made by a restore."""
    async with connection.transaction():
        await connection.execute(f"create schema {UNFINISHED}")
        for schema in ALL_SCHEMAS:
            if await _has_schema(connection, schema):
                await connection.execute(
                    f"alter schema {quoted(schema)} rename to {quoted(schema + REPLACED)}"
                )
        await connection.execute(f"alter table if exists {REVISIONS} rename to {REVISIONS + REPLACED}")
        await connection.execute(
            f"alter index if exists {REVISIONS}_pkc rename to {REVISIONS + REPLACED}_pkc"
        )


async def _put_back_what_stands_aside(connection: Connection) -> None:
    """Undo a restore that has failed, now or in a run that was cut short; whatever it made goes."""
    async with connection.transaction():
        if not await _has_schema(connection, UNFINISHED):
            return
        await connection.execute(f"drop schema {UNFINISHED}")
        for schema in ALL_SCHEMAS:
            await connection.execute(f"drop schema if exists {quoted(schema)} cascade")
            if await _has_schema(connection, schema + REPLACED):
                await connection.execute(
                    f"alter schema {quoted(schema + REPLACED)} rename to {quoted(schema)}"
                )
        await connection.execute(f"drop table if exists {REVISIONS}")
        await connection.execute(f"alter table if exists {REVISIONS + REPLACED} rename to {REVISIONS}")
        await connection.execute(
            f"alter index if exists {REVISIONS + REPLACED}_pkc rename to {REVISIONS}_pkc"
        )


async def _forget_what_stands_aside(connection: Connection) -> None:
    async with connection.transaction():
        for schema in ALL_SCHEMAS:
            await connection.execute(f"drop schema if exists {quoted(schema + REPLACED)} cascade")
        await connection.execute(f"drop table if exists {REVISIONS + REPLACED}")
        await connection.execute(f"drop schema {UNFINISHED}")
