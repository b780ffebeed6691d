"""An Asterisk that can be run: the machine's own, or one that was fetched into the user's cache.

A fetched one runs through its own loader with its own libraries, without chroot and without rights,
so its files can be ordinary folders anywhere (measured: ready in about half a second).
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from asterisk_config.errors import AsteriskMissingError

VERSION_MIN = 22
VERSION = re.compile(r"Asterisk (\d+)\.(\d+)\.(\d+)")
VERSION_SECONDS_MAX = 20.0
SYSTEM_MODULES = (
    "/usr/lib/*/asterisk/modules",
    "/usr/lib/asterisk/modules",
    "/usr/local/lib/asterisk/modules",
)
SYSTEM_DATA = ("/usr/share/asterisk", "/var/lib/asterisk")
FETCH_IT = "run `paceline lab fetch`, or install Debian's package asterisk"


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskProgram:
    """How an Asterisk is called, and where its parts are."""

    command: tuple[str, ...]  # words before the arguments
    modules: Path
    data: Path  # holds documentation, rest-api, sounds and moh
    version: tuple[int, int, int]

    @property
    def version_text(self) -> str:
        """The version as Asterisk writes it."""
        return ".".join(map(str, self.version))


def version_of(command: tuple[str, ...]) -> tuple[int, int, int]:
    """Version of the Asterisk that a command starts; raises `AsteriskMissingError` if none or too old."""
    expected = f"Asterisk {VERSION_MIN} or newer from {command[-1]}"
    try:
        said = subprocess.run(
            [*command, "-V"],
            capture_output=True,
            text=True,
            timeout=VERSION_SECONDS_MAX,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AsteriskMissingError(expected=expected, came=str(error), fix=FETCH_IT) from error
    found = VERSION.search(said.stdout)
    came = said.stdout.strip() or said.stderr.strip()[-200:] or "no answer"
    if found is None or int(found[1]) < VERSION_MIN:
        raise AsteriskMissingError(expected=expected, came=came, fix=FETCH_IT)
    return int(found[1]), int(found[2]), int(found[3])


def program_in(root: Path) -> AsteriskProgram:
    """The Asterisk of an unpacked system; raises `AsteriskMissingError`."""
    libraries = [path.parent.parent for path in root.glob("usr/lib/*/asterisk/modules")]
    loaders = [path for library in libraries for path in sorted(library.glob("ld-linux*.so.*"))]
    binary = root / "usr/sbin/asterisk"
    if not (libraries and loaders and binary.exists()):
        raise AsteriskMissingError(
            expected=f"an unpacked Asterisk under {root}",
            came="parts of one",
            fix="remove it and fetch again",
        )
    command = (str(loaders[0]), "--library-path", str(libraries[0]), str(binary))
    return AsteriskProgram(
        command=command,
        modules=libraries[0] / "asterisk/modules",
        data=root / "usr/share/asterisk",
        version=version_of(command),
    )


def cache_folder() -> Path:
    """Where fetched Asterisks are kept, a folder for each version."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "paceline" / "asterisk"


def find_cached(cache: Path) -> AsteriskProgram | None:
    """The newest Asterisk in the cache, if there is one."""
    versions = [path for path in cache.glob("[0-9]*") if path.is_dir()]
    if not versions:
        return None
    return program_in(max(versions, key=lambda path: [int(part) for part in path.name.split(".")]))


def find_installed() -> AsteriskProgram | None:
    """The machine's own Asterisk, if it has one and it is new enough."""
    binary = shutil.which("asterisk", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    modules = [path for pattern in SYSTEM_MODULES for path in Path("/").glob(pattern.removeprefix("/"))]
    data = [Path(path) for path in SYSTEM_DATA if (Path(path) / "documentation").is_dir()]
    if binary is None or not modules or not data:
        return None
    try:
        version = version_of((binary,))
    except AsteriskMissingError:
        return None
    return AsteriskProgram(command=(binary,), modules=modules[0], data=data[0], version=version)


def find_asterisk() -> AsteriskProgram | None:
    """The machine's own Asterisk, else the newest in the cache, else None; starts no download."""
    return find_installed() or find_cached(cache_folder())
