"""What is to be done and by when: one's own tasks, or all that one may see of colleagues' tasks too."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import ColumnElement, Text, func, select, true

from crm_core.access.connection import Connection
from crm_core.engine.declaration import REGISTRY
from crm_core.engine.field import is_any_of
from crm_core.engine.rights import Record, may_see, record_of, visible_to
from crm_core.engine.statements import fetch
from crm_core.engine.viewer import Viewer
from crm_core.tasks.entities import OPEN_STATES

TASK = REGISTRY.get("task")
TASKS_MAX = 200  # of each span


class Whose(Enum):
    """Whose tasks a board shows."""

    MINE = "mine"
    ALL = "all"  # that the viewer may see


class Span(Enum):
    """When a task is due, as people say it."""

    LATE = "late"
    TODAY = "today"
    LATER = "later"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Tasks that are open, by when they are due, the most urgent first."""

    tasks: dict[Span, list[Record]]
    counts: dict[Span, int]  # of all, also of those that the board has no room for


async def read_board(connection: Connection, viewer: Viewer, whose: Whose, now: datetime) -> Board:
    """The board as it stands now; `now` has the time zone whose midnight ends the day."""
    if not may_see(viewer, TASK, TASK.fields["due_at"]):
        return Board(tasks={span: [] for span in Span}, counts=dict.fromkeys(Span, 0))
    ours = true() if whose is Whose.ALL else TASK.table.c.owner_id == viewer.user_id
    due = TASK.table.c.due_at
    tasks, counts = {}, {}
    for span, when in _spans(due, now):
        asked = (*is_open(viewer), ours, when)
        rows = await fetch(
            connection,
            select(TASK.table, func.count().over().label("all_count"))
            .where(*asked)
            .order_by(due, TASK.table.c.priority.desc().nulls_last(), TASK.table.c.id)
            .limit(TASKS_MAX),
        )
        tasks[span] = [record_of(viewer, TASK, dict(row)) for row in rows]
        counts[span] = rows[0]["all_count"] if rows else 0
    return Board(tasks=tasks, counts=counts)


def is_open(viewer: Viewer) -> Iterable[ColumnElement[bool]]:
    """Conditions of tasks that a viewer may see and that somebody has still to do."""
    columns = TASK.table.c
    yield visible_to(viewer, TASK)
    yield columns.deleted_at.is_(None)
    yield is_any_of(columns.state, sorted(OPEN_STATES), Text())


def _spans(due: ColumnElement[datetime], now: datetime) -> Iterable[tuple[Span, ColumnElement[bool]]]:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    yield Span.LATE, due < now
    yield Span.TODAY, (due >= now) & (due < midnight)
    yield Span.LATER, due >= midnight
    yield Span.UNDATED, due.is_(None)
