"""Buttons of the board and of notices: done, later, remind me; each gives back what it changed."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from aiohttp import web

from agent_console.doorkeeper import Route
from agent_console.forms import text_fields
from agent_console.navigation import N_
from agent_console.parts import parts_of
from agent_console.records.doors import UUID_TEXT, looked_at
from agent_console.rendering import done, text_of
from crm_core.engine.bulk_changes import change_many, undo_bulk_change
from crm_core.engine.errors import EngineError, RecordRefused, UndoRefused
from crm_core.engine.records import create_record
from crm_core.engine.rights import access_record
from crm_core.engine.scopes import Verb
from crm_core.tasks.board import TASK
from crm_core.tasks.notices import REMINDER

BOARDS = {"all": "/?whose=all"}  # what a form says of the board that it stands on
MOVES = {"1": N_("a day later"), "7": N_("a week later")}  # days
REMINDERS = {
    "0": N_("when it is due"),
    "10": N_("10 minutes before"),
    "60": N_("an hour before"),
    "1440": N_("a day before"),
}  # minutes


async def finish_task(request: web.Request) -> web.Response:
    """Take a task as done."""
    return await _change(request, {"state": "done", "done_ratio": "1"}, N_("Done: {title}"))


async def move_task(request: web.Request) -> web.Response:
    """Let a task be due later, counted from its due time, or from now where that is past or there is none."""
    (days,) = await text_fields(request, "days")
    if days not in MOVES:
        raise web.HTTPBadRequest
    now = parts_of(request).clock()
    async with looked_at(request) as (connection, viewer):
        due = (await access_record(connection, viewer, TASK, _task_id(request))).values.get("due_at")
    after = max(due, now) if isinstance(due, datetime) else now
    later = after + timedelta(days=int(days))
    return await _change(request, {"due_at": later.isoformat()}, N_("Moved: {title}"))


async def undo_change(request: web.Request) -> web.Response:
    """Give back what a button of the board changed."""
    async with looked_at(request) as (connection, viewer):
        try:
            token = UUID(request.match_info["token"])
            await undo_bulk_change(connection, viewer, TASK, token, parts_of(request).clock())
        except UndoRefused:
            raise web.HTTPNotFound from None
        back = BOARDS.get(request.query.get("whose", ""), "/")
        return await done(request, back, text_of(request, "It is as it was."))


async def remind(request: web.Request) -> web.Response:
    """Make a reminder of a task, some time before it is due."""
    (minutes,) = await text_fields(request, "minutes")
    if minutes not in REMINDERS:
        raise web.HTTPBadRequest
    back = await _back(request)
    async with looked_at(request) as (connection, viewer):
        task = await access_record(connection, viewer, TASK, _task_id(request))
        due = task.values.get("due_at")
        if not isinstance(due, datetime):
            return await done(request, back, text_of(request, "Say first when it is due."))
        at = due - timedelta(minutes=int(minutes))
        raw = {"task": str(task.id), "at": at.isoformat(), "owner": viewer.user_id}
        try:
            await create_record(connection, viewer, REMINDER, raw, parts_of(request).clock())
        except RecordRefused as refused:
            return await done(request, back, str(refused))
        said = text_of(request, "You will be reminded: {title}", title=task.title())
        return await done(request, back, said)


async def _change(request: web.Request, raw: dict[str, str], text: str) -> web.Response:
    back = await _back(request)
    async with looked_at(request) as (connection, viewer):
        task = await access_record(connection, viewer, TASK, _task_id(request), Verb.EDIT)
        try:
            outcome = await change_many(connection, viewer, TASK, [task.id], raw, parts_of(request).clock())
        except EngineError as refused:
            return await done(request, back, str(refused))
        if outcome.refused:
            return await done(request, back, next(iter(outcome.refused.values())))
        said = text_of(request, text, title=task.title())
        board = urlsplit(back).query
        return await done(request, back, said, f"/tasks/undo/{outcome.token}?{board}")


async def _back(request: web.Request) -> str:
    (whose,) = await text_fields(request, "whose")
    return BOARDS.get(whose, "/")


def _task_id(request: web.Request) -> UUID:
    return UUID(request.match_info["task_id"])


OF_TASK = f"/tasks/{{task_id:{UUID_TEXT}}}"
ROUTES = (
    Route(method="POST", path=f"{OF_TASK}/done", handler=finish_task),
    Route(method="POST", path=f"{OF_TASK}/move", handler=move_task),
    Route(method="POST", path=f"{OF_TASK}/remind", handler=remind),
    Route(method="POST", path=f"/tasks/undo/{{token:{UUID_TEXT}}}", handler=undo_change),
)
