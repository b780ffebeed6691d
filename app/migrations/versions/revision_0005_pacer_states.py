"""What pacers have learned, kept over a restart of the engine."""

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = (
    """create table dialer.pacer_states (
        campaign_number int primary key references dialer.campaigns,
        method text not null,
        state bytea not null,
        saved_at timestamptz not null
    ) with (fillfactor = 50)""",
)


def upgrade() -> None:
    """Make everything."""
    for statement in STATEMENTS:
        op.execute(statement)
