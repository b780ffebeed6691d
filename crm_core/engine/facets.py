"""What hangs on a record of any entity: notes, and the timeline of all that happened to it.

Whoever sees a record sees what hangs on it, and nobody else does: every function takes a `Record`, which only
`access_record` and lists give.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Uuid, bindparam, or_, select

from crm_core.access.connection import Connection
from crm_core.engine.errors import VerbRefused
from crm_core.engine.field import is_any_of
from crm_core.engine.fields import LongText
from crm_core.engine.records import new_record_id
from crm_core.engine.rights import Record, may_see, record_of, visible_to
from crm_core.engine.statements import fetch
from crm_core.engine.viewer import Viewer

BELOW_MAX = 200
NOTE = LongText(name="text", required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that a person wrote down about a record."""

    id: UUID
    at: datetime
    user_id: int | None  # who wrote it
    text: str


async def add_note(connection: Connection, viewer: Viewer, record: Record, text: str, now: datetime) -> Note:
    """Write a note on a record that the viewer sees.

    Raises:
        UnusableValue: the text is empty, too long or has control characters.
        VerbRefused: the viewer looks with another's eyes.
    """
    if viewer.is_read_only:
        raise VerbRefused("who looks with another's eyes writes nothing")
    note = Note(id=new_record_id(now), at=now, user_id=viewer.user_id, text=str(NOTE.clean(text)))
    await connection.execute(
        "insert into crm.note (id, entity, record_id, user_id, at, text) values ($1, $2, $3, $4, $5, $6)",
        note.id,
        record.entity.name,
        record.id,
        note.user_id,
        now,
        note.text,
    )
    return note


async def notes_on(connection: Connection, record: Record, *, limit: int = 200) -> list[Note]:
    """Notes on a record, newest first."""
    rows = await connection.fetch(
        """select id, at, user_id, text from crm.note where entity = $1 and record_id = $2
        order by at desc, id desc limit $3""",
        record.entity.name,
        record.id,
        limit,
    )
    return [Note(**row) for row in rows]


async def happenings_of(
    connection: Connection,
    viewer: Viewer,
    record: Record,
    *,
    before: datetime | None = None,
    limit: int = 200,
) -> list[Record]:
    """Records that stand on the timeline of a record and of those right under it, newest first.

    Which those are, declarations say (`timeline=`). Only what the viewer may see is among them.
    """
    ids = [record.id, *await _ids_below(connection, viewer, record)]
    found: dict[UUID, tuple[object, Record]] = {}
    for other in record.entity.registry:
        if other.timeline is None:
            continue
        field = other.fields[other.timeline[0]]
        columns = [other.table.c[link.column_name()] for link in other.links_to(record.entity.name)]
        if not columns or not may_see(viewer, other, field):
            continue
        at = field.column(other.table)
        statement = select(other.table).where(
            or_(*(is_any_of(column, ids, Uuid()) for column in columns)),
            other.table.c.deleted_at.is_(None),
            visible_to(viewer, other),
            *([at < bindparam(None, before, DateTime(timezone=True))] if before is not None else []),
        )
        for row in await fetch(connection, statement.order_by(at.desc(), other.table.c.id).limit(limit)):
            happened = record_of(viewer, other, dict(row))
            found[happened.id] = (happened.values[field.name], happened)
    newest = sorted(found.values(), key=lambda pair: str(pair[0]), reverse=True)
    return [happened for _, happened in newest[:limit]]


async def _ids_below(connection: Connection, viewer: Viewer, record: Record) -> list[UUID]:
    entity = record.entity
    if not entity.tree_field:
        return []
    table, above = entity.table, entity.fields[entity.tree_field]
    rows = await fetch(
        connection,
        select(table.c.id)
        .where(above.column(table) == record.id, table.c.deleted_at.is_(None), visible_to(viewer, entity))
        .limit(BELOW_MAX),
    )
    return [row["id"] for row in rows]
