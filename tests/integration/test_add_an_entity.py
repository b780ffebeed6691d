"""docs/howto/add-an-entity.md as it is written: followed in a copy of the tree, with its sample."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "howto" / "add-an-entity.md"
LEFT_OUT = ("node_modules", "dist", "__pycache__", "*.egg-info")
FOLDERS = (
    "agent_console",
    "app",
    "asterisk_config",
    "crm_core",
    "dialer",
    "pacing",
    "rules",
    "simulations",
    "tests",
    "tools",
)
LINES_MAX = 20  # of the declaration
FIELDS_COUNT = 10
SUITES_COUNT = 3  # tests of the new entity, and the comparison of tables
SECONDS_MAX = 120.0


def run_in(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a module of the copy, as the guide's commands do."""
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS_MAX)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The tree with the guide's sample in it, and nothing else changed."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns(*LEFT_OUT))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    area = tmp_path / "crm_core" / "suppliers"
    area.mkdir()
    (area / "__init__.py").write_text('"""Whom we buy from."""\n', encoding="utf-8")
    (area / "entities.py").write_text(sample(), encoding="utf-8")
    return tmp_path


def sample() -> str:
    """The code that the guide shows."""
    found = re.search(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def test_sample_has_ten_fields_in_the_lines_promised() -> None:
    """A declaration is short: all that is not import counts."""
    declaration = sample().partition("@entity(")[2].splitlines()
    assert len(declaration) <= LINES_MAX
    assert sum(bool(re.match(r"    \w+ = ", line)) for line in declaration) == FIELDS_COUNT


def test_guide_is_followed_to_the_letter(copy: Path) -> None:
    """The draft makes what is declared, and the suites of every entity take the new one in by themselves."""
    tables = ("pytest", "-q", "-p", "no:cacheprovider", "tests/integration/test_entity_tables.py")
    without = run_in(copy, *tables, "-k", "migrations")
    assert without.returncode == 1, "a table that no migration makes went unseen"
    drafted = run_in(copy, "tools.migration_draft", "supplier")
    assert drafted.returncode == 0, drafted.stderr
    suites = run_in(copy, *tables, "tests/integration/test_entity_records.py", "-k", "migrations or supplier")
    assert suites.returncode == 0, suites.stdout
    covering = re.search(r"(\d+) passed", suites.stdout)
    assert covering is not None, suites.stdout
    assert int(covering[1]) >= SUITES_COUNT, suites.stdout
    again = run_in(copy, "tools.migration_draft", "supplier")
    assert again.returncode == 1
    assert "already" in again.stderr
