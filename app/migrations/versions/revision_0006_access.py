"""Who may come in: users, their sessions, set-up links, recovery codes, attempts to sign in."""

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS = (
    """create table crm.users (
        id bigint generated always as identity primary key,
        sign_in_name text not null unique check (sign_in_name = lower(sign_in_name)),
        name text not null,
        email text,
        locale text,
        theme text not null default 'system' check (theme in ('system', 'light', 'dark')),
        password_hash text,
        totp_secret text,
        totp_used_step bigint not null default 0,
        is_active boolean not null default true,
        roles text[] not null default '{}',
        team_id bigint,
        agency_id bigint,
        created_at timestamptz not null
    )""",
    """create table crm.sessions (
        id bigint generated always as identity primary key,
        token_hash bytea not null unique check (length(token_hash) = 32),
        user_id bigint not null references crm.users on delete cascade,
        created_at timestamptz not null,
        seen_at timestamptz not null,
        expires_at timestamptz not null,
        user_agent text not null,
        address text not null,
        awaits_code boolean not null default false,
        notice_text text,
        notice_undo_path text
    )""",
    "create index sessions_of_user on crm.sessions (user_id)",
    "create index sessions_by_expiry on crm.sessions (expires_at)",
    """create table crm.sign_in_attempts (
        id bigint generated always as identity primary key,
        name_hash bytea not null,
        address text not null,
        at timestamptz not null,
        succeeded boolean not null default false
    )""",
    "create index sign_in_attempts_by_name on crm.sign_in_attempts (name_hash, at)",
    "create index sign_in_attempts_by_address on crm.sign_in_attempts (address, at)",
    "create index sign_in_attempts_by_time on crm.sign_in_attempts (at)",
    """create table crm.set_up_links (
        token_hash bytea primary key check (length(token_hash) = 32),
        user_id bigint references crm.users on delete cascade,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        used_at timestamptz
    )""",
    "create index set_up_links_of_user on crm.set_up_links (user_id)",
    """create table crm.recovery_codes (
        user_id bigint not null references crm.users on delete cascade,
        code_hash bytea not null,
        primary key (user_id, code_hash)
    )""",
)


def upgrade() -> None:
    """Make everything."""
    for statement in STATEMENTS:
        op.execute(statement)
