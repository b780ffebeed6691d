"""Who may pass: four questions before any page is asked for anything.

A program that shows an access token is asked for that alone: no browser sends one by itself.

1. Does a request that may change something come from a page of ours, by the browser's own word?
2. Is there a valid session, and does the page want one, or an administrator's?
3. Does a form of that session carry the session's own word (`request_token`)?
4. Does the session look with its user's own eyes? With a subordinate's, nothing is sent but what ends that.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler

from agent_console.parts import PROGRAM, SESSION, TOKEN, parts_of, perspective_of, session_of
from agent_console.site import SAFE_METHODS, is_from_own_page
from crm_core.access.access_tokens import find_token_user
from crm_core.access.sessions import find_session
from crm_core.access.tokens import is_same_secret, request_token

SIGN_IN_PATH = "/sign-in"
CODE_PATH = "/sign-in/code"
TOKEN_FIELD = "request_token"
TOKEN_HEADER = "X-Request-Token"
TOKEN_LENGTH_MAX = 100
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Paceline"'}
OWN_EYES_PATHS = frozenset({"/perspective/end", "/sign-out"})
"""What somebody may send who looks with another's eyes: what ends that."""
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


class Access(Enum):
    """Who may ask for a page."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed_in"
    WATCHING = "watching"  # signed in; asked by an open page, not by a person: it keeps no session awake
    PROGRAM = "program"  # signed in, or a program that shows an access token
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One address of the console: who adds a page adds one of these."""

    method: str  # GET also answers HEAD
    path: str  # with {names} of its variable parts
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    access: Access = Access.SIGNED_IN


ACCESS = web.AppKey("access", Mapping[web.AbstractRoute, Access])


@web.middleware
async def keep_door(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Ask the four questions."""
    site = parts_of(request).site
    token = _bearer_token(request)
    if token is not None:
        await _find_program(request, token)
        return await handler(request)
    if not is_from_own_page(site, request.method, request.host, request.headers):
        raise web.HTTPForbidden
    await _find_session(request, site.cookie_name)
    if request.match_info.http_exception is not None:
        return await handler(request)  # no such page: the error says so
    refusal = _refusal(request, request.app[ACCESS][request.match_info.route])
    if refusal is not None:
        return refusal
    if request.method not in SAFE_METHODS and session_of(request) is not None:
        await _check_request_token(request)
        _check_perspective(request)
    return await handler(request)


def _bearer_token(request: web.Request) -> str | None:
    """The access token that a program shows (RFC 6750, 2.1), at an address that takes one."""
    is_there = request.match_info.http_exception is None
    if is_there and request.app[ACCESS][request.match_info.route] is not Access.PROGRAM:
        return None
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


async def _find_program(request: web.Request, token: str) -> None:
    """Find whose token it is.

    Raises:
        HTTPUnauthorized: nobody's.
    """
    parts = parts_of(request)
    user = None
    if len(token) <= TOKEN_LENGTH_MAX:
        async with parts.transactions.begin() as connection:
            user = await find_token_user(connection, token, parts.clock())
    if user is None:
        raise web.HTTPUnauthorized(headers=CHALLENGE)
    request[PROGRAM] = user


async def _find_session(request: web.Request, cookie_name: str) -> None:
    token = request.cookies.get(cookie_name)
    if not token or len(token) > TOKEN_LENGTH_MAX:
        return
    parts = parts_of(request)
    is_there = request.match_info.http_exception is None
    is_use = not is_there or request.app[ACCESS][request.match_info.route] is not Access.WATCHING
    async with parts.transactions.begin() as connection:
        session = await find_session(connection, token, parts.clock(), is_use=is_use)
    if session is not None:
        request[SESSION], request[TOKEN] = session, token


def _refusal(request: web.Request, access: Access) -> web.Response | None:
    """Where to go instead, or None where the page may be asked.

    Raises:
        HTTPForbidden: signed in, but not allowed.
        HTTPUnauthorized: a program that did not say in whose name it comes.
    """
    if access is Access.ANYBODY:
        return None
    session = session_of(request)
    if access is Access.PROGRAM and (session is None or session.awaits_code):
        raise web.HTTPUnauthorized(headers=CHALLENGE)
    if session is None or session.awaits_code:
        target = SIGN_IN_PATH if session is None else CODE_PATH
        return _redirection(request, target)
    if access is Access.ADMINISTRATOR and not perspective_of(request).is_administrator:
        raise web.HTTPForbidden
    return None


def _redirection(request: web.Request, target: str) -> web.Response:
    if "HX-Request" in request.headers:  # the page reloads itself, and so comes to the sign-in
        return web.Response(status=401)
    wanted = request.path_qs if request.method in SAFE_METHODS else "/"
    query = "" if wanted == "/" else f"?next={quote(wanted, safe='/')}"
    return web.Response(status=303, headers={"Location": f"{target}{query}"})


def _check_perspective(request: web.Request) -> None:
    """Refuse every change to somebody who looks with another's eyes, but for looking with his own again.

    Raises:
        HTTPForbidden: he looks with another's eyes.
    """
    session = session_of(request)
    if session is not None and session.seen_as is not None and request.path not in OWN_EYES_PATHS:
        raise web.HTTPForbidden


async def _check_request_token(request: web.Request) -> None:
    """Refuse a form without the session's own word.

    Raises:
        HTTPForbidden: it has none, or another one.
    """
    given = request.headers.get(TOKEN_HEADER)
    if given is None and request.content_type in FORMS:
        field = (await request.post()).get(TOKEN_FIELD)
        given = field if isinstance(field, str) else None
    if given is None or not is_same_secret(given, request_token(request[TOKEN])):
        raise web.HTTPForbidden
