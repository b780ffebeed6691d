"""The list of an entity, as its address asks for it, and suggestions for fields that point at it."""

from dataclasses import dataclass

from aiohttp import web

from agent_console.records.doors import list_path, record_path
from agent_console.records.list_query import OWNER, ListQuery, filter_controls, read_query
from agent_console.records.names import names_in, options_of
from agent_console.records.shown import Shown, shown
from agent_console.records.views import tabs_of
from agent_console.rendering import fragment, locale_of, page, text_of
from crm_core.access.connection import Connection
from crm_core.engine.declaration import Entity
from crm_core.engine.errors import ListRefused
from crm_core.engine.field import Field, Lookup
from crm_core.engine.listing import Filter, Order, Page, list_records, order_of
from crm_core.engine.rights import may_reach, seen_fields
from crm_core.engine.saved_views import may_share
from crm_core.engine.scopes import Verb
from crm_core.engine.stages import shows_stages, stage_counts
from crm_core.engine.viewer import Viewer

PAGE_ROWS = 50
SUGGESTIONS = 8
TEXT_LENGTH_MAX = 200
NO_PAGE = Page(records=(), next_marker="", previous_marker="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The heading of a column."""

    label: str  # English
    sort_path: str = ""  # where the list is sorted by it; "" where it cannot be
    direction: str = ""  # ascending, descending; "": it is not sorted by this one


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A record in a list."""

    id: str
    path: str
    cells: tuple[Shown, ...]


async def show_list(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """List records; what cannot be listed so is said in words above an empty list."""
    if not may_reach(viewer, entity, Verb.READ):
        raise web.HTTPForbidden
    query, found, order, error = read_query(entity, request.query.items()), NO_PAGE, None, None
    try:
        order = order_of(viewer, entity, query.sort)
        found = await list_records(
            connection,
            viewer,
            entity,
            filters=[one.filter() for one in query.filters],
            sort=query.sort,
            marker=query.marker,
            size=PAGE_ROWS,
        )
    except ListRefused as refusal:
        error = text_of(request, refusal.text, **refusal.values)
    seen, path = seen_fields(viewer, entity), list_path(entity)
    columns = [seen[name] for name in entity.list_columns if name in seen]
    filters = [seen[name] for name in entity.filters if name in seen]
    return await page(
        request,
        "records/list.html",
        entity=entity,
        path=path,
        query=query,
        error=error,
        tabs=await tabs_of(connection, viewer, entity, query),
        may_keep=not viewer.is_read_only,
        may_share=may_share(viewer),
        controls=filter_controls(filters, query, await options_of(connection, filters)),
        columns=[_column(entity, field, order, query) for field in columns],
        rows=await rows_of(request, connection, viewer, entity, found, columns),
        mine_path=query.of_owner(viewer.user_id).address(path) if OWNER in seen else "",
        is_mine=query.of_owner(viewer.user_id).filters == query.filters,
        first_path=query.address(path, marker=""),
        next_path=query.address(path, marker=found.next_marker) if found.next_marker else "",
        previous_path=query.address(path, marker=found.previous_marker) if found.previous_marker else "",
        may_create=may_reach(viewer, entity, Verb.CREATE),
        may_export=may_reach(viewer, entity, Verb.EXPORT),
        export_query=query.address(path, marker="").partition("?")[2],
        may_change=may_reach(viewer, entity, Verb.EDIT),
        has_stages=shows_stages(viewer, entity),
    )


async def rows_of(
    request: web.Request,
    connection: Connection,
    viewer: Viewer,
    entity: Entity,
    found: Page,
    columns: list[Field],
) -> list[Row]:
    """Records of a page as a table shows them."""
    names = await names_in(connection, viewer, entity, columns, [one.values for one in found.records])
    locale = locale_of(request)
    return [
        Row(
            id=str(record.id),
            path=record_path(entity, record.id),
            cells=tuple(
                shown(field, record.values[field.name], locale, names, is_short=True) for field in columns
            ),
        )
        for record in found.records
    ]


def _column(entity: Entity, field: Field, order: Order | None, query: ListQuery) -> Column:
    if field.name not in {name.lstrip("-") for name in entity.sort}:
        return Column(label=field.title())
    is_it = order is not None and order.field.name == field.name
    is_descending = order is not None and order.is_descending
    other = f"-{field.name}" if is_it and not is_descending else field.name
    direction = ("descending" if is_descending else "ascending") if is_it else ""
    path = query.address(list_path(entity), sort=other, marker="")
    return Column(label=field.title(), sort_path=path, direction=direction)


async def show_stages(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """How many records stand in each stage, each a way to the list of them."""
    if not may_reach(viewer, entity, Verb.READ) or not shows_stages(viewer, entity):
        raise web.HTTPNotFound
    counts, field = await stage_counts(connection, viewer, entity), entity.fields[entity.stage_field]
    locale, path = locale_of(request), list_path(entity)
    stages = [
        (shown(field, code, locale, {}).text, f"{path}?{field.name}.is={code}", count)
        for code, count in counts.items()
    ]
    return fragment(request, "records/stages.html", label=field.title(), stages=stages)


async def suggest(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Records whose name holds a text, for a field that points at one."""
    text = request.query.get("q", "").replace("\x00", "").strip()[:TEXT_LENGTH_MAX]
    found = NO_PAGE
    if (
        text
        and entity.title_field in entity.filters
        and Lookup.HAS in entity.fields[entity.title_field].lookups
    ):
        named = Filter(field=entity.title_field, lookup=Lookup.HAS, value=text)
        found = await list_records(connection, viewer, entity, filters=[named], size=SUGGESTIONS)
    suggestions = [(str(record.id), record.title()) for record in found.records]
    return fragment(request, "records/suggestions.html", found=suggestions)
