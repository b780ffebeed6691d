"""Which Asterisks there are: one settings file each, in the home folder or where `PACELINE_ASTERISK` says."""

import os
from collections.abc import Mapping
from pathlib import Path

from app.errors import SettingError
from app.settings import home_folder, with_file
from asterisk_config.settings import AsteriskSettings
from asterisk_config.settings_file import read_settings

VARIABLE = "PACELINE_ASTERISK"
DEFAULT_NAME = "asterisk.toml"


def asterisk_files(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """The settings files, by the order in which they are named; the usual one where none is."""
    named = with_file(environment).get(VARIABLE)
    if named:
        return tuple(Path(part) for part in named.split(os.pathsep) if part)
    return (home_folder(environment) / DEFAULT_NAME,)


def read_asterisks(environment: Mapping[str, str]) -> tuple[AsteriskSettings, ...]:
    """The settings of every node.

    Raises:
        SettingError: no file, or two nodes or trunks of one name.
        AsteriskConfigError: a file cannot be used; the message names place, expected and came.
    """
    paths = asterisk_files(environment)
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise SettingError(
            f"no Asterisk is set: expected the file {missing[0]}; "
            f"`paceline asterisk settings {missing[0]}` writes one to fill in"
        )
    found = tuple(read_settings(path) for path in paths)
    _require_different([each.system_name for each in found], "system_name")
    _require_different([trunk.name for each in found for trunk in each.trunks], "trunk name")
    _require_different([agent.name for each in found for agent in each.agents], "agent name")
    return found


def _require_different(names: list[str], what: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SettingError(f"{what}: expected a name of its own for each, {twice[0]!r} is there twice")
