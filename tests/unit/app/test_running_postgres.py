"""Whether a Paceline runs on a folder, and where its database listens; no server is started here."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app import running_postgres
from app.errors import FolderTaken, FolderUnusable
from app.running_postgres import running_postgres_url
from app.settings import DatabaseSettings


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """The folder's lock, as a running Paceline holds it."""
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(lock)


def say_ready(folder: Path, process_id: int, status: str = "ready") -> None:
    """Write what a server writes of itself."""
    (folder / "data").mkdir()
    lines = (process_id, folder / "data", 1, 55123, "", "127.0.0.1", 1, status)
    (folder / "data" / "postmaster.pid").write_text("\n".join(map(str, lines)) + "\n")
    (folder / "password").write_text("hush+hush")


def test_folder_that_nobody_holds_has_no_running_database(tmp_path: Path) -> None:
    """Nor has one that is not there, or in which a server was left behind without its Paceline."""
    settings = DatabaseSettings(folder=tmp_path)
    assert running_postgres_url(settings, "paceline") is None
    say_ready(tmp_path, os.getpid())
    with held(tmp_path):
        pass
    assert running_postgres_url(settings, "paceline") is None


def test_folder_that_is_held_gives_the_address_of_its_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Port and password are those of the server that runs, whatever the settings say."""
    monkeypatch.setattr(running_postgres, "is_postgres", lambda process_id: process_id == 4711)
    say_ready(tmp_path, 4711)
    with held(tmp_path):
        url = running_postgres_url(DatabaseSettings(folder=tmp_path, port=1), "paceline")
    assert url == "postgresql://paceline:hush%2Bhush@127.0.0.1:55123/paceline?sslmode=disable"


def test_held_folder_whose_server_does_not_come_up_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command does not wait for ever, and does not start a second server."""
    monkeypatch.setattr(running_postgres, "START_SECONDS_MAX", -1.0)
    say_ready(tmp_path, os.getpid(), status="starting")
    with held(tmp_path), pytest.raises(FolderTaken, match="not ready"):
        running_postgres_url(DatabaseSettings(folder=tmp_path), "paceline")


def test_folder_that_may_not_be_read_is_refused_with_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The usual case is a command run as another user than the one who runs Paceline."""

    def refused(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("app.running_postgres.os.open", refused)
    with pytest.raises(FolderUnusable, match="run this as the user who runs Paceline"):
        running_postgres_url(DatabaseSettings(folder=tmp_path), "paceline")
