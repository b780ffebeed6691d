"""What is installed is pinned and hashed; no file names where it comes from, or the machine it was on."""

import re
import tomllib
from collections.abc import Mapping, Sequence

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.house.source_tree import project_files, read_text
from tools.checks import ROOMS
from tools.setup import DEPENDENCIES_LOCK, NODE_LOCK, TEST_DATA_LOCK

LOCKS = (DEPENDENCIES_LOCK, NODE_LOCK, TEST_DATA_LOCK)
ENTRY = re.compile(
    r"^([a-zA-Z0-9._-]+)==([^ ;\\]+)[^\n]*((?:\n    --hash=sha256:[0-9a-f]{64}[ \\]*)*)$", re.MULTILINE
)
UNINDENTED = re.compile(r"^\S", re.MULTILINE)
# All hosts and paths are put together from pieces, so that this file does not hold what it forbids.
HOST_PIECES = (
    ("py", "pi.org"),
    ("python", "hosted"),
    ("npm", "js.org"),
    ("npm", "js.com"),
    ("deb", ".debian"),
)
HOSTS = re.compile("|".join(re.escape("".join(pieces)) for pieces in HOST_PIECES))
FOLDER_PIECES = (("ro", "ot"), ("ho", "me"), ("wo", "rk"), ("t", "mp"))
FOLDERS = "|".join("".join(pieces) for pieces in FOLDER_PIECES)
MACHINE_PATH = re.compile(rf"(?<![A-Za-z0-9_.~-])/(?:{FOLDERS})/")


def configuration(*keys: str) -> Mapping[str, object]:
    """A table of `pyproject.toml`."""
    table: Mapping[str, object] = tomllib.loads(read_text("pyproject.toml"))
    for key in keys:
        inner = table[key]
        assert isinstance(inner, Mapping)
        table = inner
    return table


def words(value: object) -> list[str]:
    """A list of texts out of the configuration."""
    assert isinstance(value, Sequence)
    return [str(word) for word in value]


def pins() -> dict[str, list[Version]]:
    """Locked versions of each package; there are two where Python versions need different ones."""
    found: dict[str, list[Version]] = {}
    for name, version, _ in ENTRY.findall(read_text(DEPENDENCIES_LOCK)):
        found.setdefault(canonicalize_name(name), []).append(Version(version))
    return found


def places(pattern: re.Pattern[str]) -> list[str]:
    """Lines of the project's files in which the pattern occurs."""
    return [
        f"{path}:{number}"
        for path in project_files()
        for number, line in enumerate(read_text(path).splitlines(), start=1)
        if pattern.search(line)
    ]


def test_declared_dependency_of_any_kind_is_locked_in_range() -> None:
    """Each dependency that the project declares is in the lock, in a version that the declaration allows."""
    extras = configuration("project", "optional-dependencies")
    declared = words(configuration("project")["dependencies"]) + [
        line for extra in extras.values() for line in words(extra)
    ]
    locked = pins()
    for requirement in map(Requirement, declared):
        versions = locked.get(canonicalize_name(requirement.name), [])
        assert versions, f"{requirement.name} is declared but not locked"
        assert all(requirement.specifier.contains(version) for version in versions), requirement


def test_entry_of_any_lock_carries_a_hash() -> None:
    """Nothing is installed whose content is not known beforehand."""
    for lock in LOCKS:
        entries = ENTRY.findall(read_text(lock))
        assert entries
        assert not [name for name, version, hashes in entries if not hashes]
        assert len(entries) == len(UNINDENTED.findall(read_text(lock)))


def test_lock_file_of_any_kind_names_no_host() -> None:
    """A lock holds for whichever registry a machine is set to."""
    locks = [*LOCKS, *(path for path in project_files() if path.endswith("package-lock.json"))]
    for lock in locks:
        resolved = [line for line in read_text(lock).splitlines() if "://" in line and '"url":' not in line]
        assert not resolved, lock


def test_file_of_any_kind_names_no_registry_host() -> None:
    """Where packages come from is the machine's setting, not the project's."""
    assert not places(HOSTS)


def test_file_of_any_kind_names_no_path_of_a_machine() -> None:
    """No file depends on, or tells of, the machine it was written on."""
    assert not places(MACHINE_PATH)


def test_room_of_the_house_is_shipped_and_under_contract() -> None:
    """Each room is part of the wheel, of the import contracts and of what is checked."""
    shipped = words(configuration("tool", "hatch", "build", "targets", "wheel")["packages"])
    under_contract = words(configuration("tool", "importlinter")["root_packages"])
    assert sorted(ROOMS) == sorted(shipped) == sorted(under_contract)
