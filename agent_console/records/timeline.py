"""All that happened to a record, on its page: contacts, notes and changes in one list, narrowed and paged.

`?on.kind=call&on.text=garden&on.before=…`: an address can be kept and sent on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlencode

from aiohttp import web
from markupsafe import Markup

from agent_console.forms import text_fields
from agent_console.navigation import N_
from agent_console.parts import parts_of
from agent_console.records.changes import Change, history_of
from agent_console.records.doors import list_path, record_id_of, record_path
from agent_console.records.panels import has_state
from agent_console.records.shown import Shown
from agent_console.rendering import done, locale_of, moment, text_of
from crm_core.access.connection import Connection
from crm_core.access.users import names_of_users
from crm_core.engine.declaration import Entity
from crm_core.engine.errors import UnusableValue
from crm_core.engine.facets import Note, add_note, happenings_of, notes_on
from crm_core.engine.fields import LongText
from crm_core.engine.reference_fields import Link
from crm_core.engine.rights import Record, access_record, may_reach
from crm_core.engine.scopes import Verb
from crm_core.engine.stages import StageChange, stages_of
from crm_core.engine.viewer import Viewer
from rules.conditions.folding import fold

ENTRIES_MAX = 30
LOOKED_AT_MAX = 400  # of each kind, before a text narrows them
TEXT_LENGTH_MAX = 200
NOTE, CHANGE, STAGE = "note", "change", "stage"
OWN_KINDS = {NOTE: N_("Note"), CHANGE: N_("Change"), STAGE: N_("Stage")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of the timeline is asked for."""

    kind: str = ""  # code of a kind; "": all
    text: str = ""  # what it must hold
    before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened."""

    at: datetime
    shown_at: Markup
    kind: str
    kind_label: str  # translated
    title: str = ""
    path: str = ""  # where it is shown whole
    fields: tuple[tuple[str, Shown, Shown], ...] = ()  # that changed: English label, before and after
    text: str = ""
    by: str = ""  # who did it


@dataclass(frozen=True, slots=True, kw_only=True)
class AddLink:
    """Where something new of one entity is written down."""

    label: str  # English: what one of them is called
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What the page shows of it."""

    entries: tuple[Entry, ...]
    kinds: dict[str, str]  # codes and English labels, of all that may stand here
    asked: Asked
    older_path: str  # "" where nothing is older
    notes_path: str
    add_links: tuple[AddLink, ...]


async def timeline_on(
    request: web.Request, connection: Connection, viewer: Viewer, record: Record
) -> Timeline:
    """Read what the address asks for of a record's timeline."""
    asked = _asked(request)
    notes = await notes_on(connection, record, limit=LOOKED_AT_MAX)
    happened = await happenings_of(connection, viewer, record, before=asked.before, limit=LOOKED_AT_MAX)
    stages = await stages_of(connection, viewer, record)
    people = await _people(connection, notes, happened, stages)
    entries = [_note_entry(request, one, people) for one in notes]
    entries += _change_entries(request, record, await history_of(request, connection, viewer, record))
    entries += [_happened_entry(request, one, people) for one in happened]
    entries += [_stage_entry(request, record, one, people) for one in stages]
    entries = [one for one in sorted(entries, key=lambda one: one.at, reverse=True) if _is_asked(one, asked)]
    shown = entries[:ENTRIES_MAX]
    path = record_path(record.entity, record.id)
    older = (
        {"on.kind": asked.kind, "on.text": asked.text, "on.before": shown[-1].at.isoformat()} if shown else {}
    )
    return Timeline(
        entries=tuple(shown),
        kinds={**_kinds(record.entity), **OWN_KINDS},
        asked=asked,
        older_path=f"{path}?{urlencode(older)}#timeline" if len(entries) > ENTRIES_MAX else "",
        notes_path="" if viewer.is_read_only else f"{path}/notes",
        add_links=_add_links(request, viewer, record),
    )


async def write_note(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Keep a note on a record."""
    record = await access_record(connection, viewer, entity, record_id_of(request))
    (text,) = await text_fields(request, "note")
    path = f"{record_path(entity, record.id)}#timeline"
    try:
        await add_note(connection, viewer, record, text.replace("\r\n", "\n"), parts_of(request).clock())
    except UnusableValue as refused:
        return await done(request, path, text_of(request, refused.text, **refused.values))
    return await done(request, path, text_of(request, "The note is kept."))


def _asked(request: web.Request) -> Asked:
    query = request.query
    text = query.get("on.text", "").replace("\x00", "").strip()[:TEXT_LENGTH_MAX]
    try:
        before = datetime.fromisoformat(query["on.before"]) if query.get("on.before") else None
    except ValueError:
        raise web.HTTPBadRequest(reason=HTTPStatus.BAD_REQUEST.phrase) from None
    if before is not None and before.tzinfo is None:
        raise web.HTTPBadRequest(reason=HTTPStatus.BAD_REQUEST.phrase)
    return Asked(kind=query.get("on.kind", ""), text=text, before=before)


def _is_asked(entry: Entry, asked: Asked) -> bool:
    if asked.before is not None and entry.at >= asked.before:
        return False
    changed = " ".join(f"{before.text} {after.text}" for _, before, after in entry.fields)
    words = f"{entry.title} {entry.text} {changed} {entry.by}"
    return asked.kind in ("", entry.kind) and fold(asked.text) in fold(words)


async def _people(
    connection: Connection, notes: list[Note], happened: list[Record], stages: list[StageChange]
) -> dict[object, str]:
    wanted = {one.user_id for one in notes} | {one.user_id for one in stages}
    wanted_too = {one.values.get("owner") for one in happened}
    ids = sorted(one for one in wanted | wanted_too if isinstance(one, int))
    return dict((await names_of_users(connection, ids)).items())


def _note_entry(request: web.Request, note: Note, people: dict[object, str]) -> Entry:
    return Entry(
        at=note.at,
        shown_at=moment(note.at, locale_of(request)),
        kind=NOTE,
        kind_label=text_of(request, OWN_KINDS[NOTE]),
        text=note.text,
        by=people.get(note.user_id, ""),
    )


def _change_entries(request: web.Request, record: Record, changes: list[Change]) -> Iterator[Entry]:
    stage = record.entity.stage_field
    told = {
        one.title() for one in record.entity.fields.values() if stage and stage in (one.name, one.set_with)
    }
    for change in changes:
        fields = tuple(one for one in change.fields if one[0] not in told)
        if fields:  # a stage has an entry of its own
            yield Entry(
                at=change.at,
                shown_at=moment(change.at, locale_of(request)),
                kind=CHANGE,
                kind_label=text_of(request, OWN_KINDS[CHANGE]),
                fields=fields,
                by=change.by,
            )


def _stage_entry(
    request: web.Request, record: Record, stage: StageChange, people: dict[object, str]
) -> Entry:
    labels = getattr(record.entity.fields[record.entity.stage_field], "choices", {})
    return Entry(
        at=stage.at,
        shown_at=moment(stage.at, locale_of(request)),
        kind=STAGE,
        kind_label=text_of(request, OWN_KINDS[STAGE]),
        title=text_of(request, labels.get(stage.stage, stage.stage)),
        by=people.get(stage.user_id, ""),
    )


def _happened_entry(request: web.Request, one: Record, people: dict[object, str]) -> Entry:
    entity = one.entity
    assert entity.timeline is not None
    at_name, kind_name = entity.timeline
    at, kind = one.values[at_name], str(one.values.get(kind_name) or entity.name)
    assert isinstance(at, datetime)
    labels = _labels(entity)
    texts = [str(one.values[name]) for name in _long_texts(entity) if one.values.get(name)]
    return Entry(
        at=at,
        shown_at=moment(at, locale_of(request)),
        kind=kind,
        kind_label=text_of(request, labels.get(kind, kind)),
        title=one.title(),
        path=record_path(entity, one.id),
        text="\n".join(texts),
        by=people.get(one.values.get("owner"), ""),
    )


def _long_texts(entity: Entity) -> list[str]:
    return [name for name in entity.own_fields if isinstance(entity.fields[name], LongText)]


def _happening(entity: Entity) -> list[tuple[Entity, Link]]:
    """Entities whose records may stand on the timeline, each with its first link to this one."""
    others = [other for other in entity.registry if other.timeline is not None]
    return [(other, links[0]) for other in others if (links := other.links_to(entity.name))]


def _kinds(entity: Entity) -> dict[str, str]:
    kinds: dict[str, str] = {}
    for other, _ in _happening(entity):
        kinds |= _labels(other)
    return kinds


def _labels(entity: Entity) -> dict[str, str]:
    """Codes and English labels of the kinds by which an entity's records stand on a timeline."""
    assert entity.timeline is not None
    kind_name = entity.timeline[1]
    if not kind_name:
        return {entity.name: entity.title}
    return dict(getattr(entity.fields[kind_name], "choices", {}))


def _add_links(request: web.Request, viewer: Viewer, record: Record) -> tuple[AddLink, ...]:
    made = []
    now = parts_of(request).clock().astimezone().strftime("%Y-%m-%dT%H:%M")  # as inputs have it
    for other in record.entity.registry:
        links = other.links_to(record.entity.name) if other.timeline or has_state(other) else []
        if links and may_reach(viewer, other, Verb.CREATE):
            at = other.fields[other.timeline[0]] if other.timeline else None
            given = {} if at is None or at.read_only else {at.name: now}
            query = urlencode({links[0].name: str(record.id), **given})
            made.append(AddLink(label=other.title, path=f"{list_path(other)}/new?{query}"))
    return tuple(made)
