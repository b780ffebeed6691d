"""Asterisk's files out of settings, and the careful way of putting them into a folder.

Whatever a template writes passes `config_value`, so none can open a line, a section or a comment of its own.
Nothing here starts Asterisk or asks a person: the differences are returned, and shown by whoever calls.
"""

import difflib
import functools
import ipaddress
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import jinja2

from asterisk_config.errors import InvalidSettingError, WriteError
from asterisk_config.modules import modules_needed
from asterisk_config.setting_checks import is_plain_text
from asterisk_config.settings import AsteriskSettings

TEMPLATE_ENDING = ".conf.j2"
FILE_MODE = 0o640  # the files hold secrets: for their owner and Asterisk's group only
SECRET_LINE = re.compile(r"^([ +-]?\s*(?:password|secret)\s*=).*$", re.MULTILINE)
MILLISECONDS_PER_SECOND = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """What writing a file would change."""

    path: Path
    before: str | None  # None: the file is not there yet
    after: str

    @property
    def is_change(self) -> bool:
        """Whether the file differs from what stands there."""
        return self.before != self.after

    @property
    def difference(self) -> str:
        """The change as a unified diff with secrets blotted out; a change of a secret alone says so.

        >>> change = FileChange(path=Path("a.conf"), before="secret = x\\n", after="secret = y\\n")
        >>> print(change.difference)
        --- a.conf
        +++ a.conf
        @@ -1 +1 @@
        -secret = (not shown)
        +secret = (not shown)
        """
        name = str(self.path)
        before, after = (self.before or "").splitlines(), self.after.splitlines()
        lines = difflib.unified_diff(
            before, after, name if self.before is not None else "", name, lineterm=""
        )
        return SECRET_LINE.sub(r"\1 (not shown)", "\n".join(lines))


def config_value(value: object) -> str:
    """A value as Asterisk's files hold it; raises `InvalidSettingError` where it would not stay a value.

    >>> config_value("a;b"), config_value(True), config_value(5)
    ('a\\\\;b', 'yes', '5')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str) or not is_plain_text(value):
        # The value may be a secret that came past its own check, so only its kind is told.
        raise InvalidSettingError(
            field="rendered value",
            expected="printable text on one line without spaces at its ends",
            came=f"another {type(value).__name__}",
        )
    return value.replace(";", "\\;")


def render(settings: AsteriskSettings) -> dict[str, str]:
    """Text of each file by its name; the same settings give the same texts."""
    environment = _environment()
    values: dict[str, object] = {field.name: getattr(settings, field.name) for field in fields(settings)}
    values["modules"] = modules_needed(settings)
    values["has_webrtc"] = settings.has_webrtc
    values["allowed_networks"] = settings.allowed_networks
    return {name: environment.get_template(f"{name}.j2").render(values) for name in file_names()}


def file_names() -> tuple[str, ...]:
    """Names of all files that are rendered."""
    templates = _environment().list_templates()
    return tuple(sorted(name.removesuffix(".j2") for name in templates if name.endswith(TEMPLATE_ENDING)))


def plan_changes(folder: Path, texts: Mapping[str, str]) -> tuple[FileChange, ...]:
    """What writing the files into a folder would change; raises `WriteError` where it cannot be read."""
    changes = []
    for name, after in sorted(texts.items()):
        path = folder / name
        try:
            before = path.read_text() if path.exists() else None
        except (OSError, UnicodeDecodeError) as error:
            raise WriteError(folder, error) from error
        changes.append(FileChange(path=path, before=before, after=after))
    return tuple(changes)


def write_changes(changes: tuple[FileChange, ...]) -> tuple[Path, ...]:
    """Write what changed and return those paths; raises `WriteError`.

    Every new file is complete on disk before the first old one is replaced, each by a single rename.
    """
    ready: list[tuple[Path, Path]] = []
    try:
        for change in changes:
            if change.is_change:
                change.path.parent.mkdir(parents=True, exist_ok=True)
                ready.append((_written_beside(change), change.path))
        for beside, path in ready:
            beside.replace(path)
    except OSError as error:
        for beside, _ in ready:
            beside.unlink(missing_ok=True)
        folder = changes[0].path.parent
        raise WriteError(folder, error) from error
    return tuple(path for _, path in ready)


def _written_beside(change: FileChange) -> Path:
    """A file with the new text in the same folder, readable for the folder's group."""
    folder = change.path.parent
    handle, name = tempfile.mkstemp(prefix=f".{change.path.name}.", dir=folder)
    with os.fdopen(handle, "w") as file:
        file.write(change.after)
        file.flush()
        os.fchmod(handle, FILE_MODE)
        if os.geteuid() == 0:
            # Asterisk reads its files through the group that owns the folder.
            os.fchown(handle, folder.stat().st_uid, folder.stat().st_gid)
        os.fsync(handle)
    return Path(name)


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("asterisk_config"),
        undefined=jinja2.StrictUndefined,
        finalize=config_value,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # these are not web pages; `config_value` escapes
    )
    environment.filters["milliseconds"] = _milliseconds
    environment.filters["with_prefix"] = _with_prefix
    environment.filters["host_and_port"] = _host_and_port
    environment.filters["is_any_address"] = _is_any_address
    return environment


def _milliseconds(seconds: float) -> int:
    return round(seconds * MILLISECONDS_PER_SECOND)


def _with_prefix(network: str) -> str:
    """A network in the form that access lists want, a single address with all its bits."""
    return str(ipaddress.ip_network(network))


def _host_and_port(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _is_any_address(address: str) -> bool:
    return ipaddress.ip_address(address).is_unspecified
