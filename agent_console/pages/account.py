"""A user's own account: password, language and colours, sessions."""

from http import HTTPStatus

from aiohttp import web

from agent_console.catalogues import language_names
from agent_console.doorkeeper import SIGN_IN_PATH, Route
from agent_console.forms import message_of, text_fields
from agent_console.parts import SESSION, address_of, parts_of, user_of
from agent_console.rendering import done, page, text_of
from agent_console.session_cookie import clear_session_cookie, set_session_cookie
from agent_console.site import local_path
from agent_console.user_agents import browser_name
from crm_core.access import second_step, sessions, sign_in_limits, users
from crm_core.access.errors import AccessError, PasswordUnusable
from crm_core.access.passwords import check_password
from crm_core.access.signed_in_user import THEMES

PATH = "/account"


async def show_account(request: web.Request) -> web.Response:
    """Show everything that is the user's own to change."""
    return await _account_page(request)


async def _account_page(
    request: web.Request, status: int = HTTPStatus.OK, error: str | None = None
) -> web.Response:
    parts, session = parts_of(request), request[SESSION]
    async with parts.transactions.begin() as connection:
        user = await users.get_user(connection, session.user.id)
        listed = await sessions.list_sessions(connection, user.id, parts.clock())
        codes_left = await second_step.recovery_codes_left(connection, user.id)
    return await page(
        request,
        "account.html",
        status,
        account=user,
        sessions=[(entry, browser_name(entry.user_agent)) for entry in listed],
        session_id=session.id,
        has_second_step=user.totp_secret is not None,
        recovery_codes_left=codes_left,
        languages=language_names(),
        themes=THEMES,
        password_error=error,
    )


async def is_own_password(request: web.Request, password: str) -> bool:
    """Whether whoever sits at the browser knows the password; a wrong one counts as an attempt to sign in."""
    parts = parts_of(request)
    async with parts.transactions.begin() as connection:
        user = await users.get_user(connection, user_of(request).id)
        attempt = await sign_in_limits.begin_attempt(
            connection, user.sign_in_name, address_of(request), parts.clock()
        )
    if attempt is None:
        raise web.HTTPTooManyRequests
    if not await parts.passwords.is_right(password, user.password_hash):
        return False
    async with parts.transactions.begin() as connection:
        await sign_in_limits.take_as_succeeded(connection, attempt)
    return True


async def change_password(request: web.Request) -> web.Response:
    """Keep a new password; every other session ends, and this one gets a new token."""
    old, new, again = await text_fields(request, "password", "new_password", "new_password_again")
    parts, session = parts_of(request), request[SESSION]
    try:
        if new != again:
            raise PasswordUnusable("The two passwords are not the same.")
        async with parts.transactions.begin() as connection:
            user = await users.get_user(connection, session.user.id)
        check_password(new, user.sign_in_name)
        if not await is_own_password(request, old):
            raise PasswordUnusable("The present password is wrong.")
    except AccessError as error:
        return await _account_page(request, HTTPStatus.UNPROCESSABLE_ENTITY, message_of(request, error))
    password_hash = await parts.passwords.hash(new)
    async with parts.transactions.begin() as connection:
        await users.set_password_hash(connection, user.id, password_hash)
        await sessions.end_sessions(connection, user.id)
        token = await sessions.open_session(
            connection,
            user.id,
            user_agent=request.headers.get("User-Agent", ""),
            address=address_of(request),
            now=parts.clock(),
        )
        opened = await sessions.find_session(connection, token, parts.clock())
        assert opened is not None
        text = text_of(request, "Your password is changed. You were signed out everywhere else.")
        await sessions.leave_notice(connection, opened.id, text)
    response = web.Response(status=303, headers={"Location": PATH})
    set_session_cookie(request, response, token)
    return response


async def change_preferences(request: web.Request) -> web.Response:
    """Keep language and colours; what a form does not name stays."""
    locale, theme, wanted = await text_fields(request, "locale", "theme", "next")
    user = user_of(request)
    chosen = {"browser": None, "": user.locale}.get(locale, locale)
    try:
        async with parts_of(request).transactions.begin() as connection:
            await users.set_preferences(connection, user.id, chosen, theme or user.theme)
    except AccessError:
        raise web.HTTPBadRequest from None
    return web.Response(status=303, headers={"Location": local_path(wanted, PATH)})


async def end_session(request: web.Request) -> web.Response:
    """End one of the user's sessions."""
    async with parts_of(request).transactions.begin() as connection:
        ended = await sessions.end_session(
            connection, user_of(request).id, int(request.match_info["session_id"])
        )
    if not ended:
        raise web.HTTPNotFound
    return await done(request, PATH, text_of(request, "The session is ended."))


async def sign_out_everywhere(request: web.Request) -> web.Response:
    """End all of the user's sessions, this one too."""
    async with parts_of(request).transactions.begin() as connection:
        await sessions.end_sessions(connection, user_of(request).id)
    response = web.Response(status=303, headers={"Location": SIGN_IN_PATH})
    clear_session_cookie(request, response)
    return response


ROUTES = (
    Route(method="GET", path=PATH, handler=show_account),
    Route(method="POST", path=f"{PATH}/password", handler=change_password),
    Route(method="POST", path=f"{PATH}/preferences", handler=change_preferences),
    Route(method="POST", path=f"{PATH}/sessions/end-all", handler=sign_out_everywhere),
    Route(method="POST", path=PATH + r"/sessions/{session_id:\d{1,18}}/end", handler=end_session),
)
