"""Where an added field stands among the others."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add it."""
    op.execute("alter table crm.custom_field add column position integer not null default 0")
