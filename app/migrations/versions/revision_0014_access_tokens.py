"""Access tokens of users, with which programs come in."""

from alembic import op

revision = "0014"
down_revision = "0013"

STATEMENTS = (
    """create table crm.access_tokens (
        id bigint generated always as identity primary key,
        token_hash bytea not null unique check (length(token_hash) = 32),
        user_id bigint not null references crm.users on delete cascade,
        name text not null,
        created_at timestamptz not null,
        used_at timestamptz,
        expires_at timestamptz not null
    )""",
    "create index access_tokens_of_user on crm.access_tokens (user_id)",
)


def upgrade() -> None:
    """Make them."""
    for statement in STATEMENTS:
        op.execute(statement)
