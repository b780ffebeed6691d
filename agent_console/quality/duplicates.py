"""Pairs that may be one party: a queue to review, both side by side, merged by choice of field, undone."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from uuid import UUID

from aiohttp import web

from agent_console.doorkeeper import Route
from agent_console.forms import text_fields
from agent_console.navigation import N_, NavigationItem, Section
from agent_console.parts import parts_of
from agent_console.quality.wording import ShownScore, shown_score
from agent_console.records.doors import UUID_TEXT, looked_at, record_path
from agent_console.records.names import names_in
from agent_console.records.shown import Shown, shown
from agent_console.rendering import done, locale_of, page, text_of
from crm_core.access.connection import Connection
from crm_core.engine.declaration import Registry
from crm_core.engine.errors import RecordRefused
from crm_core.engine.rights import Record, visible_to
from crm_core.engine.scopes import Verb
from crm_core.engine.statements import fetch_row
from crm_core.engine.viewer import Viewer
from crm_core.quality.errors import MergeRefused, PairAbsent
from crm_core.quality.looking import PARTY, SeenParty
from crm_core.quality.merging import merge_records, mergeable_fields, undo_merge
from crm_core.quality.pairs import STATES, Pair, decide, get_pair, look_at_changes, pairs_to_review

PATH = "/quality/duplicates"
MERGES = "/quality/merges"
LOOKS_MAX = 5  # at what changed since, of some hundreds of events each, before the queue is shown
SIDES = ("first", "second")
STATE_LABELS = {"open": N_("To review"), "later": N_("For later"), "distinct": N_("Not the same")}
DECIDED = {
    "open": N_("The pair is to be reviewed again."),
    "later": N_("The pair is kept for later."),
    "distinct": N_("They stay two."),
}

QualityPage = Callable[[web.Request, Connection, Viewer, Registry], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedPair:
    """A pair in the queue."""

    path: str
    names: tuple[str, str]
    score: ShownScore


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One field of both, and whose value is offered."""

    name: str
    label: str  # English
    first: Shown
    second: Shown
    is_same: bool
    chosen: str  # one of SIDES


def on_quality(
    registry: Registry, shown_page: QualityPage
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A handler around a page of this area."""

    @wraps(shown_page)
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            async with looked_at(request) as (connection, viewer):
                return await shown_page(request, connection, viewer, registry)
        except PairAbsent:
            raise web.HTTPNotFound from None

    return handle


async def show_queue(
    request: web.Request, connection: Connection, viewer: Viewer, registry: Registry
) -> web.Response:
    """Show the pairs of one state, the likeliest first, after a look at what changed."""
    state = request.query.get("state", "open")
    if state not in STATES:
        raise web.HTTPNotFound
    now = parts_of(request).clock()
    for _ in range(LOOKS_MAX):
        if not await look_at_changes(connection, registry, now):
            break
    pairs = await pairs_to_review(connection, viewer, registry, state=state)
    queued = [
        QueuedPair(
            path=f"{PATH}/{pair.id}",
            names=(pair.first.record.title(), pair.second.record.title()),
            score=shown_score(pair.score),
        )
        for pair in pairs
    ]
    return await page(
        request, "quality/queue.html", pairs=queued, state=state, states=STATE_LABELS, queue_path=PATH
    )


async def show_pair(
    request: web.Request, connection: Connection, viewer: Viewer, registry: Registry
) -> web.Response:
    """Show both records side by side, with the value that each field would keep."""
    return await _pair_page(
        request, connection, viewer, registry, await _pair(request, connection, viewer, registry)
    )


async def _pair(request: web.Request, connection: Connection, viewer: Viewer, registry: Registry) -> Pair:
    return await get_pair(connection, viewer, registry, UUID(request.match_info["pair_id"]))


async def _pair_page(
    request: web.Request,
    connection: Connection,
    viewer: Viewer,
    registry: Registry,
    pair: Pair,
    error: str = "",
) -> web.Response:
    entity = registry.get(PARTY)
    sides = (pair.first.record, pair.second.record)
    return await page(
        request,
        "quality/pair.html",
        422 if error else 200,
        pair_path=f"{PATH}/{pair.id}",
        queue_path=PATH,
        state=pair.state,
        names=tuple(one.title() for one in sides),
        paths=tuple(record_path(entity, one.id) for one in sides),
        versions=tuple(one.version for one in sides),
        choices=await _choices(request, connection, viewer, sides),
        points=tuple(_points(side) for side in (pair.first, pair.second)),
        score=shown_score(pair.score, len(pair.score.reasons)),
        may_merge=await _may_merge(connection, viewer, sides),
        error=error,
    )


async def _choices(
    request: web.Request, connection: Connection, viewer: Viewer, sides: tuple[Record, Record]
) -> list[Choice]:
    entity, locale = sides[0].entity, locale_of(request)
    fields = mergeable_fields(viewer, entity)
    names = await names_in(connection, viewer, entity, fields, [one.values for one in sides])
    choices = []
    for field in fields:
        ours, theirs = (one.values[field.name] for one in sides)
        if ours in (None, []) and theirs in (None, []):
            continue
        choices.append(
            Choice(
                name=field.name,
                label=field.title(),
                first=shown(field, ours, locale, names),
                second=shown(field, theirs, locale, names),
                is_same=ours == theirs,
                chosen="second" if ours in (None, []) else "first",
            )
        )
    return choices


def _points(side: SeenParty) -> list[str]:
    """Ways to reach a party, as texts."""
    texts = [
        one.entity.fields[name].to_text(one.values.get(name))
        for one in side.points
        for name in ("phone", "email", "url")
        if name in one.values
    ]
    return [text for text in texts if text]


async def _may_merge(connection: Connection, viewer: Viewer, sides: Sequence[Record]) -> bool:
    """Whether the button is shown: he may delete both, since either may be the one that goes."""
    for one in sides:
        allowed = visible_to(viewer, one.entity, Verb.DELETE) & visible_to(viewer, one.entity, Verb.EDIT)
        if (
            await fetch_row(
                connection, one.entity.table.select().where(one.entity.table.c.id == one.id, allowed)
            )
            is None
        ):
            return False
    return True


async def merge(
    request: web.Request, connection: Connection, viewer: Viewer, registry: Registry
) -> web.Response:
    """Make one of the two, with the values chosen; the notice offers to undo it."""
    pair = await _pair(request, connection, viewer, registry)
    entity = registry.get(PARTY)
    names = [field.name for field in mergeable_fields(viewer, entity)]
    kept, *versions = await text_fields(request, "kept", "version.first", "version.second")
    chosen = dict(zip(names, await text_fields(request, *(f"of.{name}" for name in names)), strict=True))
    if kept not in SIDES or not all(
        text.isascii() and text.isdigit() and len(text) < 10 for text in versions
    ):
        raise web.HTTPBadRequest
    survivor, loser = pair.first.record, pair.second.record
    seen = (int(versions[0]), int(versions[1]))
    if kept == "second":
        survivor, loser, seen = loser, survivor, (seen[1], seen[0])
    taken = [name for name, side in chosen.items() if side in SIDES and side != kept]
    try:
        merged = await merge_records(
            connection,
            viewer,
            entity,
            survivor.id,
            loser.id,
            parts_of(request).clock(),
            taken=taken,
            versions=seen,
        )
    except MergeRefused as refused:
        error = text_of(request, refused.text, **refused.values)
    except RecordRefused as refused:
        error = " ".join(text_of(request, wrong.text, **wrong.values) for wrong in refused.problems)
    else:
        undo = f"{MERGES}/{merged.id}/undo"
        return await done(
            request, record_path(entity, survivor.id), text_of(request, "They are one now."), undo
        )
    return await _pair_page(
        request, connection, viewer, registry, await _pair(request, connection, viewer, registry), error
    )


async def undo(
    request: web.Request, connection: Connection, viewer: Viewer, registry: Registry
) -> web.Response:
    """Make two of one again."""
    entity = registry.get(PARTY)
    merge_id = UUID(request.match_info["merge_id"])
    try:
        undone = await undo_merge(connection, viewer, entity, merge_id, parts_of(request).clock())
    except MergeRefused as refused:
        return await done(request, PATH, text_of(request, refused.text, **refused.values))
    return await done(
        request, record_path(entity, undone.survivor_id), text_of(request, "They are two again.")
    )


async def judge(
    request: web.Request, connection: Connection, viewer: Viewer, registry: Registry
) -> web.Response:
    """Say that a pair is not one party, or is for later, or open again."""
    (state,) = await text_fields(request, "state")
    if state not in STATES:
        raise web.HTTPBadRequest
    pair_id = UUID(request.match_info["pair_id"])
    await decide(connection, viewer, registry, pair_id, state, parts_of(request).clock())
    return await done(request, PATH, text_of(request, DECIDED[state]))


def duplicate_routes(registry: Registry) -> tuple[Route, ...]:
    """Addresses of these pages."""
    pair = f"{PATH}/{{pair_id:{UUID_TEXT}}}"
    pages: tuple[tuple[str, str, QualityPage], ...] = (
        ("GET", PATH, show_queue),
        ("GET", pair, show_pair),
        ("POST", f"{pair}/merge", merge),
        ("POST", f"{pair}/judge", judge),
        ("POST", f"{MERGES}/{{merge_id:{UUID_TEXT}}}/undo", undo),
    )
    return tuple(
        Route(method=method, path=path, handler=on_quality(registry, one)) for method, path, one in pages
    )


ITEMS = (
    NavigationItem(
        section=Section.RECORDS,
        label=N_("Duplicates"),
        path=PATH,
        icon="copy",
        roles=frozenset(["administrator", "manager", "supervisor"]),
    ),
)
