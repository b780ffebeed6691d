"""The console as one aiohttp application, out of its parts and its pages."""

from collections.abc import Iterable

from aiohttp import web

from agent_console.doorkeeper import ACCESS, Access, Route, keep_door
from agent_console.error_pages import show_errors
from agent_console.navigation import ITEMS, NavigationItem, existing
from agent_console.pages import (
    about,
    access_tokens,
    account,
    delegations,
    find,
    notices,
    parameters,
    second_step_setting,
    set_up,
    sign_in,
    task_buttons,
    team_administration,
    today,
    user_administration,
    user_editing,
)
from agent_console.parts import PARTS, ConsoleParts
from agent_console.perspective import ROUTES as PERSPECTIVE_ROUTES
from agent_console.rendering import NAVIGATION
from agent_console.request_log import log_request
from agent_console.security_headers import add_headers

PAGES = (
    about,
    access_tokens,
    account,
    delegations,
    find,
    notices,
    parameters,
    second_step_setting,
    set_up,
    sign_in,
    task_buttons,
    team_administration,
    today,
    user_administration,
    user_editing,
)
REQUEST_BYTES_MAX = 512 * 1024  # forms; whoever takes files reads them as a stream


def build_application(
    parts: ConsoleParts, routes: Iterable[Route] = (), items: Iterable[NavigationItem] = ()
) -> web.Application:
    """The console with all its pages, and with further ones that somebody else brings."""
    application = web.Application(
        middlewares=[log_request, show_errors, keep_door], client_max_size=REQUEST_BYTES_MAX
    )
    application[PARTS] = parts
    own = [route for module in PAGES for route in module.ROUTES]
    access: dict[web.AbstractRoute, Access] = {}
    for route in (*own, *PERSPECTIVE_ROUTES, *routes):
        for added in _add(application, route):
            access[added] = route.access
    application[ACCESS] = access
    paths = [resource.canonical for resource in application.router.resources()]
    brought = tuple(items)  # whoever brings items brings their pages with them
    application[NAVIGATION] = existing((*ITEMS, *brought), [*paths, *(item.path for item in brought)])
    application.on_response_prepare.append(add_headers)
    return application


def _add(application: web.Application, route: Route) -> list[web.AbstractRoute]:
    added: list[web.AbstractRoute] = [application.router.add_route(route.method, route.path, route.handler)]
    if route.method == "GET":
        added.append(application.router.add_route("HEAD", route.path, route.handler))
    return added
