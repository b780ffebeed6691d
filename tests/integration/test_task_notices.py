"""The board and notices of tasks: whom they tell of what, and how often."""

from datetime import UTC, datetime, timedelta

import pytest

import app.entities  # noqa: F401 - declaring is all that it does
from crm_core.access.connection import Connection
from crm_core.access.parameters import ESCALATION_HOURS
from crm_core.engine.errors import RecordAbsent, VerbRefused
from crm_core.engine.records import change_record, create_record
from crm_core.engine.rights import Record
from crm_core.engine.viewer import FieldException, Viewer
from crm_core.tasks.board import TASK, Span, Whose, read_board
from crm_core.tasks.notices import (
    REMINDER,
    NoticeKind,
    end_reminder,
    notices_for,
    see_notice,
    snooze_reminder,
)
from tests.integration.entity_world import connection, entity_database

__all__ = ["connection", "entity_database"]

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LONG_AGO = NOW - timedelta(hours=ESCALATION_HOURS.default, minutes=1)
ADMINISTRATOR = Viewer(user_id=1, roles=frozenset(["administrator"]))
WORKER = Viewer(user_id=2, roles=frozenset(["agent"]), team_id=2, team_ids=frozenset([2]))
COLLEAGUE = Viewer(user_id=3, roles=frozenset(["agent"]), team_id=2, team_ids=frozenset([2]))
LEADER = Viewer(user_id=4, roles=frozenset(["supervisor"]), team_id=1, team_ids=frozenset([1, 2]))
STRANGER = Viewer(user_id=5, roles=frozenset(["supervisor"]), team_id=3, team_ids=frozenset([3]))


async def task_of(
    connection: Connection, viewer: Viewer, title: str, due: datetime | None, **more: object
) -> Record:
    """A task of a viewer and his team."""
    raw = {
        "title": title,
        "due_at": due.isoformat() if due else None,
        "owner": viewer.user_id,
        "team": viewer.team_id,
        **more,
    }
    return await create_record(connection, ADMINISTRATOR, TASK, raw, NOW - timedelta(days=9))


async def told(connection: Connection, viewer: Viewer, now: datetime = NOW) -> list[tuple[str, str]]:
    """What a viewer is told: kinds and titles."""
    return [(one.kind.value, one.task.title()) for one in await notices_for(connection, viewer, now)]


async def test_board_puts_tasks_where_their_due_time_belongs(connection: Connection) -> None:
    """Late, today until midnight, later, undated; what is done and what one may not see is on none."""
    midnight = NOW.replace(hour=0) + timedelta(days=1)
    for title, due in (
        ("late", NOW - timedelta(seconds=1)),
        ("now", NOW),
        ("tonight", midnight - timedelta(seconds=1)),
        ("tomorrow", midnight),
        ("some day", None),
    ):
        await task_of(connection, WORKER, title, due)
    await task_of(connection, WORKER, "done", NOW, state="done")
    await task_of(connection, COLLEAGUE, "colleague's", None)
    await task_of(connection, STRANGER, "stranger's", None)
    board = await read_board(connection, WORKER, Whose.MINE, NOW)
    assert {span: [one.title() for one in tasks] for span, tasks in board.tasks.items()} == {
        Span.LATE: ["late"],
        Span.TODAY: ["now", "tonight"],
        Span.LATER: ["tomorrow"],
        Span.UNDATED: ["some day"],
    }
    wider = await read_board(connection, WORKER, Whose.ALL, NOW)
    assert {one.title() for one in wider.tasks[Span.UNDATED]} == {"some day", "colleague's"}
    assert wider.counts[Span.UNDATED] == 2
    hidden = FieldException(entity="task", field="due_at", is_seen=False)
    blind = Viewer(user_id=2, roles=frozenset(["agent"]), field_exceptions=(hidden,))
    assert not any((await read_board(connection, blind, Whose.MINE, NOW)).tasks.values())
    assert await told(connection, blind) == []


async def test_late_task_is_told_to_its_owner_once_and_anew_with_a_new_time(connection: Connection) -> None:
    """Nobody else hears of it; what was seen is not told again, however often a page asks."""
    task = await task_of(connection, WORKER, "offer", NOW - timedelta(minutes=1))
    assert await told(connection, WORKER, NOW - timedelta(minutes=2)) == []
    assert await told(connection, WORKER) == [("late", "offer")] == await told(connection, WORKER)
    assert await told(connection, COLLEAGUE) == []
    for _ in range(2):
        await see_notice(connection, WORKER, NoticeKind.LATE, task.id, NOW)
    assert await told(connection, WORKER) == []
    moved = {"due_at": (NOW + timedelta(hours=1)).isoformat()}
    await change_record(connection, WORKER, TASK, task.id, moved, NOW)
    assert await told(connection, WORKER) == []
    assert await told(connection, WORKER, NOW + timedelta(hours=1)) == [("late", "offer")]
    await change_record(connection, WORKER, TASK, task.id, {"state": "done"}, NOW)
    assert await told(connection, WORKER, NOW + timedelta(hours=1)) == []


async def test_task_that_is_late_for_long_is_told_to_who_leads_its_team(connection: Connection) -> None:
    """After a day, to the supervisor of the team or of one above it, beside its owner; once each."""
    task = await task_of(connection, WORKER, "claim", LONG_AGO)
    await task_of(connection, WORKER, "fresh", NOW - timedelta(hours=1))
    assert await told(connection, LEADER) == [("escalated", "claim")]
    assert await told(connection, STRANGER) == []
    assert ("late", "claim") in await told(connection, WORKER)
    await see_notice(connection, LEADER, NoticeKind.ESCALATED, task.id, NOW)
    assert await told(connection, LEADER) == []
    assert ("late", "claim") in await told(connection, WORKER)
    with pytest.raises(RecordAbsent):
        await see_notice(connection, STRANGER, NoticeKind.ESCALATED, task.id, NOW)


async def test_reminder_comes_at_its_time_and_again_when_it_is_put_off(connection: Connection) -> None:
    """To him who asked for it alone, until he has dealt with it or the task is done."""
    task = await task_of(connection, WORKER, "notary", NOW + timedelta(days=1))
    raw = {"task": task.id, "at": NOW.isoformat(), "owner": WORKER.user_id}
    reminder = await create_record(connection, WORKER, REMINDER, raw, NOW)
    assert await told(connection, WORKER, NOW - timedelta(seconds=1)) == []
    assert await told(connection, WORKER) == [("reminder", "notary")]
    assert await told(connection, COLLEAGUE) == [] == await told(connection, LEADER)
    later = NOW + timedelta(minutes=10)
    await snooze_reminder(connection, WORKER, reminder.id, later, NOW)
    assert await told(connection, WORKER) == []
    assert await told(connection, WORKER, later) == [("reminder", "notary")]
    with pytest.raises((RecordAbsent, VerbRefused)):
        await end_reminder(connection, COLLEAGUE, reminder.id, NOW)
    await end_reminder(connection, WORKER, reminder.id, NOW)
    assert await told(connection, WORKER, later) == []


async def test_reminder_is_told_before_whatever_is_late(connection: Connection) -> None:
    """However many tasks are late for longer: it was asked for, and its minute has come."""
    for number in range(30):
        await task_of(connection, WORKER, f"late {number}", NOW - timedelta(days=number + 1))
    task = await task_of(connection, WORKER, "notary", NOW + timedelta(days=1))
    raw = {"task": task.id, "at": NOW.isoformat(), "owner": WORKER.user_id}
    await create_record(connection, WORKER, REMINDER, raw, NOW)
    first, *others = await told(connection, WORKER)
    assert first == ("reminder", "notary")
    assert {kind for kind, _ in others} == {"late"}


async def test_onlooker_is_told_nothing_and_takes_nothing_away(connection: Connection) -> None:
    """Who looks with another's eyes does not answer for him."""
    task = await task_of(connection, WORKER, "offer", NOW - timedelta(minutes=1))
    onlooker = Viewer(user_id=2, roles=frozenset(["agent"]), is_read_only=True)
    assert await told(connection, onlooker) == []
    with pytest.raises(VerbRefused):
        await see_notice(connection, onlooker, NoticeKind.LATE, task.id, NOW)
