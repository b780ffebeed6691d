"""What every page of records does first: find the entity that is named, and who looks, in one transaction."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import wraps
from uuid import UUID

from aiohttp import web

from agent_console.parts import LENT, LentConnection, parts_of
from agent_console.perspective import viewer_of
from crm_core.access.connection import Connection
from crm_core.engine.custom_fields import with_custom_fields
from crm_core.engine.declaration import Entity, Registry
from crm_core.engine.errors import RecordAbsent, VerbRefused
from crm_core.engine.viewer import Viewer

PATH = "/records"
UUID_TEXT = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NUMBER = "[0-9]{1,18}"

Page = Callable[[web.Request, Connection, Viewer, Entity], Awaitable[web.StreamResponse]]
"""A page of any entity: what is asked, in which transaction, by whom, about what."""


@asynccontextmanager
async def looked_at(request: web.Request) -> AsyncIterator[tuple[Connection, Viewer]]:
    """The transaction of a request and who looks; what is refused becomes the error page of its kind."""
    parts = parts_of(request)
    try:
        async with parts.transactions.begin() as connection:
            request[LENT] = LentConnection(connection)
            yield connection, await viewer_of(request, connection)
    except RecordAbsent:
        raise web.HTTPNotFound from None
    except VerbRefused:
        raise web.HTTPForbidden from None
    finally:
        request.pop(LENT, None)


def on_entity(registry: Registry, page: Page) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A handler around a page of whichever entity the address names."""

    @wraps(page)
    async def handle(request: web.Request) -> web.StreamResponse:
        entity = registry.find(request.match_info["entity"])
        if entity is None:
            raise web.HTTPNotFound
        async with looked_at(request) as (connection, viewer):
            return await page(request, connection, viewer, await with_custom_fields(connection, entity))

    return handle


def record_id_of(request: web.Request) -> UUID:
    """The record that an address names."""
    return UUID(request.match_info["record_id"])


def list_path(entity: Entity) -> str:
    """Address of an entity's list."""
    return f"{PATH}/{entity.name}"


def record_path(entity: Entity, record_id: UUID) -> str:
    """Address of a record."""
    return f"{list_path(entity)}/{record_id}"
