"""Planted faults of the list import: half-loaded lists, numbers twice, cells that break out."""

from tests.house.mutants.mutant import Mutant

ROOM = "dialer/adapters/list_import"
UNIT = "tests/unit/dialer/adapters/list_import"
STORED = "tests/integration/test_list_import.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="list import: leads are written before the rest is sure",
        catches=f"{STORED}::test_import_cut_off_in_the_middle_leaves_nothing",
        path=f"{ROOM}/loading.py",
        before="        async with self._connection.transaction():\n",
        after="        if True:\n",
    ),
    Mutant(
        name="list import: bad rows do not keep a list out",
        catches=f"{STORED}::test_one_bad_row_keeps_the_whole_list_out",
        path=f"{ROOM}/importing.py",
        before="is_refused = report.bad_rows_and_cells > 0 and not order.skips_bad",
        after="is_refused = False",
    ),
    Mutant(
        name="list import: a number twice in a file is loaded twice",
        catches=f"{STORED}::test_number_that_is_there_already_is_left_out_within_its_scope",
        path=f"{ROOM}/queries.sql",
        before="f.row_number < n.row_number",
        after="f.row_number > n.row_number",
    ),
    Mutant(
        name="list import: the campaign's own do-not-call list is not asked",
        catches=f"{STORED}::test_number_on_the_do_not_call_list_is_not_loaded",
        path=f"{ROOM}/queries.sql",
        before="and (s.campaign_number is null or s.campaign_number = $1)",
        after="and s.campaign_number is null",
    ),
    Mutant(
        name="list import: undoing a list takes leads in an attempt along",
        catches=f"{STORED}::test_undone_list_leaves_only_what_was_attempted",
        path="dialer/adapters/queries.sql",
        before="where l.list_id = $1 and l.attempts_made = 0 and q.state < 2\n    for update of q",
        after="where l.list_id = $1 and q.state < 2\n    for update of q",
    ),
    Mutant(
        name="list import: undoing a list forgets the leads in a hopper",
        catches=f"{STORED}::test_undone_list_leaves_only_what_was_attempted",
        path="dialer/adapters/queries.sql",
        before="and l.attempts_made = 0 and q.state < 2\n    for update of q",
        after="and l.attempts_made = 0 and q.state < 1\n    for update of q",
    ),
    Mutant(
        name="list import: a backslash in a cell is taken for an escape",
        catches=f"{UNIT}/test_lead_rows.py::test_cells_of_any_text_come_out_of_copy_as_they_were",
        path=f"{ROOM}/lead_rows.py",
        before='text.replace("\\\\", "\\\\\\\\")',
        after="text",
    ),
    Mutant(
        name="list import: a formula behind blanks gets into the fault file",
        catches=f"{UNIT}/test_lead_rows.py::test_cell_of_a_fault_file_never_begins_a_formula",
        path=f"{ROOM}/fault_file.py",
        before='text.lstrip(" ").startswith(FORMULA_BEGINS)',
        after="text.startswith(FORMULA_BEGINS)",
    ),
    Mutant(
        name="list import: an error of the numbering plans gets through",
        catches=f"{UNIT}/test_phone_numbers.py::test_text_of_any_kind_is_a_dialable_number_or_refused",
        path=f"{ROOM}/phone_numbers.py",
        before='        raise NumberFault("no telephone number") from None',
        after="        raise",
    ),
    Mutant(
        name="list import: a row keeps cells without end",
        catches=f"{UNIT}/test_text_table.py::test_bytes_of_any_kind_are_read_or_refused",
        path=f"{ROOM}/table.py",
        before='cells = [*cells[:columns], f"{len(cells):,} cells"]',
        after="cells = [*cells]",
    ),
    Mutant(
        name="list import: a workbook may unpack to any size",
        catches=f"{UNIT}/test_workbook_table.py::test_archive_that_lies_about_its_size_is_refused",
        path=f"{ROOM}/workbook_table.py",
        before="if unpacked > bytes_max or unpacked > entry.file_size:",
        after="if unpacked > bytes_max:",
    ),
)
