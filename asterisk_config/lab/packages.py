"""Fetch Asterisk 22 from Debian's packages into the user's cache: no rights needed, the system left alone.

apt itself does the work, with folders of its own: it knows the machine's mirror, proxies and keys, solves the
dependencies and checks signatures. The mirror is read from the machine's sources at run time.
"""

import fcntl
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from asterisk_config.errors import AsteriskMissingError
from asterisk_config.lab.program import AsteriskProgram, cache_folder, find_cached, program_in

SUITE = "sid"  # the only suite of Debian that carries Asterisk
PACKAGES = ("asterisk", "asterisk-modules", "asterisk-core-sounds-en-gsm", "asterisk-moh-opsound-gsm")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
COMMAND_SECONDS_MAX = 300.0
# Of the unpacked system only this is needed to run Asterisk.
KEPT = ("usr/lib", "usr/sbin/asterisk", "usr/share/asterisk", "usr/share/doc/asterisk")
UPDATE_TRIES = 3
UPDATE_PAUSE_SECONDS = 5.0

NOT_KEPT_LIBRARIES = ("perl", "perl-base", "perl5", "gconv")


def get_asterisk() -> AsteriskProgram:
    """The cached Asterisk, fetched first where there is none; raises `AsteriskMissingError`."""
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    with _only_one(cache):
        return find_cached(cache) or fetch_asterisk(cache)


def fetch_asterisk(cache: Path) -> AsteriskProgram:
    """Fetch and unpack the newest Asterisk of Debian; raises `AsteriskMissingError`."""
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=cache) as name:
        work = Path(name)
        options = _apt_options(work, mirror())
        _update(options)
        _run("apt-get", *options, "install", "--yes", "--download-only", "--no-install-recommends", *PACKAGES)
        root = work / "root"
        for package in sorted((work / "archives").glob("*.deb")):
            _run("dpkg-deb", "--extract", str(package), str(root))
        version = program_in(root).version_text
        _prune(root)
        kept = cache / version
        if kept.exists():
            shutil.rmtree(kept)
        root.rename(kept)
    return program_in(kept)


def _update(options: Sequence[str]) -> None:
    """Fetch the index of packages; a mirror that fails once is asked again."""
    for tries_left in reversed(range(UPDATE_TRIES)):
        try:
            _run("apt-get", *options, "update")
        except AsteriskMissingError:
            if not tries_left:
                raise
            time.sleep(UPDATE_PAUSE_SECONDS)
        else:
            return


def mirror() -> str:
    """Address of the Debian archive that this machine's apt uses; raises `AsteriskMissingError`."""
    said = _run("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages")
    # The archive's folder has the same name on every mirror; the one of security fixes has another.
    found = [line for line in said.splitlines() if re.fullmatch(r"\S+/debian/", line)]
    if not found:
        raise AsteriskMissingError(
            expected="a mirror of Debian's archive among this machine's apt sources",
            came=f"{len(said.splitlines())} others",
            fix="add one, or install Asterisk 22 yourself",
        )
    return found[0]


def _apt_options(work: Path, archive: str) -> list[str]:
    """Options by which apt works in a folder of its own, as if nothing were installed."""
    for folder in ("state/lists/partial", "archives/partial", "etc"):
        (work / folder).mkdir(parents=True)
    (work / "state/status").touch()
    trusted = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
    (work / "etc/sources.list").write_text(f"deb {trusted}{archive} {SUITE} main\n")
    settings = {
        "Dir::State": work / "state",
        "Dir::State::status": work / "state/status",
        "Dir::Cache": work,
        "Dir::Cache::archives": work / "archives",
        "Dir::Etc::sourcelist": work / "etc/sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::Etc::preferences": "-",
        "Dir::Etc::preferencesparts": "-",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        # Without this an index that could not be fetched is a warning, and its packages "do not exist".
        "APT::Update::Error-Mode": "any",
        # The folder belongs to whoever runs this; apt's own user could not write into it.
        "APT::Sandbox::User": "",
        "APT::Install-Recommends": "false",
    }
    return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]


def _prune(root: Path) -> None:
    """Remove what no run of Asterisk needs."""
    kept = root.with_name("kept")
    for part in KEPT:
        source = root / part
        if source.exists():
            (kept / part).parent.mkdir(parents=True, exist_ok=True)
            source.rename(kept / part)
    for library in kept.glob("usr/lib/*"):
        for name in NOT_KEPT_LIBRARIES:
            shutil.rmtree(library / name, ignore_errors=True)
    shutil.rmtree(root)
    kept.rename(root)


@contextmanager
def _only_one(cache: Path) -> Iterator[None]:
    """Two programs that need Asterisk at the same time fetch it once."""
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(*command: str) -> str:
    try:
        ended = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS_MAX,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failure(command, str(error)) from error
    if ended.returncode != 0:
        raise _failure(command, ended.stderr.strip()[-800:])
    return ended.stdout


def _failure(command: Sequence[str], came: str) -> AsteriskMissingError:
    return AsteriskMissingError(
        expected=f"`{command[0]}` to fetch Asterisk from Debian's packages",
        came=came,
        fix="check the network and this machine's apt sources, or install Asterisk 22 yourself",
    )
