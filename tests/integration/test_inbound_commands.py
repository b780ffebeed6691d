"""`paceline inbound`: a number is set, shown, changed and removed; what cannot be used is refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.integration.stored_floor import StoredFloor


def paceline(home: Path, url: str, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a command on inbound numbers."""
    return subprocess.run(
        [sys.executable, "-m", "app", "inbound", *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PACELINE_HOME": str(home), "DATABASE_URL": url},
    )


async def test_number_is_set_shown_and_removed(floor: StoredFloor, database_url: str, tmp_path: Path) -> None:
    """With and without its plus it is one number."""
    words = ("add", "+800100", "--campaign", "spring", "--open", "mo-fr 09:00-18:00", "--callback")
    added = paceline(tmp_path, database_url, *words)
    assert added.returncode == 0, added.stderr
    (row,) = json.loads(paceline(tmp_path, database_url, "list", "--json").stdout)
    assert (row["number"], row["campaign_id"], row["offers_callback"]) == ("800100", "spring", True)
    assert "mo-fr 09:00-18:00 UTC" in paceline(tmp_path, database_url, "list").stdout
    assert paceline(tmp_path, database_url, "remove", "800100").returncode == 0
    assert paceline(tmp_path, database_url, "remove", "800100").returncode == 1


async def test_number_that_could_not_be_used_is_refused(
    floor: StoredFloor, database_url: str, tmp_path: Path
) -> None:
    """Before anybody calls it."""
    for words, code in (
        (("--campaign", "spring", "--open", "whenever"), 2),
        (("--campaign", "spring", "--overflow-seconds", "5"), 2),
        (("--campaign", "nobody"), 1),
    ):
        refused = paceline(tmp_path, database_url, "add", "800100", *words)
        assert refused.returncode == code, refused.stderr
        assert "expected" in refused.stderr
    assert json.loads(paceline(tmp_path, database_url, "list", "--json").stdout) == []
