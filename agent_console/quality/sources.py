"""Where the values of a record, and of what belongs to it, come from: people, files, merged records."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy import bindparam, select

from agent_console.doorkeeper import Route
from agent_console.records.doors import PATH, UUID_TEXT, on_entity, record_id_of, record_path
from agent_console.records.names import names_in
from agent_console.records.shown import Shown, shown
from agent_console.rendering import locale_of, page
from crm_core.access.connection import Connection
from crm_core.access.users import names_of_users
from crm_core.engine.declaration import Entity, Registry
from crm_core.engine.rights import Record, access_record, record_of, visible_to
from crm_core.engine.statements import fetch, fetch_row
from crm_core.engine.viewer import Viewer
from crm_core.quality.sources import Source, sources_of

PARTS_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One value and where it comes from."""

    of: str  # English title of what it belongs to
    label: str  # English
    value: Shown
    source: Source
    author: str  # "": the program
    merged: str  # what the merged record that it was of is called; "": none, or not to be seen


async def show_sources(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Show each value of a record and of its parts with its source."""
    record = await access_record(connection, viewer, entity, record_id_of(request))
    rows: list[SourceRow] = []
    for one in (record, *await _parts(connection, viewer, record)):
        rows += await _rows(request, connection, viewer, one)
    return await page(
        request,
        "quality/sources.html",
        entity=entity,
        heading=record.title(),
        path=record_path(entity, record.id),
        rows=rows,
    )


async def _parts(connection: Connection, viewer: Viewer, record: Record) -> Sequence[Record]:
    """Records that belong to one: those whose rights come from it."""
    parts: list[Record] = []
    for holder in record.entity.registry:
        for name in holder.rights.inherits:
            field, table = holder.fields[name], holder.table
            if getattr(field, "to", "") != record.entity.name:
                continue
            column = table.c[field.column_name()]
            statement = (
                select(table)
                .where(
                    column == bindparam(None, record.id, column.type),
                    table.c.deleted_at.is_(None),
                    visible_to(viewer, holder),
                )
                .order_by(table.c.id)
                .limit(PARTS_MAX)
            )
            parts += [record_of(viewer, holder, dict(row)) for row in await fetch(connection, statement)]
    return parts


async def _rows(
    request: web.Request, connection: Connection, viewer: Viewer, record: Record
) -> list[SourceRow]:
    sources = await sources_of(connection, record)
    fields = [record.entity.fields[name] for name in record.entity.own_fields if name in sources]
    names = await names_in(connection, viewer, record.entity, fields, [record.values])
    people = {source.user_id for source in sources.values() if source.user_id is not None}
    authors = await names_of_users(connection, sorted(people))
    merged = await _merged_titles(connection, viewer, record, sources.values())
    return [
        SourceRow(
            of=record.entity.title,
            label=field.title(),
            value=shown(field, record.values[field.name], locale_of(request), names),
            source=sources[field.name],
            author=authors.get(sources[field.name].user_id or 0, ""),
            merged=merged.get(sources[field.name].merged_id, ""),
        )
        for field in fields
        if getattr(field, "to", "") != record.entity.name and field.name not in record.entity.rights.inherits
    ]


async def _merged_titles(
    connection: Connection, viewer: Viewer, record: Record, sources: Iterable[Source]
) -> dict[object, str]:
    """What merged records were called that the viewer could see; they are deleted now."""
    titles: dict[object, str] = {}
    inherited = [record.entity.fields[name] for name in record.entity.rights.inherits]
    of = record.entity.registry.get(str(getattr(inherited[0], "to", ""))) if inherited else record.entity
    for merged_id in {source.merged_id for source in sources} - {None}:
        key = of.table.c.id
        found = select(of.table).where(key == bindparam(None, merged_id, key.type), visible_to(viewer, of))
        row = await fetch_row(connection, found)
        if row is not None:
            titles[merged_id] = record_of(viewer, of, dict(row)).title()
    return titles


def source_routes(registry: Registry) -> tuple[Route, ...]:
    """Address of the page."""
    path = f"{PATH}/{{entity}}/{{record_id:{UUID_TEXT}}}/sources"
    return (Route(method="GET", path=path, handler=on_entity(registry, show_sources)),)
