"""Indexes for search and sorting: how texts begin, how numbers begin and end, when records were changed."""

from alembic import op

revision = "0013"
down_revision = "0009"

STARTS = ("contact_point", "party", "task", "work_log")
"""Tables with searched texts."""


def upgrade() -> None:
    """Make them."""
    for table in STARTS:
        op.execute(
            f"""create index {table}_search_text_start
            on crm.{table} ((left(search_text, 60) collate "C")) where deleted_at is null"""
        )
    for name, text in (("end", "reverse(phone)"), ("start", "phone")):
        op.execute(
            f"""create index contact_point_phone_{name}
            on crm.contact_point (({text} collate "C")) where deleted_at is null"""
        )
    op.execute("create index party_changed_at on crm.party (changed_at, id) where deleted_at is null")
