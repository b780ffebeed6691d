"""One line in the log for each request: what kind, how it ended, how long it took; nobody's name or address.

The page is named by its route (`/administration/users/{user_id}/disable`), never by its path or query,
since a path may hold a secret and a query what somebody searched for.
"""

import logging
import secrets
import time

from aiohttp import web
from aiohttp.typedefs import Handler

from agent_console.parts import PROGRAM, REQUEST_ID, SESSION

LOG = logging.getLogger("paceline.web")
REQUEST_ID_BYTES = 6
MILLISECONDS = 1000.0


@web.middleware
async def log_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id, which error pages show, and write its line."""
    request[REQUEST_ID] = secrets.token_hex(REQUEST_ID_BYTES)
    began = time.perf_counter()
    response = await handler(request)
    resource = request.match_info.route.resource
    session, program = request.get(SESSION), request.get(PROGRAM)
    user = program or (session.user if session is not None else None)
    LOG.info(
        "request",
        extra={
            "request_id": request[REQUEST_ID],
            "method": request.method,
            "route": resource.canonical if resource is not None else "none",
            "status": response.status,
            "milliseconds": round((time.perf_counter() - began) * MILLISECONDS, 1),
            "user_id": user.id if user is not None else None,
        },
    )
    return response
