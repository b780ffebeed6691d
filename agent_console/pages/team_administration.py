"""Teams as administrators see them, in a tree; and what was done to users and teams."""

from datetime import datetime
from http import HTTPStatus

from aiohttp import web

from agent_console.doorkeeper import Access, Route
from agent_console.forms import message_of, text_fields
from agent_console.navigation import N_
from agent_console.parts import parts_of, user_of
from agent_console.rendering import done, page, text_of
from crm_core.access import happenings, teams
from crm_core.access.errors import AccessError

PATH = "/administration/teams"
ONE = PATH + r"/{team_id:\d{1,18}}"
HISTORY_PATH = "/administration/history"
KIND_LABELS = {
    "user.created": N_("User made"),
    "user.changed": N_("User changed"),
    "user.disabled": N_("User kept out"),
    "user.enabled": N_("User let in again"),
    "user.reset": N_("New link"),
    "team.created": N_("Team made"),
    "team.changed": N_("Team changed"),
    "team.deleted": N_("Team deleted"),
    "parameter.changed": N_("Parameter changed"),
    "maintenance.tidied": N_("Tidied up"),
}
FIELD_LABELS = {
    "name": N_("Name"),
    "email": N_("E-mail"),
    "roles": N_("Roles"),
    "team": N_("Team"),
    "parent": N_("Under"),
    "value": N_("Value"),
    "sessions": N_("Sessions"),
    "links": N_("Links"),
    "attempts": N_("Attempts to sign in"),
    "imports": N_("Files"),
}


async def show_teams(request: web.Request) -> web.Response:
    """List teams, each under the one above it."""
    return await _teams_page(request)


async def create(request: web.Request) -> web.Response:
    """Make a team."""
    name, parent = await text_fields(request, "name", "parent")
    parts = parts_of(request)
    try:
        async with parts.transactions.begin() as connection:
            await teams.create_team(connection, user_of(request).id, name, _number(parent), parts.clock())
    except AccessError as error:
        return await _teams_page(request, message_of(request, error), name=name, parent=parent)
    return await done(request, PATH, text_of(request, "The team {name} is there.", name=name))


async def change(request: web.Request) -> web.Response:
    """Rename a team, or move it."""
    name, parent = await text_fields(request, "name", "parent")
    parts = parts_of(request)
    try:
        async with parts.transactions.begin() as connection:
            await teams.change_team(
                connection, user_of(request).id, _team_id(request), name, _number(parent), parts.clock()
            )
    except AccessError as error:
        return await _teams_page(request, message_of(request, error))
    return await done(request, PATH, text_of(request, "The changes are kept."))


async def delete(request: web.Request) -> web.Response:
    """Take a team away that nothing belongs to."""
    parts = parts_of(request)
    try:
        async with parts.transactions.begin() as connection:
            name = await teams.delete_team(connection, user_of(request).id, _team_id(request), parts.clock())
    except AccessError as error:
        return await _teams_page(request, message_of(request, error))
    return await done(request, PATH, text_of(request, "The team {name} is deleted.", name=name))


async def show_history(request: web.Request) -> web.Response:
    """Show what administrators did to users and teams, newest first."""
    try:
        before = datetime.fromisoformat(request.query["before"]) if "before" in request.query else None
    except ValueError:
        raise web.HTTPBadRequest from None
    if before is not None and before.tzinfo is None:
        raise web.HTTPBadRequest
    async with parts_of(request).transactions.begin() as connection:
        found = await happenings.happenings(connection, before)
    has_more = len(found) == happenings.HAPPENINGS_MAX
    return await page(
        request,
        "history.html",
        found=found,
        kinds=KIND_LABELS,
        labels=FIELD_LABELS,
        older=found[-1].at.isoformat() if has_more else "",
    )


async def _teams_page(
    request: web.Request, error: str = "", name: str = "", parent: str = ""
) -> web.Response:
    async with parts_of(request).transactions.begin() as connection:
        found = await teams.list_teams(connection)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    entered = {"name": name, "parent": parent}
    return await page(request, "teams.html", status, teams=found, error=error, entered=entered)


def _number(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise web.HTTPBadRequest
    return int(text)


def _team_id(request: web.Request) -> int:
    return int(request.match_info["team_id"])


ROUTES = tuple(
    Route(method=method, path=path, handler=handler, access=Access.ADMINISTRATOR)
    for method, path, handler in (
        ("GET", PATH, show_teams),
        ("POST", PATH, create),
        ("POST", ONE, change),
        ("POST", f"{ONE}/delete", delete),
        ("GET", HISTORY_PATH, show_history),
    )
)
