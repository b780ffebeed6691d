"""Reading `postmaster.pid` at any moment of a server's life."""

import os
from pathlib import Path

import pytest

from app.postmaster_file import is_postgres, is_there, read_postmaster

WHOLE = "4711\n/data\n1790000000\n54329\n\n127.0.0.1\n  1234567  8\nready   \n"


@pytest.mark.parametrize(
    ("text", "status", "port"),
    [
        (WHOLE, "ready", 54329),
        (WHOLE.replace("ready   ", "stopping"), "stopping", 54329),
        ("4711\n/data\n", "", None),
    ],
    ids=["ready", "stopping", "half written"],
)
def test_file_of_a_server_tells_how_far_it_is(
    tmp_path: Path, text: str, status: str, port: int | None
) -> None:
    """Status and port are told as soon as they are written, and not before."""
    (tmp_path / "postmaster.pid").write_text(text)
    found = read_postmaster(tmp_path)
    assert found is not None
    assert (found.process_id, found.status, found.port) == (4711, status, port)
    assert found.is_ready == (status == "ready")


def test_file_that_is_missing_or_empty_tells_nothing(tmp_path: Path) -> None:
    """A server that is not there, or only begins to write, has said nothing yet."""
    assert read_postmaster(tmp_path) is None
    (tmp_path / "postmaster.pid").write_text("")
    assert read_postmaster(tmp_path) is None


def test_process_that_is_no_postgres_is_not_taken_for_one() -> None:
    """A process id alone proves nothing."""
    assert is_there(os.getpid())
    assert not is_postgres(os.getpid())
