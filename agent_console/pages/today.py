"""The page after signing in: what waits for this user, or what a newcomer does first."""

from aiohttp import web

from agent_console.doorkeeper import Route
from agent_console.parts import parts_of, user_of
from agent_console.rendering import page
from crm_core.access import users


async def show_today(request: web.Request) -> web.Response:
    """Show what is to be done."""
    async with parts_of(request).transactions.begin() as connection:
        user = await users.get_user(connection, user_of(request).id)
        is_alone = user_of(request).is_administrator and len(await users.list_users(connection, limit=2)) < 2
    return await page(request, "today.html", has_second_step=user.totp_secret is not None, is_alone=is_alone)


ROUTES = (Route(method="GET", path="/", handler=show_today),)
