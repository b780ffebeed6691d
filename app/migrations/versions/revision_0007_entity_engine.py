"""What every entity of the CRM shares: folding, teams, audit, events, undo, views, notes, custom fields."""

from alembic import op

from rules.conditions.folding import fold_sql

revision = "0007"
down_revision = "0006"

STATEMENTS = (
    "create extension if not exists pg_trgm",
    # Search columns are kept folded. Who changes how texts are folded needs a revision that makes them anew.
    f"""create function crm.fold(text) returns text language sql immutable strict parallel safe
        as $body$ select {fold_sql("$1")} $body$""",
    """create table crm.teams (
        id bigint generated always as identity primary key,
        name text not null unique,
        parent_id bigint references crm.teams
    )""",
    """create table crm.delegation (
        id bigint generated always as identity primary key,
        from_user_id bigint not null references crm.users on delete cascade,
        to_user_id bigint not null references crm.users on delete cascade,
        level text not null check (level in ('contribute', 'lead')),
        begins_at timestamptz not null,
        ends_at timestamptz not null,
        check (from_user_id <> to_user_id),
        check (begins_at < ends_at)
    )""",
    "create index delegation_to on crm.delegation (to_user_id, ends_at)",
    """create table crm.right_exception (
        id bigint generated always as identity primary key,
        user_id bigint not null references crm.users on delete cascade,
        entity text not null,
        verb text check (verb in ('read', 'create', 'edit', 'delete', 'export')),
        scope text check (scope in ('nobody', 'own', 'team', 'agency', 'all')),
        field text,
        is_seen boolean,
        check ((verb is null) = (scope is null) and (field is null) = (is_seen is null)),
        check ((verb is null) <> (field is null))
    )""",
    "create index right_exception_of_user on crm.right_exception (user_id)",
    """create table crm.bulk_change (
        token uuid primary key,
        user_id bigint not null references crm.users,
        entity text not null,
        at timestamptz not null,
        undone_at timestamptz
    )""",
    """create table crm.record_change (
        id bigint generated always as identity primary key,
        at timestamptz not null,
        user_id bigint references crm.users,
        entity text not null,
        record_id uuid not null,
        verb text not null check (verb in ('create', 'edit', 'delete', 'restore')),
        version int not null,
        before jsonb not null,
        after jsonb not null,
        bulk_token uuid references crm.bulk_change
    )""",
    "create index record_change_of_record on crm.record_change (entity, record_id, version)",
    "create index record_change_of_bulk on crm.record_change (bulk_token) where bulk_token is not null",
    """create table crm.domain_event (
        id bigint generated always as identity primary key,
        transaction_id xid8 not null default pg_current_xact_id(),
        at timestamptz not null,
        user_id bigint references crm.users,
        kind text not null,
        entity text not null,
        record_id uuid not null,
        payload jsonb not null
    )""",
    "create index domain_event_in_order on crm.domain_event (transaction_id, id)",
    "create index domain_event_of_record on crm.domain_event (entity, record_id, at)",
    """create table crm.event_cursor (
        consumer text primary key,
        transaction_id xid8 not null,
        event_id bigint not null
    )""",
    """create table crm.event_effect (
        consumer text not null,
        idempotency_key text not null,
        at timestamptz not null,
        primary key (consumer, idempotency_key)
    )""",
    """create table crm.saved_view (
        id uuid primary key,
        user_id bigint not null references crm.users on delete cascade,
        entity text not null,
        name text not null,
        settings jsonb not null,
        is_shared boolean not null default false,
        unique (user_id, entity, name)
    )""",
    """create table crm.note (
        id uuid primary key,
        entity text not null,
        record_id uuid not null,
        user_id bigint references crm.users,
        at timestamptz not null,
        text text not null
    )""",
    "create index note_of_record on crm.note (entity, record_id, at)",
    """create table crm.custom_field (
        entity text not null,
        name text not null,
        kind text not null,
        label text not null,
        settings jsonb not null default '{}'::jsonb,
        primary key (entity, name)
    )""",
)


def upgrade() -> None:
    """Make everything."""
    for statement in STATEMENTS:
        op.execute(statement)
