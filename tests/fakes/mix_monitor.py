"""An Asterisk that records: writes files as the real one does, or refuses, or is away."""

import math
import os
import struct
from pathlib import Path

from dialer.adapters.errors import AmiError, AmiRefused

SAMPLES_PER_SECOND = 8000


def wave(seconds: float, *, is_ended: bool) -> bytes:
    """A recording of a tone; one that is not ended has zeros for its lengths, as Asterisk writes it."""
    count = round(seconds * SAMPLES_PER_SECOND)
    data = struct.pack(
        f"<{count}h", *(round(8000 * math.sin(2 * math.pi * 440 * at / 8000)) for at in range(count))
    )
    lengths = (36 + len(data), len(data)) if is_ended else (0, 0)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, SAMPLES_PER_SECOND, 2 * SAMPLES_PER_SECOND, 2, 16)
    head = (
        struct.pack("<4sI4s", b"RIFF", lengths[0], b"WAVE") + form + struct.pack("<4sI", b"data", lengths[1])
    )
    return head + data


class FakeMixMonitors:
    """One node's AMI link, as far as recording needs it."""

    def __init__(self, folder: Path, now: float) -> None:
        self.folder = folder
        self.now = now  # POSIX seconds, when it writes
        self.asked: list[tuple[str, str]] = []  # what, channel
        self.files: dict[str, str] = {}  # by channel
        self.trouble: AmiError | None = None
        self.writes_files = True

    async def start_mix_monitor(self, channel_id: str, file_name: str) -> None:
        """Begin a file."""
        self._ask("start", channel_id)
        self.files[channel_id] = file_name
        if self.writes_files:
            self._write(file_name, wave(0.0, is_ended=False))

    async def stop_mix_monitor(self, channel_id: str) -> None:
        """End the file."""
        self._ask("stop", channel_id)
        if channel_id not in self.files:
            raise AmiRefused("StopMixMonitor: No such channel")
        self.hang_up(channel_id)

    async def mute_mix_monitor(self, channel_id: str, *, is_muted: bool) -> None:
        """Note it."""
        self._ask("mute" if is_muted else "unmute", channel_id)

    def hang_up(self, channel_id: str) -> None:
        """End a channel, and with it its file."""
        name = self.files.pop(channel_id)
        if self.writes_files:
            self._write(name, wave(0.25, is_ended=True))

    def _write(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.write_bytes(content)
        os.utime(path, (self.now, self.now))

    def _ask(self, what: str, channel_id: str) -> None:
        self.asked.append((what, channel_id))
        if self.trouble is not None:
            raise self.trouble
