"""Read the settings from a TOML file whose tables and names are those of `settings`.

A secret may stand in the file itself, in a file of its own (`password = {file = "..."}`),
or in the environment (`password = {env = "..."}`).
"""

import os
import tomllib
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Union, get_args, get_origin, get_type_hints

import tomli_w

from asterisk_config.errors import SettingsFileError
from asterisk_config.setting_checks import shown
from asterisk_config.settings import AsteriskSettings

SECRET_FIELDS = frozenset({"password"})
PLAIN_TYPES = (bool, int, float, str)


def read_settings(path: Path) -> AsteriskSettings:
    """The settings of a file; raises `SettingsFileError` or `InvalidSettingError`."""
    try:
        table = tomllib.loads(path.read_text())
    except OSError as error:
        raise SettingsFileError(place=str(path), expected="a file", came=str(error.strerror)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsFileError(place=str(path), expected="TOML", came=str(error)) from error
    settings = _value(AsteriskSettings, table, path.name)
    assert isinstance(settings, AsteriskSettings)
    return settings


def write_settings(path: Path, settings: AsteriskSettings) -> None:
    """Write settings that `read_settings` reads, secrets and all: only the owner may read the file."""
    table = tomli_w.dumps(_table(settings))
    path.touch(mode=0o600)
    path.write_text(table)


def _table(value: object) -> dict[str, object]:
    """A dataclass as TOML's table, without what has its default."""
    assert is_dataclass(value)
    named = ((field, getattr(value, field.name)) for field in fields(value))
    return {field.name: _plain(each) for field, each in named if each is not None and each != field.default}


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return _table(value) if is_dataclass(value) else value


def _value(kind: object, came: object, place: str) -> object:
    """A value of a type out of what TOML holds."""
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass_value(kind, came, place)
    if get_origin(kind) in {Union, types.UnionType}:
        return _value(get_args(kind)[0], came, place)
    if get_origin(kind) is tuple:
        if not isinstance(came, list):
            raise _refused(place, "a list", came)
        return tuple(_value(get_args(kind)[0], each, f"{place}[{index}]") for index, each in enumerate(came))
    if isinstance(kind, type) and issubclass(kind, Enum):
        words = [member.value for member in kind]
        if came not in words:
            raise _refused(place, f"one of {', '.join(words)}", came)
        return kind(came)
    assert kind in PLAIN_TYPES, f"{place}: no reader for {kind}"
    if kind is float and type(came) is int:
        return float(came)
    # bool is an int to Python, and nobody means it.
    if type(came) is not kind:
        raise _refused(place, f"a value of type {getattr(kind, '__name__', kind)}", came)
    return came


def _dataclass_value(kind: type, came: object, place: str) -> object:
    if not isinstance(came, dict):
        raise _refused(place, "a table", came)
    known = {field.name: field for field in fields(kind)}
    hints = get_type_hints(kind)
    unknown = sorted(set(came) - set(known))
    if unknown:
        raise SettingsFileError(
            place=f"{place}.{unknown[0]}", expected=f"one of {', '.join(known)}", came="an unknown name"
        )
    missing = [
        name
        for name, field in known.items()
        if name not in came and field.default is MISSING and field.default_factory is MISSING
    ]
    if missing:
        raise SettingsFileError(place=f"{place}.{missing[0]}", expected="a value", came="none")
    values = {}
    for name, value in came.items():
        inner = f"{place}.{name}"
        is_secret = name in SECRET_FIELDS
        values[name] = _secret(value, inner) if is_secret else _value(hints[name], value, inner)
    return kind(**values)


def _secret(came: object, place: str) -> str:
    """A secret, wherever it stands; the messages never hold it."""
    expected = 'a text, {file = "..."} or {env = "..."}'
    if isinstance(came, str):
        return came
    if not isinstance(came, Mapping) or len(came) != 1:
        raise SettingsFileError(place=place, expected=expected, came=f"a {type(came).__name__}")
    ((source, name),) = came.items()
    try:
        if source == "file":
            return Path(str(name)).read_text().rstrip("\n")
        if source == "env":
            return os.environ[str(name)]
    except OSError as error:
        raise SettingsFileError(place=place, expected=f"a file {name}", came=str(error.strerror)) from error
    except KeyError as error:
        raise SettingsFileError(place=place, expected=f"a variable {name}", came="none") from error
    raise SettingsFileError(place=place, expected=expected, came=shown(source))


def _refused(place: str, expected: str, came: object) -> SettingsFileError:
    return SettingsFileError(place=place, expected=expected, came=shown(came))
