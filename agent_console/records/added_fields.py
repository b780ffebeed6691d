"""Fields that an administrator adds to an entity: which there are, a new one, what is said about one."""

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web

from agent_console.doorkeeper import Access, Route
from agent_console.forms import chosen_values, text_fields
from agent_console.navigation import N_, NavigationItem, Section
from agent_console.parts import parts_of
from agent_console.records.doors import on_entity
from agent_console.rendering import done, page, text_of
from crm_core.access.connection import Connection
from crm_core.access.signed_in_user import ADMINISTRATOR, ROLES
from crm_core.engine.custom_fields import (
    CustomField,
    add_custom_field,
    change_custom_field,
    choices_of,
    list_custom_fields,
)
from crm_core.engine.declaration import Entity, Registry
from crm_core.engine.document_fields import KINDS, InDocument
from crm_core.engine.errors import RecordRefused
from crm_core.engine.viewer import Viewer

PATH = "/administration/fields"
KIND_LABELS: Mapping[str, str] = {
    "text": N_("Text, one line"),
    "long_text": N_("Text, several lines"),
    "choice": N_("One of several choices"),
    "number": N_("Number"),
    "date": N_("Date"),
    "date_time": N_("Date and time"),
    "boolean": N_("Yes or no"),
    "email": N_("E-mail"),
    "url": N_("Web address"),
}
FIELDS_ITEM = NavigationItem(
    section=Section.ADMINISTRATION,
    label=N_("Fields"),
    path=PATH,
    icon="list",
    roles=frozenset({ADMINISTRATOR}),
)
NEW = CustomField(name="", kind="text", label="")


async def show_fields(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Show the fields of an entity, and a form for one more."""
    return await _page(request, connection, entity, NEW)


async def _page(
    request: web.Request,
    connection: Connection,
    entity: Entity,
    entered: CustomField,
    refused: RecordRefused | None = None,
) -> web.Response:
    problems = refused.problems if refused else ()
    errors = {wrong.field: text_of(request, wrong.text, **wrong.values) for wrong in problems}
    declared = [entity.fields[name] for name in entity.own_fields]
    there = await list_custom_fields(connection, entity)
    if entered.name:
        there = [entered if one.name == entered.name else one for one in there]
    return await page(
        request,
        "records/added_fields.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK,
        entity=entity,
        path=f"{PATH}/{entity.name}",
        entities=[(one.name, one.title) for one in entity.registry],
        own=[field.title() for field in declared if not isinstance(field, InDocument)],
        added=there,
        new=NEW if entered.name else entered,
        refused_name=entered.name if refused else None,
        errors=errors,
        kinds=KIND_LABELS,
        all_roles=ROLES,
    )


async def add(request: web.Request, connection: Connection, viewer: Viewer, entity: Entity) -> web.Response:
    """Add a field; it is in forms, lists and the interface at once."""
    wanted = await _sent(request, NEW)
    try:
        await add_custom_field(connection, viewer, entity, wanted, parts_of(request).clock())
    except RecordRefused as refused:
        return await _page(request, connection, entity, wanted, refused)
    text = text_of(request, "The field {label} is there.", label=wanted.label)
    return await done(request, f"{PATH}/{entity.name}", text)


async def change(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Change what is said about a field, or retire it."""
    there = {one.name: one for one in await list_custom_fields(connection, entity)}
    before = there.get(request.match_info["field"])
    if before is None:
        raise web.HTTPNotFound
    wanted = await _sent(request, before)
    try:
        await change_custom_field(connection, viewer, entity, wanted, parts_of(request).clock())
    except RecordRefused as refused:
        return await _page(request, connection, entity, wanted, refused)
    return await done(request, f"{PATH}/{entity.name}", text_of(request, "The changes are kept."))


async def _sent(request: web.Request, before: CustomField) -> CustomField:
    """What a form says, over what was said before."""
    label, kind, words, choices, decimals = await text_fields(
        request, "label", "kind", "help", "choices", "decimals"
    )
    flags = await chosen_values(request, "flags")
    kind = before.kind if before.name else kind
    if kind not in KINDS:
        raise web.HTTPBadRequest
    return CustomField(
        name=before.name,
        kind=kind,
        label=" ".join(label.split()),
        help=" ".join(words.split()),
        is_required="required" in flags,
        is_in_list="in_list" in flags,
        is_retired="retired" in flags,
        decimals=int(decimals) if decimals.isascii() and decimals.isdigit() and len(decimals) == 1 else 0,
        choices=choices_of(choices, before.choices) if kind == "choice" else (),
        seen_by=tuple(await chosen_values(request, "seen_by")),
    )


def field_routes(registry: Registry) -> tuple[Route, ...]:
    """Addresses of these pages."""

    async def show_first(request: web.Request) -> web.StreamResponse:
        raise web.HTTPSeeOther(f"{PATH}/{next(iter(registry)).name}")

    of_entity = f"{PATH}/{{entity}}"
    return tuple(
        Route(method=method, path=path, handler=handler, access=Access.ADMINISTRATOR)
        for method, path, handler in (
            ("GET", PATH, show_first),
            ("GET", of_entity, on_entity(registry, show_fields)),
            ("POST", of_entity, on_entity(registry, add)),
            ("POST", f"{of_entity}/{{field:x_[a-z0-9_]{{1,40}}}}", on_entity(registry, change)),
        )
    )
