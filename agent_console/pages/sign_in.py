"""Signing in, with a second step where the user has one, and signing out."""

from http import HTTPStatus
from urllib.parse import quote

from aiohttp import web

from agent_console.doorkeeper import CODE_PATH, SIGN_IN_PATH, Access, Route
from agent_console.error_pages import RETRY_SECONDS
from agent_console.forms import text_fields
from agent_console.parts import TOKEN, address_of, parts_of, session_of
from agent_console.rendering import page, text_of
from agent_console.session_cookie import clear_session_cookie, set_session_cookie
from agent_console.site import local_path
from crm_core.access import second_step, sessions, sign_in_limits, users
from crm_core.access.sign_in_limits import Attempt
from crm_core.access.users import User


async def show_sign_in(request: web.Request) -> web.Response:
    """Ask for name and password."""
    wanted = local_path(request.query.get("next", ""))
    session = session_of(request)
    if session is not None and not session.awaits_code:
        return web.Response(status=303, headers={"Location": wanted})
    return await page(request, "sign_in.html", wanted=wanted, sign_in_name="", error=None)


async def sign_in(request: web.Request) -> web.Response:
    """Look at name and password; the same answer, after the same time, for every way to be wrong."""
    name, password, wanted = await text_fields(request, "sign_in_name", "password", "next")
    wanted = local_path(wanted)
    parts, now = parts_of(request), parts_of(request).clock()
    async with parts.transactions.begin() as connection:
        attempt = await sign_in_limits.begin_attempt(connection, name, address_of(request), now)
        user = await users.find_user_by_name(connection, name) if attempt is not None else None
    if attempt is None:
        return await _too_many(request, "sign_in.html", wanted=wanted, sign_in_name=name)
    kept = user.password_hash if user is not None and user.is_active else None
    is_right = await parts.passwords.is_right(password, kept)
    if user is None or not is_right:
        error = text_of(request, "Name or password is wrong.")
        return await page(
            request, "sign_in.html", HTTPStatus.UNAUTHORIZED, wanted=wanted, sign_in_name=name, error=error
        )
    await _renew_hash(request, user, password)
    return await _let_in(request, user, attempt, wanted, awaits_code=user.totp_secret is not None)


async def _renew_hash(request: web.Request, user: User, password: str) -> None:
    """Hash with the costs of today, while the password is at hand."""
    parts = parts_of(request)
    if user.password_hash is not None and parts.passwords.is_outdated(user.password_hash):
        renewed = await parts.passwords.hash(password)
        async with parts.transactions.begin() as connection:
            await users.set_password_hash(connection, user.id, renewed)


async def _let_in(
    request: web.Request, user: User, attempt: Attempt, wanted: str, *, awaits_code: bool
) -> web.Response:
    """Open a session under a new token and end the one that the browser came with."""
    parts, before = parts_of(request), session_of(request)
    async with parts.transactions.begin() as connection:
        if not awaits_code:  # only then is the attempt a success: the password alone is half of it
            await sign_in_limits.take_as_succeeded(connection, attempt)
        if before is not None:
            await sessions.end_session(connection, before.user.id, before.id)
        token = await sessions.open_session(
            connection,
            user.id,
            user_agent=request.headers.get("User-Agent", ""),
            address=address_of(request),
            now=parts.clock(),
            awaits_code=awaits_code,
        )
    target = f"{CODE_PATH}?next={quote(wanted, safe='/')}" if awaits_code else wanted
    response = web.Response(status=303, headers={"Location": target})
    set_session_cookie(request, response, token)
    return response


async def _too_many(request: web.Request, template: str, **values: object) -> web.Response:
    error = text_of(request, "Too many attempts. Wait a quarter of an hour, then try again.")
    response = await page(request, template, HTTPStatus.TOO_MANY_REQUESTS, error=error, **values)
    response.headers["Retry-After"] = RETRY_SECONDS
    return response


async def show_code(request: web.Request) -> web.Response:
    """Ask for the code of the second step."""
    session = session_of(request)
    if session is None or not session.awaits_code:
        return web.Response(status=303, headers={"Location": SIGN_IN_PATH})
    wanted = local_path(request.query.get("next", ""))
    return await page(request, "sign_in_code.html", wanted=wanted, error=None)


async def check_code(request: web.Request) -> web.Response:
    """Look at the code, which counts as an attempt of its own."""
    session, parts = session_of(request), parts_of(request)
    code, wanted = await text_fields(request, "code", "next")
    wanted = local_path(wanted)
    if session is None or not session.awaits_code:
        return web.Response(status=303, headers={"Location": SIGN_IN_PATH})
    async with parts.transactions.begin() as connection:
        user = await users.get_user(connection, session.user.id)
        attempt = await sign_in_limits.begin_attempt(
            connection, user.sign_in_name, address_of(request), parts.clock()
        )
    if attempt is None:
        return await _too_many(request, "sign_in_code.html", wanted=wanted)
    async with parts.transactions.begin() as connection:
        is_right = await second_step.use_code(connection, user.id, code, parts.clock())
    if not is_right:
        error = text_of(request, "This code is wrong or was used already.")
        return await page(request, "sign_in_code.html", HTTPStatus.UNAUTHORIZED, wanted=wanted, error=error)
    return await _let_in(request, user, attempt, wanted, awaits_code=False)


async def sign_out(request: web.Request) -> web.Response:
    """End the session."""
    session, parts = session_of(request), parts_of(request)
    if session is not None:
        async with parts.transactions.begin() as connection:
            await sessions.end_session(connection, session.user.id, session.id)
    response = web.Response(status=303, headers={"Location": SIGN_IN_PATH})
    clear_session_cookie(request, response)
    request.pop(TOKEN, None)
    return response


ROUTES = (
    Route(method="GET", path=SIGN_IN_PATH, handler=show_sign_in, access=Access.ANYBODY),
    Route(method="POST", path=SIGN_IN_PATH, handler=sign_in, access=Access.ANYBODY),
    Route(method="GET", path=CODE_PATH, handler=show_code, access=Access.ANYBODY),
    Route(method="POST", path=CODE_PATH, handler=check_code, access=Access.ANYBODY),
    Route(method="POST", path="/sign-out", handler=sign_out, access=Access.ANYBODY),
)
