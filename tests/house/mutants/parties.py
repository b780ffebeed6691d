"""Faults in what parties promise: check digits, dates of their stages."""

from tests.house.mutants.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="parties: no check digit is looked at",
        catches="tests/unit/crm_core/test_tax_numbers.py::test_one_wrong_digit_is_told",
        path="crm_core/parties/tax_numbers.py",
        before="(personal or check)(digits)",
        after="(personal or str)(digits)",
    ),
    Mutant(
        name="parties: stages are told to those who may not see them",
        catches="tests/integration/test_entity_records.py::test_date_that_follows_a_field_is_of_its_last_change",
        path="crm_core/engine/stages.py",
        before="bool(entity.stage_field) and may_see(viewer, entity, entity.fields[entity.stage_field])",
        after="bool(entity.stage_field)",
    ),
    Mutant(
        name="parties: a list of one's own forgets its other filters",
        catches="tests/unit/agent_console/test_records.py::test_list_of_ones_own_keeps_sort_and_other_filters",
        path="agent_console/records/list_query.py",
        before="if one.field != OWNER",
        after="if one.field == OWNER",
    ),
    Mutant(
        name="topics: everybody's person comes before the party's own one",
        catches="tests/unit/crm_core/test_answering.py"
        "::test_answer_is_the_partys_nearest_person_else_everybodys",
        path="crm_core/interactions/answering.py",
        before="        if one in named:\n",
        after="        if one in named and topics[one].answers is None:\n",
    ),
)
