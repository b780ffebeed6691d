"""Finished calls in the order in which they were finished, for the register of contacts."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make the index: one entry for each call that somebody talked in."""
    op.execute("create index dispositions_saved on dialer.dispositions (saved_at)")
