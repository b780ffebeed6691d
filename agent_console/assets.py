"""Styles, scripts and icons as set-up built them; their names carry the hash of what is in them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agent_console.errors import FrontEndMissing

FOLDER = Path(__file__).parent / "client" / "dist"
MANIFEST = "manifest.json"
PREFIX = "/assets/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """What was built."""

    folder: Path
    names: Mapping[str, str]  # plain name -> name with its hash

    def path(self, name: str) -> str:
        """Address of a file by its plain name."""
        return PREFIX + self.names[name]

    def file(self, hashed_name: str) -> Path | None:
        """The file that an address names; None: none of ours."""
        return self.folder / hashed_name if hashed_name in self.names.values() else None


def read_assets(folder: Path = FOLDER) -> Assets:
    """Read what set-up built.

    Raises:
        FrontEndMissing: nothing was built, or the build was cut short.
    """
    try:
        names = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise FrontEndMissing("the pages' styles and scripts are not built: run `make setup`") from None
    return Assets(folder=folder, names={str(name): str(hashed) for name, hashed in names.items()})
