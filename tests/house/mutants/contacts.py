"""Planted faults of contacts: what writes itself, and what an open page tells."""

from tests.house.mutants.mutant import Mutant

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
)
