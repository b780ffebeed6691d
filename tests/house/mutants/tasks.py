"""Faults planted in the board and the notices of tasks."""

from tests.house.mutants.mutant import Mutant

NOTICES = "tests/integration/test_task_notices.py"
MUTANTS = (
    Mutant(
        name="tasks: what was seen is told again",
        catches=f"{NOTICES}::test_late_task_is_told_to_its_owner_once_and_anew_with_a_new_time",
        path="crm_core/tasks/notices.py",
        before=", due <= _instant(until), ~seen)",
        after=", due <= _instant(until), seen | ~seen)",
    ),
    Mutant(
        name="tasks: a new due time is not told",
        catches=f"{NOTICES}::test_late_task_is_told_to_its_owner_once_and_anew_with_a_new_time",
        path="crm_core/tasks/notices.py",
        before="            SEEN.c.due_at == due,\n",
        after="",
    ),
    Mutant(
        name="tasks: leaders hear of a task as soon as it is late",
        catches=f"{NOTICES}::test_task_that_is_late_for_long_is_told_to_who_leads_its_team",
        path="crm_core/tasks/notices.py",
        before="now - timedelta(hours=hours))",
        after="now)",
    ),
    Mutant(
        name="tasks: a reminder is shown to everybody who may see it",
        catches=f"{NOTICES}::test_reminder_comes_at_its_time_and_again_when_it_is_put_off",
        path="crm_core/tasks/notices.py",
        before="            columns.owner_id == viewer.user_id,\n",
        after="",
    ),
    Mutant(
        name="tasks: what is late hides reminders",
        catches=f"{NOTICES}::test_reminder_is_told_before_whatever_is_late",
        path="crm_core/tasks/notices.py",
        before="one.kind is not NoticeKind.REMINDER, ",
        after="",
    ),
    Mutant(
        name="tasks: boards show what is done",
        catches=f"{NOTICES}::test_board_puts_tasks_where_their_due_time_belongs",
        path="crm_core/tasks/board.py",
        before="    yield is_any_of(columns.state, sorted(OPEN_STATES), Text())\n",
        after="",
    ),
)
