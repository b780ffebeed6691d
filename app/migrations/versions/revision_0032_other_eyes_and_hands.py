"""With whose eyes a session looks, and when a delegation was given and ended before its time."""

from alembic import op

revision = "0032"
down_revision = "0030"

STATEMENTS = (
    "alter table crm.sessions add column seen_as bigint references crm.users on delete set null",
    "alter table crm.delegation add column given_at timestamptz not null default now()",
    "alter table crm.delegation add column ended_at timestamptz",
)


def upgrade() -> None:
    """Add the columns."""
    for statement in STATEMENTS:
        op.execute(statement)
