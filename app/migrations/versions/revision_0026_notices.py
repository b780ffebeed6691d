"""Kinds of tasks, so that a contact can be planned, and which notices of tasks somebody has seen."""

from alembic import op

revision = "0026"
down_revision = "0032"

STATEMENTS = (
    "alter table crm.task add kind text not null default 'errand'",
    "alter table crm.task alter column kind drop default",
    "update crm.reminder set state = 'scheduled' where state = 'fired'",
    """create table crm.seen_notice (
        user_id bigint not null references crm.users on delete cascade,
        kind text not null,
        task_id uuid not null references crm.task on delete cascade,
        due_at timestamptz not null,
        seen_at timestamptz not null,
        primary key (user_id, kind, task_id, due_at)
    )""",
)


def upgrade() -> None:
    """Add and make everything."""
    for statement in STATEMENTS:
        op.execute(statement)
