"""The program as `make setup` installs it: its entry points, its targets, and a set-up with nothing to do."""

import subprocess
import sys
from pathlib import Path

import pytest

from app import __version__

ROOT = Path(__file__).resolve().parents[2]
UNCHANGED_SECONDS_MAX = 3.0  # what a person still takes for at once
TARGETS = ("setup", "demo", "test", "check", "bench", "acceptance-full", "tour", "texts", "draft", "format")


def said(*command: str | Path) -> str:
    """What a program prints, having ended well."""
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
    ).stdout


@pytest.mark.parametrize(
    "command",
    [(Path(sys.executable).with_name("paceline"),), (sys.executable, "-m", "app")],
    ids=["console script", "python -m app"],
)
def test_entry_point_of_either_kind_tells_the_version(command: tuple[str | Path, ...]) -> None:
    """Both ways to start the program start the same program."""
    assert said(*command, "--version") == f"paceline {__version__}\n"


def test_make_without_target_lists_every_target() -> None:
    """Whoever types only `make` is told what there is."""
    listed = said("make", "--no-print-directory")
    assert [line.split()[1] for line in listed.splitlines()] == ["help", *TARGETS]


def test_set_up_with_nothing_changed_ends_at_once() -> None:
    """A second set-up says that there was nothing to do, and takes no noticeable time."""
    line = said(sys.executable, ROOT / "tools" / "setup.py").splitlines()
    assert len(line) == 1
    assert line[0].startswith("Set-up: nothing has changed (")
    assert float(line[0].split("(")[1].split()[0]) < UNCHANGED_SECONDS_MAX
