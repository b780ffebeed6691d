"""Addresses of the records of every entity."""

from contextlib import nullcontext
from http import HTTPStatus
from uuid import UUID

from aiohttp import web

from agent_console.api.bodies import read_body, read_list_query, values_schema
from agent_console.api.document import change_schema, describe, many_schema, new_schema, undo_schema
from agent_console.api.doors import API_PATH, on_entity
from agent_console.doorkeeper import Access, Route
from agent_console.parts import parts_of
from agent_console.perspective import viewer_of
from crm_core.access.connection import Connection
from crm_core.conditions.catalogue import catalogue_for
from crm_core.conditions.narrowing import limited_time, read_narrowing
from crm_core.engine.bulk_changes import BulkOutcome, change_many, undo_bulk_change
from crm_core.engine.custom_fields import with_custom_fields
from crm_core.engine.declaration import Entity, Registry
from crm_core.engine.history import changes_of
from crm_core.engine.listing import list_records
from crm_core.engine.records import change_record, create_record, delete_record, restore_record
from crm_core.engine.rights import Record, access_record
from crm_core.engine.viewer import Viewer

UUID_TEXT = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


async def show_list(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Some records, and the markers of the pages around them."""
    query, narrowing = read_list_query(request, viewer, entity), None
    if query.condition:
        catalogue = await catalogue_for(connection, viewer, entity)
        narrowing = read_narrowing(catalogue, query.condition).clause(parts_of(request).clock())
    async with nullcontext() if narrowing is None else limited_time(connection):
        page = await list_records(
            connection,
            viewer,
            entity,
            filters=query.filters,
            sort=query.sort,
            marker=query.marker,
            size=query.size,
            narrowing=narrowing,
        )
    return web.json_response(
        {
            "records": [_told(record) for record in page.records],
            "next": page.next_marker or None,
            "previous": page.previous_marker or None,
        }
    )


async def create(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Make a record."""
    sent = await read_body(request, new_schema(values_schema(viewer, entity, is_new=True)))
    values = sent["values"]
    assert isinstance(values, dict)
    record = await create_record(connection, viewer, entity, values, parts_of(request).clock())
    place = f"{API_PATH}/{entity.name}/{record.id}"
    return web.json_response(_told(record), status=HTTPStatus.CREATED, headers={"Location": place})


async def show(request: web.Request, connection: Connection, viewer: Viewer, entity: Entity) -> web.Response:
    """One record."""
    return web.json_response(_told(await access_record(connection, viewer, entity, _record_id(request))))


async def change(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Change a record that is still the version that was read."""
    sent = await read_body(request, change_schema(values_schema(viewer, entity, is_new=False)))
    values, version = sent["values"], sent["version"]
    assert isinstance(values, dict)
    assert isinstance(version, int | float)  # JSON schema takes 1.0 for a whole number
    record = await change_record(
        connection,
        viewer,
        entity,
        _record_id(request),
        values,
        parts_of(request).clock(),
        version=int(version),
    )
    return web.json_response(_told(record))


async def delete(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Take a record out of every list; it can be restored."""
    await delete_record(connection, viewer, entity, _record_id(request), parts_of(request).clock())
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def restore(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Bring a deleted record back."""
    now = parts_of(request).clock()
    return web.json_response(
        _told(await restore_record(connection, viewer, entity, _record_id(request), now))
    )


async def show_changes(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """What happened to a record, oldest first."""
    record = await access_record(connection, viewer, entity, _record_id(request))
    changes = [
        {
            "at": one.at.isoformat(),
            "user_id": one.user_id,
            "verb": one.verb,
            "version": one.version,
            "before": one.before,
            "after": one.after,
        }
        for one in await changes_of(connection, viewer, record)
    ]
    return web.json_response({"changes": changes})


async def change_several(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """The same change to many records; those that are refused are named and do not hold up the others."""
    sent = await read_body(request, many_schema(values_schema(viewer, entity, is_new=False)))
    ids, values = sent["ids"], sent["values"]
    assert isinstance(ids, list)
    assert isinstance(values, dict)
    wanted = [UUID(one) for one in ids]
    outcome = await change_many(connection, viewer, entity, wanted, values, parts_of(request).clock())
    return _outcome(outcome)


async def undo_several(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Give back what a bulk change of one's own changed."""
    token = (await read_body(request, undo_schema()))["token"]
    outcome = await undo_bulk_change(connection, viewer, entity, UUID(str(token)), parts_of(request).clock())
    return _outcome(outcome)


def _outcome(outcome: BulkOutcome) -> web.Response:
    return web.json_response(
        {
            "token": str(outcome.token),
            "changed": [str(one) for one in outcome.changed],
            "refused": {str(one): why for one, why in outcome.refused.items()},
        }
    )


def _record_id(request: web.Request) -> UUID:
    return UUID(request.match_info["record_id"])


def _told(record: Record) -> dict[str, object]:
    """A record as this viewer sees it."""
    fields = record.entity.fields
    return {
        "id": str(record.id),
        "version": record.version,
        "title": record.title(),
        "values": {name: fields[name].to_json(value) for name, value in record.values.items()},
    }


def api_routes(registry: Registry) -> tuple[Route, ...]:
    """Addresses of all entities, and of the document that describes them."""

    async def show_document(request: web.Request) -> web.Response:
        parts = parts_of(request)
        async with parts.transactions.begin() as connection:
            viewer = await viewer_of(request, connection)
            entities = [await with_custom_fields(connection, entity) for entity in registry]
        return web.json_response(describe(entities, viewer, parts.version))

    routes = [
        Route(method="GET", path=f"{API_PATH}/openapi.json", handler=show_document, access=Access.PROGRAM)
    ]
    for entity in registry:
        of_entity = f"{API_PATH}/{entity.name}"
        of_record = f"{of_entity}/{{record_id:{UUID_TEXT}}}"
        for method, path, answer in (
            ("GET", of_entity, show_list),
            ("POST", of_entity, create),
            ("POST", f"{of_entity}/bulk-change", change_several),
            ("POST", f"{of_entity}/bulk-undo", undo_several),
            ("GET", of_record, show),
            ("PATCH", of_record, change),
            ("DELETE", of_record, delete),
            ("POST", f"{of_record}/restore", restore),
            ("GET", f"{of_record}/changes", show_changes),
        ):
            handler = on_entity(registry, entity.name, answer)
            routes.append(Route(method=method, path=path, handler=handler, access=Access.PROGRAM))
    return tuple(routes)
