"""Exports of a list, as it is filtered: CSV, XLSX or JSON, of the rows and fields that a viewer may export.

The file is written before it is sent, so that a slow browser holds no connection to the database.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import web

from agent_console.doorkeeper import Route
from agent_console.parts import parts_of
from agent_console.records.doors import PATH, looked_at
from agent_console.records.list_query import read_query
from crm_core.access.connection import Connection
from crm_core.engine.custom_fields import with_custom_fields
from crm_core.engine.declaration import Entity, Registry
from crm_core.engine.errors import ListRefused
from crm_core.engine.exporting import csv_header, csv_line, export_records, exported_fields, json_line
from crm_core.engine.listing import Filter
from crm_core.engine.viewer import Viewer
from crm_core.engine.workbooks import Workbook

MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/jsonl",
}
BYTE_ORDER_MARK = "\ufeff"  # by which spreadsheets know that a CSV file is UTF-8
PIECE_BYTES = 64 * 1024


def exporting(registry: Registry) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A handler for the file of any entity."""

    async def export(request: web.Request) -> web.StreamResponse:
        entity, form = registry.find(request.match_info["entity"]), request.match_info["form"]
        if entity is None:
            raise web.HTTPNotFound
        with TemporaryDirectory(prefix="paceline-export-") as folder:
            path = Path(folder) / f"{entity.name}.{form}"
            async with looked_at(request) as (connection, viewer):
                whole = await with_custom_fields(connection, entity)
                query = read_query(whole, list(request.query.items()))
                filters = [one.filter() for one in query.filters]
                try:
                    await _write(connection, viewer, whole, path, filters, query.sort)
                except ListRefused:
                    raise web.HTTPBadRequest from None
            today = parts_of(request).clock().date().isoformat()
            return await _sent(request, path, f"{entity.name}-{today}.{form}", MEDIA_TYPES[form])

    return export


async def _write(
    connection: Connection, viewer: Viewer, entity: Entity, path: Path, filters: Sequence[Filter], sort: str
) -> None:
    fields = exported_fields(viewer, entity)
    records = export_records(connection, viewer, entity, filters=filters, sort=sort)
    if path.suffix == ".xlsx":
        book = Workbook(path, fields)
        try:
            async for record in records:
                book.add(record)
        finally:  # its temporary file goes with it, also where the export is refused
            await asyncio.to_thread(book.close)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            file.write(BYTE_ORDER_MARK + csv_header(fields))
        async for record in records:
            file.write(csv_line(record, fields) if path.suffix == ".csv" else json_line(record, fields))


async def _sent(request: web.Request, path: Path, name: str, media_type: str) -> web.StreamResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Type": media_type}
    response = web.StreamResponse(status=HTTPStatus.OK, headers=headers)
    response.content_length = path.stat().st_size
    await response.prepare(request)
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            await response.write(piece)
    await response.write_eof()
    return response


def export_routes(registry: Registry) -> tuple[Route, ...]:
    """Address of the files."""
    forms = "|".join(MEDIA_TYPES)
    path = f"{PATH}/{{entity}}/export.{{form:{forms}}}"
    return (Route(method="GET", path=path, handler=exporting(registry)),)
