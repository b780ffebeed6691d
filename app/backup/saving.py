"""Making a backup: one snapshot of all tables, and the settings files."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from app import __version__
from app.backup.archive import (
    FORMAT,
    ArchiveWriter,
    Manifest,
    SettingsEntry,
    Sink,
    TableEntry,
    new_archive,
)
from app.backup.settings_files import SettingsText, without_secrets
from app.backup.tables import Advance, Table, find_partitions, find_sequences, find_tables, read_rows
from dialer.adapters.connection import Connection

CONNECT_SECONDS_MAX = 10.0


async def save(
    url: str, path: Path, settings_files: Sequence[Path], advance: Advance
) -> tuple[Manifest, str]:
    """Write a backup of a database and of settings files; gives the manifest and its fingerprint.

    Calls go on meanwhile: the rows are those of one instant, and nobody waits for this reader.

    Raises:
        BackupUnusable: the file cannot be written, or a settings file cannot be read.
    """
    texts = [without_secrets(file) for file in settings_files if file.exists()]
    connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS_MAX)
    try:
        with new_archive(path) as archive:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                await connection.execute("set local idle_in_transaction_session_timeout = 0")
                manifest = await _save_all(connection, archive, texts, advance)
            return manifest, archive.write_manifest(manifest)
    finally:
        await connection.close()


async def _save_all(
    connection: Connection, archive: ArchiveWriter, texts: Sequence[SettingsText], advance: Advance
) -> Manifest:
    revision = await connection.fetchval("select version_num from alembic_version")
    tables = [
        await _save_table(connection, archive, table, advance) for table in await find_tables(connection)
    ]
    settings = [await _save_settings(archive, text) for text in texts]
    return Manifest(
        format=FORMAT,
        version=__version__,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        revision=str(revision),
        tables=tuple(tables),
        # Read last: a sequence belongs to no snapshot, and none may stand before a row that was saved.
        sequences=tuple(await find_sequences(connection)),
        partitions=tuple(await find_partitions(connection)),
        settings=tuple(settings),
    )


async def _save_table(
    connection: Connection, archive: ArchiveWriter, table: Table, advance: Advance
) -> TableEntry:
    row_count = 0

    async def fill(sink: Sink) -> None:
        nonlocal row_count

        async def counted(data: bytes) -> None:
            advance(table.table, len(data))
            await sink(data)

        row_count = await read_rows(connection, table, counted)

    part = await archive.write_part(f"tables/{table.schema}.{table.table}", fill)
    return TableEntry(
        schema=table.schema, table=table.table, columns=table.columns, row_count=row_count, part=part
    )


async def _save_settings(archive: ArchiveWriter, text: SettingsText) -> SettingsEntry:
    async def fill(sink: Sink) -> None:
        await sink(text.text.encode())

    part = await archive.write_part(f"settings/{text.name}", fill)
    return SettingsEntry(name=text.name, secrets=text.secrets, part=part)
