"""Saved views that were deleted, kept so that it can be undone."""

from alembic import op

revision = "0024"
down_revision = "0018"


def upgrade() -> None:
    """Say since when a view is gone."""
    op.execute("alter table crm.saved_view add column deleted_at timestamptz")
