"""Faults in the interface for programs: it says other than it does, or lets in who has no token."""

from tests.house.mutants.mutant import Mutant

API = "tests/integration/test_api.py"


def fault(name: str, catches: str, path: str, before: str, after: str) -> Mutant:
    """A fault in the interface."""
    return Mutant(name=f"api: {name}", catches=f"{API}::{catches}", path=path, before=before, after=after)


MUTANTS: tuple[Mutant, ...] = (
    fault(
        "the document promises another shape than is given",
        "test_document_says_exactly_what_the_interface_does",
        "agent_console/api/records.py",
        '"next": page.next_marker or None,',
        '"next": page.next_marker or 0,',
    ),
    fault(
        "parameters that no list has are passed over",
        "test_list_that_does_not_exist_is_refused[colour.is=red]",
        "agent_console/api/bodies.py",
        '            raise ListRefused("there is no parameter of this name; the document names all")',
        "            continue",
    ),
    fault(
        "a body is not held against its schema",
        "test_unusable_body_is_refused_in_words_and_keeps_nothing[no object]",
        "agent_console/api/bodies.py",
        "    if wrong:\n        raise RecordRefused(wrong)",
        "    if wrong and isinstance(sent, dict):\n        raise RecordRefused(wrong)",
    ),
    fault(
        "a page's marker may nest without end",
        "test_marker_of_a_page_nested_without_end_is_refused",
        "crm_core/engine/listing.py",
        "KeyError, RecursionError, UnusableValue)",
        "KeyError, UnusableValue)",
    ),
    fault(
        "the document names hidden fields",
        "test_record_and_fields_of_others_do_not_exist",
        "agent_console/api/document.py",
        '"properties": {name: field.json_schema() for name, field in seen.items()},',
        '"properties": {name: field.json_schema() for name, field in entity.fields.items()},',
    ),
    fault(
        "a token opens pages too",
        "test_token_opens_the_interface_alone_and_only_while_it_is_valid",
        "agent_console/doorkeeper.py",
        "    if is_there and request.app[ACCESS][request.match_info.route] is not Access.PROGRAM:\n"
        "        return None\n",
        "",
    ),
    fault(
        "a browser's session is enough to change records",
        "test_browser_needs_the_word_of_its_session_to_change_anything",
        "agent_console/doorkeeper.py",
        "    if request.method not in SAFE_METHODS and session_of(request) is not None:",
        "    if request.content_type in FORMS and session_of(request) is not None:",
    ),
)
