"""What makes an open page of a record follow the record: a short question, asked again every two seconds.

The answer says when the page was looked at last, and whether something has changed since it was made; only
then does the browser fetch the page anew, and puts its facts and its timeline in place of the old ones.
"""

import hashlib
from dataclasses import dataclass

from aiohttp import web
from babel import Locale
from babel.dates import format_time
from sqlalchemy import Text, Uuid, bindparam, func, literal, or_, select, union_all

from agent_console.parts import parts_of
from agent_console.records.doors import record_id_of, record_path
from agent_console.rendering import fragment, locale_of
from crm_core.access.connection import Connection
from crm_core.engine.declaration import Entity
from crm_core.engine.rights import Record, access_record, visible_to
from crm_core.engine.statements import fetch
from crm_core.engine.viewer import Viewer

CHANGED = {"HX-Trigger": "paceline:record-changed"}
NEWEST_NOTE = "select id::text from crm.note where entity = $1 and record_id = $2 order by at desc limit 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """Of which moment a page is, and how the browser asks whether it still holds."""

    state: str  # another one once anything on the page is
    at: str  # time of day, as the reader's language has it
    news_path: str
    page_path: str  # with what was asked of the timeline


async def show_news(
    request: web.Request, connection: Connection, viewer: Viewer, entity: Entity
) -> web.Response:
    """Say how fresh the page is; a header tells the browser that it is not."""
    record = await access_record(connection, viewer, entity, record_id_of(request))
    fresh = await freshness_of(request, connection, viewer, record)
    answer = fragment(request, "records/freshness.html", fresh=fresh)
    if request.query.get("seen", "") != fresh.state:
        answer.headers.update(CHANGED)
    return answer


async def freshness_of(
    request: web.Request, connection: Connection, viewer: Viewer, record: Record
) -> Freshness:
    """How fresh the page of a record is that is made now."""
    local = parts_of(request).clock().astimezone()
    return Freshness(
        state=await state_of(connection, viewer, record),
        at=format_time(local, "medium", tzinfo=local.tzinfo, locale=Locale.parse(locale_of(request))),
        news_path=f"{record_path(record.entity, record.id)}/news",
        page_path=request.path_qs,
    )


async def state_of(connection: Connection, viewer: Viewer, record: Record) -> str:
    """A text that is another one once anything on the record's page is, as far as the viewer sees it."""
    parts: list[object] = [record.version]
    parts.append(await connection.fetchval(NEWEST_NOTE, record.entity.name, record.id))
    others = []
    for other in record.entity.registry:
        columns = other.table.c
        links = [
            columns[link.column_name()] == bindparam(None, record.id, Uuid())
            for link in other.links_to(record.entity.name)
        ]
        if links:
            # Deleted ones count as well: deleting is a change.
            seen = (or_(*links), visible_to(viewer, other))
            name = literal(other.name, Text()).label("name")
            others.append(select(name, func.max(columns.changed_at), func.count()).where(*seen))
    if others:
        parts += sorted(tuple(row) for row in await fetch(connection, union_all(*others)))
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
