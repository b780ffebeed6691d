"""Planted faults of contacts: what writes itself, and what an open page tells."""

from tests.house.mutants.mutant import Mutant

RECORDS = "tests/integration/test_console_records.py"
REGISTER = "tests/integration/test_call_register.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="contacts: two processes write one call twice",
        catches=f"{REGISTER}::test_two_processes_write_a_call_once",
        path="app/call_register.py",
        before="if await is_first_effect(connection, CONSUMER, key, now):",
        after="if key:",
    ),
    Mutant(
        name="contacts: a call is written into the history of any party with its number",
        catches=f"{REGISTER}::test_number_of_two_parties_is_nobodys",
        path="app/call_register.py",
        before="cardinality(p.party_ids) = 1",
        after="cardinality(p.party_ids) >= 1",
    ),
    Mutant(
        name="contacts: an open page that nobody looks at keeps its session awake",
        catches=f"{RECORDS}::test_open_page_learns_of_changes_and_keeps_no_session_awake",
        path="agent_console/doorkeeper.py",
        before="is_use = not is_there or",
        after="is_use = True or",
    ),
    Mutant(
        name="contacts: an open page does not learn of its parts",
        catches=f"{RECORDS}::test_open_page_learns_of_changes_and_keeps_no_session_awake",
        path="agent_console/records/live.py",
        before="        if links:\n",
        after="        if not links:\n",
    ),
)
