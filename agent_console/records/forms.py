"""The form of a record: shown, sent, refused field by field, or held against what others changed."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus

from aiohttp import web

from agent_console.forms import text_fields
from agent_console.parts import Finding, parts_of
from agent_console.records.doors import list_path, record_id_of, record_path
from agent_console.records.inputs import asked, input_of, raw_values
from agent_console.records.names import names_in, options_of
from agent_console.records.panels import path_after
from agent_console.rendering import done, page, text_of
from crm_core.access.connection import Connection
from crm_core.engine.declaration import Entity
from crm_core.engine.errors import RecordRefused, StaleEdit, UnusableValue, VerbRefused
from crm_core.engine.field import Field
from crm_core.engine.records import change_record, create_record, delete_record, restore_record
from crm_core.engine.rights import access_record, may_reach, seen_fields
from crm_core.engine.scopes import Verb
from crm_core.engine.viewer import Viewer

VERSION_DIGITS_MAX = 9
IS_NEW = "is_new_indeed"  # field of the button that keeps a record although it may repeat another


async def show_new(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Show an empty form, with defaults; an address may fill fields in (`?party=…`)."""
    if not may_reach(viewer, entity, Verb.CREATE):
        raise VerbRefused("you may not create this")
    fields = _fields(viewer, entity)
    values = {field.name: field.clean(field.default) for field in fields if field.default is not None}
    values |= {field.name: request.query[field.name] for field in fields if field.name in request.query}
    return await _form_page(request, connection, viewer, entity, values)


async def create(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Make a record of what the form sent."""
    raw = await sent(request, _fields(viewer, entity))
    given = {name: value for name, value in raw.items() if value != ""}
    repeated = await _repeated(request, connection, viewer, entity, given)
    if repeated:
        return await _form_page(request, connection, viewer, entity, raw, repeated=repeated)
    try:
        record = await create_record(connection, viewer, entity, given, _now(request))
    except RecordRefused as refused:
        return await _form_page(request, connection, viewer, entity, raw, refused=refused)
    return await done(request, path_after(entity, record), text_of(request, "It is kept."))


async def _repeated(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity, given: Mapping[str, object]
) -> Sequence[Finding]:
    """Records that a new one may repeat, unless somebody has looked at them and wants it all the same."""
    (confirmed,) = await text_fields(request, IS_NEW)
    checks = [one for one in parts_of(request).entry_checks if one.entity == entity.name and not confirmed]
    return [found for one in checks for found in await one.look(connection, viewer, given)]


async def show_edit(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Show the form of a record with what it holds."""
    record = await access_record(connection, viewer, entity, record_id_of(request), Verb.EDIT)
    return await _form_page(
        request, connection, viewer, entity, record.values, version=record.version, heading=record.title()
    )


async def edit(request: web.Request, connection: Connection, viewer: Viewer, entity: Entity) -> web.Response:
    """Change a record; if somebody else has changed it meanwhile, show how it differs instead."""
    (version,) = await text_fields(request, "version")
    if not (version.isascii() and version.isdigit() and len(version) <= VERSION_DIGITS_MAX):
        raise web.HTTPBadRequest
    record_id, raw = record_id_of(request), await sent(request, _fields(viewer, entity))
    refused: RecordRefused | None = None
    stale: StaleEdit | None = None
    try:
        changed = await change_record(
            connection, viewer, entity, record_id, raw, _now(request), version=int(version)
        )
    except RecordRefused as error:
        refused = error
    except StaleEdit as error:
        stale = error
    else:
        return await done(request, path_after(entity, changed), text_of(request, "The changes are kept."))
    record = await access_record(connection, viewer, entity, record_id)
    return await _form_page(
        request,
        connection,
        viewer,
        entity,
        {**record.values, **raw},
        version=stale.version if stale else int(version),
        heading=record.title(),
        refused=refused,
        stale=stale,
    )


async def delete(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Take a record out of the lists; the notice offers to bring it back."""
    record = await delete_record(connection, viewer, entity, record_id_of(request), _now(request))
    undo = f"{record_path(entity, record.id)}/restore"
    return await done(request, list_path(entity), text_of(request, "It is deleted."), undo)


async def restore(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Bring a deleted record back."""
    record = await restore_record(connection, viewer, entity, record_id_of(request), _now(request))
    return await done(request, record_path(entity, record.id), text_of(request, "It is back."))


def _now(request: web.Request) -> datetime:
    return parts_of(request).clock()


def _cleaned(fields: Sequence[Field], values: Mapping[str, object]) -> dict[str, object]:
    """Values of links, as far as what was typed is one; only to say what they are called."""
    cleaned: dict[str, object] = {}
    for field in fields:
        value = values.get(field.name)
        if field.widget in ("link", "links") and value not in (None, ""):
            with suppress(UnusableValue):
                cleaned[field.name] = field.clean(value)
    return cleaned


def _fields(viewer: Viewer, entity: Entity) -> list[Field]:
    return asked(seen_fields(viewer, entity).values())


async def sent(request: web.Request, fields: list[Field]) -> dict[str, object]:
    """Raw values that a form sent for some fields."""
    form = await request.post()

    def text(name: str) -> str | None:
        value = form.get(name)
        return value.replace("\r\n", "\n") if isinstance(value, str) else None

    return raw_values(fields, text)


async def _form_page(
    request: web.Request,
    connection: Connection,
    viewer: Viewer,
    entity: Entity,
    values: Mapping[str, object],
    *,
    version: int = 0,
    heading: str = "",
    refused: RecordRefused | None = None,
    stale: StaleEdit | None = None,
    repeated: Sequence[Finding] = (),
) -> web.Response:
    fields = _fields(viewer, entity)
    names = await names_in(connection, viewer, entity, fields, [_cleaned(fields, values)])
    names |= {str(one): name for one, name in names.items()}  # what was typed is a text
    options = await options_of(connection, fields)
    errors = {
        wrong.field: text_of(request, wrong.text, **wrong.values)
        for wrong in (refused.problems if refused else ())
    }
    error = _general_error(request, fields, errors, stale)
    path = request.path
    return await page(
        request,
        "records/form.html",
        _status(refused, stale, repeated),
        entity=entity,
        heading=heading or text_of(request, "New: {title}", title=text_of(request, entity.title)),
        path=path,
        list_path=list_path(entity),
        back_path=path.rpartition("/")[0],
        version=version,
        error=error,
        repeated=repeated,
        differences=[
            (entity.fields[one.field].title(), one.theirs, one.yours)
            for one in (stale.differences if stale else ())
        ],
        inputs=[
            input_of(
                field,
                values.get(field.name),
                names=names,
                options=options.get(field.name, ()),
                error=errors.get(field.name, ""),
            )
            for field in fields
        ],
    )


def _status(refused: RecordRefused | None, stale: StaleEdit | None, repeated: Sequence[Finding]) -> int:
    if stale or repeated:
        return HTTPStatus.CONFLICT
    return HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK


def _general_error(
    request: web.Request, fields: Sequence[Field], errors: Mapping[str, str], stale: StaleEdit | None
) -> str:
    """What stands above the form: what belongs to no field, or that something does."""
    if stale:
        return text_of(request, stale.text)
    shown_names = {field.name for field in fields}
    general = " ".join(text for name, text in errors.items() if name not in shown_names)
    if errors and not general:
        return text_of(request, "Not kept: look at the fields that are marked.")
    return general
