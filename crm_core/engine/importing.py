"""Imports: rows of texts become records; a dry run first, errors by row and field.

The header names fields, as exports do. A row with the id of a record changes it, one without makes a new one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from crm_core.access.connection import Connection
from crm_core.engine.declaration import Entity
from crm_core.engine.errors import EngineError, Problem, RecordRefused, problem
from crm_core.engine.exporting import with_formula
from crm_core.engine.records import change_record, create_record
from crm_core.engine.reference_fields import Computed
from crm_core.engine.viewer import Viewer

SKIPPED = ("id", "version")
ROWS_MAX = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """What is wrong with one cell."""

    row: int  # the first after the header is 1
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did, or would do."""

    created: int  # records
    changed: int  # records; those that were so already count too
    problems: tuple[RowProblem, ...]
    is_dry_run: bool  # nothing was kept


class _DryRun(Exception):
    """Undo what the dry run wrote."""


async def import_records(
    connection: Connection,
    viewer: Viewer,
    entity: Entity,
    rows: Iterable[Mapping[str, str]],
    now: datetime,
    *,
    is_dry_run: bool = True,
) -> ImportReport:
    """Take rows in; where any row is refused, none is kept, and the report names every cell."""
    created = changed = 0
    problems: list[RowProblem] = []
    try:
        async with connection.transaction():
            for number, row in enumerate(rows, start=1):
                if number > ROWS_MAX:
                    problems.append(RowProblem(row=number, problem=problem("", "too many rows")))
                    break
                try:
                    is_new = await _take_in(connection, viewer, entity, row, now)
                except RecordRefused as refused:
                    problems += [RowProblem(row=number, problem=wrong) for wrong in refused.problems]
                except (EngineError, ValueError) as refused:
                    wrong = problem("", "{reason}", reason=str(refused))
                    problems.append(RowProblem(row=number, problem=wrong))
                else:
                    created, changed = created + is_new, changed + (not is_new)
            if is_dry_run or problems:
                raise _DryRun
    except _DryRun:
        pass
    return ImportReport(
        created=created,
        changed=changed,
        problems=tuple(problems),
        is_dry_run=is_dry_run or bool(problems),
    )


async def _take_in(
    connection: Connection, viewer: Viewer, entity: Entity, row: Mapping[str, str], now: datetime
) -> bool:
    raw: dict[str, object] = {}
    for name, text in row.items():
        field = entity.fields.get(name)
        is_shown_only = field is not None and (field.read_only or isinstance(field, Computed))
        if name not in SKIPPED and not is_shown_only:
            raw[name] = with_formula(text)
    if not row.get("id"):
        # An empty cell of a new record means what an empty form does: the default.
        await create_record(connection, viewer, entity, {k: v for k, v in raw.items() if v != ""}, now)
        return True
    version = int(row["version"]) if row.get("version") else None
    await change_record(connection, viewer, entity, UUID(row["id"]), raw, now, version=version)
    return False
