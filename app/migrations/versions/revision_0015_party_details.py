"""Parties: preferences, details of organisations, people with a role and a number at work; city filtered."""

from alembic import op

revision = "0015"
down_revision = "0014"

STATEMENTS = (
    """alter table crm.party
        add legal_name text,
        add industry text,
        add employees bigint,
        add preferred_channel text,
        add preferred_time text,
        add preferred_agent_id bigint references crm.users,
        add service_note text""",
    "alter table crm.party_relation add influence text, add phone text, add phone_raw text",
    "create index party_relation_phone_trigram on crm.party_relation using gin (phone gin_trgm_ops)",
    """create index party_relation_phone_end
        on crm.party_relation ((reverse(phone) collate "C")) where deleted_at is null""",
    """create index party_relation_phone_start
        on crm.party_relation ((phone collate "C")) where deleted_at is null""",
    "create index party_address_city on crm.party (address_city, id) where deleted_at is null",
    """create index party_address_city_trigram
        on crm.party using gin (crm.fold(address_city) gin_trgm_ops)""",
)


def upgrade() -> None:
    """Add and make them."""
    for statement in STATEMENTS:
        op.execute(statement)
