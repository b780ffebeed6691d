"""What belongs to a record and stands on its page: parts, what points at it, banner and stages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web

from agent_console.catalogues import catalogues
from agent_console.navigation import N_
from agent_console.records.doors import list_path, record_path
from agent_console.records.lists import Row, rows_of
from agent_console.records.names import names_in
from agent_console.records.shown import Shown, shown
from agent_console.rendering import locale_of, moment
from crm_core.access.connection import Connection
from crm_core.access.users import names_of_users
from crm_core.engine.declaration import Entity
from crm_core.engine.field import Field, Lookup
from crm_core.engine.fields import Choice
from crm_core.engine.listing import Filter, list_records
from crm_core.engine.reference_fields import Link
from crm_core.engine.rights import Record, may_reach, may_see, seen_fields
from crm_core.engine.scopes import Verb
from crm_core.engine.stages import stages_of
from crm_core.engine.viewer import Viewer

ROWS_MAX = 50
RELATED_ROWS_MAX = 5
RELATED_COLUMNS_MAX = 4
STATE = "state"
ENDED = frozenset(["closed", "done", "cancelled"])
"""States, in any entity that has them, of what nobody has to think of any more."""


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
    made = await _related(request, connection, viewer, record)
    for part, link in pointing(record.entity):
        if may_reach(viewer, part, Verb.READ) and may_see(viewer, part, link):
            way = "" if link.name in part.rights.inherits else link.title()
            made.append(await _panel(request, connection, viewer, part, _here(record, link), way))
    return [panel for panel in made if panel.rows or panel.add_path]


async def _related(
    request: web.Request, connection: Connection, viewer: Viewer, record: Record
) -> list[Panel]:
    """What of other kinds is open about a record, and the last contact."""
    made = []
    for other in record.entity.registry:
        seen = seen_fields(viewer, other) if may_reach(viewer, other, Verb.READ) else {}
        for link in other.links_to(record.entity.name):
            if link.name not in other.filters or link.name not in seen:
                continue
            if has_state(other) and STATE in seen:
                here = [*_here(record, link), *_open_ones(seen[STATE])]
                rows = RELATED_ROWS_MAX
                made.append(await _panel(request, connection, viewer, other, here, N_("open now"), rows))
            elif other.timeline is not None and other.timeline[0] in seen:
                here = _here(record, link)
                made.append(await _panel(request, connection, viewer, other, here, N_("the last"), 1))
    return [panel for panel in made if panel.rows]


def has_state(entity: Entity) -> bool:
    """Whether records of an entity stand by themselves and are open until they end."""
    return not entity.rights.inherits and STATE in entity.filters


def _here(record: Record, link: Link) -> list[Filter]:
    return [Filter(field=link.name, lookup=Lookup.IS, value=str(record.id))]


def _open_ones(state: Field) -> list[Filter]:
    codes = [code for code in state.choices if code not in ENDED] if isinstance(state, Choice) else []
    return [Filter(field=state.name, lookup=Lookup.ONE_OF, value=codes)] if codes else []


async def _panel(
    request: web.Request,
    connection: Connection,
    viewer: Viewer,
    part: Entity,
    filters: Sequence[Filter],
    way: str,
    rows_max: int = ROWS_MAX,
) -> Panel:
    """Records of one entity; the first filter is the link by which they point at the record shown."""
    found = await list_records(connection, viewer, part, filters=filters, size=rows_max)
    seen, link = seen_fields(viewer, part), filters[0]
    columns = [seen[name] for name in part.list_columns if name in seen and name != link.field]
    if rows_max < ROWS_MAX:
        columns = columns[:RELATED_COLUMNS_MAX]
    may_add = link.field in part.rights.inherits and may_reach(viewer, part, Verb.CREATE)
    asked = [
        (f"{one.field}.{one.lookup.value}", ",".join(one.value) if isinstance(one.value, list) else one.value)
        for one in filters
    ]
    return Panel(
        title=part.title_many,
        way=way,
        columns=tuple(field.title() for field in columns),
        rows=tuple(await rows_of(request, connection, viewer, part, found, columns)),
        add_path=f"{list_path(part)}/new?{urlencode({link.field: link.value})}" if may_add else "",
        list_path=f"{list_path(part)}?{urlencode(asked)}",
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
