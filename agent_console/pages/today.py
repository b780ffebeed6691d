"""The page after signing in: what is to be done and by when, and what a newcomer does first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web
from markupsafe import Markup

from agent_console.doorkeeper import Route
from agent_console.navigation import N_
from agent_console.pages.notices import SNOOZES, notice_lines
from agent_console.pages.task_buttons import MOVES, REMINDERS
from agent_console.parts import parts_of, user_of
from agent_console.records.doors import list_path, looked_at, record_path
from agent_console.records.names import names_in
from agent_console.rendering import locale_of, moment, page
from crm_core.access import users
from crm_core.access.connection import Connection
from crm_core.access.users import names_of_users
from crm_core.engine.rights import Record, may_reach
from crm_core.engine.scopes import Verb
from crm_core.engine.viewer import Viewer
from crm_core.tasks.board import TASK, Span, Whose, read_board

LAST_HOUR = 17  # from then on a new task is due on the next day
SPAN_LABELS = {
    Span.LATE: N_("Late"),
    Span.TODAY: N_("Today"),
    Span.LATER: N_("Later"),
    Span.UNDATED: N_("Without a date"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One task as the board shows it."""

    title: str
    id: UUID
    path: str
    kind: str  # English
    due: Markup | str
    party: str
    party_path: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Tasks of one span of time."""

    code: str
    label: str  # English
    count: int
    lines: Sequence[Line]


async def show_today(request: web.Request) -> web.Response:
    """Show what is to be done."""
    whose = Whose.ALL if request.query.get("whose") == Whose.ALL.value else Whose.MINE
    now = parts_of(request).clock().astimezone()
    async with looked_at(request) as (connection, viewer):
        user = await users.get_user(connection, user_of(request).id)
        is_alone = user_of(request).is_administrator and len(await users.list_users(connection, limit=2)) < 2
        board = await read_board(connection, viewer, whose, now)
        groups = [
            Group(
                code=span.value,
                label=SPAN_LABELS[span],
                count=board.counts[span],
                lines=await _lines(request, connection, viewer, tasks),
            )
            for span, tasks in board.tasks.items()
            if tasks
        ]
        return await page(
            request,
            "today.html",
            has_second_step=user.totp_secret is not None,
            is_alone=is_alone,
            groups=groups,
            away=await names_of_users(connection, [one.user_id for one, _ in viewer.stands_in_for]),
            is_all=whose is Whose.ALL,
            notices=await notice_lines(request, connection, viewer),
            snoozes=SNOOZES,
            may_change=not viewer.is_read_only,
            new_path=_new_path(viewer, now),
            moves=MOVES,
            reminders=REMINDERS,
        )


async def _lines(
    request: web.Request, connection: Connection, viewer: Viewer, tasks: Sequence[Record]
) -> list[Line]:
    shown = ("title", "kind", "party", "owner", "due_at")
    fields = [TASK.fields[name] for name in shown]
    names = await names_in(connection, viewer, TASK, fields, [one.values for one in tasks])
    kinds = getattr(TASK.fields["kind"], "choices", {})
    return [_line(request, one, names, kinds) for one in tasks]


def _line(request: web.Request, task: Record, names: dict[object, str], kinds: dict[str, str]) -> Line:
    due, party = task.values.get("due_at"), task.values.get("party")
    is_named = party in names
    return Line(
        title=task.title() or "–",
        id=task.id,
        path=record_path(TASK, task.id),
        kind=kinds.get(str(task.values.get("kind")), ""),
        due=moment(due, locale_of(request)) if isinstance(due, datetime) else "",
        party=names.get(party, ""),
        party_path=record_path(TASK.registry.get("party"), party)
        if isinstance(party, UUID) and is_named
        else "",
        owner=names.get(task.values.get("owner"), ""),
    )


def _new_path(viewer: Viewer, now: datetime) -> str:
    """Where a task is made that is due this evening, or the next one; "" for who may make none."""
    if not may_reach(viewer, TASK, Verb.CREATE):
        return ""
    tonight = now.replace(hour=18, minute=0) + timedelta(days=int(now.hour >= LAST_HOUR))
    return f"{list_path(TASK)}/new?{urlencode({'due_at': tonight.strftime('%Y-%m-%dT%H:%M')})}"


ROUTES = (Route(method="GET", path="/", handler=show_today),)
