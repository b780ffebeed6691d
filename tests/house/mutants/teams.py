"""Faults planted in how administrators change teams, users and figures of the house."""

from tests.house.mutants.mutant import Mutant

TEAMS = "tests/integration/test_teams.py"
MUTANTS = (
    Mutant(
        name="teams: a team may stand above itself",
        catches=f"{TEAMS}::test_team_is_refused_where_it_cannot_be",
        path="crm_core/access/teams.py",
        before='if team_id in {row["id"] for row in above}:',
        after="if team_id == 0:",
    ),
    Mutant(
        name="teams: two moves at once close a circle",
        catches=f"{TEAMS}::test_two_moves_at_once_close_no_circle",
        path="crm_core/access/teams.py",
        before='    await connection.execute("select pg_advisory_xact_lock($1)", TEAMS_LOCK)\n',
        after="    pass\n",
    ),
    Mutant(
        name="teams: the history keeps what did not change",
        catches=f"{TEAMS}::test_change_of_a_user_is_written_down_with_what_it_was",
        path="crm_core/access/users.py",
        before="if told[key] != after[key]]",
        after="]",
    ),
    Mutant(
        name="parameters: a session keeps the time it had",
        catches="tests/integration/test_parameters.py::test_session_ends_after_the_time_that_is_set",
        path="crm_core/access/sessions.py",
        before="where name = '{IDLE_MINUTES.name}'",
        after="where name = 'other'",
    ),
    Mutant(
        name="parameters: tidying up takes links that hold",
        catches="tests/integration/test_parameters.py::test_tidying_up_takes_what_has_ended_and_nothing_else",
        path="crm_core/access/tidying.py",
        before="delete from crm.set_up_links where expires_at <= $1",
        after="delete from crm.set_up_links where created_at <= $1",
    ),
)
