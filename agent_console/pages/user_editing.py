"""One user as administrators change him: what he is called, what he may do, which team he belongs to."""

from collections.abc import Sequence
from http import HTTPStatus

from aiohttp import web

from agent_console.doorkeeper import Access, Route
from agent_console.forms import chosen_values, message_of, text_fields
from agent_console.pages.user_administration import ONE, PATH, user_id_of
from agent_console.parts import parts_of, user_of
from agent_console.rendering import done, page, text_of
from crm_core.access import teams, users
from crm_core.access.errors import AccessError, UnknownUser
from crm_core.access.signed_in_user import ROLES

NUMBER_LENGTH_MAX = 18


async def show_user(request: web.Request) -> web.Response:
    """Show the form with what is kept."""
    return await _form(request)


async def change_user(request: web.Request) -> web.Response:
    """Keep what the form says."""
    name, email, team = await text_fields(request, "name", "email", "team")
    roles = await chosen_values(request, "roles")
    if team and not (team.isascii() and team.isdigit() and len(team) <= NUMBER_LENGTH_MAX):
        raise web.HTTPBadRequest
    parts = parts_of(request)
    try:
        async with parts.transactions.begin() as connection:
            await users.change_user(
                connection,
                user_of(request).id,
                user_id_of(request),
                name=name,
                email=email,
                roles=roles,
                team_id=int(team) if team else None,
                now=parts.clock(),
            )
    except UnknownUser:
        raise web.HTTPNotFound from None
    except AccessError as error:
        return await _form(request, message_of(request, error), (name, email, team, roles))
    return await done(request, PATH, text_of(request, "The changes are kept."))


async def _form(
    request: web.Request, error: str = "", entered: tuple[str, str, str, Sequence[str]] | None = None
) -> web.Response:
    try:
        async with parts_of(request).transactions.begin() as connection:
            user = await users.get_user(connection, user_id_of(request))
            found = await teams.list_teams(connection)
    except UnknownUser:
        raise web.HTTPNotFound from None
    name, email, team, roles = entered or (user.name, user.email or "", str(user.team_id or ""), user.roles)
    return await page(
        request,
        "user.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
        account=user,
        teams=found,
        all_roles=ROLES,
        error=error,
        entered={"name": name, "email": email, "team": team, "roles": roles},
    )


ROUTES = (
    Route(method="GET", path=ONE, handler=show_user, access=Access.ADMINISTRATOR),
    Route(method="POST", path=ONE, handler=change_user, access=Access.ADMINISTRATOR),
)
