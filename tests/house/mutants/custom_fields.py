"""Faults in fields that people add: values are lost, labels are believed, rights are passed by."""

from tests.house.mutants.mutant import Mutant

FIELDS = "tests/integration/test_custom_fields.py"


def fault(name: str, catches: str, path: str, before: str, after: str) -> Mutant:
    """A fault in added fields."""
    return Mutant(
        name=f"added fields: {name}", catches=f"{FIELDS}::{catches}", path=path, before=before, after=after
    )


MUTANTS: tuple[Mutant, ...] = (
    fault(
        "one change loses the other values",
        "test_change_of_one_added_field_leaves_the_others",
        "crm_core/engine/document_fields.py",
        'return json.dumps({**json.loads(str(document or "{}")), **parts}, ensure_ascii=False)',
        "return json.dumps(parts, ensure_ascii=False)",
    ),
    fault(
        "a choice may be taken away",
        "test_retired_field_is_away_and_comes_back_with_its_values",
        "crm_core/engine/custom_fields.py",
        "    if not {code for code, _ in before.choices} <= {code for code, _ in made.choices}:",
        "    if len(made.choices) > len(before.choices) + FIELDS_MAX:",
    ),
    fault(
        "anybody adds fields",
        "test_field_is_added_by_administrators_alone_and_once",
        "crm_core/engine/custom_fields.py",
        "    if not viewer.is_administrator or viewer.is_read_only:",
        "    if viewer.is_read_only:",
    ),
    fault(
        "labels are believed to be our own",
        "test_field_added_on_its_page_is_everywhere_at_once",
        "agent_console/templates/records/fields.html",
        """for="field-{{ input.name }}">{{ input.label | translated }}</label>""",
        """for="field-{{ input.name }}">{{ _(input.label) }}</label>""",
    ),
    Mutant(
        name="added fields: a page takes a label for our own text",
        catches="tests/unit/agent_console/test_templates.py"
        "::test_text_that_is_no_literal_is_never_taken_for_one",
        path="agent_console/templates/records/fields.html",
        before="{{ input.help | translated }}",
        after="{{ _(input.help) }}",
    ),
)
