"""One record's page, and the addresses and menu items of all pages of records."""

from aiohttp import web

from agent_console.doorkeeper import Access, Route
from agent_console.navigation import NavigationItem, Section
from agent_console.records.answering import answers_on
from agent_console.records.bulk import change_bulk, show_bulk, take_over, undo_bulk
from agent_console.records.doors import (
    NUMBER,
    PATH,
    UUID_TEXT,
    Page,
    list_path,
    on_entity,
    record_id_of,
    record_path,
)
from agent_console.records.forms import create, delete, edit, restore, show_edit, show_new
from agent_console.records.list_query import OWNER
from agent_console.records.lists import show_list, show_stages, suggest
from agent_console.records.live import freshness_of, show_news
from agent_console.records.names import names_in
from agent_console.records.panels import banner_of, panels_of, stage_line
from agent_console.records.sharing import end, share, sharing_of
from agent_console.records.sharing import restore as restore_share
from agent_console.records.shown import shown
from agent_console.records.timeline import timeline_on, write_note
from agent_console.records.views import drop_view, give_view_back, keep_view, name_view
from agent_console.rendering import locale_of, page
from crm_core.access.connection import Connection
from crm_core.access.signed_in_user import ADMINISTRATOR, ROLES
from crm_core.engine.declaration import Entity, Registry
from crm_core.engine.errors import VerbRefused
from crm_core.engine.rights import access_record, may_reach
from crm_core.engine.scopes import Scope, Verb
from crm_core.engine.viewer import Viewer

ICONS = {
    "party": "users",
    "subject": "user",
    "case_file": "inbox",
    "interaction": "phone",
    "task": "check",
    "reminder": "bell",
    "topic": "list",
}
"""Pictures in the menu, by names of entities; others have a table."""


async def show_record(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Show one record: every field that this viewer may see."""
    record = await access_record(connection, viewer, entity, record_id_of(request))
    fields = [field for name, field in entity.fields.items() if name in record.values]
    names = await names_in(connection, viewer, entity, fields, [record.values])
    locale = locale_of(request)
    may_edit = await _may(connection, viewer, entity, request, Verb.EDIT)
    return await page(
        request,
        "records/record.html",
        entity=entity,
        heading=record.title(),
        path=record_path(entity, record.id),
        list_path=list_path(entity),
        fresh=await freshness_of(request, connection, viewer, record),
        banner=await banner_of(request, connection, viewer, record),
        stages=await stage_line(request, connection, viewer, record),
        panels=await panels_of(request, connection, viewer, record),
        answers=await answers_on(connection, viewer, record),
        sharing=await sharing_of(request, connection, viewer, record),
        timeline=await timeline_on(request, connection, viewer, record),
        values=[(field.title(), shown(field, record.values[field.name], locale, names)) for field in fields],
        may_edit=may_edit,
        may_take_over=may_edit and record.values.get(OWNER, viewer.user_id) != viewer.user_id,
        may_delete=await _may(connection, viewer, entity, request, Verb.DELETE),
    )


async def _may(
    connection: Connection, viewer: Viewer, entity: Entity, request: web.Request, verb: Verb
) -> bool:
    """Whether a button is shown; the engine asks again when it is pressed."""
    if not may_reach(viewer, entity, verb):
        return False
    try:
        await access_record(connection, viewer, entity, record_id_of(request), verb)
    except VerbRefused:
        return False
    return True


def record_routes(registry: Registry) -> tuple[Route, ...]:
    """Addresses of the pages of all entities."""
    of_entity, of_record = f"{PATH}/{{entity}}", f"{PATH}/{{entity}}/{{record_id:{UUID_TEXT}}}"
    of_view = f"{of_entity}/views/{{view_id:{UUID_TEXT}}}"
    of_share = f"{of_record}/shares/{{share_id:{NUMBER}}}"
    pages: tuple[tuple[str, str, Page], ...] = (
        ("GET", of_entity, show_list),
        ("GET", f"{of_entity}/suggest", suggest),
        ("GET", f"{of_entity}/stages", show_stages),
        ("GET", f"{of_entity}/bulk", show_bulk),
        ("POST", f"{of_entity}/bulk", change_bulk),
        ("POST", f"{of_entity}/bulk/{{token:{UUID_TEXT}}}/undo", undo_bulk),
        ("POST", f"{of_entity}/views", keep_view),
        ("POST", f"{of_view}/rename", name_view),
        ("POST", f"{of_view}/delete", drop_view),
        ("POST", f"{of_view}/restore", give_view_back),
        ("GET", f"{of_entity}/new", show_new),
        ("POST", f"{of_entity}/new", create),
        ("GET", of_record, show_record),
        ("GET", f"{of_record}/edit", show_edit),
        ("POST", f"{of_record}/edit", edit),
        ("POST", f"{of_record}/delete", delete),
        ("POST", f"{of_record}/restore", restore),
        ("POST", f"{of_record}/notes", write_note),
        ("POST", f"{of_record}/take-over", take_over),
        ("POST", f"{of_record}/shares", share),
        ("POST", f"{of_share}/end", end),
        ("POST", f"{of_share}/restore", restore_share),
    )
    news = on_entity(registry, show_news)
    return (
        Route(method="GET", path=f"{of_record}/news", handler=news, access=Access.WATCHING),
        *(
            Route(method=method, path=path, handler=on_entity(registry, shown_page))
            for method, path, shown_page in pages
        ),
    )


def record_items(registry: Registry) -> tuple[NavigationItem, ...]:
    """What the menu says of entities: those that stand by themselves or happen, not parts of others."""
    return tuple(
        NavigationItem(
            section=Section.RECORDS,
            label=entity.title_many,
            path=list_path(entity),
            icon=ICONS.get(entity.name, "table"),
            roles=frozenset(role for role in ROLES if _reads(entity, role)),
        )
        for entity in registry
        if not entity.rights.inherits or entity.timeline is not None
    )


def _reads(entity: Entity, role: str) -> bool:
    return role == ADMINISTRATOR or entity.rights.scope(role, Verb.READ) is not Scope.NOBODY
