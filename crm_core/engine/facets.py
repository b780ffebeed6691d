"""What hangs on a record of any entity: notes, and the timeline of all that happened to it.

Whoever sees a record sees what hangs on it, and nobody else does: every function takes a `Record`, which only
`access_record` and lists give.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from crm_core.access.connection import Connection
from crm_core.engine.errors import VerbRefused
from crm_core.engine.fields import LongText
from crm_core.engine.history import RecordChange, changes_of
from crm_core.engine.records import new_record_id
from crm_core.engine.rights import Record
from crm_core.engine.viewer import Viewer

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


async def timeline_of(
    connection: Connection, viewer: Viewer, record: Record, *, limit: int = 200
) -> list[Note | RecordChange]:
    """Notes and changes together, newest first, without the fields hidden from the viewer."""
    # Of many changes the newest are wanted, and versions number them.
    changes = await changes_of(
        connection, viewer, record, after_version=max(0, record.version - limit), limit=limit
    )
    items: list[Note | RecordChange] = [*await notes_on(connection, record, limit=limit), *changes]
    return sorted(items, key=lambda item: item.at, reverse=True)[:limit]
