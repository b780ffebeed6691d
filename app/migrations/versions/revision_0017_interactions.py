"""Contacts with parties over every channel, and the cases that hold them."""

from alembic import op

from app.migrations.entity_tables import entity_table

revision = "0017"
down_revision = "0016"

STATEMENTS = (
    *entity_table(
        "case_file",
        """
        title text not null,
        party_id uuid references crm.party,
        state text not null,
        description text
        """,
        indexed=("party_id", "title"),
        short_texts=("title",),
        long_texts=("description",),
    ),
    *entity_table(
        "interaction",
        """
        subject text not null,
        party_id uuid not null references crm.party,
        person_id uuid references crm.party,
        channel text not null,
        direction text not null,
        begins_at timestamptz not null,
        lasts_seconds bigint,
        notes text,
        outcome text,
        case_id uuid references crm.case_file
        """,
        indexed=("begins_at", "case_id", "party_id", "person_id"),
        short_texts=("subject",),
        long_texts=("notes",),
    ),
    *(
        f"""create index {table}_search_text_start
            on crm.{table} ((left(search_text, 60) collate "C")) where deleted_at is null"""
        for table in ("case_file", "interaction")
    ),
)


def upgrade() -> None:
    """Make everything."""
    for statement in STATEMENTS:
        op.execute(statement)
