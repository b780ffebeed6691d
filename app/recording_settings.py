"""Where recordings are kept and sealed with what, out of the environment and `paceline.toml`."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from app.errors import SettingError
from app.settings import home_folder, with_file
from dialer.adapters.errors import SealingKeyUnusable
from dialer.adapters.recording_filing import RecordingSettings
from dialer.adapters.sealed_file import read_key


def read_recording_settings(environment: Mapping[str, str] = os.environ) -> RecordingSettings:
    """Read `PACELINE_HOME` and the `PACELINE_RECORDINGS_…` variables.

    Raises:
        SettingError: if one of them, or the key's file, cannot be used.
    """
    environment = with_file(environment)
    path = environment.get("PACELINE_RECORDINGS_KEY")
    try:
        key = read_key(Path(path)) if path else None
    except SealingKeyUnusable as error:
        raise SettingError(f"PACELINE_RECORDINGS_KEY: {error}") from None
    usual = RecordingSettings(storage=home_folder(environment) / "recordings")
    return replace(
        usual,
        quota_bytes=_bytes(environment, "PACELINE_RECORDINGS_QUOTA_BYTES", usual.quota_bytes),
        free_bytes_min=_bytes(environment, "PACELINE_RECORDINGS_FREE_BYTES_MIN", usual.free_bytes_min),
        key=key,
    )


def _bytes(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, str(default))
    if not (text.isascii() and text.isdigit()):
        raise SettingError(f"{name}: expected a count of bytes, got {text!r}")
    return int(text)
