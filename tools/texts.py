"""Bring the catalogues of the pages' texts up to date: `make texts` runs this file.

It collects every text that is marked for translation into `console.pot`, and merges it into each language.
Translations stay; new texts come empty, which means: shown in English.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "agent_console" / "locale"
LANGUAGES = ("pl", "it", "sk")
# Beside gettext's own: marks where a text is translated later, and errors whose texts a page shows.
KEYWORDS = (
    "N_",
    "text_of:2",
    "problem:2",
    "AccessError",
    "LastAdministrator",
    "LinkUnusable",
    "ListRefused",
    "MergeRefused",
    "NameTaken",
    "PairAbsent",
    "ParameterUnusable",
    "PasswordUnusable",
    "RecordAbsent",
    "TeamUnusable",
    "TokenRefused",
    "UndoRefused",
    "UnknownUser",
    "UnusableValue",
    "UserUnusable",
    "VerbRefused",
)


def extract(path: Path) -> None:
    """Write all marked texts into a template."""
    keywords = [word for keyword in KEYWORDS for word in ("--keyword", keyword)]
    options = ["--mapping", "agent_console/babel.ini", "--no-location", "--sort-output", "--omit-header"]
    _babel("extract", *options, *keywords, "--output-file", str(path), ".")


def merge(template: Path, path: Path, language: str) -> None:
    """Merge a template into the catalogue of one language."""
    options = ["--no-fuzzy-matching", "--ignore-obsolete", "--omit-header", "--width", "110"]
    _babel(
        "update", *options, "--input-file", str(template), "--output-file", str(path), "--locale", language
    )


def _babel(command: str, *arguments: str) -> None:
    program = [sys.executable, "-m", "babel.messages.frontend", "--quiet", command]
    subprocess.run([*program, *arguments], cwd=ROOT, check=True)


def main() -> int:
    """Bring everything up to date; the result is the exit code."""
    template = LOCALE / "console.pot"
    extract(template)
    for language in LANGUAGES:
        merge(template, LOCALE / language / "LC_MESSAGES" / "console.po", language)
    return 0


if __name__ == "__main__":
    sys.exit(main())
