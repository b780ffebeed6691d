"""The backup file: a zip of parts and a manifest that vouches for each of them.

What is read was perhaps written by somebody else: sizes, hashes and names are checked before use.
"""

import hashlib
import os
import struct
import zipfile
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

from app.errors import BackupUnusable

FORMAT = 1
MANIFEST = "manifest.json"
MANIFEST_BYTES_MAX = 10_000_000
CHUNK_BYTES = 1 << 20
COMPRESSION_LEVEL = 3  # twice as quick as the usual 6 and a tenth larger

UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,  # it says that it is encrypted
    ValueError,
)
"""What a zip that is none, or not whole, makes the library raise."""

Sink = Callable[[bytes], Coroutine[object, object, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartEntry:
    """One part of the file, as the manifest vouches for it."""

    name: str  # of the zip's member
    sha256: str  # of its uncompressed bytes, hexadecimal
    byte_count: int  # uncompressed


@dataclass(frozen=True, slots=True, kw_only=True)
class TableEntry:
    """The rows of one table, in COPY's text format."""

    schema: str  # name of its schema
    table: str  # name of the table
    columns: tuple[str, ...]  # in the order of the rows' fields
    row_count: int  # as counted while they were written
    part: PartEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceEntry:
    """Where a sequence of numbers stands."""

    schema: str  # name of its schema
    sequence: str  # name of the sequence
    last_value: int  # the number given last, or the one to begin with
    is_called: bool  # whether that number has been given


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionEntry:
    """One partition of a table that is divided by a range."""

    schema: str  # name of its schema
    table: str  # the divided table
    partition: str  # name of the partition
    bound: str  # as PostgreSQL writes it: FOR VALUES FROM (…) TO (…)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsEntry:
    """One settings file, without its secrets."""

    name: str  # of the file, in the home folder
    secrets: tuple[str, ...]  # places of the values that were left out
    part: PartEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds."""

    format: int  # of the backup file; this program knows `FORMAT`
    version: str  # of the Paceline that made it
    made_at: str  # UTC, ISO 8601
    revision: str  # of the database's schema
    tables: tuple[TableEntry, ...]  # in an order in which no row comes before one that it refers to
    sequences: tuple[SequenceEntry, ...]
    partitions: tuple[PartitionEntry, ...]
    settings: tuple[SettingsEntry, ...]

    @property
    def parts(self) -> list[PartEntry]:
        """Every part beside the manifest."""
        return [*(entry.part for entry in self.tables), *(entry.part for entry in self.settings)]

    @property
    def row_count(self) -> int:
        """Rows in all tables."""
        return sum(table.row_count for table in self.tables)


class ArchiveWriter:
    """Writes parts one after the other, then the manifest."""

    def __init__(self, archive: zipfile.ZipFile, path: Path) -> None:
        """Take the open zip, and its path for messages."""
        self._archive = archive
        self._path = path

    async def write_part(self, name: str, fill: Callable[[Sink], Awaitable[object]]) -> PartEntry:
        """Write a part with what `fill` gives to the sink."""
        digest, byte_count = hashlib.sha256(), 0
        with self._archive.open(name, "w", force_zip64=True) as member:

            async def sink(data: bytes) -> None:
                nonlocal byte_count
                digest.update(data)
                byte_count += len(data)
                with _told_plainly(self._path, "written"):
                    member.write(data)

            await fill(sink)
        return PartEntry(name=name, sha256=digest.hexdigest(), byte_count=byte_count)

    def write_manifest(self, manifest: Manifest) -> str:
        """Write the manifest; gives its fingerprint."""
        data = msgspec.json.format(msgspec.json.encode(manifest))
        self._archive.writestr(MANIFEST, data)
        return hashlib.sha256(data).hexdigest()


@contextmanager
def new_archive(path: Path) -> Iterator[ArchiveWriter]:
    """A backup file that is there, whole and its owner's only, when the block has ended without an error.

    Raises:
        BackupUnusable: there is a file already, or it cannot be written.
    """
    if path.exists():
        raise BackupUnusable(f"{path} is there already: name another file, or move it away")
    unfinished = path.with_name(path.name + ".unfinished")
    with _told_plainly(path, "written"):
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with (
            open(descriptor, "w+b") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION_LEVEL) as archive,
        ):
            yield ArchiveWriter(archive, path)
            with _told_plainly(path, "written"):
                archive.close()
                os.fsync(file.fileno())
                unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


class ArchiveReader:
    """A backup file whose parts have been checked. Use `checked_archive`."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest, fingerprint: str) -> None:
        """Take what was checked."""
        self._archive = archive
        self.manifest = manifest
        self.fingerprint = fingerprint

    async def read_part(self, part: PartEntry) -> AsyncIterator[bytes]:
        """The bytes of a part, piece by piece."""
        with self._archive.open(part.name) as member:
            while data := member.read(CHUNK_BYTES):
                yield data

    def read_whole(self, part: PartEntry) -> bytes:
        """The bytes of a small part."""
        return _read_at_most(self._archive, part.name, MANIFEST_BYTES_MAX)


@contextmanager
def checked_archive(path: Path, advance: Callable[[int], None]) -> Iterator[ArchiveReader]:
    """A backup file, every byte of it checked against its manifest; `advance` is told of bytes done.

    Raises:
        BackupUnusable: it is none, is cut short, was changed, or is of a format that we do not know.
    """
    with _told_plainly(path, "read"):
        opened = zipfile.ZipFile(path)
    with opened as archive:
        with _told_plainly(path, "read"):
            reader = _checked(archive, path, advance)
        yield reader


def _checked(archive: zipfile.ZipFile, path: Path, advance: Callable[[int], None]) -> ArchiveReader:
    if any(
        member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        for member in archive.infolist()
    ):
        raise BackupUnusable(f"{path} is packed in another way than a backup of Paceline")
    data = _read_at_most(archive, MANIFEST, MANIFEST_BYTES_MAX)
    manifest = _manifest(data, path)
    if sorted(archive.namelist()) != sorted([MANIFEST, *(part.name for part in manifest.parts)]):
        raise BackupUnusable(f"{path}: its parts are not those that its manifest names")
    for part in manifest.parts:
        with archive.open(part.name) as member:
            _check_part(member, part, path, advance)
    return ArchiveReader(archive, manifest, hashlib.sha256(data).hexdigest())


@contextmanager
def _told_plainly(path: Path, done: str) -> Iterator[None]:
    """Turn what the file system and the zip say into one kind of error."""
    try:
        yield
    except OSError as error:
        raise BackupUnusable(f"{path} cannot be {done}: {error.strerror}") from error
    except UNREADABLE as error:
        raise BackupUnusable(f"{path} is no whole backup of Paceline: {error}") from error


def _manifest(data: bytes, path: Path) -> Manifest:
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except msgspec.MsgspecError as error:
        raise BackupUnusable(f"{path}: its manifest cannot be read: {error}") from error
    if manifest.format != FORMAT:
        raise BackupUnusable(
            f"{path}: expected format {FORMAT}, it has {manifest.format}: Paceline {manifest.version} made it"
        )
    return manifest


def _read_at_most(archive: zipfile.ZipFile, name: str, byte_count_max: int) -> bytes:
    with archive.open(name) as member:
        data = member.read(byte_count_max + 1)
    if len(data) > byte_count_max:
        raise BackupUnusable(f"{name}: expected at most {byte_count_max} bytes")
    return data


def _check_part(member: IO[bytes], part: PartEntry, path: Path, advance: Callable[[int], None]) -> None:
    digest, byte_count = hashlib.sha256(), 0
    while byte_count <= part.byte_count and (data := member.read(CHUNK_BYTES)):
        digest.update(data)
        byte_count += len(data)
        advance(len(data))
    if (byte_count, digest.hexdigest()) != (part.byte_count, part.sha256):
        raise BackupUnusable(
            f"{path}: {part.name} is not what its manifest vouches for: cut short or changed"
        )
