"""What runs here, whether it is well, and the files that pages are made of."""

from http import HTTPStatus

from aiohttp import web

from agent_console.assets import PREFIX
from agent_console.doorkeeper import Access, Route
from agent_console.errors import DatabaseAway
from agent_console.parts import parts_of
from agent_console.rendering import page

FOR_EVER = "public, max-age=31536000, immutable"


async def show_about(request: web.Request) -> web.Response:
    """Say which version this is, and what it stands on."""
    async with parts_of(request).transactions.begin() as connection:
        database = await connection.fetchval("show server_version")
        revision = await connection.fetchval("select version_num from alembic_version")
    return await page(request, "about.html", database=str(database), revision=str(revision))


async def show_health(request: web.Request) -> web.Response:
    """Tell whoever restarts or routes whether pages can be served."""
    try:
        async with parts_of(request).transactions.begin() as connection:
            await connection.fetchval("select 1")
    except DatabaseAway:
        return web.json_response(
            {"status": "unhealthy", "database": "away"}, status=HTTPStatus.SERVICE_UNAVAILABLE
        )
    return web.json_response({"status": "healthy", "database": "there"})


async def show_asset(request: web.Request) -> web.StreamResponse:
    """Give a built file; its name changes with its content, so a browser may keep it for ever."""
    path = parts_of(request).assets.file(request.match_info["name"])
    if path is None:
        raise web.HTTPNotFound
    return web.FileResponse(path, headers={"Cache-Control": FOR_EVER})


ROUTES = (
    Route(method="GET", path="/about", handler=show_about),
    Route(method="GET", path="/health", handler=show_health, access=Access.ANYBODY),
    Route(method="GET", path=PREFIX + "{name}", handler=show_asset, access=Access.ANYBODY),
)
