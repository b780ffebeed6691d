"""Planted faults of the store: leads handed out twice, attempts ended twice or half, open doors."""

from tests.house.mutants.mutant import Mutant

QUERIES = "dialer/adapters/queries.sql"
RESERVATIONS = "tests/integration/test_store_reservations.py"
ATTEMPTS = "tests/integration/test_store_attempts.py"
FLOOR = "tests/integration/test_store_floor.py"
SERVER = "tests/integration/test_embedded_postgres.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="store: reservers do not lock what they find",
        catches=f"{RESERVATIONS}::test_concurrent_reservers_never_get_one_lead_twice",
        path=QUERIES,
        before="order by q.due_at, q.lead_id limit $2\n        for update skip locked",
        after="order by q.due_at, q.lead_id limit $2",
    ),
    Mutant(
        name="store: leads due later are reserved now",
        catches=f"{RESERVATIONS}::test_lead_due_later_is_not_reserved_before_its_time",
        path=QUERIES,
        before="and q.zone_group_id = s.zone_group_id and q.due_at <= $3",
        after="and q.zone_group_id = s.zone_group_id and ($3::timestamptz is not null)",
    ),
    Mutant(
        name="store: calling hours of the zone groups are not looked at",
        catches=f"{RESERVATIONS}::test_leads_outside_calling_hours_stay_where_they_are",
        path=QUERIES,
        before="where $6::smallint[] is null or s.zone_group_id = any($6)",
        after="where $6::smallint[] is null or s.zone_group_id <> all($6) or true",
    ),
    Mutant(
        name="store: small priorities go first",
        catches=f"{RESERVATIONS}::test_due_leads_come_by_priority_then_by_due_instant",
        path=QUERIES,
        before="""        where q.campaign_number = $1 and q.state = 0
        order by q.priority desc, q.zone_group_id desc limit 1
    )
    union all""",
        after="""        where q.campaign_number = $1 and q.state = 0
        order by q.priority, q.zone_group_id limit 1
    )
    union all""",
    ),
    Mutant(
        name="store: suppressed numbers are handed out",
        catches=f"{RESERVATIONS}::test_lead_with_a_suppressed_number_is_closed_not_handed_out",
        path=QUERIES,
        before="and (s.campaign_number is null or s.campaign_number = $3)",
        after="and s.campaign_number = $3",
    ),
    Mutant(
        name="store: any engine can release any lead",
        catches=f"{RESERVATIONS}::test_release_by_an_engine_without_the_lease_changes_nothing",
        path=QUERIES,
        before="where q.lead_id = g.lead_id and q.state = 1 and q.leased_by = $4",
        after="where q.lead_id = g.lead_id and q.state = 1 and $4 <> ''",
    ),
    Mutant(
        name="store: attempts begin without a lease",
        catches=f"{ATTEMPTS}::test_attempt_on_a_lead_that_is_not_leased_is_refused",
        path=QUERIES,
        before="where q.lead_id = g.lead_id and q.state = 1 and q.leased_by = $11",
        after="where q.lead_id = g.lead_id and q.state = 1 and $11 <> ''",
    ),
    Mutant(
        name="store: an ended attempt opens again",
        catches=f"{ATTEMPTS}::test_attempt_that_has_ended_is_not_begun_again",
        path=QUERIES,
        before="where a.attempt_id = g.attempt_id and a.dialed_at = g.dialed_at\n        )",
        after="where a.attempt_id = g.attempt_id and a.dialed_at is null\n        )",
    ),
    Mutant(
        name="store: ends pass the gate again and again",
        catches=f"{ATTEMPTS}::test_later_end_of_an_ended_attempt_changes_nothing",
        path=QUERIES,
        before="delete from dialer.open_attempts o\nusing (",
        after="update dialer.open_attempts o set dialed_at = o.dialed_at\nfrom (",
    ),
    Mutant(
        name="store: senders of one end do not wait for each other",
        catches=f"{ATTEMPTS}::test_end_of_attempts_sent_many_times_at_once_happens_once",
        path=QUERIES,
        before="""delete from dialer.open_attempts o
using (
    select attempt_id from dialer.open_attempts where attempt_id = any($1::text[])
    order by attempt_id for update
) locked
where o.attempt_id = locked.attempt_id
returning o.attempt_id, o.dialed_at""",
        after="""with gone as (delete from dialer.open_attempts where attempt_id = any($1::text[]))
select attempt_id, dialed_at from dialer.open_attempts where attempt_id = any($1::text[])""",
    ),
    Mutant(
        name="store: the ledger is written before the caller commits",
        catches=f"{ATTEMPTS}::test_attempt_cut_off_between_begin_and_end_stays_visible_as_open",
        path="dialer/adapters/store/attempts.py",
        before="    await write_ledger(connection, ended, numbers, clock)\n",
        after="""    await write_ledger(connection, ended, numbers, clock)
    await connection.execute('commit')
""",
    ),
    Mutant(
        name="store: a repeated disposition decides again",
        catches=f"{ATTEMPTS}::test_disposition_saved_twice_decides_the_lead_once",
        path="dialer/adapters/store/dispositions.py",
        before="for command in saved\n",
        after="for command in given\n",
    ),
    Mutant(
        name="store: a retry keeps the time zone of the number dialed before",
        catches=f"{ATTEMPTS}::test_retry_of_another_number_moves_the_lead_to_its_time_zone",
        path=QUERIES,
        before="where n.lead_id = g.lead_id and n.number_index = g.number_index",
        after="where n.lead_id = g.lead_id and n.number_index = l.number_index",
    ),
    Mutant(
        name="store: the attempt that goes on counts in its own lead's history",
        catches=f"{FLOOR}::test_open_attempt_is_restored_with_its_lead_as_it_was_dialed",
        path="dialer/adapters/store/stored_leads.py",
        before="if not left_out or attempt.attempt_id != left_out[0]",
        after="if not left_out or attempt.attempt_id",
    ),
    Mutant(
        name="store: every engine takes over every lease at a restart",
        catches=f"{FLOOR}::test_leases_of_this_engine_are_restored_and_no_others",
        path=QUERIES,
        before="where q.state = 1 and q.leased_by = $1",
        after="where q.state = 1 and $1 <> ''",
    ),
    Mutant(
        name="store: whoever talked first decides the lead too",
        catches=f"{FLOOR}::test_agent_who_handed_a_call_on_owes_but_does_not_decide",
        path=QUERIES,
        before="set decides_lead = g.agent_id is not null and o.agent_id = g.agent_id",
        after="set decides_lead = g.agent_id is not null",
    ),
    Mutant(
        name="store: a second Paceline takes the folder of the first",
        catches=f"{SERVER}::test_folder_in_use_by_another_paceline_is_refused",
        path="app/embedded_postgres.py",
        before="fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)",
        after="fcntl.flock(lock, fcntl.LOCK_UN)",
    ),
    Mutant(
        name="store: anybody on this machine may log in",
        catches=f"{SERVER}::test_server_asked_with_a_wrong_password_refuses",
        path="app/embedded_postgres.py",
        before='"--auth", "scram-sha-256"',
        after='"--auth", "trust"',
    ),
    Mutant(
        name="store: a stranger's process id keeps the server from starting",
        catches=f"{SERVER}::test_id_file_that_names_a_stranger_does_not_hinder_the_start",
        path="app/embedded_postgres.py",
        before="(self._data / FILE_NAME).unlink(missing_ok=True)",
        after="pass",
    ),
)
