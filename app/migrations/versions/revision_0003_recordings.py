"""The index of recordings: what was recorded, where it lies, how long it is kept; a row outlives its file."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    """create table dialer.recordings (
        recording_id text primary key,
        attempt_id text not null,
        campaign_number int references dialer.campaigns,
        node_id text not null,
        consent text not null check (consent in ('not_asked', 'given')),
        state text not null check (state in ('recording', 'stored', 'not_recorded', 'deleted')),
        reason text not null default '',
        started_at timestamptz not null,
        path text not null default '',
        seconds double precision not null default 0,
        bytes bigint not null default 0,
        key_id text not null default '',
        delete_after timestamptz,
        deleted_at timestamptz
    )""",
    "create index recordings_attempt on dialer.recordings (attempt_id)",
    "create index recordings_due on dialer.recordings (delete_after) where state = 'stored'",
    "create index recordings_running on dialer.recordings (recording_id) where state = 'recording'",
    """create view dialer_read.recordings as
        select r.recording_id, r.attempt_id, c.campaign_id, r.consent, r.state, r.reason, r.started_at,
            r.path, r.seconds, r.bytes, r.key_id, r.delete_after, r.deleted_at
        from dialer.recordings r left join dialer.campaigns c using (campaign_number)""",
)


def upgrade() -> None:
    """Make everything."""
    for statement in STATEMENTS:
        op.execute(statement)
