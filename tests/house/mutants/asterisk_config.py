"""Faults in Asterisk's configuration: escapes that leak, doors left open, checks that are blind."""

from tests.house.mutants.mutant import Mutant

RENDERER = "tests/unit/asterisk_config/test_renderer.py"
SETTINGS = "tests/unit/asterisk_config/test_settings.py"
SETTINGS_FILE = "tests/unit/asterisk_config/test_settings_file.py"
VERIFIER = "tests/unit/asterisk_config/test_verifier.py"
COMMANDS = "tests/unit/app/test_asterisk_commands.py"


def fault(name: str, catches: str, path: str, before: str, after: str) -> Mutant:
    """A fault in a file of this room."""
    return Mutant(
        name=f"asterisk_config: {name}",
        catches=catches,
        path=f"asterisk_config/{path}",
        before=before,
        after=after,
    )


MUTANTS: tuple[Mutant, ...] = (
    fault(
        "a semicolon in a secret starts a comment",
        f"{RENDERER}::test_secret_of_any_text_is_refused_or_read_back_exactly",
        "renderer.py",
        'return value.replace(";", "\\\\;")',
        "return value",
    ),
    fault(
        "a line break is printable",
        f"{RENDERER}::test_trunk_of_any_texts_is_refused_or_leaves_the_files_sound",
        "setting_checks.py",
        "bool(text) and text.isprintable() and",
        "bool(text) and",
    ),
    fault(
        "a line break may be rendered",
        f"{RENDERER}::test_value_that_would_not_stay_a_value_is_refused",
        "renderer.py",
        "not isinstance(value, str) or not is_plain_text(value)",
        "not isinstance(value, str)",
    ),
    fault(
        "HTTP listens everywhere",
        f"{RENDERER}::test_rendering_by_default_listens_on_loopback_only",
        "settings.py",
        "http_address: str = LOOPBACK",
        'http_address: str = "0.0.0.0"',
    ),
    fault(
        "the monitoring user may place calls",
        f"{RENDERER}::test_monitoring_user_of_rendered_files_may_not_place_calls",
        "templates/manager.conf.j2",
        "write = system,reporting",
        "write = system,reporting,originate",
    ),
    fault(
        "files with secrets are readable for everybody",
        f"{RENDERER}::test_writing_into_a_new_folder_leaves_files_for_owner_and_group",
        "renderer.py",
        "FILE_MODE = 0o640",
        "FILE_MODE = 0o644",
    ),
    fault(
        "a difference shows the secret",
        f"{RENDERER}::test_difference_of_a_changed_secret_shows_the_change_but_no_secret",
        "renderer.py",
        "password|secret",
        "passphrase|secret",
    ),
    fault(
        "ARI's secret is in the representation",
        f"{SETTINGS}::test_representation_of_settings_holds_no_secret",
        "settings.py",
        '''    """Who may steer calls over ARI."""

    name: str
    password: str = field(repr=False)''',
        '''    """Who may steer calls over ARI."""

    name: str
    password: str = field(repr=True)''',
    ),
    fault(
        "a secret of five characters is long enough",
        f"{SETTINGS}::test_secret_that_is_poor_is_refused_and_not_told",
        "setting_checks.py",
        "SECRET_LENGTH_MIN = 12",
        "SECRET_LENGTH_MIN = 5",
    ),
    fault(
        "the network of everything is a network",
        f"{SETTINGS}::test_setting_that_makes_no_sense_is_refused_by_name",
        "setting_checks.py",
        "network.prefixlen == 0",
        "network.prefixlen < 0",
    ),
    fault(
        "truth is a number",
        f"{SETTINGS_FILE}::test_file_with_a_wrong_entry_is_refused_by_its_place",
        "settings_file.py",
        "if type(came) is not kind:",
        "if not isinstance(came, kind):",
    ),
    fault(
        "the reader keeps the escape",
        f"{VERIFIER}::test_file_of_any_values_is_read_back_as_written",
        "config_file.py",
        '.replace("\\\\;", ";")',
        "",
    ),
    fault(
        "a reference may lead to a section of another kind",
        f"{VERIFIER}::test_fault_in_any_file_is_found_at_its_line",
        "verifier.py",
        '("endpoint", "transport"): "transport",',
        "",
    ),
    fault(
        "an endpoint is open to strangers",
        f"{VERIFIER}::test_fault_in_any_file_is_found_at_its_line",
        "verifier.py",
        "if not is_closed or",
        "if",
    ),
    fault(
        "an unreadable line is shown with its secret",
        f"{VERIFIER}::test_message_about_an_unreadable_line_holds_no_secret",
        "config_file.py",
        '.split("=")[0][:40]',
        "[:40]",
    ),
    Mutant(
        name="asterisk_config: rendering never asks",
        catches=f"{COMMANDS}::test_rendering_over_other_files_shows_them_and_asks",
        path="app/asterisk_commands.py",
        before="if is_overwriting and not yes:",
        after="if False:",
    ),
)
