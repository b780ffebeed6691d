-- The statements of a list import. The staged tables are temporary: what is in them is nobody else's, and is gone
-- with the connection. Only the statements named write_… touch the dialer's own tables, all in one transaction.

-- name: stage_leads
-- purpose: Make the table of leads that were read and are not loaded yet.
-- rows: none
create temp table staged_leads (
    row_number int not null, priority smallint not null, owner_agent_id text, required_skill text,
    live_probability double precision, fields jsonb
);

-- name: stage_numbers
-- purpose: Make the table of their numbers; zones with commas between.
-- rows: none
create temp table staged_numbers (
    row_number int not null, number_index smallint not null, e164 text not null, raw_text text not null,
    zones text not null
);

-- name: stage_left_out
-- purpose: Make the table of rows that are not loaded, with the first reason found.
-- rows: none
create temp table staged_left_out (
    row_number int primary key, kind text not null, e164 text not null, other bigint
);

-- name: find_duplicates_in_file
-- purpose: Leave out rows with a number that an earlier row has.
-- rows: none
insert into staged_left_out (row_number, kind, e164, other)
select distinct on (n.row_number) n.row_number, 'file', n.e164, f.row_number
from staged_numbers n
join (
    select e164, min(row_number) as row_number from staged_numbers group by e164 having min(row_number) < max(row_number)
) f on f.e164 = n.e164 and f.row_number < n.row_number
order by n.row_number, n.number_index
on conflict do nothing;

-- name: find_duplicates_on_record
-- purpose: Leave out rows with a number that a lead of campaign $1 (null: of any) has.
-- rows: none
insert into staged_left_out (row_number, kind, e164, other)
select distinct on (n.row_number) n.row_number, 'record', n.e164, l.lead_id
from staged_numbers n
join dialer.numbers d on d.e164 = n.e164
join dialer.leads l on l.lead_id = d.lead_id
where $1::int is null or l.campaign_number = $1
order by n.row_number, n.number_index, l.lead_id
on conflict do nothing;

-- name: find_suppressed
-- purpose: Leave out rows with a number on the do-not-call list of campaign $1 or of all.
-- rows: none
insert into staged_left_out (row_number, kind, e164, other)
select distinct on (n.row_number) n.row_number, 'do_not_call', n.e164, null
from staged_numbers n
join dialer.suppressed_numbers s on s.e164 = n.e164
    and (s.campaign_number is null or s.campaign_number = $1)
order by n.row_number, n.number_index
on conflict do nothing;

-- name: read_left_out
-- purpose: Give the rows that are not loaded, after $1, with what stood in the list.
-- rows: $2 at most
select o.row_number, o.kind, n.raw_text, o.other
from staged_left_out o join staged_numbers n on n.row_number = o.row_number and n.e164 = o.e164
where o.row_number > $1
order by o.row_number
limit $2;

-- name: choose_leads
-- purpose: Give every row that is loaded its lead id; should the writing fail, the ids are lost, not reused.
-- rows: none
create temp table staged_chosen as
select l.row_number, nextval(pg_get_serial_sequence('dialer.leads', 'lead_id')) as lead_id
from staged_leads l
where not exists (select from staged_left_out o where o.row_number = l.row_number)
order by l.row_number;

-- name: count_chosen
-- purpose: Tell how many leads there will be.
-- rows: one
select (select count(*) from staged_leads) - (select count(*) from staged_left_out);

-- name: count_without_zone
-- purpose: Tell how many leads have no number whose time zone is known.
-- rows: one
select count(*) from staged_leads l
where not exists (select from staged_left_out o where o.row_number = l.row_number)
    and not exists (select from staged_numbers n where n.row_number = l.row_number and n.zones <> '');

-- name: may_set_role
-- purpose: Tell whether we may leave out the lookup of every reference, as a superuser may.
-- rows: one
select has_parameter_privilege('session_replication_role', 'set');

-- name: hold_campaign
-- purpose: Keep campaign $1 from being taken away while we write.
-- rows: one
select from dialer.campaigns where campaign_number = $1 for key share;

-- name: write_zone_groups
-- purpose: Make the groups of time zones known that are new.
-- rows: none
insert into dialer.zone_groups (zones)
select distinct string_to_array(n.zones, ',') from staged_numbers n
where not exists (select from dialer.zone_groups z where z.zones = string_to_array(n.zones, ','))
on conflict (zones) do nothing;

-- name: write_list
-- purpose: Make the list of campaign $1.
-- rows: one
insert into dialer.lists (campaign_number, name, loaded_at, leads_loaded) values ($1, $2, $3, $4) returning list_id;

-- name: write_leads
-- purpose: Load the leads into list $1 of campaign $2.
-- rows: none
insert into dialer.leads (
    lead_id, list_id, campaign_number, priority, owner_agent_id, required_skill, live_probability, fields
)
overriding system value
select c.lead_id, $1, $2, l.priority, l.owner_agent_id, l.required_skill, l.live_probability, l.fields
from staged_chosen c join staged_leads l using (row_number)
order by c.lead_id;

-- name: write_numbers
-- purpose: Load their numbers.
-- rows: none
insert into dialer.numbers (lead_id, number_index, e164, raw_text, zone_group_id)
select c.lead_id, n.number_index, n.e164, n.raw_text, z.zone_group_id
from staged_chosen c
join staged_numbers n using (row_number)
join dialer.zone_groups z on z.zones = string_to_array(n.zones, ',')
order by c.lead_id;

-- name: write_dial_queue
-- purpose: Let the leads of campaign $1 be dialed from $2 on.
-- rows: none
insert into dialer.dial_queue (lead_id, campaign_number, priority, zone_group_id, due_at)
select c.lead_id, $1, l.priority, z.zone_group_id, $2
from staged_chosen c
join staged_leads l using (row_number)
join staged_numbers n on n.row_number = c.row_number and n.number_index = 0
join dialer.zone_groups z on z.zones = string_to_array(n.zones, ',')
order by c.lead_id;
