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
)
