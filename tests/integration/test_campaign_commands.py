"""The commands from a campaign to its list and back, beside a Paceline that runs and on their own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.database import running_database
from app.settings import DatabaseSettings
from tests.integration.imported import people
from tests.integration.server_folder import server_folder

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home folder whose database runs, as under `paceline serve`."""
    with (
        server_folder() as folder,
        running_database(DatabaseSettings(folder=folder / "postgres", port=0, is_durable=False)),
    ):
        yield folder


class Ended:
    """A command that has ended."""

    def __init__(self, home: Path, *words: str) -> None:
        """Run it."""
        environment = {
            **os.environ,
            "PACELINE_HOME": str(home),
            "PACELINE_POSTGRES_PORT": "0",
            "COLUMNS": "200",
        }
        environment.pop("DATABASE_URL", None)
        environment.pop("NATS_URL", None)
        command = (sys.executable, "-m", "app", *words)
        ended = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        self.code, self.out, self.error = ended.returncode, ended.stdout, ended.stderr

    @property
    def json(self) -> object:
        """What it printed, for programs."""
        return json.loads(self.out)


def test_commands_beside_a_running_paceline_use_its_database(home: Path) -> None:
    """Create, set, import, explain, start, status, undo: each tells what it did and what to do next."""
    made = Ended(home, "campaign", "create", "Spring", "--trunk", "carrier", "--set", "lines_max=5")
    assert (made.code, "Next: paceline list import FILE --campaign Spring" in made.out) == (0, True), (
        made.error
    )
    path = home / "people.csv"
    path.write_text(people("Rossi,06 12345678,,", "Verdi,banana,,"))
    words = ("list", "import", str(path), "--campaign", "Spring", "--country", "IT")
    refused = Ended(home, *words, "--errors", str(home / "errors.csv"))
    assert (refused.code, "Nothing loaded: mend the list, or give --skip-bad" in refused.out) == (1, True)
    assert "3,Phone,banana,bad row,no telephone number" in (home / "errors.csv").read_text()
    loaded = Ended(home, *words, "--skip-bad", "--json")
    assert (loaded.code, loaded.json["leads"], loaded.json["list_id"]) == (0, 1, 1)  # type: ignore[index]
    started = Ended(home, "campaign", "start", "Spring")
    assert "is to be running. It takes effect when `paceline serve` runs." in started.out
    status = Ended(home, "campaign", "status", "Spring", "--json").json
    assert isinstance(status, list)
    assert (status[0]["wanted_status"], status[0]["leads"]["due"]) == ("running", 1)
    explained = Ended(home, "lead", "explain", "1")
    assert "ordered to run: start `paceline serve`" in explained.out
    assert "+390612345678" not in explained.out
    assert "+390612345678" in Ended(home, "lead", "explain", "1", "--show-number").out
    undone = Ended(home, "list", "undo", "1")
    assert "1 leads of list 1 taken out, 0 left." in undone.out


def test_name_that_is_nearly_right_is_met_with_the_right_one(home: Path) -> None:
    """Refusals end with code 1, name what was meant, and print no traceback."""
    Ended(home, "campaign", "create", "Autumn")
    for words in (("status", "Autum"), ("start", "Autum")):
        refused = Ended(home, "campaign", *words)
        assert (refused.code, refused.error) == (
            1,
            "paceline: there is no campaign Autum; did you mean Autumn?\n",
        )
    again = Ended(home, "campaign", "create", "Autumn")
    assert (again.code, "is there already" in again.error) == (1, True)
    wrong = Ended(home, "campaign", "set", "Autumn", "speed=3")
    assert (wrong.code, "speed is no field" in wrong.error) == (1, True)
    assert Ended(home, "agents").out == "Nobody is signed in.\n"


def test_command_without_a_running_paceline_starts_the_database_for_itself() -> None:
    """It finds what the one before wrote, though nothing runs between them."""
    with server_folder() as folder:
        assert "Next: paceline campaign create" in Ended(folder, "campaign", "list").out
        assert Ended(folder, "campaign", "create", "Spring").code == 0
        found = Ended(folder, "campaign", "list", "--json").json
        assert isinstance(found, list)
        assert [each["campaign"] for each in found] == ["Spring"]


def test_file_that_is_no_list_is_refused_before_the_database_is_asked(tmp_path: Path) -> None:
    """Exit code 2, one line, and no folder made."""
    path = tmp_path / "empty.csv"
    path.touch()
    refused = Ended(tmp_path / "home", "list", "import", str(path), "--campaign", "Spring")
    assert (refused.code, refused.error.count("\n")) == (2, 1)
    assert "is empty" in refused.error
    assert not (tmp_path / "home").exists()
