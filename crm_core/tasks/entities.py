"""Declarations of tasks, the work done on them, and reminders."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from crm_core.engine.declaration import Values, entity
from crm_core.engine.errors import Problem, problem
from crm_core.engine.fields import Choice, DateTime, Duration, Link, LongText, Number, Person, Text
from crm_core.engine.scopes import Rights

MANAGED = {
    "manager": Rights(read="all", create="all", edit="all", delete="all", export="all"),
    "supervisor": Rights(read="team", create="team", edit="team", delete="team", export="team"),
}
STATES = {
    "open": "Open",
    "in_progress": "In progress",
    "waiting": "Waiting",
    "done": "Done",
    "cancelled": "Cancelled",
}
OPEN_STATES = frozenset(["open", "in_progress", "waiting"])
KINDS = {
    "errand": "Errand",
    "call": "Call",
    "visit": "Visit",
    "email": "E-mail",
    "sms": "Text message",
    "letter": "Letter",
}
REMINDER_STATES = {"scheduled": "Scheduled", "snoozed": "Snoozed", "done": "Done"}


def due_after_start(before: Values | None, after: Values) -> Iterable[Problem]:
    """A task cannot be due before it begins."""
    start, due = after["starts_at"], after["due_at"]
    if isinstance(start, datetime) and isinstance(due, datetime) and due < start:
        yield problem("due_at", "expected a time after the start")


def done_is_whole(before: Values | None, after: Values) -> Iterable[Problem]:
    """What is done is done wholly."""
    if after["state"] == "done" and after["done_ratio"] not in (None, Decimal(1)):
        yield problem("done_ratio", "expected 1 for a task that is done")


@entity(
    rights=Rights(read="team", create="team", edit="own", delete="own", by_role=MANAGED),
    list_columns=("title", "party", "kind", "state", "priority", "due_at", "owner"),
    filters=("kind", "state", "priority", "due_at", "party", "parent"),
    sort=("due_at", "-priority", "created_at", "title"),
    rules=(due_after_start, done_is_whole),
    indexed=("state",),
    tree_field="parent",
)
class Task:
    """Something that its owner has to do: an errand, or a contact that is planned."""

    title = Text(required=True, search=True)
    kind = Choice(choices=KINDS, required=True, default="errand")
    party = Link(to="party", help="Whom it is about.")
    parent = Link(to="task", help="The larger task that it is part of.")
    state = Choice(choices=STATES, required=True, default="open")
    priority = Number(at_least=1, at_most=9, default=5, help="9 is the most urgent.")
    starts_at = DateTime()
    due_at = DateTime()
    done_ratio = Number(decimals=2, at_least=0, at_most=1, help="How much of it is done, from 0 to 1.")
    description = LongText(search=True)


@entity(
    rights=Rights(read="team", create="own", edit="own", delete="own", inherits=("task",), by_role=MANAGED),
    list_columns=("task", "worker", "began_at", "spent"),
    filters=("task", "worker", "began_at"),
    sort=("-began_at",),
    title_field="remark",
)
class WorkLog:
    """Time that somebody spent on a task."""

    task = Link(to="task", required=True)
    worker = Person(required=True)
    began_at = DateTime(required=True)
    spent = Duration(required=True)
    remark = Text(search=True)


@entity(
    rights=Rights(read="own", create="own", edit="own", delete="own", by_role=MANAGED),
    list_columns=("task", "at", "state"),
    filters=("task", "state", "at"),
    sort=("at",),
    indexed=("state",),
    title_field="state",
)
class Reminder:
    """A moment at which a task is shown to its owner."""

    task = Link(to="task", required=True)
    at = DateTime(required=True)
    state = Choice(choices=REMINDER_STATES, required=True, default="scheduled")
