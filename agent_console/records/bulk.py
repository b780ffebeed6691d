"""One change to many records of a list: those chosen, or all that its filters let through; and its undo."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from aiohttp import web

from agent_console.parts import parts_of
from agent_console.records.doors import list_path, record_id_of, record_path
from agent_console.records.forms import sent
from agent_console.records.inputs import asked, input_of
from agent_console.records.list_query import OWNER, read_query
from agent_console.records.names import options_of
from agent_console.rendering import done, page, text_of
from crm_core.access.connection import Connection
from crm_core.engine.bulk_changes import change_many, undo_bulk_change
from crm_core.engine.declaration import Entity
from crm_core.engine.errors import ListRefused, UndoRefused, VerbRefused
from crm_core.engine.field import Field
from crm_core.engine.listing import SIZE_MAX, list_records
from crm_core.engine.rights import may_reach, seen_fields
from crm_core.engine.scopes import Verb
from crm_core.engine.text_fields import Secret
from crm_core.engine.viewer import Viewer

RECORDS_MAX = 2_000
"""Of one change from a page: each is checked and written to the history by itself."""


async def show_bulk(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Show the form for what is to be changed; the address says of which records."""
    return await _bulk_page(
        request, connection, viewer, entity, await _chosen(request, connection, viewer, entity)
    )


async def change_bulk(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Change what was filled in; the notice says how many took it, and offers to undo all."""
    chosen = await _chosen(request, connection, viewer, entity)
    given = {
        name: value for name, value in (await sent(request, _fields(viewer, entity))).items() if _says(value)
    }
    if not chosen or not given:
        error = text_of(request, "Nothing was changed: fill in what is to become different.")
        return await _bulk_page(request, connection, viewer, entity, chosen, error if chosen else "")
    outcome = await change_many(connection, viewer, entity, chosen, given, parts_of(request).clock())
    if not outcome.changed:
        reason = next(iter(outcome.refused.values()))
        return await _bulk_page(request, connection, viewer, entity, chosen, reason)
    text = text_of(
        request,
        "Changed: {changed_count}. Refused: {refused_count}.",
        changed_count=len(outcome.changed),
        refused_count=len(outcome.refused),
    )
    return await done(request, list_path(entity), text, f"{list_path(entity)}/bulk/{outcome.token}/undo")


async def take_over(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Make the viewer the owner of a record; the notice offers to undo it."""
    record_id, now = record_id_of(request), parts_of(request).clock()
    outcome = await change_many(connection, viewer, entity, [record_id], {OWNER: viewer.user_id}, now)
    if not outcome.changed:
        raise VerbRefused("you may not change this")
    undo = f"{list_path(entity)}/bulk/{outcome.token}/undo"
    return await done(request, record_path(entity, record_id), text_of(request, "It is yours now."), undo)


async def undo_bulk(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Give back what one change to many changed."""
    try:
        outcome = await undo_bulk_change(
            connection, viewer, entity, UUID(request.match_info["token"]), parts_of(request).clock()
        )
    except UndoRefused:
        raise web.HTTPNotFound from None
    text = text_of(request, "Given back: {changed_count}.", changed_count=len(outcome.changed))
    return await done(request, list_path(entity), text)


async def _chosen(request: web.Request, connection: Connection, viewer: Viewer, entity: Entity) -> list[UUID]:
    if not may_reach(viewer, entity, Verb.EDIT):
        raise VerbRefused("you may not change these")
    if "all" in request.query:
        return await _all_that_fit(request, connection, viewer, entity)
    try:
        return [UUID(text) for text in request.query.getall("record", [])[:SIZE_MAX]]
    except ValueError:
        raise web.HTTPBadRequest from None


async def _all_that_fit(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> list[UUID]:
    query, marker, found = read_query(entity, request.query.items()), "", list[UUID]()
    try:
        while len(found) <= RECORDS_MAX:
            some = await list_records(
                connection,
                viewer,
                entity,
                filters=[one.filter() for one in query.filters],
                marker=marker,
                size=SIZE_MAX,
                verb=Verb.EDIT,
            )
            found += [record.id for record in some.records]
            marker = some.next_marker
            if not marker:
                return found
    except ListRefused:
        raise web.HTTPBadRequest from None
    return []  # too many: the page says how many it takes


def _fields(viewer: Viewer, entity: Entity) -> list[Field]:
    return [field for field in asked(seen_fields(viewer, entity).values()) if not isinstance(field, Secret)]


def _says(value: object) -> bool:
    return any(value.values()) if isinstance(value, Mapping) else value not in (None, "")


async def _bulk_page(
    request: web.Request,
    connection: Connection,
    viewer: Viewer,
    entity: Entity,
    chosen: list[UUID],
    error: str = "",
) -> web.Response:
    fields = _fields(viewer, entity)
    options = await options_of(connection, fields)
    inputs = [input_of(field, None, names={}, options=options.get(field.name, ())) for field in fields]
    if not chosen:
        error = text_of(request, "Choose 1 to {records_max} records in the list.", records_max=RECORDS_MAX)
    return await page(
        request,
        "records/bulk.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
        entity=entity,
        heading=text_of(request, "Change {records_count} records", records_count=len(chosen)),
        path=request.path_qs,
        list_path=list_path(entity),
        is_any=bool(chosen),
        error=error,
        inputs=[replace(one, is_required=False) for one in inputs],
    )
