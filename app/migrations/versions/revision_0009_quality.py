"""Duplicates: keys of parties, pairs to review, merges and their moves, sources, imports."""

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS = (
    """create table crm.match_profile (
        party_id uuid primary key references crm.party on delete cascade,
        keys bigint[] not null
    )""",
    # Without a list of what is still to be sorted in: each look-up at entry would read all of it.
    "create index match_profile_keys on crm.match_profile using gin (keys) with (fastupdate = off)",
    """create table crm.match_pair (
        id uuid primary key,
        first_id uuid not null references crm.party on delete cascade,
        second_id uuid not null references crm.party on delete cascade,
        bits real not null,
        state text not null default 'open' check (state in ('open', 'later', 'distinct', 'merged')),
        found_at timestamptz not null,
        decided_by bigint references crm.users,
        decided_at timestamptz,
        unique (first_id, second_id),
        check (first_id < second_id)
    )""",
    "create index match_pair_in_order on crm.match_pair (state, bits desc, id)",
    "create index match_pair_second on crm.match_pair (second_id)",
    """create table crm.merge (
        id uuid primary key,
        entity text not null,
        survivor_id uuid not null,
        loser_id uuid not null,
        survivor_version int,
        user_id bigint references crm.users,
        at timestamptz not null,
        undone_by bigint references crm.users,
        undone_at timestamptz
    )""",
    "create index merge_of_survivor on crm.merge (entity, survivor_id)",
    "create unique index merge_of_loser on crm.merge (entity, loser_id) where undone_at is null",
    """create table crm.merge_move (
        merge_id uuid not null references crm.merge on delete cascade,
        place int not null,
        kind text not null check (kind in ('link', 'links', 'joined', 'left', 'facet')),
        entity text not null,
        record_id uuid not null,
        field text not null,
        primary key (merge_id, place)
    )""",
    "create index merge_move_of_record on crm.merge_move (entity, record_id)",
    """create table crm.record_source (
        entity text not null,
        record_id uuid not null,
        system text not null,
        row int,
        at timestamptz not null,
        primary key (entity, record_id)
    )""",
    # Cells hold what stood in the file; they are emptied when the import is done.
    """create table crm.import_job (
        id uuid primary key,
        user_id bigint not null references crm.users on delete cascade,
        at timestamptz not null,
        state text not null check (state in ('mapping', 'checking', 'checked', 'importing', 'done')),
        file_name text not null,
        system text not null,
        region text not null,
        headers text[] not null,
        mapping text[] not null,
        rows_count int not null,
        rows_done int not null default 0
    )""",
    """create table crm.import_row (
        job_id uuid not null references crm.import_job on delete cascade,
        number int not null,
        cells text[] not null,
        keys bigint[] not null default '{}',
        verdict text not null default '',
        detail jsonb not null default '{}'::jsonb,
        record_id uuid,
        primary key (job_id, number)
    )""",
    "create index import_row_keys on crm.import_row using gin (keys)",
    "create index import_row_of_verdict on crm.import_row (job_id, verdict, number)",
    """create view dialer_read.suppressed_numbers as
        select e164 from dialer.suppressed_numbers where campaign_number is null""",
)


def upgrade() -> None:
    """Make everything."""
    for statement in STATEMENTS:
        op.execute(statement)
