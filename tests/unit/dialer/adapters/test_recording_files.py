"""Files of recordings: whole or not, mended, moved, sealed, and never outside of their folder."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dialer.adapters.recording_files import is_whole, keep, mend, remove
from dialer.adapters.sealed_file import SealingKey, opened
from tests.fakes.mix_monitor import wave

AT = datetime(2031, 3, 5, 12, 0, tzinfo=UTC)
KEY = SealingKey(secret=bytes(range(32)))


def recorded(folder: Path, *, is_ended: bool = True) -> Path:
    """A recording of a quarter of a second, as Asterisk leaves it."""
    path = folder / "p1-7.wav"
    path.write_bytes(wave(0.25, is_ended=is_ended))
    return path


def test_file_that_asterisk_still_writes_is_not_whole_until_it_is_mended(tmp_path: Path) -> None:
    """Its header says zero; a dead Asterisk never fills it in."""
    assert is_whole(recorded(tmp_path))
    path = recorded(tmp_path, is_ended=False)
    assert not is_whole(path)
    mend(path)
    assert path.read_bytes() == wave(0.25, is_ended=True)


@pytest.mark.parametrize("length", [0, 20, 43])
def test_file_shorter_than_its_header_is_not_whole_and_can_be_mended(tmp_path: Path, length: int) -> None:
    """An Asterisk that died at once leaves next to nothing."""
    path = tmp_path / "p1-7.wav"
    path.write_bytes(wave(0.0, is_ended=True)[:length])
    assert not is_whole(path)
    mend(path)
    assert is_whole(path)


def test_recording_is_moved_to_the_folder_of_its_day_for_its_owner_only(tmp_path: Path) -> None:
    """Nothing is left behind, and asking again says the same."""
    source = recorded(tmp_path)
    storage = tmp_path / "storage"
    kept = keep(source, storage, AT, None)
    assert (kept.path, kept.seconds, kept.bytes) == ("2031/03/05/p1-7.wav", 0.25, 4044)
    assert (storage / kept.path).read_bytes() == wave(0.25, is_ended=True)
    assert (storage / kept.path).stat().st_mode & 0o777 == 0o600
    assert not source.exists()
    assert keep(source, storage, AT, None) == kept


def test_recording_with_a_key_is_sealed_and_opens_to_what_it_was(tmp_path: Path) -> None:
    """Nobody without the key hears anything."""
    kept = keep(recorded(tmp_path), tmp_path / "storage", AT, KEY)
    path = tmp_path / "storage" / kept.path
    assert path.name == "p1-7.wav.sealed"
    assert b"RIFF" not in path.read_bytes()
    with path.open("rb") as file:
        assert b"".join(opened(file, {KEY.key_id: KEY})) == wave(0.25, is_ended=True)


def test_recording_that_cannot_be_moved_stays_where_it_is(tmp_path: Path) -> None:
    """A full or missing disk costs no recording."""
    source = recorded(tmp_path)
    storage = tmp_path / "storage"
    storage.write_text("a file where a folder should be")
    with pytest.raises(OSError, match="directory"):
        keep(source, storage, AT, None)
    assert source.exists()


def test_path_that_leads_out_of_the_storage_is_not_deleted(tmp_path: Path) -> None:
    """Whatever stands in the index."""
    (tmp_path / "storage").mkdir()
    (tmp_path / "precious").write_text("keep")
    with pytest.raises(OSError, match="below the storage"):
        remove(tmp_path / "storage", "../precious")
    assert (tmp_path / "precious").exists()
    remove(tmp_path / "storage", "2031/03/05/gone.wav")
