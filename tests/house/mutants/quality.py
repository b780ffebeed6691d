"""Planted faults of data quality: finding duplicates, merging them, taking merges apart."""

from tests.house.mutants.mutant import Mutant

DUPLICATES = "tests/unit/crm_core/test_duplicates.py"
IMPORT = "tests/integration/test_party_import.py"
MERGING = "tests/integration/test_merging.py"

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
    Mutant(
        name="quality: an undo leaves behind one of several links",
        catches=f"{MERGING}::test_merge_and_undo_leave_everything_as_it_was[0]",
        path="crm_core/quality/moving.py",
        before='return "joined" if target_id in held else "links"',
        after='return "links"',
    ),
    Mutant(
        name="quality: an undo takes back what was written since",
        catches=f"{MERGING}::test_undo_keeps_what_was_changed_since",
        path="crm_core/quality/merging.py",
        before="if name in after and field.to_json(now_held[name]) == after[name]",
        after="if name in after",
    ),
    Mutant(
        name="quality: an imported number may be called although somebody asked not to be",
        catches=f"{IMPORT}::test_number_that_must_not_be_called_is_kept_as_opted_out",
        path="crm_core/quality/import_jobs.py",
        before="phone.e164 in suppressed",
        after="phone.e164 in ()",
    ),
    Mutant(
        name="quality: anybody reads a file that somebody uploaded",
        catches=f"{IMPORT}::test_file_is_its_owners_alone_and_emptied_when_it_is_done",
        path="crm_core/quality/import_jobs.py",
        before="where id = $1 and user_id = $2",
        after="where id = $1 and $2 > 0",
    ),
    Mutant(
        name="quality: an exported workbook runs what somebody typed as a name",
        catches="tests/integration/test_console_quality.py::test_cell_of_a_workbook_is_never_a_formula",
        path="crm_core/engine/workbooks.py",
        before="self._sheet.write_string(self._rows, column, text)",
        after="self._sheet.write_formula(self._rows, column, text)",
    ),
    Mutant(
        name="quality: what is hidden from who merges is lost",
        catches=f"{MERGING}::test_value_hidden_from_the_viewer_is_not_lost",
        path="crm_core/quality/merging.py",
        before="else ours[name] is None",
        after="else False",
    ),
    Mutant(
        name="quality: duplicates tell of people whom the viewer may not see",
        catches=f"{MERGING}::test_duplicates_of_whom_the_viewer_may_not_see_are_not_told",
        path="crm_core/quality/looking.py",
        before="            visible_to(viewer, party),\n",
        after="",
    ),
)
