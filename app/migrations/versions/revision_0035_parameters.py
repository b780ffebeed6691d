"""Figures of the house that administrators set; what is not here has its declared value."""

from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Make the table."""
    op.execute("create table crm.parameter (name text primary key, value int not null)")
