"""Views of a list that people keep under a name: tabs above it, and what is done with them."""

from collections.abc import Awaitable
from dataclasses import dataclass
from urllib.parse import parse_qsl
from uuid import UUID

from aiohttp import web

from agent_console.forms import text_fields
from agent_console.parts import parts_of
from agent_console.records.doors import list_path
from agent_console.records.list_query import SEVERAL, AskedFilter, ListQuery, read_query
from agent_console.rendering import done, text_of
from crm_core.access.connection import Connection
from crm_core.engine.declaration import Entity
from crm_core.engine.errors import ListRefused, UnusableValue
from crm_core.engine.saved_views import (
    SavedView,
    delete_view,
    rename_view,
    restore_view,
    save_view,
    saved_views,
)
from crm_core.engine.viewer import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A view above its list."""

    name: str
    path: str  # the list as the view has it
    is_open: bool
    own_path: str  # where it is renamed and deleted; "" where it is somebody else's


async def tabs_of(connection: Connection, viewer: Viewer, entity: Entity, query: ListQuery) -> list[Tab]:
    """The views of a list that a viewer has."""
    here = query.address(list_path(entity), marker="")
    tabs = []
    for view in await saved_views(connection, viewer, entity):
        path = _query_of(view).address(list_path(entity))
        own_path = f"{list_path(entity)}/views/{view.id}" if view.is_own and not viewer.is_read_only else ""
        tabs.append(Tab(name=view.name, path=path, is_open=path == here, own_path=own_path))
    return tabs


async def keep_view(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Keep the list as it is shown."""
    name, asked, shared = await text_fields(request, "name", "query", "is_shared")
    query = read_query(entity, parse_qsl(asked))
    filters = [one.filter() for one in query.filters]
    now, is_shared = parts_of(request).clock(), bool(shared)
    saving = save_view(connection, viewer, entity, name, filters, query.sort, now, is_shared=is_shared)
    said = text_of(request, "The view is kept.")
    return await _carried_out(request, saving, query.address(list_path(entity), marker=""), said)


async def name_view(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Give a view another name."""
    name, asked = await text_fields(request, "name", "query")
    path = read_query(entity, parse_qsl(asked)).address(list_path(entity), marker="")
    renaming = rename_view(connection, viewer, entity, _view_id(request), name)
    return await _carried_out(request, renaming, path, text_of(request, "The view has its new name."))


async def drop_view(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Delete a view; the notice offers to undo it."""
    await delete_view(connection, viewer, entity, _view_id(request), parts_of(request).clock())
    undo = f"{list_path(entity)}/views/{_view_id(request)}/restore"
    return await done(request, list_path(entity), text_of(request, "The view is deleted."), undo)


async def give_view_back(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Undo that a view was deleted."""
    await restore_view(connection, viewer, entity, _view_id(request))
    return await done(request, list_path(entity), text_of(request, "The view is back."))


async def _carried_out(request: web.Request, change: Awaitable[None], path: str, said: str) -> web.Response:
    """Back to the list, with what was done or why not."""
    try:
        await change
    except UnusableValue:
        said = text_of(request, "A view needs a name of 1 to 80 letters that no other view of yours has.")
    except ListRefused as refused:
        return await done(request, path, text_of(request, refused.text, **refused.values))
    return await done(request, path, said)


def _view_id(request: web.Request) -> UUID:
    return UUID(request.match_info["view_id"])


def _query_of(view: SavedView) -> ListQuery:
    filters = tuple(
        AskedFilter(
            field=one.field,
            lookup=one.lookup,
            text=SEVERAL.join(map(str, one.value)) if isinstance(one.value, list) else str(one.value),
        )
        for one in view.filters
    )
    return ListQuery(filters=filters, sort=view.sort)
