"""Where recordings are kept, as the environment says."""

from pathlib import Path

import pytest

from app.errors import SettingError
from app.recording_settings import read_recording_settings
from dialer.adapters.sealed_file import create_key


def test_recordings_are_kept_in_the_home_folder_without_a_seal_unless_told(tmp_path: Path) -> None:
    """What nobody set has its default."""
    settings = read_recording_settings({"PACELINE_HOME": str(tmp_path)})
    assert settings.storage == tmp_path / "recordings"
    assert settings.key is None
    assert settings.quota_bytes == 50_000_000_000


def test_key_and_limits_of_the_environment_are_taken(tmp_path: Path) -> None:
    """And the key does not show itself."""
    key = create_key(tmp_path / "key")
    settings = read_recording_settings(
        {
            "PACELINE_HOME": str(tmp_path),
            "PACELINE_RECORDINGS_KEY": str(tmp_path / "key"),
            "PACELINE_RECORDINGS_QUOTA_BYTES": "5",
            "PACELINE_RECORDINGS_FREE_BYTES_MIN": "7",
        }
    )
    assert (settings.key, settings.quota_bytes, settings.free_bytes_min) == (key, 5, 7)
    assert key.secret.hex() not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PACELINE_RECORDINGS_KEY", "/nowhere/key"),
        ("PACELINE_RECORDINGS_QUOTA_BYTES", "50 GB"),
        ("PACELINE_RECORDINGS_FREE_BYTES_MIN", "-1"),
    ],
)
def test_setting_that_cannot_be_used_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    """Rather no start than recordings without the seal that somebody ordered."""
    with pytest.raises(SettingError, match=name):
        read_recording_settings({"PACELINE_HOME": str(tmp_path), name: value})
