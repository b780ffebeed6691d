"""A leader's team: what each has to do, what is late, what was done; his perspective, and handing work on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy import DateTime, bindparam, false, func, select

from agent_console.doorkeeper import Route
from agent_console.navigation import N_, NavigationItem, Section
from agent_console.parts import parts_of, perspective_of
from agent_console.perspective import PATH as PERSPECTIVE_PATH
from agent_console.records.doors import list_path, looked_at
from agent_console.records.list_query import OWNER
from agent_console.records.panels import ENDED, STATE
from agent_console.rendering import page
from crm_core.access.connection import Connection
from crm_core.access.perspectives import Subordinate, subordinates_of
from crm_core.engine.declaration import Entity, Registry
from crm_core.engine.fields import Choice
from crm_core.engine.rights import may_reach, may_see, visible_to
from crm_core.engine.scopes import Verb
from crm_core.engine.statements import fetch
from crm_core.engine.viewer import Viewer

PATH = "/team"
DUE = "due_at"
DONE_WITHIN = timedelta(days=7)
TEAM_ITEM = NavigationItem(
    section=Section.RECORDS,
    label=N_("Your team"),
    path=PATH,
    icon="users",
    key="m",
    roles=frozenset({"manager", "supervisor"}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one person has to do of one kind."""

    title: str  # English: what several of them are called
    open_count: int
    late_count: int
    done_count: int  # within the last days
    list_path: str  # those that are open
    hand_on_path: str  # a form that gives all of them to somebody else; "" where there are none, or no right


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person of the team."""

    name: str
    team: str
    roles: tuple[str, ...]
    seen_path: str  # where his perspective begins
    work: tuple[Work, ...]


Counts = dict[tuple[str, int], tuple[int, int, int]]
"""Open, late and done, by entity and owner."""


def team_routes(registry: Registry) -> tuple[Route, ...]:
    """The page over the entities of one registry."""

    async def show_team(request: web.Request) -> web.Response:
        now = parts_of(request).clock()
        async with looked_at(request) as (connection, viewer):
            people = await subordinates_of(connection, perspective_of(request).id)
            entities = [one for one in _with_work(registry) if may_reach(viewer, one, Verb.READ)]
            counts: Counts = {}
            for entity in entities:
                counts |= await _counts(connection, viewer, entity, now)
            members = [_member(viewer, person, entities, counts) for person in people]
            return await page(request, "records/team.html", members=members, days=DONE_WITHIN.days)

    return (Route(method="GET", path=PATH, handler=show_team),)


def _with_work(registry: Registry) -> Iterator[Entity]:
    """Entities whose records somebody has to see to: with a state, and lists that say whose they are."""
    for entity in registry:
        if isinstance(entity.fields.get(STATE), Choice) and OWNER in entity.list_columns:
            yield entity


def _member(viewer: Viewer, person: Subordinate, entities: list[Entity], counts: Counts) -> Member:
    return Member(
        name=person.name,
        team=person.team,
        roles=tuple(sorted(person.roles)),
        seen_path=f"{PERSPECTIVE_PATH}/{person.id}",
        work=tuple(_work(viewer, person, entity, counts) for entity in entities),
    )


def _work(viewer: Viewer, person: Subordinate, entity: Entity, counts: Counts) -> Work:
    is_open, is_late, is_done = counts.get((entity.name, person.id), (0, 0, 0))
    codes = [code for code in getattr(entity.fields[STATE], "choices", {}) if code not in ENDED]
    asked = urlencode({f"{OWNER}.is": person.id, f"{STATE}.one_of": ",".join(codes)})
    path = list_path(entity)
    may_hand_on = is_open and may_reach(viewer, entity, Verb.EDIT)
    return Work(
        title=entity.title_many,
        open_count=is_open,
        late_count=is_late,
        done_count=is_done,
        list_path=f"{path}?{asked}",
        hand_on_path=f"{path}/bulk?all=yes&{asked}" if may_hand_on else "",
    )


async def _counts(connection: Connection, viewer: Viewer, entity: Entity, now: datetime) -> Counts:
    """What everybody has to do of one kind, as far as the viewer sees it."""
    columns = entity.table.c
    if not may_see(viewer, entity, entity.fields[STATE]):
        return {}
    is_open = columns[STATE].not_in(sorted(ENDED))
    is_done = columns[STATE].in_(sorted(ENDED - {"cancelled"}))
    instant, since = (bindparam(None, at, DateTime(timezone=True)) for at in (now, now - DONE_WITHIN))
    is_due = DUE in columns and may_see(viewer, entity, entity.fields[DUE])
    late = func.count().filter(is_open, columns[DUE] < instant) if is_due else func.count().filter(false())
    counted = (
        select(
            columns.owner_id,
            func.count().filter(is_open).label("open"),
            late.label("late"),
            func.count().filter(is_done, columns.changed_at >= since).label("done"),
        )
        .where(columns.deleted_at.is_(None), visible_to(viewer, entity))
        .group_by(columns.owner_id)
    )
    return {
        (entity.name, row["owner_id"]): (row["open"], row["late"], row["done"])
        for row in await fetch(connection, counted)
    }
