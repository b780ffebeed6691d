"""Topics, who answers for one of them with a party, and the topic of a case."""

from alembic import op

revision = "0033"
down_revision = "0026"

STATEMENTS = (
    """CREATE TABLE crm.topic ( id UUID NOT NULL, name TEXT NOT NULL, parent_id UUID, answers_id
        BIGINT, owner_id BIGINT, team_id BIGINT, agency_id BIGINT, created_at TIMESTAMP WITH TIME
        ZONE, created_by_id BIGINT, changed_at TIMESTAMP WITH TIME ZONE, changed_by_id BIGINT,
        version INTEGER DEFAULT 1 NOT NULL, deleted_at TIMESTAMP WITH TIME ZONE, custom JSONB
        DEFAULT '{}'::jsonb NOT NULL, search_text TEXT GENERATED ALWAYS AS
        (crm.fold(coalesce(name, ''))) STORED, search_vector TSVECTOR GENERATED ALWAYS AS
        (to_tsvector('simple'::regconfig, crm.fold(coalesce(name, '')))) STORED, PRIMARY KEY (id),
        FOREIGN KEY(parent_id) REFERENCES crm.topic (id), FOREIGN KEY(answers_id) REFERENCES
        crm.users (id), FOREIGN KEY(owner_id) REFERENCES crm.users (id), FOREIGN KEY(team_id)
        REFERENCES crm.teams (id), FOREIGN KEY(created_by_id) REFERENCES crm.users (id), FOREIGN
        KEY(changed_by_id) REFERENCES crm.users (id) )""",
    """CREATE INDEX topic_created_at ON crm.topic (created_at, id) WHERE deleted_at is null""",
    """CREATE INDEX topic_name ON crm.topic (name, id) WHERE deleted_at is null""",
    """CREATE INDEX topic_owner_id ON crm.topic (owner_id, id) WHERE deleted_at is null""",
    """CREATE INDEX topic_parent_id ON crm.topic (parent_id, id) WHERE deleted_at is null""",
    """CREATE INDEX topic_search_text_start ON crm.topic ((left(search_text, 60) COLLATE "C"))
        WHERE deleted_at is null""",
    """CREATE INDEX topic_search_text_trigram ON crm.topic USING gin (search_text gin_trgm_ops)""",
    """CREATE INDEX topic_search_vector ON crm.topic USING gin (search_vector)""",
    """CREATE INDEX topic_team_id ON crm.topic (team_id, id) WHERE deleted_at is null""",
    """CREATE TABLE crm.responsibility ( id UUID NOT NULL, party_id UUID NOT NULL, topic_id UUID
        NOT NULL, answers_id BIGINT NOT NULL, remark TEXT, owner_id BIGINT, team_id BIGINT,
        agency_id BIGINT, created_at TIMESTAMP WITH TIME ZONE, created_by_id BIGINT, changed_at
        TIMESTAMP WITH TIME ZONE, changed_by_id BIGINT, version INTEGER DEFAULT 1 NOT NULL,
        deleted_at TIMESTAMP WITH TIME ZONE, custom JSONB DEFAULT '{}'::jsonb NOT NULL, PRIMARY
        KEY (id), FOREIGN KEY(party_id) REFERENCES crm.party (id), FOREIGN KEY(topic_id)
        REFERENCES crm.topic (id), FOREIGN KEY(answers_id) REFERENCES crm.users (id), FOREIGN
        KEY(owner_id) REFERENCES crm.users (id), FOREIGN KEY(team_id) REFERENCES crm.teams (id),
        FOREIGN KEY(created_by_id) REFERENCES crm.users (id), FOREIGN KEY(changed_by_id)
        REFERENCES crm.users (id) )""",
    """CREATE INDEX responsibility_created_at ON crm.responsibility (created_at, id) WHERE
        deleted_at is null""",
    """CREATE INDEX responsibility_owner_id ON crm.responsibility (owner_id, id) WHERE deleted_at
        is null""",
    """CREATE INDEX responsibility_party_id ON crm.responsibility (party_id, id) WHERE deleted_at
        is null""",
    """CREATE INDEX responsibility_team_id ON crm.responsibility (team_id, id) WHERE deleted_at
        is null""",
    """CREATE INDEX responsibility_topic_id ON crm.responsibility (topic_id, id) WHERE deleted_at
        is null""",
    "alter table crm.case_file add column topic_id uuid references crm.topic",
    "create index case_file_topic_id on crm.case_file (topic_id, id) where deleted_at is null",
)


def upgrade() -> None:
    """Make tables and indexes, and add the column."""
    for statement in STATEMENTS:
        op.execute(statement)
