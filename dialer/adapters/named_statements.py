"""The hot statements of the dialer, read from `queries.sql`: each with name, purpose and expected rows.

A statement begins with the three comment lines `-- name:`, `-- purpose:` and `-- rows:`, and ends with the
next one's name. Nothing here talks to a database.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from dialer.adapters.errors import StatementError

FILE_NAME = "queries.sql"
NAME = re.compile(r"^-- name: ", re.MULTILINE)
HEADER = re.compile(
    r"\A(?P<name>[a-z_]+)\n-- purpose: (?P<purpose>[^\n]+)\n-- rows: (?P<rows>[^\n]+)\n(?P<text>.+)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedStatement:
    """One statement."""

    name: str  # how the code calls it
    purpose: str  # one sentence
    rows: str  # which rows it gives, and how many
    text: str  # the SQL


def parse_statements(text: str) -> Mapping[str, NamedStatement]:
    """Read all statements of a file.

    Raises:
        StatementError: if one lacks its header or its text, or two have one name.
    """
    found: dict[str, NamedStatement] = {}
    for part in NAME.split(text)[1:]:
        match = HEADER.match(part)
        first_line = part.splitlines()[0]
        if match is None:
            raise StatementError(
                f"{first_line}: expected the lines `-- purpose:`, `-- rows:`, then the statement"
            )
        statement = NamedStatement(
            name=match["name"],
            purpose=match["purpose"],
            rows=match["rows"],
            text=match["text"].strip().removesuffix(";"),
        )
        if not statement.text or statement.name in found:
            raise StatementError(f"{statement.name}: expected one statement of this name, with a text")
        found[statement.name] = statement
    return MappingProxyType(found)


STATEMENTS = parse_statements(files("dialer.adapters").joinpath(FILE_NAME).read_text(encoding="utf-8"))
"""All statements by name."""


def sql(name: str) -> str:
    """The text of one statement."""
    return STATEMENTS[name].text
