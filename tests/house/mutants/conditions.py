"""Planted faults of the condition language: two evaluators, one parser, one check."""

from tests.house.mutants.mutant import Mutant

UNIT = "tests/unit/rules/conditions"
PARSING = f"{UNIT}/test_parsing.py"
LISTS = "tests/integration/test_narrowed_lists.py"
AGREE = "tests/integration/test_condition_evaluators.py::test_evaluators_on_any_rows_and_conditions_agree[0]"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="conditions: in the database, a negation of something empty is as unknown as it",
        catches=AGREE,
        path="rules/conditions/compiling.py",
        before="is not true)",
        after="is false)",
    ),
    Mutant(
        name="conditions: in the database, an empty text is another one",
        catches=AGREE,
        path="rules/conditions/compiling.py",
        before='empty = ("",) if found.kind in TEXTS else ()',
        after="empty = ()",
    ),
    Mutant(
        name="conditions: in the database, links lead to what one may not see",
        catches=AGREE,
        path="rules/conditions/compiling.py",
        before="if entity.restriction is not None:",
        after="if entity.restriction is not None and not entity.key:",
    ),
    Mutant(
        name="conditions: in Python, an empty set is a set",
        catches=AGREE,
        path="rules/conditions/evaluating.py",
        before="isinstance(value, str | frozenset)",
        after="isinstance(value, str)",
    ),
    Mutant(
        name="conditions: in Python, accents are folded in another way",
        catches=AGREE,
        path="rules/conditions/folding.py",
        before='unicodedata.normalize("NFKD", text)',
        after='unicodedata.normalize("NFC", text)',
    ),
    Mutant(
        name="conditions: decimals are stored with one digit",
        catches=f"{PARSING}::test_condition_written_and_read_again_is_the_same",
        path="rules/conditions/writing.py",
        before='f"{value:f}"',
        after='f"{value:.1f}"',
    ),
    Mutant(
        name="conditions: the parser takes any value for an object",
        catches=f"{PARSING}::test_spoilt_document_read_is_a_condition_or_the_one_error",
        path="rules/conditions/parsing.py",
        before="    if not isinstance(came, dict):\n        raise _refused(place, f",
        after="    if came is None:\n        raise _refused(place, f",
    ),
    Mutant(
        name="conditions: the parser takes any value for a text",
        catches=f"{PARSING}::test_anything_read_is_a_condition_or_the_one_error",
        path="rules/conditions/parsing.py",
        before="if not isinstance(came, str) or not 1 <=",
        after="if not 1 <=",
    ),
    Mutant(
        name="conditions: a field that the catalogue does not have breaks the check",
        catches=f"{UNIT}/test_checking.py::"
        "test_condition_of_another_catalogue_fits_or_is_refused_and_never_breaks",
        path="rules/conditions/checking.py",
        before="entity_there.fields.get(path[-1])",
        after="entity_there.fields[path[-1]]",
    ),
    Mutant(
        name="conditions: the reason for a negation is that of its part",
        catches=f"{UNIT}/test_wording.py::test_reasons_of_any_condition_have_its_verdict",
        path="rules/conditions/explaining.py",
        before="is_held=not part.is_held",
        after="is_held=part.is_held",
    ),
    Mutant(
        name="conditions: what is asked of rows is not loaded",
        catches=f"{UNIT}/test_reading.py::test_condition_reads_nothing_that_it_does_not_name",
        path="rules/conditions/reading.py",
        before="_together((own, reads(subject.where))) if subject.where else own",
        after="own",
    ),
    Mutant(
        name="conditions: the form offers hours for dates",
        catches=f"{UNIT}/test_builder.py::test_condition_built_from_the_description_alone_fits_the_catalogue",
        path="rules/conditions/builder.py",
        before='"is_for_dates": unit not in CLOCK_UNITS',
        after='"is_for_dates": unit not in ()',
    ),
    Mutant(
        name="conditions: a letter is folded in Python only",
        catches="tests/integration/test_condition_evaluators.py::"
        "test_folding_of_any_letter_is_the_same_in_both",
        path="rules/conditions/folding.py",
        before="    for letter, pair in PAIRS.items():\n        sql",
        after="    for letter, pair in ():\n        sql",
    ),
    Mutant(
        name="conditions: a text that is there is asked for in a way that no index serves",
        catches="tests/integration/test_condition_evaluators.py::"
        "test_comparison_of_an_indexed_column_is_answered_by_its_index",
        path="rules/conditions/compiling.py",
        before='return f"{sql} = any({self._array(values, found)})"',
        after='return f"coalesce({sql} = any({self._array(values, found)}), false)"',
    ),
    Mutant(
        name="conditions: folding gives capitals",
        catches=f"{UNIT}/test_evaluating.py::test_text_folded_twice_is_folded_once",
        path="rules/conditions/folding.py",
        before=".translate(_TABLE)\n",
        after=".translate(_TABLE).upper()\n",
    ),
    Mutant(
        name="conditions: links and counts reach rows that the viewer does not see",
        catches=f"{LISTS}::test_conditions_reach_no_row_that_a_viewer_does_not_see",
        path="crm_core/conditions/gates.py",
        before="entity.table.c.deleted_at.is_(None), visible_to(viewer, entity))",
        after="entity.table.c.deleted_at.is_(None))",
    ),
    Mutant(
        name="conditions: deleted rows are reached",
        catches=f"{LISTS}::test_deleted_records_are_reached_by_no_condition",
        path="crm_core/conditions/gates.py",
        before="entity.table.c.deleted_at.is_(None), visible_to(viewer, entity))",
        after="visible_to(viewer, entity))",
    ),
    Mutant(
        name="conditions: hidden fields can be asked about",
        catches=f"{LISTS}::test_condition_about_a_hidden_field_is_refused_like_one_about_nothing",
        path="crm_core/conditions/catalogue.py",
        before="seen = seen_fields(self.viewer, entity).values()",
        after="seen = [*seen_fields(self.viewer, entity).values(), *entity.fields.values()]",
    ),
    Mutant(
        name="exports: filters by added fields are passed over",
        catches="tests/integration/test_console_quality.py::test_export_has_added_fields_and_their_filters",
        path="agent_console/records/exports.py",
        before="query = read_query(whole, ",
        after="query = read_query(entity, ",
    ),
)
