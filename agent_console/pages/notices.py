"""What a user is told of on whichever page he has open: reminders that are due, and tasks that are late.

Open pages ask every few seconds; the answer is a stack of notices that stand until they are dealt with.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from aiohttp import web
from markupsafe import Markup

from agent_console.doorkeeper import Access, Route
from agent_console.forms import text_fields
from agent_console.navigation import N_
from agent_console.parts import parts_of
from agent_console.records.doors import UUID_TEXT, looked_at, record_path
from agent_console.rendering import fragment, locale_of, moment
from crm_core.access.connection import Connection
from crm_core.engine.errors import RecordRefused
from crm_core.engine.viewer import Viewer
from crm_core.tasks.board import TASK
from crm_core.tasks.notices import (
    Notice,
    NoticeKind,
    end_reminder,
    notices_for,
    see_notice,
    snooze_reminder,
)

KIND_LABELS = {
    NoticeKind.REMINDER: N_("Reminder"),
    NoticeKind.LATE: N_("Late"),
    NoticeKind.ESCALATED: N_("Late in your team"),
}
SHOWN_MAX = 4  # more would hide the page; those that follow come when these are dealt with
SNOOZES = {"10": N_("In 10 minutes"), "60": N_("In an hour"), "1440": N_("Tomorrow")}  # minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """One notice as pages show it."""

    kind: str  # its code
    label: str  # English
    title: str
    path: str
    at: Markup
    seen_path: str  # where its button leads that takes it away
    snooze_path: str  # "" where it cannot come again later


async def notice_lines(request: web.Request, connection: Connection, viewer: Viewer) -> Sequence[NoticeLine]:
    """What the viewer is to be told now, as far as there is room."""
    found = await notices_for(connection, viewer, parts_of(request).clock())
    return [_line(one, locale_of(request)) for one in found[:SHOWN_MAX]]


async def show_notices(request: web.Request) -> web.Response:
    """Answer an open page."""
    async with looked_at(request) as (connection, viewer):
        return await _answer(request, connection, viewer)


async def see(request: web.Request) -> web.Response:
    """Take a notice of a late task away."""
    kind = NoticeKind(request.match_info["kind"])
    async with looked_at(request) as (connection, viewer):
        await see_notice(
            connection, viewer, kind, UUID(request.match_info["record_id"]), parts_of(request).clock()
        )
        return await _answer(request, connection, viewer)


async def end(request: web.Request) -> web.Response:
    """Take a reminder as done."""
    async with looked_at(request) as (connection, viewer):
        await end_reminder(
            connection, viewer, UUID(request.match_info["record_id"]), parts_of(request).clock()
        )
        return await _answer(request, connection, viewer)


async def snooze(request: web.Request) -> web.Response:
    """Let a reminder come again later."""
    (minutes,) = await text_fields(request, "minutes")
    if minutes not in SNOOZES:
        raise web.HTTPBadRequest
    now = parts_of(request).clock()
    async with looked_at(request) as (connection, viewer):
        try:
            later = now + timedelta(minutes=int(minutes))
            await snooze_reminder(connection, viewer, UUID(request.match_info["record_id"]), later, now)
        except RecordRefused:
            raise web.HTTPBadRequest from None
        return await _answer(request, connection, viewer)


async def _answer(request: web.Request, connection: Connection, viewer: Viewer) -> web.Response:
    if request.method == "POST" and "HX-Request" not in request.headers:
        return web.Response(status=303, headers={"Location": "/"})  # a page without scripts
    lines = await notice_lines(request, connection, viewer)
    return fragment(request, "notices.html", notices=lines, snoozes=SNOOZES)


def _line(notice: Notice, locale: str) -> NoticeLine:
    is_reminder = notice.reminder_id is not None
    path = f"/notices/reminder/{notice.reminder_id}"
    return NoticeLine(
        kind=notice.kind.value,
        label=KIND_LABELS[notice.kind],
        title=notice.task.title() or "–",
        path=record_path(TASK, notice.task.id),
        at=moment(notice.at, locale),
        seen_path=f"{path}/done" if is_reminder else f"/notices/{notice.kind.value}/{notice.task.id}/seen",
        snooze_path=f"{path}/snooze" if is_reminder else "",
    )


OF_REMINDER = f"/notices/reminder/{{record_id:{UUID_TEXT}}}"
ROUTES = (
    Route(method="GET", path="/notices", handler=show_notices, access=Access.WATCHING),
    Route(method="POST", path=f"{OF_REMINDER}/done", handler=end),
    Route(method="POST", path=f"{OF_REMINDER}/snooze", handler=snooze),
    Route(
        method="POST", path=f"/notices/{{kind:late|escalated}}/{{record_id:{UUID_TEXT}}}/seen", handler=see
    ),
)
