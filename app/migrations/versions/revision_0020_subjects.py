"""Subjects (agents, operators, referrers, agencies), and which of them each party has."""

from alembic import op

from app.migrations.entity_tables import entity_table

revision = "0020"
down_revision = "0024"

ROLES = ("agent", "operator", "referrer", "sales_agency")
STATEMENTS = (
    *entity_table(
        "subject",
        """
        name text not null,
        kind text not null,
        user_id bigint references crm.users,
        works_for_id uuid references crm.subject,
        remark text
        """,
        indexed=("name", "works_for_id"),
        short_texts=("name",),
    ),
    """create index subject_search_text_start
        on crm.subject ((left(search_text, 60) collate "C")) where deleted_at is null""",
    *(f"alter table crm.party add {role}_id uuid references crm.subject" for role in ROLES),
    *(
        f"create index party_{role}_id on crm.party ({role}_id, id) where deleted_at is null"
        for role in ROLES
    ),
)


def upgrade() -> None:
    """Make and add everything."""
    for statement in STATEMENTS:
        op.execute(statement)
