"""Texts that stand in declarations of entities, for the catalogues: names, help and choices are made of them.

Babel calls `extract` for each file that `agent_console/babel.ini` names: it imports the file as a module,
since most labels are made from the names of fields and are written nowhere.
"""

import importlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import IO, TypeAlias

from crm_core.engine.declaration import Entity
from crm_core.engine.field import Field
from crm_core.engine.tables import STANDARD_FIELDS

ROOT = Path(__file__).resolve().parent.parent
Found: TypeAlias = tuple[int, str, str, list[str]]
"""Line, function, text, comments: what Babel expects of an extractor."""


def extract(
    file: IO[bytes], keywords: Mapping[str, object], comment_tags: Collection[str], options: Mapping[str, str]
) -> Iterator[Found]:
    """Give the texts of all entities that a file declares, and of the fields that each entity has."""
    module = importlib.import_module(
        ".".join(Path(file.name).resolve().relative_to(ROOT).with_suffix("").parts)
    )
    declared = [value for value in vars(module).values() if isinstance(value, Entity)]
    for entity in declared:
        yield _found(entity.title)
        yield _found(entity.title_many)
        yield _found(entity.help)
    for parameter in getattr(module, "PARAMETERS", {}).values():
        yield from (_found(text) for text in (parameter.label, parameter.help, parameter.unit))
    fields = [entity.fields[name] for entity in declared for name in entity.own_fields]
    for field in (*fields, *STANDARD_FIELDS):
        yield from (_found(text) for text in _texts(field) if text)


def _texts(field: Field) -> list[str]:
    return [field.title(), field.help, *dict(getattr(field, "choices", {})).values()]


def _found(text: str) -> Found:
    return 0, "N_", text, []
