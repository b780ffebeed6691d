"""What a user is told of by himself: reminders that are due, tasks that became late, late tasks of his team.

A notice stands until it is dealt with, so that nobody misses one who was signed out when it came. What was
seen is kept by task, user and due time: each is told once, however many pages are open, and anew with a new
due time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    bindparam,
    column,
    exists,
    literal,
    select,
    table,
)

from crm_core.access.connection import Connection
from crm_core.access.parameters import ESCALATION_HOURS, read_parameter
from crm_core.engine.declaration import REGISTRY
from crm_core.engine.errors import VerbRefused
from crm_core.engine.field import is_any_of
from crm_core.engine.records import change_record
from crm_core.engine.rights import Record, access_record, may_see, record_of, visible_to
from crm_core.engine.statements import fetch
from crm_core.engine.viewer import Viewer
from crm_core.tasks.board import TASK, is_open

REMINDER = REGISTRY.get("reminder")
NOTICES_MAX = 20  # of each kind
SEEN = table(
    "seen_notice", column("user_id"), column("kind"), column("task_id"), column("due_at"), schema="crm"
)


class NoticeKind(Enum):
    """Why a user is told of a task."""

    REMINDER = "reminder"  # he asked to be
    LATE = "late"  # his own task is due since then
    ESCALATED = "escalated"  # a task of a team that he leads is late for long


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to tell."""

    kind: NoticeKind
    at: datetime  # since when it is to be told
    task: Record
    reminder_id: UUID | None = None  # of a reminder


async def notices_for(connection: Connection, viewer: Viewer, now: datetime) -> list[Notice]:
    """What is to be told to the viewer: reminders, then what is late, the oldest first of each.

    Nobody is told in another's place.
    """
    if viewer.is_read_only or not may_see(viewer, TASK, TASK.fields["due_at"]):
        return []
    found = await _reminders(connection, viewer, now)
    mine = TASK.table.c.owner_id == viewer.user_id
    found += await _late(connection, viewer, NoticeKind.LATE, mine, now)
    if viewer.team_ids and "supervisor" in viewer.roles:
        hours = await read_parameter(connection, ESCALATION_HOURS)
        ours = is_any_of(TASK.table.c.team_id, sorted(viewer.team_ids), BigInteger()) & ~mine
        found += await _late(connection, viewer, NoticeKind.ESCALATED, ours, now - timedelta(hours=hours))
    return sorted(found, key=lambda one: (one.kind is not NoticeKind.REMINDER, one.at))


async def see_notice(
    connection: Connection, viewer: Viewer, kind: NoticeKind, task_id: UUID, now: datetime
) -> None:
    """Take a notice of a late task as seen: it comes again only if the task gets another due time.

    Raises:
        RecordAbsent: there is no such task for the viewer.
    """
    task = await _told_task(connection, viewer, task_id)
    await connection.execute(
        """insert into crm.seen_notice (user_id, kind, task_id, due_at, seen_at) values ($1, $2, $3, $4, $5)
        on conflict do nothing""",
        viewer.user_id,
        kind.value,
        task.id,
        task.values["due_at"] or now,
        now,
    )


async def end_reminder(connection: Connection, viewer: Viewer, reminder_id: UUID, now: datetime) -> None:
    """Take a reminder as done.

    Raises:
        RecordAbsent: there is no such reminder for the viewer.
        VerbRefused: it is not his.
    """
    await change_record(connection, viewer, REMINDER, reminder_id, {"state": "done"}, now)


async def snooze_reminder(
    connection: Connection, viewer: Viewer, reminder_id: UUID, until: datetime, now: datetime
) -> None:
    """Let a reminder come again later.

    Raises:
        RecordAbsent: there is no such reminder for the viewer.
        VerbRefused: it is not his.
    """
    later = {"state": "snoozed", "at": until.isoformat()}
    await change_record(connection, viewer, REMINDER, reminder_id, later, now)


async def _told_task(connection: Connection, viewer: Viewer, task_id: UUID) -> Record:
    if viewer.is_read_only:
        raise VerbRefused("who looks with another's eyes writes nothing")
    return await access_record(connection, viewer, TASK, task_id)


async def _reminders(connection: Connection, viewer: Viewer, now: datetime) -> list[Notice]:
    columns = REMINDER.table.c
    rows = await fetch(
        connection,
        select(TASK.table, columns.id.label("reminder_id"), columns.at.label("reminder_at"))
        .join(REMINDER.table, columns.task_id == TASK.table.c.id)
        .where(
            visible_to(viewer, REMINDER),
            *is_open(viewer),
            columns.owner_id == viewer.user_id,
            columns.deleted_at.is_(None),
            columns.state != "done",
            columns.at <= _instant(now),
        )
        .order_by(columns.at, columns.id)
        .limit(NOTICES_MAX),
    )
    return [
        Notice(
            kind=NoticeKind.REMINDER,
            at=row["reminder_at"],
            task=record_of(viewer, TASK, dict(row)),
            reminder_id=row["reminder_id"],
        )
        for row in rows
    ]


async def _late(
    connection: Connection, viewer: Viewer, kind: NoticeKind, whose: ColumnElement[bool], until: datetime
) -> list[Notice]:
    due = TASK.table.c.due_at
    seen = exists(
        select(literal(1))
        .select_from(SEEN)
        .where(
            SEEN.c.user_id == viewer.user_id,
            SEEN.c.kind == kind.value,
            SEEN.c.task_id == TASK.table.c.id,
            SEEN.c.due_at == due,
        )
    )
    rows = await fetch(
        connection,
        select(TASK.table)
        .where(*is_open(viewer), whose, due <= _instant(until), ~seen)
        .order_by(due, TASK.table.c.id)
        .limit(NOTICES_MAX),
    )
    return [Notice(kind=kind, at=row["due_at"], task=record_of(viewer, TASK, dict(row))) for row in rows]


def _instant(instant: datetime) -> ColumnElement[datetime]:
    return bindparam(None, instant, DateTime(timezone=True))
