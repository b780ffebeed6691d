"""Write the revision that makes the table of a new entity: `make draft entity=supplier` runs this file.

The SQL is made of the declaration as it is today, and belongs to the revision from then on: look it over.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import app.entities  # noqa: F401 - declaring is all that it does
from app.migrating import newest_revision
from crm_core.engine.declaration import REGISTRY
from crm_core.engine.tables import create_statements

VERSIONS = Path(__file__).resolve().parent.parent / "app" / "migrations" / "versions"
WIDTH = 90
BETWEEN_WORDS = re.compile(r"\s+(?=(?:[^']*'[^']*')*[^']*$)")  # not within a quoted text of SQL
REVISION = '''"""Keep records of the entity {name}."""

from alembic import op

revision = "{revision}"
down_revision = "{before}"

STATEMENTS = (
{statements}
)


def upgrade() -> None:
    """Make the table and its indexes."""
    for statement in STATEMENTS:
        op.execute(statement)
'''


def draft(name: str, before: str, revision: str) -> str:
    """The text of a revision that makes the table of an entity, with its indexes.

    Raises:
        DeclarationUnusable: there is no entity of this name.
    """
    statements = create_statements([REGISTRY.get(name).table])
    quoted = [f'    """{"".join(_wrapped(statement))}""",' for statement in statements]
    return REVISION.format(name=name, revision=revision, before=before, statements="\n".join(quoted))


def write_draft(name: str) -> Path:
    """Write the revision after the newest one; gives its file.

    Raises:
        DeclarationUnusable: there is no entity of this name.
        FileExistsError: the table has a draft already.
    """
    before = newest_revision()
    numbers = [int(path.name.split("_")[1]) for path in VERSIONS.glob("revision_*.py")]
    revision = f"{max(numbers) + 1:04}"
    path = VERSIONS / f"revision_{revision}_{name}.py"
    if made := sorted(VERSIONS.glob(f"revision_*_{name}.py")):
        raise FileExistsError(f"there is a revision of {name} already: {made[0].name}")
    path.write_text(draft(name, before, revision), encoding="utf-8")
    return path


def _wrapped(statement: str) -> Iterator[str]:
    """The words of a statement on lines of a readable length."""
    length = 0
    for word in BETWEEN_WORDS.split(" ".join(statement.strip().splitlines())):
        if length and length + len(word) > WIDTH:
            yield "\n        "
            length = 0
        elif length:
            yield " "
        yield word
        length += len(word) + 1


def main() -> int:
    """Write the draft of the entity that the command line names; the result is the exit code."""
    if len(sys.argv) != 2 or REGISTRY.find(sys.argv[1]) is None:
        names = ", ".join(entity.name for entity in REGISTRY)
        print(f"usage: make draft entity=NAME; expected one of: {names}", file=sys.stderr)
        return 2
    try:
        path = write_draft(sys.argv[1])
    except FileExistsError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Written: {path.name}. Look it over, then run the tests.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
