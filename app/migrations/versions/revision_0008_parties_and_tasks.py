"""Parties, ways to reach them, tasks and the work on them: made of the declarations of the first areas."""

from alembic import op

from app.migrations.entity_tables import entity_table

revision = "0008"
down_revision = "0007"

STATEMENTS = (
    *entity_table(
        "party",
        """
        name text not null,
        kind text not null,
        first_name text,
        last_name text,
        birth_date date,
        tax_id text,
        parent_id uuid references crm.party,
        life_cycle text not null,
        life_cycle_since date,
        language text,
        time_zone text,
        address_street text,
        address_postal_code text,
        address_city text,
        address_region text,
        address_country text,
        tags text[],
        remark text
        """,
        indexed=("life_cycle", "name", "parent_id"),
        short_texts=("name", "tax_id"),
        long_texts=("remark",),
        gin_columns=("tags",),
    ),
    *entity_table(
        "contact_point",
        """
        party_id uuid not null references crm.party,
        kind text not null,
        label text,
        phone text,
        phone_raw text,
        email text,
        url text,
        quality text not null,
        is_preferred boolean,
        is_opted_out boolean
        """,
        indexed=("email", "party_id"),
        short_texts=("email",),
        trigram_columns=("phone",),
    ),
    *entity_table(
        "party_relation",
        """
        party_id uuid not null references crm.party,
        related_id uuid not null references crm.party,
        role text not null,
        since date,
        until date
        """,
        indexed=("party_id", "related_id"),
    ),
    *entity_table(
        "task",
        """
        title text not null,
        party_id uuid references crm.party,
        parent_id uuid references crm.task,
        state text not null,
        priority bigint,
        starts_at timestamptz,
        due_at timestamptz,
        done_ratio numeric(16, 2),
        description text
        """,
        indexed=("due_at", "parent_id", "party_id", "priority", "state", "title"),
        short_texts=("title",),
        long_texts=("description",),
    ),
    *entity_table(
        "reminder",
        """
        task_id uuid not null references crm.task,
        at timestamptz not null,
        state text not null
        """,
        indexed=("at", "state", "task_id"),
    ),
    *entity_table(
        "work_log",
        """
        task_id uuid not null references crm.task,
        worker_id bigint not null references crm.users,
        began_at timestamptz not null,
        spent_seconds bigint not null,
        remark text
        """,
        indexed=("began_at", "task_id"),
        short_texts=("remark",),
    ),
)


def upgrade() -> None:
    """Make everything."""
    for statement in STATEMENTS:
        op.execute(statement)
