"""With whose eyes a request looks: one's own, or a subordinate's, and then nothing can be changed."""

from aiohttp import web

from agent_console.doorkeeper import Route
from agent_console.forms import text_fields
from agent_console.parts import SESSION, parts_of, perspective_of, session_of
from agent_console.rendering import done, text_of
from agent_console.site import local_path
from crm_core.access.connection import Connection
from crm_core.access.errors import UnknownUser
from crm_core.access.perspectives import begin_perspective, end_perspective
from crm_core.engine.viewer import Viewer, get_viewer

PATH = "/perspective"
END_PATH = f"{PATH}/end"


async def viewer_of(request: web.Request, connection: Connection) -> Viewer:
    """The rights with which a request looks at records and changes them."""
    viewer = await get_viewer(connection, perspective_of(request).id, parts_of(request).clock())
    session = session_of(request)
    return viewer if session is None or session.seen_as is None else viewer.seen_as()


async def begin(request: web.Request) -> web.Response:
    """Look with a subordinate's eyes from now on."""
    session, parts = request[SESSION], parts_of(request)
    try:
        async with parts.transactions.begin() as connection:
            seen = await begin_perspective(
                connection, session.id, session.user.id, int(request.match_info["user_id"]), parts.clock()
            )
    except UnknownUser:
        raise web.HTTPNotFound from None
    return await done(request, "/", text_of(request, "You see what {name} sees.", name=seen.name))


async def end(request: web.Request) -> web.Response:
    """Look with one's own eyes again, at the page that was looked at."""
    session, parts = request[SESSION], parts_of(request)
    (wanted,) = await text_fields(request, "next")
    async with parts.transactions.begin() as connection:
        await end_perspective(connection, session.id, session.user.id, parts.clock())
    return await done(request, local_path(wanted, "/"), text_of(request, "You see your own view again."))


ROUTES = (
    Route(method="POST", path=f"{PATH}/{{user_id:[0-9]{{1,18}}}}", handler=begin),
    Route(method="POST", path=END_PATH, handler=end),
)
