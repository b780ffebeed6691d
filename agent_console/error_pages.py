"""What somebody sees when something is refused or goes wrong: what it was, what to do, and an id to tell us.

This is the web server's edge: the one place that may catch everything. It logs where the fault was, without
what the fault says, since that may quote somebody's data, and ends that one request.
"""

import logging
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from agent_console.errors import DatabaseAway
from agent_console.navigation import N_
from agent_console.parts import REQUEST_ID, session_of
from agent_console.password_gate import GateCrowded
from agent_console.problems import problem
from agent_console.rendering import page, text_of, toast_header

LOG = logging.getLogger("paceline.web")
RETRY_SECONDS = "15"
PROGRAMS_PATH = "/api/"
TOLD_HEADERS = frozenset({"Allow", "WWW-Authenticate"})
"""What an error of aiohttp says in its headers, and a program needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a person is told about one kind of error."""

    title: str  # what happened
    advice: str  # what to do


EXPLANATIONS = {
    400: Explanation(
        title=N_("This request cannot be read"), advice=N_("Go back, reload the page and try again.")
    ),
    403: Explanation(
        title=N_("You may not do this"),
        advice=N_(
            "Ask an administrator for the right to it. If you came here by a form, reload it and try again."
        ),
    ),
    404: Explanation(
        title=N_("There is no such page"),
        advice=N_("Check the address, or press Ctrl+K and search for what you need."),
    ),
    401: Explanation(
        title=N_("Nobody is signed in"), advice=N_("Send an access token, or sign in with the browser.")
    ),
    405: Explanation(
        title=N_("This page does something else"), advice=N_("Go back and use the buttons of the page.")
    ),
    413: Explanation(
        title=N_("This is too much at once"), advice=N_("Send a smaller file or a shorter text.")
    ),
    429: Explanation(title=N_("Too many attempts"), advice=N_("Wait a quarter of an hour, then try again.")),
    500: Explanation(
        title=N_("Something went wrong on our side"),
        advice=N_(
            "Nothing that you entered was kept. Try again; if it happens again, tell an administrator the id."
        ),
    ),
    503: Explanation(
        title=N_("This is not available for a moment"),
        advice=N_("The database or the server is busy. The page tries again by itself when you reload it."),
    ),
}


OTHER_EYES = Explanation(
    title=N_("You are looking with somebody else’s eyes"),
    advice=N_("Nothing can be changed here so. Return to your own view first: the button is above."),
)


@web.middleware
async def show_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error into a page."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        return await error_page(request, error.status, error.headers)
    except (DatabaseAway, GateCrowded) as error:
        LOG.warning("not available: %s", type(error).__name__, extra={"request_id": request[REQUEST_ID]})
        return await error_page(request, HTTPStatus.SERVICE_UNAVAILABLE)
    except ConnectionResetError:  # who asked has gone
        raise
    except Exception as error:  # noqa: BLE001 - the server's edge: logged, and this one request ended
        places = [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
        LOG.error(
            "a page failed: %s",
            type(error).__name__,
            extra={"request_id": request[REQUEST_ID], "places": places},
        )
        return await error_page(request, HTTPStatus.INTERNAL_SERVER_ERROR)


async def error_page(
    request: web.Request, status: int, headers: Mapping[str, str] | None = None
) -> web.Response:
    """The page of one kind of error, or what a program or a part of a page gets in its place."""
    explanation = EXPLANATIONS.get(status, EXPLANATIONS[400 if status < 500 else 500])
    session = session_of(request)
    if status == HTTPStatus.FORBIDDEN and session is not None and session.seen_as is not None:
        explanation = OTHER_EYES
    title, advice = text_of(request, explanation.title), text_of(request, explanation.advice)
    if request.path.startswith(PROGRAMS_PATH):
        told = {name: text for name, text in (headers or {}).items() if name in TOLD_HEADERS}
        answer = problem(status, f"{title}. {advice}", headers=told, error_id=request[REQUEST_ID])
    elif "HX-Request" in request.headers:
        answer = web.Response(status=status, headers=toast_header(f"{title}. {advice}"))
    elif (
        "text/html" not in request.headers.get("Accept", "text/html")
        and "*/*" not in request.headers["Accept"]
    ):
        answer = web.json_response(
            {"error_id": request[REQUEST_ID], "status": status, "message": f"{title}. {advice}"},
            status=status,
        )
    else:
        answer = await page(
            request,
            "error.html",
            status,
            title=title,
            advice=advice,
            code=status,
            error_id=request[REQUEST_ID],
        )
    if status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        answer.headers["Retry-After"] = RETRY_SECONDS
    return answer
