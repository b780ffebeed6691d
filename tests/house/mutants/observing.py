"""Faults in what is logged and counted: numbers that slip through, counts that lie."""

from tests.house.mutants.mutant import Mutant

LOGS = "tests/unit/app/test_logs.py"
METRICS = "tests/unit/dialer/adapters/test_metrics.py"
SETTINGS = "tests/unit/app/test_settings.py"


def in_logs(name: str, catches: str, before: str, after: str) -> Mutant:
    """A fault in what is logged."""
    return Mutant(
        name=f"logs: {name}", catches=f"{LOGS}::{catches}", path="app/logs.py", before=before, after=after
    )


def in_metrics(name: str, catches: str, before: str, after: str) -> Mutant:
    """A fault in what is counted."""
    path = "dialer/adapters/metrics.py"
    return Mutant(
        name=f"metrics: {name}", catches=f"{METRICS}::{catches}", path=path, before=before, after=after
    )


MUTANTS: tuple[Mutant, ...] = (
    in_logs(
        "texts are logged as they are",
        "test_telephone_number_is_nowhere_in_the_log",
        "    return masked_text(str(value))",
        "    return str(value)",
    ),
    in_logs(
        "an error's text is added after the masking",
        "test_telephone_number_is_nowhere_in_the_log",
        "            structlog.processors.format_exc_info,\n"
        "            structlog.processors.UnicodeDecoder(),\n"
        "            mask_private,\n",
        "            mask_private,\n            structlog.processors.format_exc_info,\n",
    ),
    in_logs(
        "lists are logged as they are",
        "test_telephone_number_is_nowhere_in_the_log",
        "        return [_masked(key, part) for part in value]",
        "        return list(value)",
    ),
    in_logs(
        "a private key is a key like any other",
        "test_field_that_names_something_private_is_masked",
        "if not PRIVATE_WORDS.isdisjoint(",
        "if not PRIVATE_WORDS.issuperset(",
    ),
    in_logs(
        "credentials of URLs are logged",
        "test_secret_of_an_url_is_nowhere_in_the_log",
        'CREDENTIALS.sub(f"{MASK}@", text)',
        "text",
    ),
    in_logs(
        "addresses are taken for numbers",
        "test_text_without_a_number_to_call_stays_readable",
        "    for known in INSTANTS.finditer(text):",
        "    for known in INSTANTS.finditer(text, len(text)):",
    ),
    in_metrics(
        "every answer counts as connected",
        "test_end_of_an_attempt_is_counted_by_what_it_was",
        "            if command.entry.bridged_at is not None:\n                self._connected()",
        "            self._connected()",
    ),
    in_metrics(
        "a state that nobody is in keeps its count",
        "test_floor_of_two_instants_shows_only_the_later",
        "        for state in AgentState:\n            self._agents",
        "        for state in (each for each in AgentState if states[each.value]):\n            self._agents",
    ),
    Mutant(
        name="settings: the file goes before the environment",
        catches=f"{SETTINGS}::test_file_of_the_home_folder_stands_behind_the_environment",
        path="app/settings.py",
        before="return {**{KEYS[key]: str(value) for key, value in found.items()}, **environment}",
        after="return {**environment, **{KEYS[key]: str(value) for key, value in found.items()}}",
    ),
    Mutant(
        name="settings: others may read a secret",
        catches=f"{SETTINGS}::test_file_with_a_secret_that_others_may_read_is_refused",
        path="app/settings.py",
        before="& 0o077",
        after="& 0o002",
    ),
)
