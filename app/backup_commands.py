"""`paceline backup FILE` and `paceline restore FILE`."""

import asyncio
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from app.backup.archive import ArchiveReader, Manifest
    from app.backup.tables import Advance

BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The backup file.")]


def backup(file: BackupFile) -> None:
    """Save database and settings into FILE, without passwords; calls may go on meanwhile."""
    from asyncpg import InterfaceError, PostgresError

    from app.backup.saving import save
    from app.errors import AppError
    from app.settings import with_file

    try:
        environment = with_file(os.environ)
        files = _settings_files(environment)
        with _database_to_read(environment) as url, _progress("Saving", None) as advance:
            manifest, fingerprint = asyncio.run(save(url, file, files, advance))
    except (AppError, PostgresError, InterfaceError, ConnectionError, TimeoutError) as error:
        _refuse(error)
    typer.echo(f"Saved {_content(manifest)} to {file} ({file.stat().st_size:,} bytes).")
    typer.echo(f"Fingerprint: {fingerprint}")
    typer.echo("It holds personal data and is readable by you only: keep it so.")
    typer.echo("Not in it: passwords and keys, and the recordings' audio. Keep those apart.")
    _tell_secrets(manifest)


def restore(
    file: BackupFile,
    replace: Annotated[
        bool, typer.Option("--replace", help="Give up the rows that are there; else they are a refusal.")
    ] = False,
) -> None:
    """Bring database and settings back out of FILE, into something empty: all of it or nothing."""
    from asyncpg import InterfaceError, PostgresError

    from app.backup.archive import checked_archive
    from app.errors import AppError

    try:
        with ExitStack() as opened:
            with _progress("Checking", _unpacked_bytes(file)) as advance:
                check = checked_archive(file, lambda byte_count: advance(file.name, byte_count))
                archive = opened.enter_context(check)
            settings = _restore_checked(archive, may_replace=replace)
    except (AppError, PostgresError, InterfaceError, ConnectionError, TimeoutError) as error:
        _refuse(error)
    typer.echo(f"Restored {_content(archive.manifest)}; the rows of every table were counted.")
    typer.echo(f"Fingerprint: {archive.fingerprint}")
    for path in settings:
        typer.echo(f"Written: {path}")
    _tell_secrets(archive.manifest)


def _restore_checked(archive: "ArchiveReader", *, may_replace: bool) -> list[Path]:
    from app.backup.restoring import restore as restore_database
    from app.backup.settings_files import put_back
    from app.serve_command import sole_use
    from app.settings import read_serve_settings, with_file

    environment = with_file(os.environ)
    home = read_serve_settings(environment).home
    total = sum(entry.part.byte_count for entry in archive.manifest.tables)
    with sole_use(home), _database_to_fill(environment) as url:
        with _progress("Restoring", total) as advance:
            asyncio.run(restore_database(url, archive, advance, may_replace=may_replace))
        return [
            put_back(home, entry.name, archive.read_whole(entry.part)) for entry in archive.manifest.settings
        ]


# --- the database -----------------------------------------------------------------------------------------


@contextmanager
def _database_to_read(environment: Mapping[str, str]) -> Iterator[str]:
    """The configured server, that of a running Paceline, or our own for a while."""
    from app.database import DATABASE, check_server
    from app.embedded_postgres import EmbeddedPostgres
    from app.errors import NotEmpty
    from app.running_postgres import running_postgres_url
    from app.settings import read_database_settings

    settings = read_database_settings(environment)
    url = settings.url or running_postgres_url(settings, DATABASE)
    if url is not None:
        asyncio.run(check_server(url))
        yield url
        return
    if not (settings.folder / "data").exists():
        raise NotEmpty(f"there is nothing to save: no database in {settings.folder.parent}")
    server = EmbeddedPostgres(settings)
    server.start()
    try:
        yield server.url(DATABASE)
    finally:
        server.stop()


@contextmanager
def _database_to_fill(environment: Mapping[str, str]) -> Iterator[str]:
    """The configured server, or our own, which is gone again if it was made for this and it failed."""
    from app.database import DATABASE, check_server, create_database
    from app.embedded_postgres import EmbeddedPostgres
    from app.settings import read_database_settings

    settings = read_database_settings(environment)
    if settings.url is not None:
        asyncio.run(check_server(settings.url))
        yield settings.url
        return
    data = settings.folder / "data"
    was_there = data.exists()
    server = EmbeddedPostgres(settings)
    with ExitStack() as undoing:
        if not was_there:
            undoing.callback(shutil.rmtree, data, ignore_errors=True)
        with ExitStack() as running:
            server.start()
            running.callback(server.stop)
            asyncio.run(create_database(server.url("postgres")))
            yield server.url(DATABASE)
        undoing.pop_all()


def _settings_files(environment: Mapping[str, str]) -> list[Path]:
    from app.asterisk_files import asterisk_files
    from app.settings import FILE_NAME, home_folder

    return [home_folder(environment) / FILE_NAME, *asterisk_files(environment)]


# --- what a person sees -----------------------------------------------------------------------------------


def _refuse(error: Exception) -> NoReturn:
    """Say what went wrong; the database's own words may name a person, so only their kind is told."""
    from app.errors import AppError

    text = str(error) if isinstance(error, AppError) else f"the database gave up: {type(error).__name__}"
    typer.echo(f"paceline: {text}", err=True)
    raise typer.Exit(1)


def _content(manifest: "Manifest") -> str:
    return f"{len(manifest.tables)} tables with {manifest.row_count:,} rows, revision {manifest.revision}"


def _tell_secrets(manifest: "Manifest") -> None:
    for entry in manifest.settings:
        if entry.secrets:
            typer.echo(f"After a restore, set again in {entry.name}: {', '.join(entry.secrets)}")


def _unpacked_bytes(file: Path) -> int | None:
    """For the progress bar only: what a file says of itself is not believed."""
    try:
        with zipfile.ZipFile(file) as archive:
            return sum(member.file_size for member in archive.infolist())
    except (OSError, zipfile.BadZipFile):
        return None


@contextmanager
def _progress(what: str, total: int | None) -> "Iterator[Advance]":
    """A bar on standard error, where a person looks at it."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=total)

        def advance(name: str, byte_count: int) -> None:
            progress.update(task, advance=byte_count, description=f"{what} {name}")

        yield advance
