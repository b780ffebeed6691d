"""Planted faults of data quality: finding duplicates, merging them, taking merges apart."""

from tests.house.mutants.mutant import Mutant

DUPLICATES = "tests/unit/crm_core/test_duplicates.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="quality: exchanged names weigh by the record that is looked at first",
        catches=f"{DUPLICATES}::test_score_does_not_depend_on_who_is_compared_with_whom",
        path="crm_core/quality/comparing.py",
        before="        key=list(Level).index,\n",
        after="        key=lambda level: 0,\n",
    ),
    Mutant(
        name="quality: a family is one person",
        catches=f"{DUPLICATES}::test_housemates_are_not_said_to_be_one",
        path="crm_core/quality/scoring.py",
        before="bits = min(bits, LIKELY_BITS - 1)",
        after="bits = max(bits, LIKELY_BITS - 1)",
    ),
)
