"""Standing in: what a user handed to colleagues for a period, and what was handed to him."""

from datetime import date, datetime, time, timedelta
from http import HTTPStatus

from aiohttp import web

from agent_console.doorkeeper import Route
from agent_console.forms import message_of, text_fields
from agent_console.navigation import N_
from agent_console.parts import parts_of, user_of
from agent_console.rendering import done, page, text_of
from crm_core.access.delegations import delegate, delegations_of, end_delegation, restore_delegation
from crm_core.access.errors import AccessError, UserUnusable
from crm_core.access.users import active_names

PATH = "/account/delegations"
ONE = PATH + r"/{delegation_id:\d{1,18}}"
LEVEL_LABELS = {"contribute": N_("may see and edit"), "lead": N_("may do all that you may")}
ID_DIGITS_MAX = 18
NOTHING = {"colleague": "", "level": "contribute", "first_day": "", "last_day": ""}


async def show_delegations(request: web.Request) -> web.Response:
    """Show what holds now or will hold, and the form for more."""
    return await _page(request)


async def _page(
    request: web.Request,
    status: int = HTTPStatus.OK,
    *,
    entered: dict[str, str] | None = None,
    error: str = "",
) -> web.Response:
    parts, user = parts_of(request), user_of(request)
    async with parts.transactions.begin() as connection:
        found = await delegations_of(connection, user.id, parts.clock())
        people = await active_names(connection)
    return await page(
        request,
        "delegations.html",
        status,
        given=[one for one in found if one.from_user_id == user.id],
        taken=[one for one in found if one.to_user_id == user.id],
        colleagues={number: name for number, name in people.items() if number != user.id},
        levels=LEVEL_LABELS,
        entered=entered or NOTHING,
        error=error,
    )


async def give(request: web.Request) -> web.Response:
    """Hand one's rights over from the first day's morning to the last day's midnight."""
    names = tuple(NOTHING)
    colleague, level, first, last = texts = await text_fields(request, *names)
    parts = parts_of(request)
    is_number = colleague.isascii() and colleague.isdigit() and len(colleague) <= ID_DIGITS_MAX
    try:
        begins_at, ends_at = _midnight(first), _midnight(last) + timedelta(days=1)
        async with parts.transactions.begin() as connection:
            made = await delegate(
                connection,
                user_of(request).id,
                int(colleague) if is_number else 0,
                level,
                begins_at,
                ends_at,
                parts.clock(),
            )
    except AccessError as refused:
        entered = dict(zip(names, texts, strict=True))
        error = message_of(request, refused)
        return await _page(request, HTTPStatus.UNPROCESSABLE_ENTITY, entered=entered, error=error)
    return await done(request, PATH, text_of(request, "It is handed over."), f"{PATH}/{made}/end")


def _midnight(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time()).astimezone()
    except (ValueError, OverflowError):
        raise UserUnusable("expected a first and a last day") from None


async def end(request: web.Request) -> web.Response:
    """End a delegation at once; who gave it may undo that."""
    parts, user, number = parts_of(request), user_of(request), int(request.match_info["delegation_id"])
    async with parts.transactions.begin() as connection:
        held = await delegations_of(connection, user.id, parts.clock())
        if not await end_delegation(connection, user.id, number, parts.clock()):
            raise web.HTTPNotFound
    is_giver = any(one.id == number and one.from_user_id == user.id for one in held)
    undo = f"{PATH}/{number}/restore" if is_giver else None
    return await done(request, PATH, text_of(request, "It is ended."), undo)


async def restore(request: web.Request) -> web.Response:
    """Hand over again what was ended."""
    parts, number = parts_of(request), int(request.match_info["delegation_id"])
    async with parts.transactions.begin() as connection:
        if not await restore_delegation(connection, user_of(request).id, number, parts.clock()):
            raise web.HTTPNotFound
    return await done(request, PATH, text_of(request, "It is handed over."))


ROUTES = (
    Route(method="GET", path=PATH, handler=show_delegations),
    Route(method="POST", path=PATH, handler=give),
    Route(method="POST", path=f"{ONE}/end", handler=end),
    Route(method="POST", path=f"{ONE}/restore", handler=restore),
)
