"""Users as administrators see them: made, let in, kept out, given a link for a new password.

Plain pages, until the entity engine lists users as it lists everything.
"""

from http import HTTPStatus

from aiohttp import web

from agent_console.doorkeeper import Access, Route
from agent_console.forms import chosen_values, message_of, text_fields
from agent_console.parts import parts_of, user_of
from agent_console.rendering import done, page, text_of
from crm_core.access import set_up_links, users
from crm_core.access.errors import AccessError, LastAdministrator, UnknownUser
from crm_core.access.happenings import tell
from crm_core.access.parameters import LINK_HOURS, read_parameter
from crm_core.access.signed_in_user import ROLES, UserId
from crm_core.access.users import User

PATH = "/administration/users"
ONE = PATH + r"/{user_id:\d{1,18}}"
PAGE_ROWS = 100


async def show_users(request: web.Request) -> web.Response:
    """List users by sign-in name, a page at a time."""
    return await _list_page(request)


async def _list_page(
    request: web.Request, status: int = HTTPStatus.OK, error: str | None = None, **entered: object
) -> web.Response:
    after = request.query.get("after", "").replace("\x00", "")
    async with parts_of(request).transactions.begin() as connection:
        found = await users.list_users(connection, after, PAGE_ROWS + 1)
    next_after = found[PAGE_ROWS - 1].sign_in_name if len(found) > PAGE_ROWS else None
    values = {"sign_in_name": "", "name": "", "email": "", "roles": ["agent"], **entered}
    return await page(
        request,
        "users.html",
        status,
        users=found[:PAGE_ROWS],
        next_after=next_after,
        after=after,
        all_roles=ROLES,
        entered=values,
        error=error,
        own_id=user_of(request).id,
    )


async def create(request: web.Request) -> web.Response:
    """Make a user and show the link by which he chooses his password."""
    sign_in_name, name, email = await text_fields(request, "sign_in_name", "name", "email")
    roles = await chosen_values(request, "roles")
    parts = parts_of(request)
    try:
        async with parts.transactions.begin() as connection:
            user_id = await users.create_user(
                connection, sign_in_name=sign_in_name, name=name, email=email, roles=roles, now=parts.clock()
            )
            token = await set_up_links.make_link(connection, user_id, parts.clock())
            user = await users.get_user(connection, user_id)
            hours = await read_parameter(connection, LINK_HOURS)
            told = {"about": user.sign_in_name, "after": {"name": user.name, "roles": list(user.roles)}}
            await tell(connection, user_of(request).id, "user.created", told, parts.clock())
    except AccessError as error:
        return await _list_page(
            request,
            HTTPStatus.UNPROCESSABLE_ENTITY,
            message_of(request, error),
            sign_in_name=sign_in_name,
            name=name,
            email=email,
            roles=roles,
        )
    return await _link_page(request, user, token, hours)


async def _link_page(request: web.Request, user: User, token: str, hours: int) -> web.Response:
    link = f"{parts_of(request).site.own_origin(request.host)}/set-up/{token}"
    return await page(request, "user_link.html", account=user, link=link, hours=hours)


async def disable(request: web.Request) -> web.Response:
    """Keep a user out; what he has open ends."""
    user_id = user_id_of(request)
    if user_id == user_of(request).id:
        raise web.HTTPForbidden
    try:
        user = await _set_active(request, user_id, is_active=False)
    except LastAdministrator as error:
        return await done(request, PATH, message_of(request, error))
    text = text_of(request, "{name} can no longer sign in.", name=user.name)
    return await done(request, PATH, text, f"{PATH}/{user_id}/enable")


async def enable(request: web.Request) -> web.Response:
    """Let a user in again."""
    user = await _set_active(request, user_id_of(request), is_active=True)
    return await done(request, PATH, text_of(request, "{name} can sign in again.", name=user.name))


async def _set_active(request: web.Request, user_id: UserId, *, is_active: bool) -> User:
    try:
        async with parts_of(request).transactions.begin() as connection:
            await users.set_active(connection, user_id, is_active)
            user = await users.get_user(connection, user_id)
            kind = "user.enabled" if is_active else "user.disabled"
            told = {"about": user.sign_in_name}
            await tell(connection, user_of(request).id, kind, told, parts_of(request).clock())
            return user
    except UnknownUser:
        raise web.HTTPNotFound from None


async def reset(request: web.Request) -> web.Response:
    """Take a password away and show a link for a new one; the second step goes too, if asked."""
    (without,) = await text_fields(request, "without_second_step")
    parts = parts_of(request)
    try:
        async with parts.transactions.begin() as connection:
            user = await users.get_user(connection, user_id_of(request))
            if user.id == user_of(request).id or not user.is_active:
                raise web.HTTPForbidden
            token = await set_up_links.reset_password(
                connection, user.id, parts.clock(), without_second_step=without == "yes"
            )
            hours = await read_parameter(connection, LINK_HOURS)
            told = {"about": user.sign_in_name}
            await tell(connection, user_of(request).id, "user.reset", told, parts.clock())
    except UnknownUser:
        raise web.HTTPNotFound from None
    return await _link_page(request, user, token, hours)


def user_id_of(request: web.Request) -> UserId:
    """The user that an address names."""
    return UserId(int(request.match_info["user_id"]))


ROUTES = tuple(
    Route(method=method, path=path, handler=handler, access=Access.ADMINISTRATOR)
    for method, path, handler in (
        ("GET", PATH, show_users),
        ("POST", PATH, create),
        ("POST", f"{ONE}/disable", disable),
        ("POST", f"{ONE}/enable", enable),
        ("POST", f"{ONE}/reset", reset),
    )
)
