"""Files of recordings: whether one is whole, how long it lasts, and its way into the storage folder.

Asterisk writes mono WAV of 8000 samples a second and two bytes each, and fills in the lengths at the end
(seen on 22.10): until then the header says zero. Everything here blocks; it is called in a thread.
"""

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dialer.adapters.sealed_file import SealingKey, seal

ENDING = ".wav"
SEALED_ENDING = ".wav.sealed"
PART_ENDING = ".part"
HEADER_BYTES = 44  # RIFF, format, data: as Asterisk writes them
RIFF_BYTES = 8  # what the length in the header does not count
BYTES_PER_SECOND = 16_000
FOLDER_MODE = 0o700
FILE_MODE = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A recording in the storage folder."""

    path: str  # below the storage folder
    seconds: float
    bytes: int


def is_whole(path: Path) -> bool:
    """Whether Asterisk has ended a file; raises OSError where there is none."""
    with path.open("rb") as file:
        head = file.read(HEADER_BYTES)
        length = os.fstat(file.fileno()).st_size
    return len(head) == HEADER_BYTES and int.from_bytes(head[4:8], "little") == length - RIFF_BYTES


def mend(path: Path) -> None:
    """Fill in the lengths of a file that a dying Asterisk left behind."""
    with path.open("r+b") as file:
        length = max(os.fstat(file.fileno()).st_size, HEADER_BYTES)
        file.truncate(length)
        for place, value in ((4, length - RIFF_BYTES), (HEADER_BYTES - 4, length - HEADER_BYTES)):
            file.seek(place)
            file.write(value.to_bytes(4, "little"))


def keep(source: Path, storage: Path, started_at: datetime, key: SealingKey | None) -> KeptFile:
    """Move a whole recording into the folder of its day, sealed where there is a key; may be repeated.

    Raises OSError, and then the source is as it was.
    """
    name = source.name.removesuffix(ENDING) + (ENDING if key is None else SEALED_ENDING)
    path = Path(f"{started_at:%Y/%m/%d}") / name
    target = storage / path
    if not source.exists():  # moved before, and not noted
        length = target.stat().st_size
        return KeptFile(path=str(path), seconds=seconds_of(length), bytes=length)
    seconds = seconds_of(source.stat().st_size)
    target.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    part = target.with_name(target.name + PART_ENDING)
    try:
        _copy(source, part, key)
        part.replace(target)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    source.unlink()
    return KeptFile(path=str(path), seconds=seconds, bytes=target.stat().st_size)


def seconds_of(length: int) -> float:
    """How long a file of so many bytes lasts.

    >>> seconds_of(44 + 16_000)
    1.0
    """
    return max(0, length - HEADER_BYTES) / BYTES_PER_SECOND


def remove(storage: Path, path: str) -> None:
    """Delete a file of the storage folder; one that is gone already is no error."""
    target = (storage / path).resolve()
    if not target.is_relative_to(storage.resolve()):
        raise OSError(f"expected a path below the storage folder, got {path}")
    target.unlink(missing_ok=True)


def free_bytes(folder: Path) -> int:
    """What is free where a folder lies; raises OSError."""
    return shutil.disk_usage(folder).free


def _copy(source: Path, part: Path, key: SealingKey | None) -> None:
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
    with os.fdopen(handle, "wb") as target, source.open("rb") as origin:
        if key is None:
            shutil.copyfileobj(origin, target)
        else:
            seal(origin, target, key)
        target.flush()
        os.fsync(target.fileno())
