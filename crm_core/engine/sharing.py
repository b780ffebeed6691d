"""Sharing one record with a colleague: to read or to edit, until it is ended.

Whoever may edit a record by his own right shares it; whoever only has it shared does not pass it on.
What is a part of the record, such as the contacts of a case, goes with it.
No share is forgotten: those that ended stay on file.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from crm_core.access.connection import Connection
from crm_core.engine.declaration import Entity
from crm_core.engine.errors import RecordAbsent, UnusableValue, VerbRefused
from crm_core.engine.history import tell
from crm_core.engine.rights import Record, access_record, visible_to
from crm_core.engine.scopes import Verb
from crm_core.engine.statements import fetch_row
from crm_core.engine.viewer import Viewer

LEVELS = ("read", "edit")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldShare:
    """Somebody who has a record that is not his, now or once."""

    id: int
    user_id: int
    level: str  # out of LEVELS
    shared_by: int
    shared_at: datetime
    ended_at: datetime | None  # None: he has it now


async def may_share(connection: Connection, viewer: Viewer, record: Record) -> bool:
    """Whether somebody may give a record to others: he edits it by right, not as something shared."""
    key, by_right = record.entity.table.c.id, visible_to(viewer, record.entity, Verb.EDIT, with_shares=False)
    found = select(key).where(key == bindparam(None, record.id, Uuid()), by_right)
    return await fetch_row(connection, found) is not None


async def shares_of(connection: Connection, record: Record) -> list[HeldShare]:
    """Who has a record that the viewer sees, those who have it now first, then the newest."""
    rows = await connection.fetch(
        """select id, user_id, level, shared_by, shared_at, ended_at from crm.record_share
        where entity = $1 and record_id = $2 order by ended_at is not null, id desc limit 200""",
        record.entity.name,
        record.id,
    )
    return [HeldShare(**row) for row in rows]


async def share_record(
    connection: Connection,
    viewer: Viewer,
    entity: Entity,
    record_id: UUID,
    user_id: int,
    level: str,
    now: datetime,
) -> int:
    """Let a colleague have a record on a level, whatever he had before; gives the id of the share.

    Raises:
        RecordAbsent: there is no such record that he may see.
        VerbRefused: he may not give it to others.
        UnusableValue: nobody such can be given it, or there is no such level.
    """
    record = await _shareable(connection, viewer, entity, record_id)
    active = "select roles from crm.users where id = $1 and is_active for share"
    if await connection.fetchrow(active, user_id) is None:
        raise UnusableValue("choose a colleague")
    if user_id == viewer.user_id or level not in LEVELS:
        raise UnusableValue("choose a colleague, and what he may do")
    await _end(connection, viewer, record, "user_id", user_id, now)
    share_id = await connection.fetchval(
        """insert into crm.record_share (entity, record_id, user_id, level, shared_by, shared_at)
        values ($1, $2, $3, $4, $5, $6) returning id""",
        entity.name,
        record_id,
        user_id,
        level,
        viewer.user_id,
        now,
    )
    await tell(connection, viewer, entity, record_id, "shared", {"shared_with": user_id, "level": level}, now)
    assert isinstance(share_id, int)
    return share_id


async def end_share(
    connection: Connection, viewer: Viewer, entity: Entity, record_id: UUID, share_id: int, now: datetime
) -> None:
    """Take a record back from a colleague; he may also give it back himself.

    Raises:
        RecordAbsent: there is no such record that he may see, or no such share of it that holds.
        VerbRefused: he may not.
    """
    record = await access_record(connection, viewer, entity, record_id)
    held = [one.user_id for one in await shares_of(connection, record) if one.id == share_id]
    if viewer.is_read_only or (
        viewer.user_id not in held and not await may_share(connection, viewer, record)
    ):
        raise VerbRefused("you may see this record, and not share it")
    if not await _end(connection, viewer, record, "id", share_id, now):
        raise RecordAbsent("it is not shared so")


async def restore_share(
    connection: Connection, viewer: Viewer, entity: Entity, record_id: UUID, share_id: int, now: datetime
) -> None:
    """Give a record again as it was shared before that ended.

    Raises:
        RecordAbsent: there is no such record that he may see, or no such share of it.
        VerbRefused: he may not share it.
        UnusableValue: whoever had it is no longer here.
    """
    record = await _shareable(connection, viewer, entity, record_id)
    ended = [one for one in await shares_of(connection, record) if one.id == share_id and one.ended_at]
    if not ended:
        raise RecordAbsent("it is not shared so")
    await share_record(connection, viewer, entity, record_id, ended[0].user_id, ended[0].level, now)


async def _shareable(connection: Connection, viewer: Viewer, entity: Entity, record_id: UUID) -> Record:
    record = await access_record(connection, viewer, entity, record_id)
    if not await may_share(connection, viewer, record):
        raise VerbRefused("you may see this record, and not share it")
    return record


async def _end(
    connection: Connection, viewer: Viewer, record: Record, column: str, value: int, now: datetime
) -> bool:
    """End the share of a record with a user or an id (`column` is a literal of ours), if one holds."""
    user_id = await connection.fetchval(
        f"""update crm.record_share set ended_at = $4, ended_by = $5
        where entity = $1 and record_id = $2 and {column} = $3 and ended_at is null returning user_id""",
        record.entity.name,
        record.id,
        value,
        now,
        viewer.user_id,
    )
    if user_id is None:
        return False
    payload = {"shared_with": user_id}
    await tell(connection, viewer, record.entity, record.id, "share_ended", payload, now)
    return True
