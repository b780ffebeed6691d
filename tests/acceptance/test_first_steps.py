"""What somebody does who has never used the program: start it, ask for help, misspell a command."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ("simulate", "demo")


def paceline(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a person would, on a terminal of a fixed width."""
    return subprocess.run(
        [sys.executable, "-m", "app", *words],
        cwd=ROOT,
        env={"PATH": "", "COLUMNS": "100", "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_program_started_without_a_word_lists_its_commands() -> None:
    """Whoever types only the program's name is told what it can do."""
    shown = paceline().stdout + paceline("--help").stdout
    assert all(shown.count(command) >= 2 for command in COMMANDS)


def test_command_that_does_not_exist_is_named_and_refused() -> None:
    """A misspelt command ends with another code than 0 and says which word was wrong."""
    answer = paceline("simulat")
    assert answer.returncode == 2
    assert "simulat" in answer.stderr
    assert "Traceback" not in answer.stderr
