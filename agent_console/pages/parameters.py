"""Figures of the house and its upkeep, as administrators set and run them."""

from http import HTTPStatus

from aiohttp import web

from agent_console.doorkeeper import Access, Route
from agent_console.forms import message_of, text_fields
from agent_console.parts import parts_of, user_of
from agent_console.rendering import done, page, text_of
from crm_core.access.errors import AccessError, ParameterUnusable
from crm_core.access.parameters import PARAMETERS, read_parameters, set_parameter
from crm_core.access.tidying import tidy_up

PATH = "/administration/parameters"
ONE = PATH + "/{name:[a-z_]{1,40}}"
DIGITS_MAX = 9


async def show_parameters(request: web.Request) -> web.Response:
    """Show every figure with what it does."""
    return await _parameters_page(request)


async def change(request: web.Request) -> web.Response:
    """Set a figure; the notice gives the old one back."""
    (text,) = await text_fields(request, "value")
    return await _set(request, text.strip())


async def give_back(request: web.Request) -> web.Response:
    """Set a figure to what it was."""
    return await _set(request, request.match_info["value"])


async def maintain(request: web.Request) -> web.Response:
    """Tidy up, and say what went."""
    parts = parts_of(request)
    async with parts.transactions.begin() as connection:
        deleted = await tidy_up(connection, user_of(request).id, parts.clock())
    text = text_of(
        request,
        "Tidied up: {sessions} sessions, {links} links, {attempts} attempts to sign in, {imports} files.",
        **deleted,
    )
    return await done(request, PATH, text)


async def _set(request: web.Request, text: str) -> web.Response:
    name, parts = request.match_info["name"], parts_of(request)
    try:
        if not (text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX):
            raise ParameterUnusable("expected a whole number")
        async with parts.transactions.begin() as connection:
            before = await set_parameter(connection, user_of(request).id, name, int(text), parts.clock())
    except AccessError as error:
        if name not in PARAMETERS:
            raise web.HTTPNotFound from None
        return await _parameters_page(request, name, text, message_of(request, error))
    return await done(request, PATH, text_of(request, "The changes are kept."), f"{PATH}/{name}/{before}")


async def _parameters_page(
    request: web.Request, wrong: str = "", entered: str = "", error: str = ""
) -> web.Response:
    async with parts_of(request).transactions.begin() as connection:
        values: dict[str, object] = dict(await read_parameters(connection))
    if wrong:
        values[wrong] = entered
    return await page(
        request,
        "parameters.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
        parameters=list(PARAMETERS.values()),
        values=values,
        errors={wrong: error} if error else {},
    )


ROUTES = tuple(
    Route(method=method, path=path, handler=handler, access=Access.ADMINISTRATOR)
    for method, path, handler in (
        ("GET", PATH, show_parameters),
        ("POST", ONE, change),
        ("POST", ONE + r"/{value:\d{1,9}}", give_back),
        ("POST", "/administration/maintenance", maintain),
    )
)
