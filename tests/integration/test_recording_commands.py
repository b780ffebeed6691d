"""`paceline recordings`: a key is made, a talk is sealed with it, found, and opened again."""

import json
import os
import subprocess
import sys
from pathlib import Path

from app.unit_of_work import UnitOfWork
from dialer.adapters.recording_filing import RecordingSettings
from dialer.adapters.sealed_file import read_key
from tests.fakes.mix_monitor import wave
from tests.integration.recording_studio import FIRST, studio
from tests.integration.stored_floor import StoredFloor


def paceline(home: Path, url: str, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a command on recordings."""
    return subprocess.run(
        [sys.executable, "-m", "app", "recordings", *words],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "PACELINE_HOME": str(home),
            "DATABASE_URL": url,
            "PACELINE_RECORDINGS_KEY": str(home / "key"),
        },
    )


async def test_sealed_talk_is_found_and_exported_as_it_was_recorded(
    floor: StoredFloor, unit_of_work: UnitOfWork, database_url: str, tmp_path: Path
) -> None:
    """From a new key to a WAV file; without the right key nothing is left in the folder."""
    made = paceline(tmp_path, database_url, "new-key", str(tmp_path / "key"))
    assert made.returncode == 0, made.stderr
    key = read_key(tmp_path / "key")
    assert key.key_id in made.stdout
    assert key.secret.hex() not in made.stdout + made.stderr
    settings = RecordingSettings(storage=tmp_path / "recordings", free_bytes_min=0, key=key)
    async with studio(unit_of_work, tmp_path, settings=settings) as place:
        place.begin()
        place.recorder.talk_ended(FIRST)
        await place.settle()
    listed = paceline(tmp_path, database_url, "list", FIRST, "--json")
    (row,) = json.loads(listed.stdout)
    assert (row["state"], row["key_id"]) == ("stored", key.key_id)
    folder = tmp_path / "out"
    assert paceline(tmp_path, database_url, "export", FIRST, str(folder)).returncode == 0
    assert (folder / f"{FIRST}.wav").read_bytes() == wave(0.25, is_ended=True)
    (folder / f"{FIRST}.wav").unlink()
    (tmp_path / "key").unlink()
    assert paceline(tmp_path, database_url, "new-key", str(tmp_path / "key")).returncode == 0
    refused = paceline(tmp_path, database_url, "export", FIRST, str(folder))
    assert refused.returncode == 1
    assert key.key_id in refused.stderr
    assert list(folder.iterdir()) == []


async def test_call_without_a_recording_is_said_so(
    floor: StoredFloor, database_url: str, tmp_path: Path
) -> None:
    """An exit code and a sentence."""
    ended = paceline(tmp_path, database_url, "list", "p1-99")
    assert ended.returncode == 1
    assert "p1-99" in ended.stderr
