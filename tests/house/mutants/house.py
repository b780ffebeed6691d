"""Faults that the house rules must catch: one for each rule."""

from tests.house.mutants.mutant import Mutant

CODE_RULES = "tests/house/test_house_style.py"
TEST_RULES = "tests/house/test_tests.py"
DOCUMENT_RULES = "tests/house/test_documents.py"
LOCK_RULES = "tests/house/test_locks.py"
SETUP_TESTS = "tests/house/test_setup.py"
CHECKS_TESTS = "tests/house/test_checks.py"
SOME_TEST = "tests/house/test_added_fault.py"
# Written in pieces: these must stand in a planted fault, and nowhere in the project.
HOST = "pypi" + ".org"
HOME = "/" + "home" + "/somebody/"
LEAVE_OUT = "sk" + "ip"


def added(name: str, catches: str, path: str, after: str) -> Mutant:
    """A fault that adds text at the end of a file, or a file."""
    return Mutant(name=f"house: {name}", catches=catches, path=path, before="", after=after)


def changed(name: str, catches: str, path: str, before: str, after: str) -> Mutant:
    """A fault that replaces text in a file."""
    return Mutant(name=f"house: {name}", catches=catches, path=path, before=before, after=after)


def code(name: str, test: str, after: str, path: str = "rules/__init__.py") -> Mutant:
    """A fault in code, to be caught by a rule on code."""
    return added(name, f"{CODE_RULES}::{test}", path, f"\n\n{after}\n")


CODE_MUTANTS = (
    code(
        "a function of 51 lines",
        "test_function_of_any_module_stays_short",
        'def endless() -> None:\n    """Go on."""\n' + "    pass\n" * 49,
    ),
    code("a module of 401 lines", "test_module_of_any_room_stays_short", "# more\n" * 400),
    added(
        "a drawer for everything",
        f"{CODE_RULES}::test_module_name_says_what_it_is_for",
        "rules/utils.py",
        '"""Things."""\n',
    ),
    code("a short form", "test_identifier_in_product_uses_whole_glossary_words", "qty = 1"),
    code(
        "a rate without its two counts",
        "test_identifier_in_product_uses_whole_glossary_words",
        "rpcRate = 1.0",
    ),
    code(
        "a contact that may be a call",
        "test_identifier_in_product_uses_whole_glossary_words",
        "contact = 1",
    ),
    added(
        "a module without purpose",
        f"{CODE_RULES}::test_module_docstring_is_there_in_every_module",
        "tools/silent.py",
        "ANSWER = 42\n",
    ),
    code(
        "a docstring of one word",
        "test_public_docstring_opens_with_a_sentence",
        'class Thing:\n    """Thing"""',
    ),
    code(
        "an except that hides everything",
        "test_broad_except_outside_the_runner_is_refused",
        "try:\n    pass\nexcept Exception:\n    pass",
    ),
    code("a print in deciding code", "test_pure_package_touches_nothing_outside_itself", "print()"),
    code(
        "numbers that no seed determines",
        "test_pure_package_touches_nothing_outside_itself",
        "import numpy as np\nnp.random.default_rng()",
    ),
    code(
        "an event that can change",
        "test_event_or_command_is_a_frozen_value",
        '@dataclass(slots=True, kw_only=True)\nclass Loose:\n    """Loose."""',
        "dialer/core/events.py",
    ),
    code(
        "a field without meaning or unit",
        "test_event_or_command_field_says_what_it_holds",
        '@dataclass(frozen=True, slots=True, kw_only=True)\nclass Mute:\n    """Mute."""\n    waited: float',
        "dialer/core/commands.py",
    ),
    code(
        "a dictionary of anything",
        "test_dictionary_in_product_is_typed",
        "from typing import Any\nloose: dict[str, Any] = {}",
    ),
)

TEST_MUTANTS = (
    added(
        "a test with a name that tells nothing",
        f"{TEST_RULES}::test_name_of_any_test_tells_subject_condition_and_result",
        SOME_TEST,
        'def test_1() -> None:\n    """Something holds."""\n',
    ),
    added(
        "a test without a sentence",
        f"{TEST_RULES}::test_test_of_any_kind_says_in_a_sentence_what_holds",
        SOME_TEST,
        "def test_thing_in_some_state_does_something() -> None:\n    assert True\n",
    ),
    added(
        "a test left out",
        f"{TEST_RULES}::test_test_of_any_kind_is_never_left_out",
        SOME_TEST,
        f"import pytest\npytestmark = pytest.mark.{LEAVE_OUT}\n",
    ),
    added(
        "a test that sleeps",
        f"{TEST_RULES}::test_test_of_any_kind_never_sleeps",
        SOME_TEST,
        "import time\ntime.sleep(0)\n",
    ),
    added(
        "unit tests of no room",
        f"{TEST_RULES}::test_unit_test_folder_mirrors_a_room",
        "tests/unit/cellar/test_cellar.py",
        '"""Nothing."""\n',
    ),
)

DOCUMENT_MUTANTS = (
    changed(
        "a room without a rule",
        f"{DOCUMENT_RULES}::test_room_of_the_house_states_its_rule",
        "tools/checks.py",
        '    "asterisk_config",\n',
        '    "asterisk_config",\n    "cellar",\n',
    ),
    added(
        "a folder rule of eleven lines",
        f"{DOCUMENT_RULES}::test_folder_rule_of_any_folder_stays_short",
        "dialer/README.md",
        "more\n" * 10,
    ),
    added(
        "a glossary term that is no name",
        f"{DOCUMENT_RULES}::test_glossary_term_marked_as_code_exists_in_code",
        "GLOSSARY.md",
        "\n`word_that_nothing_" + "has`\n",
    ),
    added(
        "a link to nowhere",
        f"{DOCUMENT_RULES}::test_link_in_any_document_leads_somewhere",
        "ARCHITECTURE.md",
        "\n[nowhere](docs/nowhere.md)\n",
    ),
    added(
        "two sentences on a line",
        f"{DOCUMENT_RULES}::test_line_of_any_document_holds_one_sentence",
        "CONTRIBUTING.md",
        "\nThis is one. This is two.\n",
    ),
    changed(
        "a first screen without the demo",
        f"{DOCUMENT_RULES}::test_first_screen_of_the_readme_tells_enough",
        "README.md",
        "## Where to look",
        "## Elsewhere",
    ),
    changed(
        "a guide that starts with something else",
        f"{DOCUMENT_RULES}::test_contributing_guide_starts_with_the_one_command",
        "CONTRIBUTING.md",
        "# Contributing\n",
        "# Contributing\n\nWelcome.\n\nWelcome again.\n\nAnd again.\n",
    ),
    added(
        "a decision without consequences",
        f"{DOCUMENT_RULES}::test_decision_record_of_any_number_follows_the_template",
        "docs/decisions/0099-haste.md",
        "# Haste\n\n## Context\n\n## Decision\n",
    ),
)

LOCK_MUTANTS = (
    changed(
        "a dependency that is not locked",
        f"{LOCK_RULES}::test_declared_dependency_of_any_kind_is_locked_in_range",
        "pyproject.toml",
        '    "tzdata>=2026.1",\n',
        '    "tzdata>=2026.1",\n    "unlocked>=1",\n',
    ),
    changed(
        "a lock that is older than the declaration",
        f"{LOCK_RULES}::test_declared_dependency_of_any_kind_is_locked_in_range",
        "pyproject.toml",
        '"tzdata>=2026.1"',
        '"tzdata>=2999.1"',
    ),
    added(
        "a locked package without a hash",
        f"{LOCK_RULES}::test_entry_of_any_lock_carries_a_hash",
        "requirements-test-data.lock",
        "six==1.16.0\n",
    ),
    added(
        "a lock that names a host",
        f"{LOCK_RULES}::test_lock_file_of_any_kind_names_no_host",
        "requirements.lock",
        "--index-url https://packages.example\n",
    ),
    added(
        "a registry's host",
        f"{LOCK_RULES}::test_file_of_any_kind_names_no_registry_host",
        "Makefile",
        f"# {HOST}\n",
    ),
    added(
        "a path of one machine",
        f"{LOCK_RULES}::test_file_of_any_kind_names_no_path_of_a_machine",
        "CHANGELOG.md",
        f"\n{HOME}paceline\n",
    ),
    changed(
        "a room that is not shipped",
        f"{LOCK_RULES}::test_room_of_the_house_is_shipped_and_under_contract",
        "tools/checks.py",
        '    "asterisk_config",\n',
        "",
    ),
)

SETUP_MUTANTS = (
    changed(
        "a moved checkout keeps its environment",
        f"{SETUP_TESTS}::test_checkout_moved_elsewhere_builds_the_environment_anew",
        "tools/setup.py",
        "digest(locks, identity, str(root))",
        "digest(locks, identity)",
    ),
    changed(
        "a new Python keeps the old environment",
        f"{SETUP_TESTS}::test_new_python_of_any_version_builds_the_environment_anew",
        "tools/setup.py",
        "digest(locks, identity, str(root))",
        "digest(locks, str(root))",
    ),
    changed(
        "a killed installation counts as whole",
        f"{SETUP_TESTS}::test_install_step_cut_short_goes_on_from_the_right_place",
        "tools/setup.py",
        "environment in stale or STARTED in done.values()",
        "environment in stale",
    ),
    changed(
        "tests that were left out count as good",
        f"{CHECKS_TESTS}::test_stage_of_tests_is_good_only_if_all_ran_and_passed",
        "tools/checks.py",
        'self.count("passed") > 0 and left_out == 0',
        'self.count("passed") > 0',
    ),
    changed(
        "an empty stage counts as good",
        f"{CHECKS_TESTS}::test_stage_of_tests_is_good_only_if_all_ran_and_passed",
        "tools/checks.py",
        'self.count("passed") > 0 and left_out == 0',
        "left_out == 0",
    ),
)

MUTANTS: tuple[Mutant, ...] = (
    *CODE_MUTANTS,
    *TEST_MUTANTS,
    *DOCUMENT_MUTANTS,
    *LOCK_MUTANTS,
    *SETUP_MUTANTS,
)
