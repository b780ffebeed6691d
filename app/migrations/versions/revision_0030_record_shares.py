"""Single records that somebody shares with a colleague, from their giving to their ending."""

from alembic import op

revision = "0030"
down_revision = "0019"

STATEMENTS = (
    """create table crm.record_share (
        id bigint generated always as identity primary key,
        entity text not null,
        record_id uuid not null,
        user_id bigint not null references crm.users on delete cascade,
        level text not null check (level in ('read', 'edit')),
        shared_by bigint not null references crm.users on delete cascade,
        shared_at timestamptz not null,
        ended_by bigint references crm.users on delete set null,
        ended_at timestamptz,
        check (user_id <> shared_by)
    )""",
    """create unique index record_share_of_user on crm.record_share (user_id, entity, record_id)
        where ended_at is null""",
    "create index record_share_of_record on crm.record_share (entity, record_id)",
)


def upgrade() -> None:
    """Make the table."""
    for statement in STATEMENTS:
        op.execute(statement)
