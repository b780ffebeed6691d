"""The pages as a person gets them: `paceline web` in a home of its own, and the link that it prints."""

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.integration.server_folder import server_folder

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS_MAX = 40.0
STOP_SECONDS_MAX = 20.0
LINK = re.compile(r"^(https?://[^/\s]+)(/set-up/\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningConsole:
    """A console that can be asked for pages."""

    origin: str
    set_up_path: str  # makes the first administrator, once
    home: Path

    def paceline(self, *words: str) -> str:
        """What a command beside it prints."""
        return subprocess.run(
            [sys.executable, "-m", "app", *words],
            cwd=ROOT,
            env=_environment(self.home, {}),
            capture_output=True,
            text=True,
            check=True,
            timeout=START_SECONDS_MAX,
        ).stdout


@contextmanager
def running_console(
    settings: Mapping[str, str] | None = None, kept_open: Sequence[int] = ()
) -> Iterator[RunningConsole]:
    """Serve the pages while the block runs; `kept_open` are files that the process is given."""
    with server_folder() as home, (home / "web.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "web"],
            cwd=ROOT,
            env=_environment(home, settings or {}),
            stdout=subprocess.PIPE,
            stderr=log,
            pass_fds=tuple(kept_open),
        )
        try:
            origin, path = _await_link(process, home)
            yield RunningConsole(origin=origin, set_up_path=path, home=home)
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=STOP_SECONDS_MAX)


def _environment(home: Path, settings: Mapping[str, str]) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "NATS_URL")},
        "PACELINE_HOME": str(home),
        "PACELINE_POSTGRES_PORT": "0",
        "PACELINE_WEB_PORT": "0",
        **settings,
    }


def _await_link(process: "subprocess.Popen[bytes]", home: Path) -> tuple[str, str]:
    assert process.stdout is not None
    said, deadline = b"", time.monotonic() + START_SECONDS_MAX
    while not (found := LINK.search(said.decode(errors="replace"))):
        ready, _, _ = select.select([process.stdout], [], [], deadline - time.monotonic())
        data = os.read(process.stdout.fileno(), 65536) if ready else b""
        log = (home / "web.log").read_text(errors="replace")
        assert data, f"the web process said nothing more after {said!r}; its log:\n{log}"
        said += data
    return found[1], found[2]
