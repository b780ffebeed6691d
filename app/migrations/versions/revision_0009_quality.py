"""Duplicates: keys of parties, pairs to review, merges with what they moved, sources of records."""

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
)


def upgrade() -> None:
    """Make everything."""
    for statement in STATEMENTS:
        op.execute(statement)
