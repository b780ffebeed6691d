"""Campaigns with settings and an ordered status, engine runs, and the other columns of a lead's row.

The release before this one goes on working on these tables: it names its columns and knows none of these.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    # Only what differs from the defaults; wanted_status is what people ordered, status what the engine did.
    """alter table dialer.campaigns
        add column settings jsonb not null default '{}',
        add column settings_changed_at timestamptz,
        add column wanted_status text not null default 'stopped'
            check (wanted_status in ('stopped', 'running', 'paused', 'draining')),
        add column wanted_status_at timestamptz""",
    # One for each start of an engine: its number is in the ids of all attempts of that start.
    """create table dialer.engine_runs (
        run_number bigint generated always as identity primary key,
        engine_id text not null,
        started_at timestamptz not null
    )""",
    # The columns of the row in the list that the dialer does not need itself, by header.
    "alter table dialer.leads add column fields jsonb",
    # leads_loaded: as counted when the list was loaded; undone_at: when its untouched leads were taken out.
    """alter table dialer.lists
        add column leads_loaded bigint not null default 0,
        add column undone_at timestamptz""",
    # Attempts are written in the order of dialed_at: a few pages tell where each hour stands.
    """create index attempts_dialed on dialer.attempts using brin (dialed_at)
        with (pages_per_range = 32, autosummarize = on)""",
)


def upgrade() -> None:
    """Add everything."""
    for statement in STATEMENTS:
        op.execute(statement)
