-- The dialer's hot statements. Instants come from the caller, never from now(): in a rehearsal the network's
-- clock is the only clock. Lists come as arrays, so that a batch of any size is one statement and one plan.
-- States of dial_queue: 0 due, 1 leased, 2 in an attempt, 3 owed a disposition; a closed lead has no row.

-- name: campaign_numbers
-- purpose: Give the numbers by which tables name these campaigns.
-- rows: one for each of $1 that exists
select campaign_id, campaign_number from dialer.campaigns where campaign_id = any($1::text[]);

-- name: zone_groups
-- purpose: Give every group of time zones, so that the caller can leave out those outside calling hours.
-- rows: one for each group, some hundreds at most
select zone_group_id, zones from dialer.zone_groups order by zone_group_id;

-- name: reserve_leads
-- purpose: Lease up to $2 due leads of campaign $1, promises first, then by priority, each shelf by due instant.
-- rows: one for each lead leased, $2 at most, in no order
-- A shelf is one (priority, zone group) that has due or later leads; the recursion jumps from shelf to shelf in
-- the partial index. Each shelf is then read from its earliest due lead, and no further than needed: rows are
-- locked as they are found, and rows that another reserver has locked are passed over.
with recursive shelves as (
    (
        select q.priority, q.zone_group_id from dialer.dial_queue q
        where q.campaign_number = $1 and q.state = 0
        order by q.priority desc, q.zone_group_id desc limit 1
    )
    union all
    select following.priority, following.zone_group_id
    from shelves s
    cross join lateral (
        select q.priority, q.zone_group_id from dialer.dial_queue q
        where q.campaign_number = $1 and q.state = 0
            and (q.priority, q.zone_group_id) < (s.priority, s.zone_group_id)
        order by q.priority desc, q.zone_group_id desc limit 1
    ) following
),
picked as materialized (
    select due.lead_id
    from shelves s
    cross join lateral (
        select q.lead_id from dialer.dial_queue q
        where q.campaign_number = $1 and q.state = 0 and q.priority = s.priority
            and q.zone_group_id = s.zone_group_id and q.due_at <= $3
        order by q.due_at, q.lead_id limit $2
        for update skip locked
    ) due
    where $6::smallint[] is null or s.zone_group_id = any($6)
    limit $2
)
update dialer.dial_queue q set state = 1, leased_until = $4, leased_by = $5
from picked where q.lead_id = picked.lead_id
returning q.lead_id, q.priority, q.due_at;

-- name: close_suppressed_leads
-- purpose: Close those of the leads $1 that have a number on the do-not-call list.
-- rows: one for each lead closed, mostly none
with suppressed as (
    select distinct n.lead_id from dialer.numbers n
    join dialer.suppressed_numbers s on s.e164 = n.e164
        and (s.campaign_number is null or s.campaign_number = $3)
    where n.lead_id = any($1::bigint[])
),
removed as (
    delete from dialer.dial_queue q using suppressed where q.lead_id = suppressed.lead_id returning q.lead_id
)
update dialer.leads l set closed_at = $2, last_reason = 'do_not_call'
from removed where l.lead_id = removed.lead_id
returning l.lead_id;

-- name: has_open_leads
-- purpose: Tell whether any lead of campaign $1 may ever come due again.
-- rows: one
select exists (select from dialer.dial_queue where campaign_number = $1 and state = 0)
    or exists (select from dialer.dial_queue where campaign_number = $1 and state > 0);

-- name: read_leads
-- purpose: Give what the engine needs to know of the leads $1, but for their numbers.
-- rows: one for each lead
select l.lead_id, l.number_index, l.attempts_made, l.owner_agent_id, l.required_skill, l.live_probability,
    l.callback_at, l.callback_agent_id, q.leased_until
from dialer.leads l left join dialer.dial_queue q using (lead_id)
where l.lead_id = any($1::bigint[]);

-- name: read_numbers
-- purpose: Give the numbers of the leads $1 in the order in which they are to be tried.
-- rows: one for each number
select n.lead_id, n.e164, z.zones
from dialer.numbers n join dialer.zone_groups z using (zone_group_id)
where n.lead_id = any($1::bigint[])
order by n.lead_id, n.number_index;

-- name: read_history
-- purpose: Give the attempts to the numbers $1 since $2, over all campaigns, with the ledger of those answered.
-- rows: one for each attempt, the latest 100 of a number at most
-- The limits keep this a walk from number to attempts to ledger, whatever the planner knows of the tables.
select a.e164, a.lead_id, a.attempt_id, a.dialed_at, g.attempt_id is not null as is_answered,
    g.campaign_number, g.answered_at, g.greeting_ended_at, g.verdict, g.verdict_at, g.offered_at, g.bridged_at,
    g.client_gone_at, g.message_started_at, g.message_ended_at, g.ended_at, g.agent_declared_machine
from unnest($1::text[]) as n (e164)
cross join lateral (
    select a.* from dialer.attempts a
    where a.e164 = n.e164 and a.dialed_at >= $2
    order by a.dialed_at desc limit 100
) a
left join lateral (
    select g.* from dialer.abandon_ledger g where g.attempt_id = a.attempt_id limit 1
) g on true
order by a.dialed_at;

-- name: release_leads
-- purpose: Give leads that engine $4 has leased back, to be due at $2 and not before, for the reasons $3.
-- rows: one for each lead that was leased by it
with given as (
    select * from unnest($1::bigint[], $2::timestamptz[], $3::text[]) as g (lead_id, due_at, reason)
),
released as (
    update dialer.dial_queue q set state = 0, due_at = g.due_at, leased_by = null, leased_until = null
    from given g where q.lead_id = g.lead_id and q.state = 1 and q.leased_by = $4
    returning q.lead_id, g.reason
)
update dialer.leads l set last_reason = r.reason from released r where l.lead_id = r.lead_id
returning l.lead_id;

-- name: close_leads
-- purpose: Close leads for the reasons $2 at $3, if they are in state $4, and with engine $5 where it is given.
-- rows: one for each lead closed
with given as (select * from unnest($1::bigint[], $2::text[]) as g (lead_id, reason)),
removed as (
    delete from dialer.dial_queue q using given g
    where q.lead_id = g.lead_id and q.state = $4 and ($5::text is null or q.leased_by = $5)
    returning q.lead_id, g.reason
)
update dialer.leads l set closed_at = $3, last_reason = r.reason, callback_at = null, callback_agent_id = null
from removed r where l.lead_id = r.lead_id
returning l.lead_id;

-- name: reclaim_leases
-- purpose: Make leads due again whose lease ended before $1: the engine that had them is gone.
-- rows: one for each lead
update dialer.dial_queue set state = 0, leased_by = null, leased_until = null
where state = 1 and leased_until < $1
returning lead_id;

-- name: reclaim_stranded_leads
-- purpose: Make leads due again that wait for a disposition which nobody owes.
-- rows: one for each lead, mostly none
update dialer.dial_queue q set state = 0, leased_by = null, leased_until = null
where q.state = 3
    and not exists (select from dialer.owed_dispositions o where o.lead_id = q.lead_id and o.decides_lead)
returning q.lead_id;

-- name: begin_attempts
-- purpose: Write attempts before they are originated; of leads, only those that engine $11 has leased.
-- rows: none
with given as (
    select * from unnest(
        $1::text[], $2::timestamptz[], $3::int[], $4::bigint[], $5::text[], $6::smallint[], $7::text[],
        $8::text[], $9::text[], $10::text[]
    ) as g (
        attempt_id, dialed_at, campaign_number, lead_id, e164, number_index, trunk_id, node_id,
        caller_id_number, agent_id
    )
),
taken as (
    update dialer.dial_queue q set state = 2
    from given g where q.lead_id = g.lead_id and q.state = 1 and q.leased_by = $11
    returning q.lead_id
),
opened as (
    insert into dialer.open_attempts (attempt_id, dialed_at)
    select g.attempt_id, g.dialed_at from given g
    where (g.lead_id is null or g.lead_id in (select lead_id from taken))
        and not exists (
            select from dialer.attempts a where a.attempt_id = g.attempt_id and a.dialed_at = g.dialed_at
        )
    on conflict (attempt_id) do nothing
    returning attempt_id
),
written as (
    insert into dialer.attempts (
        attempt_id, dialed_at, campaign_number, lead_id, e164, number_index, trunk_id, node_id,
        caller_id_number, agent_id
    )
    select g.* from given g join opened using (attempt_id)
    returning lead_id
)
update dialer.leads l set attempts_made = l.attempts_made + 1 from written w where l.lead_id = w.lead_id;

-- name: which_attempts_are_open
-- purpose: Tell which of the attempts $1 have begun and not ended.
-- rows: one for each that is open
select attempt_id from dialer.open_attempts where attempt_id = any($1::text[]);

-- name: close_open_attempts
-- purpose: Take the attempts $1 through the one gate where each ends once; in one order, so that none wait in a ring.
-- rows: one for each that was open
delete from dialer.open_attempts o
using (
    select attempt_id from dialer.open_attempts where attempt_id = any($1::text[])
    order by attempt_id for update
) locked
where o.attempt_id = locked.attempt_id
returning o.attempt_id, o.dialed_at;

-- name: end_attempts
-- purpose: Write how attempts ended; $7 and $8 bound their dialed_at, so that other months are not looked at.
-- rows: one for each attempt
update dialer.attempts a
set ended_at = g.ended_at, outcome = g.outcome, reason = g.reason, agent_id = coalesce(g.agent_id, a.agent_id)
from unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::text[], $5::text[], $6::text[])
    as g (attempt_id, dialed_at, ended_at, outcome, reason, agent_id)
where a.attempt_id = g.attempt_id and a.dialed_at = g.dialed_at and a.dialed_at between $7 and $8
returning a.attempt_id;

-- name: write_ledger
-- purpose: Keep the raw instants of answered attempts.
-- rows: none
insert into dialer.abandon_ledger (
    attempt_id, dialed_at, campaign_number, answered_at, greeting_ended_at, verdict, verdict_at, offered_at,
    bridged_at, client_gone_at, message_started_at, message_ended_at, ended_at, agent_declared_machine
)
select * from unnest(
    $1::text[], $2::timestamptz[], $3::int[], $4::timestamptz[], $5::timestamptz[], $6::text[],
    $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[],
    $12::timestamptz[], $13::timestamptz[], $14::boolean[]
)
on conflict (attempt_id) do nothing;

-- name: keep_leads
-- purpose: Leave leads in state $3 with the engine, which dials their number $2 next in the same lease.
-- rows: one for each lead
with given as (select * from unnest($1::bigint[], $2::smallint[]) as g (lead_id, number_index)),
kept as (
    update dialer.dial_queue q set state = 1 from given g where q.lead_id = g.lead_id and q.state = $3
    returning q.lead_id, g.number_index
)
update dialer.leads l set number_index = k.number_index from kept k where l.lead_id = k.lead_id
returning l.lead_id;

-- name: owe_leads
-- purpose: Let leads whose attempt has ended wait for the agent's disposition.
-- rows: one for each lead
update dialer.dial_queue set state = 3 where lead_id = any($1::bigint[]) and state = 2 returning lead_id;

-- name: reschedule_leads
-- purpose: Make leads in state $7 due at $2, for the reasons $3; a promise ($5) goes before every list.
-- rows: one for each lead
-- The zone group follows the number that is next, so that calling hours are judged by it.
with given as (
    select * from unnest(
        $1::bigint[], $2::timestamptz[], $3::text[], $4::smallint[], $5::boolean[], $6::text[]
    ) as g (lead_id, due_at, reason, number_index, is_callback, agent_id)
),
moved as (
    update dialer.dial_queue q
    set state = 0, due_at = g.due_at, leased_by = null, leased_until = null,
        priority = case when g.is_callback then 9 else l.priority end,
        zone_group_id = coalesce(
            (
                select n.zone_group_id from dialer.numbers n
                where n.lead_id = g.lead_id and n.number_index = g.number_index
            ),
            q.zone_group_id
        )
    from given g join dialer.leads l on l.lead_id = g.lead_id
    where q.lead_id = g.lead_id and q.state = $7
    returning g.*
)
update dialer.leads l
set number_index = m.number_index, last_reason = m.reason,
    callback_at = case when m.is_callback then m.due_at end,
    callback_agent_id = case when m.is_callback then m.agent_id end
from moved m where l.lead_id = m.lead_id
returning l.lead_id;

-- name: settle_owed
-- purpose: Of all who owe a disposition of the attempts $1, only the agent $2 decides the lead, if anyone does.
-- rows: none
update dialer.owed_dispositions o set decides_lead = g.agent_id is not null and o.agent_id = g.agent_id
from unnest($1::text[], $2::text[]) as g (attempt_id, agent_id)
where o.attempt_id = g.attempt_id;

-- name: owe_dispositions
-- purpose: Note which agent owes the disposition of which talk, unless he has given it or owes one already.
-- rows: none
insert into dialer.owed_dispositions (agent_id, attempt_id, dialed_at, lead_id, decides_lead)
select g.agent_id, g.attempt_id, g.dialed_at, g.lead_id, true
from unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[]) as g (agent_id, attempt_id, dialed_at, lead_id)
where not exists (
    select from dialer.dispositions d where d.attempt_id = g.attempt_id and d.agent_id = g.agent_id
)
on conflict (agent_id) do nothing;

-- name: save_dispositions
-- purpose: Write what agents declared; each of them once for an attempt.
-- rows: one for each that was not on record
insert into dialer.dispositions (attempt_id, agent_id, campaign_number, lead_id, disposition, saved_at)
select g.*, $6 from unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::text[]) as g
on conflict (attempt_id, agent_id) do nothing
returning attempt_id, agent_id;

-- name: clear_owed
-- purpose: Note that agents $1 owe no disposition of the attempts $2 any more.
-- rows: none
delete from dialer.owed_dispositions o using unnest($1::text[], $2::text[]) as g (agent_id, attempt_id)
where o.agent_id = g.agent_id and o.attempt_id = g.attempt_id;

-- name: suppress_dialed_numbers
-- purpose: Put the numbers dialed in the attempts $1 on the do-not-call list of all campaigns.
-- rows: one for each attempt
with dialed as (
    select distinct e164 from dialer.attempts where attempt_id = any($1::text[]) and e164 <> ''
),
added as (
    insert into dialer.suppressed_numbers (e164, campaign_number, reason, suppressed_at)
    select e164, null, 'do_not_call', $2 from dialed
    on conflict do nothing
)
select e164 from dialed order by e164;

-- name: suppress_numbers
-- purpose: Put the numbers $1 on the do-not-call list, of campaign $2 or, where it is null, of all.
-- rows: one for each that was not on it
insert into dialer.suppressed_numbers (e164, campaign_number, reason, suppressed_at)
select g.e164, $2::int, $3::text, $4 from unnest($1::text[]) as g (e164)
on conflict do nothing
returning e164;

-- name: sign_in_agents
-- purpose: Write sessions that begin; paused until the engine says otherwise.
-- rows: none
insert into dialer.agents (agent_id, campaign_ids, skills, node_id, status, state, changed_at, reason)
values ($1, $2::text[], $3::text[], $4, 'paused', 'offline', $5, 'signed in')
on conflict (agent_id) do update set campaign_ids = excluded.campaign_ids, skills = excluded.skills,
    node_id = excluded.node_id;

-- name: write_agent_state_changes
-- purpose: Keep every change of an agent's status or state.
-- rows: none
-- $3 counts an agent's changes of one instant in this call; those of earlier calls go before them. What is on
-- record already, because the answer to a commit was lost, is not written again.
insert into dialer.agent_state_changes (agent_id, changed_at, ordinal, status, state, attempt_id, reason)
select g.agent_id, g.changed_at, g.ordinal + coalesce(earlier.changes, 0), g.status, g.state, g.attempt_id,
    g.reason
from unnest(
    $1::text[], $2::timestamptz[], $3::smallint[], $4::text[], $5::text[], $6::text[], $7::text[]
) as g (agent_id, changed_at, ordinal, status, state, attempt_id, reason)
cross join lateral (
    select max(c.ordinal) + 1 as changes,
        bool_or((c.status, c.state, c.attempt_id, c.reason)
            is not distinct from (g.status, g.state, g.attempt_id, g.reason)) as is_on_record
    from dialer.agent_state_changes c
    where c.agent_id = g.agent_id and c.changed_at = g.changed_at
) earlier
where earlier.is_on_record is not true
on conflict do nothing;

-- name: update_agents
-- purpose: Keep the latest status and state of agents who are signed in.
-- rows: none
update dialer.agents a set status = g.status, state = g.state, changed_at = g.changed_at,
    attempt_id = g.attempt_id, reason = g.reason
from unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[])
    as g (agent_id, changed_at, status, state, attempt_id, reason)
where a.agent_id = g.agent_id;

-- name: owe_wrap_ups
-- purpose: Note the open attempts $2 whose talk agents $1 wrap up while the client is still there.
-- rows: none
insert into dialer.owed_dispositions (agent_id, attempt_id, dialed_at, lead_id, decides_lead)
select g.agent_id, g.attempt_id, o.dialed_at, a.lead_id, true
from unnest($1::text[], $2::text[]) as g (agent_id, attempt_id)
join dialer.open_attempts o on o.attempt_id = g.attempt_id
join dialer.attempts a on a.attempt_id = o.attempt_id and a.dialed_at = o.dialed_at
on conflict (agent_id) do update set attempt_id = excluded.attempt_id, dialed_at = excluded.dialed_at,
    lead_id = excluded.lead_id, decides_lead = excluded.decides_lead
where owed_dispositions.attempt_id <> excluded.attempt_id;

-- name: sign_out_agents
-- purpose: Forget the sessions of agents who signed out, and what they owed.
-- rows: none
with gone as (delete from dialer.agents where agent_id = any($1::text[]))
delete from dialer.owed_dispositions where agent_id = any($1::text[]);

-- name: set_campaign_statuses
-- purpose: Keep the latest status of campaigns; one that was to drain and has stopped is wanted stopped.
-- rows: none
update dialer.campaigns c set status = g.status, status_changed_at = g.changed_at,
    wanted_status = case
        when g.status = 'stopped' and c.wanted_status = 'draining' then 'stopped' else c.wanted_status
    end
from unnest($1::int[], $2::text[], $3::timestamptz[]) as g (campaign_number, status, changed_at)
where c.campaign_number = g.campaign_number;

-- name: write_pacing_decisions
-- purpose: Keep why so many lines were started.
-- rows: none
insert into dialer.pacing_decisions (
    campaign_number, decided_at, lines, lines_started, binding_constraint, inputs, decision
)
select g.campaign_number, g.decided_at, g.lines, g.lines_started, g.binding_constraint, g.inputs::jsonb,
    g.decision::jsonb
from unnest($1::int[], $2::timestamptz[], $3::int[], $4::int[], $5::text[], $6::text[], $7::text[])
    as g (campaign_number, decided_at, lines, lines_started, binding_constraint, inputs, decision)
on conflict do nothing;

-- name: live_attempts
-- purpose: Give every attempt that has begun and not ended, for a restart.
-- rows: one for each, as many as lines
select a.attempt_id, a.dialed_at, c.campaign_id, a.lead_id, a.e164, a.number_index, a.trunk_id, a.node_id, a.agent_id
from dialer.open_attempts o
join dialer.attempts a on a.attempt_id = o.attempt_id and a.dialed_at = o.dialed_at
join dialer.campaigns c using (campaign_number)
order by a.dialed_at, a.attempt_id;

-- name: live_agents
-- purpose: Give every agent who is signed in, with the talk whose disposition he owes, for a restart.
-- rows: one for each
select g.agent_id, g.campaign_ids, g.skills, g.node_id, g.status, g.state, g.reason, g.attempt_id,
    o.attempt_id as owed_attempt_id, o.decides_lead, o.lead_id as owed_lead_id, c.campaign_id as owed_campaign_id,
    a.number_index as owed_number_index
from dialer.agents g
left join dialer.owed_dispositions o using (agent_id)
left join dialer.attempts a on a.attempt_id = o.attempt_id and a.dialed_at = o.dialed_at
left join dialer.campaigns c using (campaign_number)
order by g.agent_id;

-- name: live_leases
-- purpose: Give the leads that engine $1 has leased and not dialed, for a restart.
-- rows: one for each, as many as the hoppers held
select q.lead_id, c.campaign_id
from dialer.dial_queue q join dialer.campaigns c using (campaign_number)
where q.state = 1 and q.leased_by = $1
order by q.priority desc, q.due_at, q.lead_id;

-- name: read_ledger
-- purpose: Give the ledger of campaign $1 for calls answered from $2 until before $3.
-- rows: one for each answered attempt
select g.attempt_id, g.answered_at, g.greeting_ended_at, g.verdict, g.verdict_at, g.offered_at, g.bridged_at,
    g.client_gone_at, g.message_started_at, g.message_ended_at, g.ended_at, g.agent_declared_machine
from dialer.abandon_ledger g
where g.campaign_number = $1 and g.answered_at >= $2 and g.answered_at < $3
order by g.answered_at, g.attempt_id;

-- name: count_abandons
-- purpose: Count campaign $1's answered calls from $2 on by bucket of $3 s: $4 s from the clock's start $5; $6: early hang-ups count.
-- rows: one for each bucket in which a call was answered; the classes are those of rules.abandon_ledger
with called as (
    select floor(extract(epoch from g.answered_at)::float8 / $3::float8)::bigint as bucket, g.bridged_at, g.client_gone_at,
        g.message_started_at, g.ended_at, g.agent_declared_machine,
        coalesce(g.agent_declared_machine, g.verdict = 'machine') as is_machine,
        coalesce(
            case $5::text when 'greeting_end' then g.greeting_ended_at when 'verdict' then g.verdict_at end,
            g.answered_at
        ) + $4::float8 * interval '1 second' as deadline
    from dialer.abandon_ledger g
    where g.campaign_number = $1 and g.answered_at >= $2
),
classed as (
    select bucket, agent_declared_machine, is_machine,
        case
            when is_machine then 'not_live'
            when bridged_at is not null then case when bridged_at <= deadline then 'connected' else 'abandoned' end
            when message_started_at is not null then 'abandoned'
            when client_gone_at is not null then
                case when client_gone_at < deadline and not $6::boolean then 'left_early' else 'abandoned' end
            when ended_at is null then 'pending'
            else 'abandoned'
        end as class
    from called
)
select bucket,
    count(*) filter (where class = 'connected') as connected,
    count(*) filter (where class = 'abandoned') as abandoned,
    count(*) filter (where class = 'left_early') as client_left_early,
    count(*) filter (where class = 'not_live') as not_live,
    count(*) filter (where is_machine and agent_declared_machine) as machines_to_agents,
    count(*) filter (where is_machine and agent_declared_machine is null) as machines_detected
from classed
group by bucket order by bucket;

-- name: save_pacer_states
-- purpose: Keep what the pacers of campaigns $1 with methods $2 had learned at $3.
-- rows: none
insert into dialer.pacer_states (campaign_number, method, state, saved_at)
select c.campaign_number, g.method, g.state, $3
from unnest($1::text[], $2::text[], $4::bytea[]) as g (campaign_id, method, state)
join dialer.campaigns c using (campaign_id)
on conflict (campaign_number) do update
set method = excluded.method, state = excluded.state, saved_at = excluded.saved_at;

-- name: read_pacer_states
-- purpose: Give what pacers had learned, for a restart.
-- rows: one for each campaign of which something was kept
select c.campaign_id, p.method, p.state, p.saved_at
from dialer.pacer_states p join dialer.campaigns c using (campaign_number);

-- name: count_prior_evidence
-- purpose: Count the newest $3 attempts that we dialed from $1 to $2, by level, for pacers that know nothing yet.
-- rows: one for all, one for the hour of $2, one for each campaign, one for each campaign's newest list
with newest as (
    select a.attempt_id, a.campaign_number, a.lead_id, a.dialed_at, a.ended_at
    from dialer.attempts a
    where a.dialed_at >= $1 and a.dialed_at <= $2 and a.ended_at is not null and a.lead_id is not null
    order by a.dialed_at desc, a.attempt_id limit $3
),
newest_lists as (
    select distinct on (l.campaign_number) l.campaign_number, l.list_id
    from dialer.lists l order by l.campaign_number, l.loaded_at desc, l.list_id desc
),
calls as (
    select n.campaign_number,
        extract(hour from n.dialed_at at time zone 'UTC') = extract(hour from $2::timestamptz at time zone 'UTC') as is_hour,
        coalesce(l.list_id = (select x.list_id from newest_lists x where x.campaign_number = n.campaign_number), false)
            as is_newest_list,
        coalesce(g.answered_at is not null and g.verdict <> 'machine', false) as is_live,
        greatest(0.0, extract(epoch from coalesce(g.answered_at, n.ended_at) - n.dialed_at))::float8 as ring_seconds,
        greatest(0.0, extract(epoch from g.ended_at - g.bridged_at))::float8 as talk_seconds,
        greatest(0.0, extract(epoch from d.saved_at - g.ended_at))::float8 as wrap_up_seconds,
        g.bridged_at is not null and g.ended_at is not null as has_talk,
        g.bridged_at is not null and g.ended_at is not null and d.saved_at is not null as has_wrap_up
    from newest n
    left join dialer.leads l on l.lead_id = n.lead_id
    left join dialer.abandon_ledger g on g.attempt_id = n.attempt_id
    left join lateral (
        select max(s.saved_at) as saved_at from dialer.dispositions s where s.attempt_id = n.attempt_id
    ) d on true
),
levels as (
    select 'all' as level, null::int as of_campaign, c.* from calls c
    union all select 'hour', null, c.* from calls c where c.is_hour
    union all select 'campaign', c.campaign_number, c.* from calls c
    union all select 'list', c.campaign_number, c.* from calls c where c.is_newest_list
)
select v.level, k.campaign_id,
    count(*)::float8 as lines,
    (count(*) filter (where v.is_live))::float8 as live_answers,
    sum(v.ring_seconds)::float8 as ring_seconds,
    (count(*) filter (where v.has_talk))::float8 as talks,
    coalesce(sum(v.talk_seconds) filter (where v.has_talk), 0)::float8 as talk_seconds,
    (count(*) filter (where v.has_wrap_up))::float8 as wrap_ups,
    coalesce(sum(v.wrap_up_seconds) filter (where v.has_wrap_up), 0)::float8 as wrap_up_seconds
from levels v left join dialer.campaigns k on k.campaign_number = v.of_campaign
group by v.level, k.campaign_id;

-- name: create_campaign
-- purpose: Make a campaign known, if it is not.
-- rows: none
insert into dialer.campaigns (campaign_id) values ($1) on conflict (campaign_id) do nothing;

-- name: read_campaigns
-- purpose: Give every campaign, or only $1, with its settings and statuses.
-- rows: one for each
select campaign_number, campaign_id, settings, settings_changed_at, wanted_status, wanted_status_at, status,
    status_changed_at
from dialer.campaigns
where $1::text is null or campaign_id = $1
order by campaign_id;

-- name: save_campaign_settings
-- purpose: Keep the settings $2 of campaign $1, which is made if it is not there.
-- rows: none
insert into dialer.campaigns (campaign_id, settings, settings_changed_at) values ($1, $2::jsonb, $3)
on conflict (campaign_id) do update
set settings = excluded.settings, settings_changed_at = excluded.settings_changed_at;

-- name: order_campaign_status
-- purpose: Keep what campaign $1 is to do.
-- rows: one, unless there is no such campaign
update dialer.campaigns set wanted_status = $2, wanted_status_at = $3 where campaign_id = $1 returning campaign_number;

-- name: begin_engine_run
-- purpose: Give the number of a start of engine $1, which no other start ever has.
-- rows: one
insert into dialer.engine_runs (engine_id, started_at) values ($1, $2) returning run_number;

-- name: create_list
-- purpose: Make a list of campaign $1.
-- rows: one
insert into dialer.lists (campaign_number, name, loaded_at) values ($1, $2, $3) returning list_id;

-- name: create_zone_groups
-- purpose: Make a group of time zones known, if it is not.
-- rows: none
-- Asked first: an insert that meets a conflict uses up one of the 32,767 ids.
insert into dialer.zone_groups (zones)
select $1::text[] where not exists (select from dialer.zone_groups where zones = $1::text[])
on conflict (zones) do nothing;

-- name: next_lead_ids
-- purpose: Take $1 lead ids that nobody else gets.
-- rows: $1
select nextval(pg_get_serial_sequence('dialer.leads', 'lead_id')) from generate_series(1, $1::int);

-- name: read_lists
-- purpose: Give every list, or only $1, with what became of its leads.
-- rows: one for each, the newest first
select l.list_id, l.name, c.campaign_id, l.loaded_at, l.undone_at, l.leads_loaded,
    counted.leads_there, counted.attempted, counted.closed
from dialer.lists l
join dialer.campaigns c using (campaign_number)
cross join lateral (
    select count(*) as leads_there, count(*) filter (where d.attempts_made > 0) as attempted,
        count(*) filter (where d.closed_at is not null) as closed
    from dialer.leads d where d.list_id = l.list_id
) counted
where $1::bigint is null or l.list_id = $1
order by l.list_id desc;

-- name: mark_list_undone
-- purpose: Note that list $1 is taken out, and hold it.
-- rows: one, unless there is no such list
update dialer.lists l set undone_at = $2 from dialer.campaigns c
where l.list_id = $1 and c.campaign_number = l.campaign_number
returning c.campaign_id;

-- name: untouched_leads
-- purpose: Give the leads of list $1 that no attempt was ever begun for; with their places locked none can begin.
-- rows: one for each
with waiting as (
    select q.lead_id, q.state = 1 as is_leased
    from dialer.leads l join dialer.dial_queue q using (lead_id)
    where l.list_id = $1 and l.attempts_made = 0 and q.state < 2
    for update of q
)
select lead_id, is_leased from waiting
union all
select l.lead_id, false from dialer.leads l
where l.list_id = $1 and l.attempts_made = 0 and l.closed_at is not null
    and not exists (select from dialer.dial_queue q where q.lead_id = l.lead_id)
order by lead_id;

-- name: remove_leads
-- purpose: Take out the leads $1 with their numbers and places in the queue, unless an attempt began meanwhile.
-- rows: none
with gone as (
    delete from dialer.dial_queue where lead_id = any($1::bigint[]) and state < 2
)
delete from dialer.leads where lead_id = any($1::bigint[]) and attempts_made = 0;

-- name: count_leads_of_list
-- purpose: Tell how many leads list $1 has.
-- rows: one
select count(*) from dialer.leads where list_id = $1;

-- name: count_leads
-- purpose: Count the leads of campaign $1 by what they wait for at $2; each count ends at $3.
-- rows: one
select
    (select count(*) from (
        select from dialer.dial_queue where campaign_number = $1 and state = 0 and due_at <= $2 limit $3
    ) counted) as due,
    (select count(*) from (
        select from dialer.dial_queue where campaign_number = $1 and state = 0 and due_at > $2 limit $3
    ) counted) as later,
    (select count(*) from dialer.dial_queue where campaign_number = $1 and state = 1) as leased,
    (select count(*) from dialer.dial_queue where campaign_number = $1 and state = 2) as in_attempt,
    (select count(*) from dialer.dial_queue where campaign_number = $1 and state = 3) as owed,
    (select count(*) from (
        select from dialer.lists s join dialer.leads l on l.list_id = s.list_id
        where s.campaign_number = $1 and l.closed_at is not null limit $3
    ) counted) as closed;

-- name: due_zone_groups
-- purpose: Give the time zones of campaign $1's leads that are due at $2, to see where calling hours are open.
-- rows: one for each group of zones that has a due lead
with recursive shelves as (
    (
        select d.priority, d.zone_group_id from dialer.dial_queue d
        where d.campaign_number = $1 and d.state = 0
        order by d.priority desc, d.zone_group_id desc limit 1
    )
    union all
    select following.priority, following.zone_group_id
    from shelves s
    cross join lateral (
        select d.priority, d.zone_group_id from dialer.dial_queue d
        where d.campaign_number = $1 and d.state = 0
            and (d.priority, d.zone_group_id) < (s.priority, s.zone_group_id)
        order by d.priority desc, d.zone_group_id desc limit 1
    ) following
)
select distinct z.zone_group_id, z.zones
from shelves s join dialer.zone_groups z using (zone_group_id)
where exists (
    select from dialer.dial_queue d
    where d.campaign_number = $1 and d.state = 0 and d.priority = s.priority
        and d.zone_group_id = s.zone_group_id and d.due_at <= $2
);

-- name: count_attempts
-- purpose: Count the attempts of campaign $1 dialed since $2 by outcome.
-- rows: one for each outcome that occurred
select coalesce(outcome, 'in progress') as outcome, count(*) as attempts
from dialer.attempts
where dialed_at >= $2 and campaign_number = $1
group by 1 order by 2 desc, 1;

-- name: read_agents
-- purpose: Give every agent who is signed in.
-- rows: one for each
select agent_id, campaign_ids, skills, status, state, changed_at, reason from dialer.agents order by agent_id;

-- name: first_answer
-- purpose: Give the instant of the first answered call of campaign $1.
-- rows: one
select min(answered_at) from dialer.abandon_ledger where campaign_number = $1;

-- name: begin_recording
-- purpose: Note that recording $1 begins, or why it does not; one that is on record stays as it is.
-- rows: none
insert into dialer.recordings
    (recording_id, attempt_id, campaign_number, node_id, consent, state, reason, started_at)
select $1, $2, (select campaign_number from dialer.campaigns where campaign_id = $3), $4, $5, $6, $7, $8
on conflict (recording_id) do nothing;

-- name: store_recording
-- purpose: Note where recording $1 lies and until when it is kept; one that was deleted stays so.
-- rows: none
insert into dialer.recordings as r
    (recording_id, attempt_id, node_id, consent, state, started_at, path, seconds, bytes, key_id, delete_after)
values ($1, $2, $3, 'not_asked', 'stored', $4, $5, $6, $7, $8, $9)
on conflict (recording_id) do update
set state = 'stored', path = excluded.path, seconds = excluded.seconds, bytes = excluded.bytes,
    key_id = excluded.key_id, delete_after = excluded.delete_after
where r.state <> 'deleted';

-- name: lose_recording
-- purpose: Note why the running recording $1 came to nothing.
-- rows: none
update dialer.recordings set state = 'not_recorded', reason = $2
where recording_id = $1 and state = 'recording';

-- name: running_recordings
-- purpose: Give the recordings that began and are not stored.
-- rows: one for each, about as many as there are talks
select r.recording_id, r.attempt_id, c.campaign_id, r.node_id, r.started_at
from dialer.recordings r left join dialer.campaigns c using (campaign_number)
where r.state = 'recording' order by r.recording_id;

-- name: recordings_of_attempt
-- purpose: Give what the index says of the recordings of attempt $1.
-- rows: one for each talk that was, or should have been, recorded
select recording_id, state, reason, started_at, path, seconds, key_id, delete_after
from dialer.recordings where attempt_id = $1 order by started_at, recording_id;

-- name: recordings_due
-- purpose: Give up to $2 stored recordings that are kept no longer than $1.
-- rows: one for each, $2 at most
select recording_id, path from dialer.recordings
where state = 'stored' and delete_after <= $1 order by delete_after limit $2;

-- name: delete_recordings
-- purpose: Note that the files of the recordings $1 are gone.
-- rows: none
update dialer.recordings set state = 'deleted', deleted_at = $2
where recording_id = any($1::text[]) and state = 'stored';

-- name: stored_recording_bytes
-- purpose: Count what the stored recordings take.
-- rows: one
select coalesce(sum(bytes), 0)::bigint from dialer.recordings where state = 'stored';

-- name: read_lead_record
-- purpose: Give lead $1 with its place in the queue, its list, and the attempt or talk that it waits for.
-- rows: one, unless there is no such lead
select c.campaign_id, l.list_id, s.name as list_name, l.priority, q.state, q.due_at, q.leased_by, q.leased_until,
    l.closed_at, l.last_reason, going.attempt_id, going.dialed_at, owing.agent_id as owing_agent_id
from dialer.leads l
join dialer.campaigns c using (campaign_number)
join dialer.lists s using (list_id)
left join dialer.dial_queue q using (lead_id)
left join lateral (
    select a.attempt_id, a.dialed_at from dialer.attempts a
    join dialer.open_attempts o on o.attempt_id = a.attempt_id and o.dialed_at = a.dialed_at
    where a.lead_id = l.lead_id limit 1
) going on true
left join lateral (
    select d.agent_id from dialer.owed_dispositions d where d.lead_id = l.lead_id and d.decides_lead limit 1
) owing on true
where l.lead_id = $1;

-- name: read_suppressed
-- purpose: Give those of the numbers $1 that campaign $2 must not call.
-- rows: one for each
select distinct e164 from dialer.suppressed_numbers
where e164 = any($1::text[]) and (campaign_number is null or campaign_number = $2);

-- name: save_inbound_number
-- purpose: Keep the inbound number $1, new or changed.
-- rows: none
insert into dialer.inbound_numbers values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (number) do update
set campaign_number = excluded.campaign_number, open_hours = excluded.open_hours, zone = excluded.zone,
    greeting_sound = excluded.greeting_sound, closed_sound = excluded.closed_sound,
    overflow_seconds = excluded.overflow_seconds,
    overflow_campaign_number = excluded.overflow_campaign_number,
    overflow_sound = excluded.overflow_sound, offers_callback = excluded.offers_callback,
    callback_sound = excluded.callback_sound;

-- name: remove_inbound_number
-- purpose: Forget the inbound number $1.
-- rows: one, unless it is not there
delete from dialer.inbound_numbers where number = $1 returning number;

-- name: read_inbound_numbers
-- purpose: Give the inbound number $1, or all of them where it is null.
-- rows: one for each
select n.number, c.campaign_id, n.open_hours, n.zone, n.greeting_sound, n.closed_sound, n.overflow_seconds,
    o.campaign_id as overflow_campaign_id, n.overflow_sound, n.offers_callback, n.callback_sound
from dialer.inbound_numbers n
join dialer.campaigns c using (campaign_number)
left join dialer.campaigns o on o.campaign_number = n.overflow_campaign_number
where $1::text is null or n.number = $1 order by n.number;

-- name: find_caller
-- purpose: Give the lead that was called last by one of the numbers $1, and the last agent who talked then.
-- rows: one, unless nobody was called
select a.lead_id, coalesce(
    (
        select d.agent_id from dialer.dispositions d
        where d.attempt_id = a.attempt_id order by d.saved_at desc limit 1
    ),
    a.agent_id
) as agent_id
from dialer.attempts a
where a.e164 = any($1::text[]) and a.lead_id is not null
order by a.dialed_at desc limit 1;

-- name: promise_callback
-- purpose: Let lead $1 be called at $2, by agent $3 if one is named; a closed lead is opened again.
-- rows: one, unless it must not be called or is being called
with lead as (
    select l.lead_id, l.campaign_number, n.zone_group_id
    from dialer.leads l join dialer.numbers n using (lead_id, number_index)
    where l.lead_id = $1 and not exists (
        select from dialer.suppressed_numbers s
        where s.e164 = n.e164 and (s.campaign_number is null or s.campaign_number = l.campaign_number)
    )
),
queued as (
    insert into dialer.dial_queue as q (lead_id, campaign_number, priority, zone_group_id, due_at)
    select lead_id, campaign_number, 9, zone_group_id, $2 from lead
    on conflict (lead_id) do update set due_at = excluded.due_at, priority = 9 where q.state = 0
    returning q.lead_id
)
update dialer.leads l
set closed_at = null, last_reason = 'callback', callback_at = $2, callback_agent_id = $3
from queued where l.lead_id = queued.lead_id
returning l.lead_id;
