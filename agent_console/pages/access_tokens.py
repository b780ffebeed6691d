"""A user's access tokens: made for a program, shown once, taken back."""

from http import HTTPStatus

from aiohttp import web

from agent_console.doorkeeper import Route
from agent_console.forms import message_of, text_fields
from agent_console.parts import parts_of, user_of
from agent_console.rendering import done, page, text_of
from crm_core.access.access_tokens import list_access_tokens, make_access_token, take_back_token
from crm_core.access.errors import AccessError

PATH = "/account/tokens"


async def show_tokens(request: web.Request) -> web.Response:
    """Show the user's tokens by name."""
    return await _tokens_page(request)


async def _tokens_page(
    request: web.Request, status: int = HTTPStatus.OK, *, token: str = "", error: str = ""
) -> web.Response:
    parts = parts_of(request)
    async with parts.transactions.begin() as connection:
        tokens = await list_access_tokens(connection, user_of(request).id, parts.clock())
    return await page(request, "access_tokens.html", status, tokens=tokens, token=token, error=error)


async def make(request: web.Request) -> web.Response:
    """Make a token; the page that answers is the only one that ever shows it."""
    (name,) = await text_fields(request, "name")
    parts = parts_of(request)
    try:
        async with parts.transactions.begin() as connection:
            token = await make_access_token(connection, user_of(request).id, name, parts.clock())
    except AccessError as refused:
        return await _tokens_page(
            request, HTTPStatus.UNPROCESSABLE_ENTITY, error=message_of(request, refused)
        )
    return await _tokens_page(request, token=token)


async def take_back(request: web.Request) -> web.Response:
    """End a token; the program that uses it is out at its next request."""
    async with parts_of(request).transactions.begin() as connection:
        ended = await take_back_token(connection, user_of(request).id, int(request.match_info["token_id"]))
    if not ended:
        raise web.HTTPNotFound
    return await done(request, PATH, text_of(request, "The token is taken back."))


ROUTES = (
    Route(method="GET", path=PATH, handler=show_tokens),
    Route(method="POST", path=PATH, handler=make),
    Route(method="POST", path=PATH + r"/{token_id:\d{1,18}}/end", handler=take_back),
)
