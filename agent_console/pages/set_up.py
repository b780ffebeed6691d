"""The one-time link: the first administrator makes himself, everybody else chooses his password."""

from http import HTTPStatus

from aiohttp import web

from agent_console.doorkeeper import SIGN_IN_PATH, Access, Route
from agent_console.forms import message_of, text_fields
from agent_console.parts import parts_of
from agent_console.rendering import page, text_of
from crm_core.access import set_up_links, users
from crm_core.access.errors import AccessError, LinkUnusable
from crm_core.access.passwords import check_password
from crm_core.access.signed_in_user import ADMINISTRATOR, UserId

PATH = "/set-up/{token}"


async def show_set_up(request: web.Request) -> web.Response:
    """Show what is to be filled in; looking at a link does not use it up."""
    parts = parts_of(request)
    try:
        async with parts.transactions.begin() as connection:
            link = await set_up_links.find_link(connection, request.match_info["token"], parts.clock())
            user = await users.get_user(connection, link.user_id) if link.user_id is not None else None
    except LinkUnusable as error:
        return await _unusable(request, error)
    return await page(
        request,
        "set_up.html",
        is_first=user is None,
        sign_in_name=user.sign_in_name if user else "",
        name=user.name if user else "",
        error=None,
    )


async def set_up(request: web.Request) -> web.Response:
    """Use the link up and keep the password, in one transaction."""
    parts = parts_of(request)
    sign_in_name, name, password, again = await text_fields(
        request, "sign_in_name", "name", "password", "password_again"
    )
    try:
        async with parts.transactions.begin() as connection:
            link = await set_up_links.find_link(connection, request.match_info["token"], parts.clock())
            if link.user_id is not None:
                user = await users.get_user(connection, link.user_id)
                sign_in_name, name = user.sign_in_name, user.name
    except LinkUnusable as error:
        return await _unusable(request, error)
    try:
        if password != again:
            raise AccessError("The two passwords are not the same.")
        check_password(password, users.clean_sign_in_name(sign_in_name))
        users.clean_name(name)
        await _carry_out(request, sign_in_name, name, await parts.passwords.hash(password))
    except LinkUnusable as error:
        return await _unusable(request, error)
    except AccessError as error:
        return await page(
            request,
            "set_up.html",
            HTTPStatus.UNPROCESSABLE_ENTITY,
            is_first=link.user_id is None,
            sign_in_name=sign_in_name,
            name=name,
            error=message_of(request, error),
        )
    return web.Response(status=303, headers={"Location": SIGN_IN_PATH})


async def _carry_out(request: web.Request, sign_in_name: str, name: str, password_hash: str) -> None:
    parts = parts_of(request)
    async with parts.transactions.begin() as connection:
        link = await set_up_links.use_link(connection, request.match_info["token"], parts.clock())
        user_id = UserId(link.user_id) if link.user_id is not None else None
        if user_id is None:
            user_id = await users.create_user(
                connection, sign_in_name=sign_in_name, name=name, roles=[ADMINISTRATOR], now=parts.clock()
            )
        await users.set_password_hash(connection, user_id, password_hash)


async def _unusable(request: web.Request, error: LinkUnusable) -> web.Response:
    return await page(
        request,
        "message.html",
        HTTPStatus.GONE,
        title=text_of(request, "This link no longer works"),
        text=message_of(request, error),
    )


ROUTES = (
    Route(method="GET", path=PATH, handler=show_set_up, access=Access.ANYBODY),
    Route(method="POST", path=PATH, handler=set_up, access=Access.ANYBODY),
)
