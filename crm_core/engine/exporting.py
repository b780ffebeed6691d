"""Exports: CSV and JSON of what a viewer may export, without fields hidden from him.

Cells that a spreadsheet would run as formulas are written as texts, behind an apostrophe; `importing` takes
it away again. Secrets leave through no export.
"""

import csv
import io
import json
from collections.abc import AsyncIterator, Sequence

from sqlalchemy import ColumnElement

from crm_core.access.connection import Connection
from crm_core.engine.declaration import Entity
from crm_core.engine.errors import VerbRefused
from crm_core.engine.field import Field
from crm_core.engine.listing import SIZE_MAX, Filter, list_records
from crm_core.engine.rights import Record, may_reach, seen_fields
from crm_core.engine.scopes import Verb
from crm_core.engine.text_fields import Secret
from crm_core.engine.viewer import Viewer

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "'")


async def export_records(
    connection: Connection,
    viewer: Viewer,
    entity: Entity,
    *,
    filters: Sequence[Filter] = (),
    sort: str = "",
    narrowing: ColumnElement[bool] | None = None,
) -> AsyncIterator[Record]:
    """All records of a list that a viewer may export, one after the other.

    Raises:
        VerbRefused: he may export none of this entity.
        ListRefused: the list has no such filter or sort.
    """
    if not may_reach(viewer, entity, Verb.EXPORT):
        raise VerbRefused("you may not export this")
    marker = ""
    while True:
        page = await list_records(
            connection,
            viewer,
            entity,
            filters=filters,
            sort=sort,
            marker=marker,
            size=SIZE_MAX,
            verb=Verb.EXPORT,
            narrowing=narrowing,
        )
        for record in page.records:
            yield record
        marker = page.next_marker
        if not marker:
            return


def exported_fields(viewer: Viewer, entity: Entity) -> list[Field]:
    """Fields that an export has columns for."""
    return [field for field in seen_fields(viewer, entity).values() if not isinstance(field, Secret)]


def csv_header(fields: Sequence[Field]) -> str:
    """The first line: names of fields, as an import wants them."""
    return _csv_line(["id", "version", *(field.name for field in fields)])


def csv_line(record: Record, fields: Sequence[Field]) -> str:
    """One record."""
    texts = [field.to_text(record.values[field.name]) for field in fields]
    return _csv_line([str(record.id), str(record.version), *(without_formula(text) for text in texts)])


def json_of(record: Record, fields: Sequence[Field]) -> dict[str, object]:
    """One record as the API and exports give it."""
    values = {field.name: field.to_json(record.values[field.name]) for field in fields}
    return {"id": str(record.id), "version": record.version, **values}


def json_line(record: Record, fields: Sequence[Field]) -> str:
    """One record in a line of JSON."""
    return json.dumps(json_of(record, fields), ensure_ascii=False) + "\n"


def without_formula(text: str) -> str:
    """A cell that no spreadsheet runs.

    >>> without_formula("=1+1"), without_formula("plain"), without_formula("'quoted'")
    ("'=1+1", 'plain', "''quoted'")
    """
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def with_formula(text: str) -> str:
    """The text of a cell again.

    >>> with_formula("'=1+1"), with_formula("plain")
    ('=1+1', 'plain')
    """
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_SIGNS) else text


def _csv_line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()
