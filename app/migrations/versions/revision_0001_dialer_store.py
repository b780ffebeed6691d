"""The dialer's tables: lists and leads, the dial queue, attempts, agents, decisions, ledger, suppression.

All instants are UTC. Enumerations are kept as their words, so that a person can read a row.
"""

from alembic import op

revision = "0001"
down_revision = None

SCHEMAS = (
    "create schema dialer",
    "create schema crm",
    "create schema dialer_read",
)

LISTS_AND_LEADS = (
    """create table dialer.campaigns (
        campaign_number int generated always as identity primary key,
        campaign_id text not null unique,
        status text not null default 'stopped',
        status_changed_at timestamptz
    )""",
    # Every IANA zone that the called party may be in; thousands of leads share a group.
    """create table dialer.zone_groups (
        zone_group_id smallint generated always as identity primary key,
        zones text[] not null unique
    )""",
    """create table dialer.lists (
        list_id bigint generated always as identity primary key,
        campaign_number int not null references dialer.campaigns,
        name text not null,
        loaded_at timestamptz not null
    )""",
    # One lead is one party offered to one campaign. attempts_made counts begun attempts over all numbers.
    """create table dialer.leads (
        lead_id bigint generated always as identity primary key,
        list_id bigint not null references dialer.lists,
        campaign_number int not null references dialer.campaigns,
        priority smallint not null default 4 check (priority between 0 and 8),
        number_index smallint not null default 0,
        attempts_made int not null default 0,
        owner_agent_id text,
        required_skill text,
        live_probability double precision,
        callback_at timestamptz,
        callback_agent_id text,
        last_reason text,
        closed_at timestamptz
    ) with (fillfactor = 85)""",
    "create index leads_list on dialer.leads (list_id)",
    """create table dialer.numbers (
        lead_id bigint not null references dialer.leads on delete cascade,
        number_index smallint not null,
        e164 text not null check (e164 ~ '^[+][1-9][0-9]{1,14}$'),
        raw_text text not null,
        zone_group_id smallint not null references dialer.zone_groups,
        primary key (lead_id, number_index)
    )""",
    "create index numbers_e164 on dialer.numbers (e164)",
    # Null campaign: all campaigns.
    """create table dialer.suppressed_numbers (
        e164 text not null,
        campaign_number int references dialer.campaigns,
        reason text not null,
        suppressed_at timestamptz not null,
        unique nulls not distinct (e164, campaign_number)
    )""",
)

# A narrow row for each lead that may still be dialed; a closed lead has none.
# state: 0 due (at due_at), 1 leased to an engine, 2 in an attempt, 3 owed a disposition.
# Priority 9 is a promised callback; it goes before every list.
DIAL_QUEUE = (
    """create table dialer.dial_queue (
        lead_id bigint primary key references dialer.leads on delete cascade,
        campaign_number int not null,
        state smallint not null default 0 check (state between 0 and 3),
        priority smallint not null default 4 check (priority between 0 and 9),
        zone_group_id smallint not null,
        due_at timestamptz not null,
        leased_by text,
        leased_until timestamptz,
        check (state <> 1 or (leased_by is not null and leased_until is not null))
    ) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0)""",
    """create index dial_queue_due on dialer.dial_queue
        (campaign_number, priority, zone_group_id, due_at, lead_id) where state = 0""",
    """create index dial_queue_held on dialer.dial_queue (campaign_number, state, leased_until)
        where state > 0""",
)

ATTEMPTS = (
    # Partitioned by the month of dialed_at; the partitions are created ahead. No default partition: with a
    # wrong clock nothing is dialed, rather than rows put where no query looks for them.
    """create table dialer.attempts (
        attempt_id text not null,
        dialed_at timestamptz not null,
        campaign_number int not null,
        lead_id bigint,
        e164 text not null,
        number_index smallint,
        trunk_id text,
        node_id text not null,
        caller_id_number text not null,
        agent_id text,
        ended_at timestamptz,
        outcome text,
        reason text,
        primary key (attempt_id, dialed_at)
    ) partition by range (dialed_at)""",
    "create index attempts_number on dialer.attempts (e164, dialed_at)",
    "create index attempts_lead on dialer.attempts (lead_id, dialed_at)",
    # Begun and not ended: what a restart asks for, and the one gate through which an attempt ends once.
    """create table dialer.open_attempts (
        attempt_id text primary key,
        dialed_at timestamptz not null
    ) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500)""",
    # One for each agent who talked in an attempt: the disposition, or null when its time was over.
    """create table dialer.dispositions (
        attempt_id text not null,
        agent_id text not null,
        campaign_number int not null,
        lead_id bigint,
        disposition text,
        saved_at timestamptz not null,
        primary key (attempt_id, agent_id)
    )""",
    # Talks whose disposition is not saved yet, one for each agent at most.
    """create table dialer.owed_dispositions (
        agent_id text primary key,
        attempt_id text not null,
        dialed_at timestamptz not null,
        lead_id bigint,
        decides_lead boolean not null
    )""",
    # Raw instants only: every regulator's figures are computed from them (rules.abandon_ledger).
    """create table dialer.abandon_ledger (
        attempt_id text primary key,
        dialed_at timestamptz not null,
        campaign_number int not null,
        answered_at timestamptz,
        greeting_ended_at timestamptz,
        verdict text not null,
        verdict_at timestamptz,
        offered_at timestamptz,
        bridged_at timestamptz,
        client_gone_at timestamptz,
        message_started_at timestamptz,
        message_ended_at timestamptz,
        ended_at timestamptz,
        agent_declared_machine boolean
    )""",
    "create index abandon_ledger_answered on dialer.abandon_ledger (campaign_number, answered_at)",
)

AGENTS_AND_DECISIONS = (
    # Who is signed in now; a row goes when he signs out.
    """create table dialer.agents (
        agent_id text primary key,
        campaign_ids text[] not null,
        skills text[] not null,
        node_id text,
        status text not null,
        state text not null,
        changed_at timestamptz not null,
        attempt_id text,
        reason text not null
    ) with (fillfactor = 50)""",
    # ordinal tells apart changes of one agent at one instant, in the order in which they came.
    """create table dialer.agent_state_changes (
        agent_id text not null,
        changed_at timestamptz not null,
        ordinal smallint not null,
        status text not null,
        state text not null,
        attempt_id text,
        reason text not null,
        primary key (agent_id, changed_at, ordinal)
    )""",
    """create table dialer.pacing_decisions (
        campaign_number int not null,
        decided_at timestamptz not null,
        lines int not null,
        lines_started int not null,
        binding_constraint text not null,
        inputs jsonb not null,
        decision jsonb not null,
        primary key (campaign_number, decided_at)
    )""",
)

READ_VIEWS = (
    """create view dialer_read.leads as
        select l.lead_id, l.list_id, c.campaign_id, l.attempts_made, l.last_reason, l.callback_at,
            l.callback_agent_id, l.closed_at, q.state as queue_state, q.due_at
        from dialer.leads l
        join dialer.campaigns c using (campaign_number)
        left join dialer.dial_queue q using (lead_id)""",
    """create view dialer_read.attempts as
        select a.attempt_id, a.dialed_at, c.campaign_id, a.lead_id, a.e164, a.caller_id_number, a.agent_id,
            a.ended_at, a.outcome, a.reason
        from dialer.attempts a join dialer.campaigns c using (campaign_number)""",
    """create view dialer_read.dispositions as
        select d.attempt_id, d.agent_id, c.campaign_id, d.lead_id, d.disposition, d.saved_at
        from dialer.dispositions d join dialer.campaigns c using (campaign_number)""",
)


def upgrade() -> None:
    """Make everything."""
    for statement in (*SCHEMAS, *LISTS_AND_LEADS, *DIAL_QUEUE, *ATTEMPTS, *AGENTS_AND_DECISIONS, *READ_VIEWS):
        op.execute(statement)
