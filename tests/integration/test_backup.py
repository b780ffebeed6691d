"""Backup and restore on real databases: every row comes back, or nothing has changed."""

import asyncio
import hashlib
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import asyncpg
import msgspec
import pytest
import pytest_asyncio

from app.backup.archive import MANIFEST, Manifest, TableEntry, checked_archive
from app.backup.restoring import restore
from app.backup.saving import save
from app.backup.tables import find_sequences, find_tables
from app.embedded_postgres import EmbeddedPostgres
from app.errors import AppError, BackupUnusable, NotEmpty, SchemaUnknown
from app.migrating import migrate
from app.settings import DatabaseSettings
from tests.integration.conftest import NAMES, execute
from tests.integration.server_folder import server_folder
from tests.integration.stored_floor import CLOSED, StoredFloor, answered, ended, new_lead, number

ROOT = Path(__file__).resolve().parents[2]
ManifestChange = Callable[[Manifest, dict[str, bytes]], Manifest]
HARD_TEXT = "tab\there, \\N, \\., back\\slash, zażółć, line\nbreak, 'quote'"


def told(name: str, byte_count: int) -> None:
    """Hear of progress."""


@pytest_asyncio.fixture
async def filled_url(database_url: str, floor: StoredFloor) -> str:
    """A database with leads, attempts that have ended or not, and texts that are hard to quote."""
    await floor.add(*(new_lead(number(lead), number(100 + lead)) for lead in range(20)))
    dials = [floor.dial(lead) for lead in await floor.reserve(5)]
    await floor.begin(*dials)
    await floor.end(ended(dials[0], CLOSED, answered(dials[0], 1.0), "anna"), ended(dials[1], CLOSED))
    connection = await asyncpg.connect(database_url)
    await connection.execute("update dialer.lists set name = $1", HARD_TEXT)
    await connection.execute(
        "update dialer.leads set fields = $1 where lead_id % 2 = 0", '{"name": "Żółć \\n"}'
    )
    await connection.close()
    return database_url


@pytest_asyncio.fixture
async def bare_url(database_server: EmbeddedPostgres) -> AsyncIterator[str]:
    """A database with nothing in it."""
    name = f"test_{next(NAMES)}"
    await execute(database_server.url("postgres"), f"create database {name}")
    yield database_server.url(name)
    await execute(database_server.url("postgres"), f"drop database {name} with (force)")


async def contents(url: str) -> dict[str, list[str]]:
    """Every row of every table, the standing of the sequences, and the revision."""
    connection = await asyncpg.connect(url)
    try:
        found = {
            table.sql_name: [
                row[0] for row in await connection.fetch(f"select t::text from {table.sql_name} t order by 1")
            ]
            for table in await find_tables(connection)
        }
        found["sequences"] = [str(entry) for entry in await find_sequences(connection)]
        if await connection.fetchval("select to_regclass('alembic_version') is not null"):
            found["revision"] = [await connection.fetchval("select version_num from alembic_version")]
        schemas = "select nspname from pg_namespace where nspname !~ '^pg_' order by 1"
        found["schemas"] = [row[0] for row in await connection.fetch(schemas)]
        return found
    finally:
        await connection.close()


async def restore_file(path: Path, url: str, *, may_replace: bool = False) -> None:
    """Restore a file into a database."""
    with checked_archive(path, lambda byte_count: None) as archive:
        await restore(url, archive, told, may_replace=may_replace)


def with_manifest(path: Path, change: ManifestChange) -> Path:
    """A copy of a backup with another manifest, as somebody would forge it: hashes fit."""
    forged = path.with_name("forged.zip")
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(forged, "w") as copy:
        manifest = msgspec.json.decode(archive.read(MANIFEST), type=Manifest)
        parts = {name: archive.read(name) for name in archive.namelist() if name != MANIFEST}
        manifest = change(manifest, parts)
        for name, data in parts.items():
            copy.writestr(name, data)
        copy.writestr(MANIFEST, msgspec.json.encode(manifest))
    return forged


async def test_backup_restored_into_an_empty_database_has_every_row(
    filled_url: str, bare_url: str, tmp_path: Path
) -> None:
    """All tables, the months, the sequences and the revision are as they were; new rows get new numbers."""
    manifest, fingerprint = await save(filled_url, tmp_path / "backup.zip", [], told)
    assert manifest.row_count >= 80
    assert len(fingerprint) == 64
    await restore_file(tmp_path / "backup.zip", bare_url)
    assert await contents(bare_url) == await contents(filled_url)
    taken = await value(bare_url, "select max(list_id) from dialer.lists")
    insert = (
        "insert into dialer.lists (campaign_number, name, loaded_at) values (1, 'x', now()) returning list_id"
    )
    new = await value(bare_url, insert)
    assert isinstance(taken, int)
    assert isinstance(new, int)
    assert new > taken


async def value(url: str, query: str) -> object:
    """What a query gives."""
    connection = await asyncpg.connect(url)
    try:
        found: object = await connection.fetchval(query)
        return found
    finally:
        await connection.close()


async def test_backup_taken_while_rows_are_written_is_of_one_instant(
    filled_url: str, bare_url: str, tmp_path: Path
) -> None:
    """A lead that comes while the backup runs is in it with its list, or neither of them is."""
    before = await contents(filled_url)
    written: list[str] = []

    def write_meanwhile(name: str, byte_count: int) -> None:
        if not written:
            written.append(name)
            work = "insert into dialer.suppressed_numbers values ('+999111222333', null, 'late', now())"
            writer = threading.Thread(target=lambda: asyncio.run(execute(filled_url, work)))
            writer.start()
            writer.join()

    await save(filled_url, tmp_path / "backup.zip", [], write_meanwhile)
    assert written != ["suppressed_numbers"]
    assert await value(filled_url, "select count(*) from dialer.suppressed_numbers") == 1
    await restore_file(tmp_path / "backup.zip", bare_url)
    assert await contents(bare_url) == before


async def test_restore_over_rows_is_refused_unless_it_may_replace_them(
    filled_url: str, bare_url: str, tmp_path: Path
) -> None:
    """Nothing is touched by the refusal; told so, it leaves only what the backup holds."""
    await save(filled_url, tmp_path / "backup.zip", [], told)
    await migrate(bare_url)
    await execute(
        bare_url,
        "insert into dialer.campaigns (campaign_id) select 'winter-' || g from generate_series(1, 9) g",
    )
    before = await contents(bare_url)
    with pytest.raises(NotEmpty, match=r"dialer\.campaigns has 9 rows.*--replace"):
        await restore_file(tmp_path / "backup.zip", bare_url)
    assert await contents(bare_url) == before
    await restore_file(tmp_path / "backup.zip", bare_url, may_replace=True)
    assert await contents(bare_url) == await contents(filled_url)


def fewer_rows(manifest: Manifest, parts: dict[str, bytes]) -> Manifest:
    """The last row of a table is missing, and the hash fits."""

    def cut(entry: TableEntry) -> TableEntry:
        if entry.table != "numbers":  # nothing refers to them
            return entry
        data = b"".join(parts[entry.part.name].splitlines(keepends=True)[:-1])
        parts[entry.part.name] = data
        part = replace(entry.part, sha256=hashlib.sha256(data).hexdigest(), byte_count=len(data))
        return replace(entry, part=part)

    return replace(manifest, tables=tuple(map(cut, manifest.tables)))


def more_tables(manifest: Manifest, parts: dict[str, bytes]) -> Manifest:
    """A table that we do not have, with a name that says more."""
    first = manifest.tables[0]
    name = 'x"; drop schema dialer cascade; --'
    parts["extra"] = b""
    extra = replace(
        first,
        table=name,
        part=replace(first.part, name="extra", sha256=hashlib.sha256().hexdigest(), byte_count=0),
    )
    return replace(manifest, tables=(*manifest.tables, extra))


def evil_partition(manifest: Manifest, parts: dict[str, bytes]) -> Manifest:
    """A partition whose bound says more."""
    first = manifest.partitions[0]
    bound = "FOR VALUES FROM ('2001-01-01') TO ('2001-02-01'); comment on schema dialer is 'x'"
    return replace(manifest, partitions=(*manifest.partitions, replace(first, partition="x", bound=bound)))


def unknown_sequence(manifest: Manifest, parts: dict[str, bytes]) -> Manifest:
    """A sequence of somebody else."""
    return replace(manifest, sequences=(replace(manifest.sequences[0], sequence="other"),))


def broken_rows(manifest: Manifest, parts: dict[str, bytes]) -> Manifest:
    """Rows that the table does not take."""

    def spoil(entry: TableEntry) -> TableEntry:
        if entry.table != "numbers":
            return entry
        data = parts[entry.part.name].replace(b"+999", b"0999")
        parts[entry.part.name] = data
        return replace(entry, part=replace(entry.part, sha256=hashlib.sha256(data).hexdigest()))

    return replace(manifest, tables=tuple(map(spoil, manifest.tables)))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (fewer_rows, BackupUnusable),
        (more_tables, BackupUnusable),
        (evil_partition, BackupUnusable),
        (unknown_sequence, BackupUnusable),
        (broken_rows, BackupUnusable),
        (lambda manifest, parts: replace(manifest, revision="9999"), SchemaUnknown),
    ],
)
async def test_backup_that_does_not_fit_leaves_everything_as_it_was(
    filled_url: str, bare_url: str, tmp_path: Path, change: ManifestChange, error: type[AppError]
) -> None:
    """With all hashes right, a forged file changes neither an empty database nor one that it may replace."""
    path = tmp_path / "backup.zip"
    await save(filled_url, path, [], told)
    forged = with_manifest(path, change)
    nothing = await contents(bare_url)
    with pytest.raises(error) as caught:
        await restore_file(forged, bare_url)
    assert "999" not in str(caught.value).replace("9999", "")
    assert await contents(bare_url) == nothing
    await restore_file(path, bare_url)
    before = await contents(bare_url)
    with pytest.raises(error):
        await restore_file(forged, bare_url, may_replace=True)
    assert await contents(bare_url) == before


async def test_backup_of_an_older_revision_is_brought_up_to_date(
    database_url: str, bare_url: str, tmp_path: Path
) -> None:
    """The rows go into the schema that they were saved from, which is then migrated."""
    await migrate(bare_url, "0001")
    await execute(bare_url, "insert into dialer.campaigns (campaign_id, status) values ('old', 'running')")
    await save(bare_url, tmp_path / "backup.zip", [], told)
    await execute(bare_url, "truncate dialer.campaigns cascade")
    await restore_file(tmp_path / "backup.zip", bare_url)
    revision = "select version_num from alembic_version"
    assert await value(bare_url, revision) == await value(database_url, revision)
    assert await value(bare_url, "select wanted_status from dialer.campaigns") == "stopped"


async def test_restore_that_was_cut_short_is_undone_by_the_next_one(
    filled_url: str, bare_url: str, tmp_path: Path
) -> None:
    """After a kill between two steps the rows that stood aside are there again, or replaced as told."""
    path = tmp_path / "backup.zip"
    await save(filled_url, path, [], told)
    await restore_file(path, bare_url)
    before = await contents(bare_url)
    await execute(
        bare_url,
        "create schema paceline_restore_unfinished;"
        "alter schema dialer rename to dialer_replaced;"
        "create schema dialer; create table dialer.half (x int);"
        "alter schema crm rename to crm_replaced; alter schema dialer_read rename to dialer_read_replaced;"
        "alter table alembic_version rename to alembic_version_replaced;"
        "alter index alembic_version_pkc rename to alembic_version_replaced_pkc",
    )
    with pytest.raises(NotEmpty):
        await restore_file(path, bare_url)
    assert await contents(bare_url) == before


def run(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command of Paceline on a home folder."""
    environment = {
        name: text for name, text in os.environ.items() if name not in ("DATABASE_URL", "NATS_URL")
    }
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT,
        env={**environment, "PACELINE_HOME": str(home), "PACELINE_POSTGRES_PORT": "0"},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def test_home_saved_and_restored_into_an_empty_folder_is_the_same(tmp_path: Path) -> None:
    """By the commands alone, with settings and without secrets; a changed file makes no home."""
    with server_folder() as one, server_folder() as other:
        assert run(one, "migrate").returncode == 0
        (one / "asterisk.toml").write_text('[ari]\nname = "engine"\npassword = "hush"\n')
        (one / "paceline.toml").write_text("nats_port = 5000\n")
        file = tmp_path / "backup.zip"
        saved = run(one, "backup", str(file))
        assert saved.returncode == 0, saved.stderr
        assert "set again in asterisk.toml: ari.password" in saved.stdout
        assert b"hush" not in b"".join(read_parts(file))
        broken = tmp_path / "broken.zip"
        broken.write_bytes(file.read_bytes()[:-100])
        refused = run(other / "home", "restore", str(broken))
        assert refused.returncode == 1
        assert "no whole backup" in refused.stderr
        assert not (other / "home").exists()
        restored = run(other / "home", "restore", str(file))
        assert restored.returncode == 0, restored.stderr
        assert fingerprint_of(restored.stdout) == fingerprint_of(saved.stdout)
        assert (other / "home" / "paceline.toml").read_text() == "nats_port = 5000\n"
        assert 'name = "engine"' in (other / "home" / "asterisk.toml").read_text()
        assert embedded_contents(other / "home") == embedded_contents(one)


def read_parts(file: Path) -> list[bytes]:
    """All parts of a backup file."""
    with zipfile.ZipFile(file) as archive:
        return [archive.read(name) for name in archive.namelist()]


def fingerprint_of(output: str) -> str:
    """The fingerprint that a command has printed."""
    return next(line for line in output.splitlines() if line.startswith("Fingerprint: "))


def embedded_contents(home: Path) -> dict[str, list[str]]:
    """Every row of a home's embedded database."""
    server = EmbeddedPostgres(DatabaseSettings(folder=home / "postgres", port=0))
    server.start()
    try:
        return asyncio.run(contents(server.url("paceline")))
    finally:
        server.stop()
