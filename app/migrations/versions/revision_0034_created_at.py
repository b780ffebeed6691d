"""Every record says when it was made: lists sorted by it need not look for those that do not."""

from alembic import op

revision = "0034"
down_revision = "0033"

TABLES = (
    "party",
    "contact_point",
    "party_relation",
    "task",
    "reminder",
    "work_log",
    "case_file",
    "interaction",
    "subject",
    "topic",
    "responsibility",
)


def upgrade() -> None:
    """Fill in what a hand may have left out, and ask for it from now on."""
    for table in TABLES:
        op.execute(
            f"update crm.{table} set created_at = coalesce(changed_at, now()) where created_at is null"
        )
        op.execute(f"alter table crm.{table} alter column created_at set not null")
