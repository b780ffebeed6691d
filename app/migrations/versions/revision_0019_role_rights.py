"""What administrators change about the rights of a role, beside what declarations say."""

from alembic import op

revision = "0019"
down_revision = "0020"

STATEMENTS = (
    """create table crm.role_right (
        id bigint generated always as identity primary key,
        role text not null,
        entity text not null,
        verb text check (verb in ('read', 'create', 'edit', 'delete', 'export')),
        scope text check (scope in ('nobody', 'own', 'team', 'agency', 'all')),
        field text,
        is_seen boolean,
        check ((verb is null) = (scope is null) and (field is null) = (is_seen is null)),
        check ((verb is null) <> (field is null))
    )""",
    "create unique index role_right_of_verb on crm.role_right (role, entity, verb) where verb is not null",
    "create unique index role_right_of_field on crm.role_right (role, entity, field) where field is not null",
)


def upgrade() -> None:
    """Make the table."""
    for statement in STATEMENTS:
        op.execute(statement)
