"""The numbers that people call us by: campaign, open hours, sounds, overflow, callback."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = (
    """create table dialer.inbound_numbers (
        number text primary key check (number ~ '^[0-9]+$'),
        campaign_number int not null references dialer.campaigns,
        open_hours text not null,
        zone text not null,
        greeting_sound text not null,
        closed_sound text not null,
        overflow_seconds double precision check (overflow_seconds >= 0),
        overflow_campaign_number int references dialer.campaigns,
        overflow_sound text not null,
        offers_callback boolean not null,
        callback_sound text not null
    )""",
    """create view dialer_read.inbound_numbers as
        select n.number, c.campaign_id, n.open_hours, n.zone, n.greeting_sound, n.closed_sound,
            n.overflow_seconds, o.campaign_id as overflow_campaign_id, n.overflow_sound, n.offers_callback,
            n.callback_sound
        from dialer.inbound_numbers n
        join dialer.campaigns c using (campaign_number)
        left join dialer.campaigns o on o.campaign_number = n.overflow_campaign_number""",
)


def upgrade() -> None:
    """Make everything."""
    for statement in STATEMENTS:
        op.execute(statement)
