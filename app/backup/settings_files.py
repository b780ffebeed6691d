"""Settings files in a backup: as they are, but for the secrets, which are left out and named."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.errors import BackupUnusable

LEFT_OUT = "set-again-after-restore"
SECRET_WORDS = ("password", "secret", "token", "database_url", "nats_url", "private_key")
RESTORED_SUFFIX = ".restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsText:
    """A settings file without its secrets."""

    name: str  # of the file
    text: str  # with `LEFT_OUT` in the place of every secret
    secrets: tuple[str, ...]  # places of those values


def without_secrets(path: Path) -> SettingsText:
    """Read a TOML file and leave its secrets out.

    Raises:
        BackupUnusable: it cannot be read, or a secret is written in a way that cannot be cut out.
    """
    try:
        text = path.read_text(encoding="utf-8")
        found = dict(_secrets(tomllib.loads(text), ""))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise BackupUnusable(f"{path} cannot be read: {error}") from error
    for value in sorted(set(found.values()), key=len, reverse=True):
        for quote in ('"', "'"):
            text = text.replace(f"{quote}{value}{quote}", f"{quote}{LEFT_OUT}{quote}")
    left = [place for place, value in _secrets(tomllib.loads(text), "") if value != LEFT_OUT]
    if left:
        raise BackupUnusable(f"{path}: write {', '.join(left)} as plain text in quotes: it must be left out")
    return SettingsText(name=path.name, text=text, secrets=tuple(found))


def _secrets(value: object, place: str) -> Iterator[tuple[str, str]]:
    """Places and values of all texts whose key says that they are secret."""
    if isinstance(value, dict):
        for key, part in value.items():
            inner = f"{place}.{key}" if place else str(key)
            if isinstance(part, str) and part and any(word in str(key).lower() for word in SECRET_WORDS):
                yield inner, part
            else:
                yield from _secrets(part, inner)
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _secrets(part, f"{place}[{number}]")


def put_back(home: Path, name: str, data: bytes) -> Path:
    """Write a settings file of a backup into the home folder, beside one that is there already."""
    if Path(name).name != name or not name.endswith(".toml"):
        raise BackupUnusable(f"{name!r} is no name of a settings file")
    path = home / name
    if path.exists():
        path = path.with_name(name + RESTORED_SUFFIX)
    path.touch(mode=0o600)
    path.write_bytes(data)
    return path
