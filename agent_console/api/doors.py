"""What every address of the interface does first: find entity and viewer; and how refusals are told."""

from collections.abc import Awaitable, Callable
from functools import wraps
from http import HTTPStatus

from aiohttp import web

from agent_console.parts import parts_of
from agent_console.perspective import viewer_of
from agent_console.problems import problem
from crm_core.access.connection import Connection
from crm_core.engine.custom_fields import with_custom_fields
from crm_core.engine.declaration import Entity, Registry
from crm_core.engine.errors import (
    EngineError,
    ListRefused,
    RecordAbsent,
    RecordRefused,
    StaleEdit,
    UndoRefused,
    VerbRefused,
)
from crm_core.engine.viewer import Viewer

API_PATH = "/api/v1"

STATUSES: dict[type[EngineError], HTTPStatus] = {
    RecordAbsent: HTTPStatus.NOT_FOUND,
    VerbRefused: HTTPStatus.FORBIDDEN,
    ListRefused: HTTPStatus.BAD_REQUEST,
    UndoRefused: HTTPStatus.CONFLICT,
}

Answer = Callable[[web.Request, Connection, Viewer, Entity], Awaitable[web.Response]]
"""What an address of any entity answers: what is asked, in which transaction, by whom, about what."""


def on_entity(
    registry: Registry, entity_name: str, answer: Answer
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """A handler around an answer; what the engine refuses is undone and told as a problem."""

    @wraps(answer)
    async def handle(request: web.Request) -> web.Response:
        entity, parts = registry.get(entity_name), parts_of(request)
        try:
            async with parts.transactions.begin() as connection:
                viewer = await viewer_of(request, connection)
                whole = await with_custom_fields(connection, entity)
                return await answer(request, connection, viewer, whole)
        except EngineError as refused:
            return refusal(refused)

    return handle


def refusal(refused: EngineError) -> web.Response:
    """What the engine refused, for a program."""
    if isinstance(refused, RecordRefused):
        wrong = [{"field": one.field, "text": str(one)} for one in refused.problems]
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(refused), problems=wrong)
    if isinstance(refused, StaleEdit):
        differences = [
            {"field": one.field, "theirs": one.theirs, "yours": one.yours} for one in refused.differences
        ]
        return problem(HTTPStatus.CONFLICT, str(refused), version=refused.version, differences=differences)
    status = STATUSES.get(type(refused), HTTPStatus.UNPROCESSABLE_ENTITY)
    return problem(status, str(refused))
