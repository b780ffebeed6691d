"""What belongs to a record and stands on its page: parts, what points at it, banner and stages."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web

from agent_console.catalogues import catalogues
from agent_console.records.doors import list_path, may_reach, record_path
from agent_console.records.lists import Row, rows_of
from agent_console.records.names import names_in
from agent_console.records.shown import Shown, shown
from agent_console.rendering import locale_of, moment
from crm_core.access.connection import Connection
from crm_core.access.users import names_of_users
from crm_core.engine.declaration import Entity
from crm_core.engine.field import Field, Lookup
from crm_core.engine.listing import Filter, list_records
from crm_core.engine.reference_fields import Link
from crm_core.engine.rights import Record, may_see, seen_fields
from crm_core.engine.scopes import Verb
from crm_core.engine.stages import stages_of
from crm_core.engine.viewer import Viewer

ROWS_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Records of one entity that belong to the one shown, or point at it."""

    title: str  # English
    way: str  # English: by which field they point here; "" where they are its parts
    columns: tuple[str, ...]  # English
    rows: tuple[Row, ...]
    add_path: str  # "" where the viewer may not
    list_path: str  # all of them
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stage that the record came to."""

    label: str  # translated
    at: str
    by: str  # who changed it; "" where the program did


def pointing(entity: Entity) -> Iterator[tuple[Entity, Link]]:
    """Entities whose records are parts of others, with each link by which they point at this one."""
    for other in entity.registry:
        if other.rights.inherits and other.timeline is None:
            for link in other.links_to(entity.name):
                if link.name in other.filters:
                    yield other, link


async def panels_of(
    request: web.Request, connection: Connection, viewer: Viewer, record: Record
) -> list[Panel]:
    """Everything that belongs to a record or points at it, as far as the viewer may see it."""
    made = []
    for part, link in pointing(record.entity):
        if may_reach(viewer, part, Verb.READ) and may_see(viewer, part, link):
            made.append(await _panel(request, connection, viewer, record, part, link))
    return [panel for panel in made if panel.rows or panel.add_path]


async def _panel(
    request: web.Request, connection: Connection, viewer: Viewer, record: Record, part: Entity, link: Link
) -> Panel:
    here = Filter(field=link.name, lookup=Lookup.IS, value=record.id)
    found = await list_records(connection, viewer, part, filters=[here], size=ROWS_MAX)
    seen = seen_fields(viewer, part)
    columns = [seen[name] for name in part.list_columns if name in seen and name != link.name]
    query = urlencode({link.name: str(record.id)})
    may_add = link.name in part.rights.inherits and may_reach(viewer, part, Verb.CREATE)
    return Panel(
        title=part.title,
        way="" if link.name in part.rights.inherits else link.title(),
        columns=tuple(field.title() for field in columns),
        rows=tuple(await rows_of(request, connection, viewer, part, found, columns)),
        add_path=f"{list_path(part)}/new?{query}" if may_add else "",
        list_path=f"{list_path(part)}?{urlencode({f'{link.name}.is': str(record.id)})}",
        has_more=bool(found.next_marker),
    )


async def banner_of(
    request: web.Request, connection: Connection, viewer: Viewer, record: Record
) -> list[tuple[str, Shown]]:
    """Fields of the banner that say something, with their English labels."""
    entity = record.entity
    fields: list[Field] = [
        entity.fields[name] for name in entity.banner if record.values.get(name) is not None
    ]
    names = await names_in(connection, viewer, entity, fields, [record.values])
    locale = locale_of(request)
    return [(field.title(), shown(field, record.values[field.name], locale, names)) for field in fields]


async def stage_line(
    request: web.Request, connection: Connection, viewer: Viewer, record: Record
) -> list[Stage]:
    """The stages that a record came to, oldest first."""
    changes = await stages_of(connection, viewer, record)
    if not changes:
        return []
    locale = locale_of(request)
    labels = getattr(record.entity.fields[record.entity.stage_field], "choices", {})
    people = await names_of_users(connection, sorted({one.user_id for one in changes if one.user_id}))
    return [
        Stage(
            label=catalogues()[locale].gettext(labels.get(one.stage, one.stage)),
            at=moment(one.at, locale),
            by=str(people.get(one.user_id, "")) if one.user_id is not None else "",
        )
        for one in changes
    ]


def path_after(entity: Entity, record: Record) -> str:
    """Where a form leads once its record is kept: a part is shown on the page of the whole."""
    for name in entity.rights.inherits:
        link, whole = entity.fields[name], record.values.get(name)
        if isinstance(link, Link) and isinstance(whole, UUID):
            return record_path(entity.registry.get(link.to), whole)
    return record_path(entity, record.id)
