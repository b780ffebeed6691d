"""`paceline serve` as a person runs it, with a stand-in for the engine process that is easy to kill."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.integration.server_folder import server_folder

ROOT = Path(__file__).resolve().parents[2]
SECONDS_MAX = 20.0
HUNG_SECONDS_MAX = 1.0
STARTED = " is started as process "

# Shows life as the engine does, says where it runs, and ends when asked to.
ENGINE = """
import os, signal, sys, time
def end(*_):
    print("stand-in: asked to end", file=sys.stderr, flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN if "deaf" in sys.argv else end)
while True:
    try:
        os.write(int(os.environ["PACELINE_LIVENESS_FD"]), b".")
    except OSError:
        pass  # nobody listens any more: only the kernel can end us now
    time.sleep(0.05)
"""

# A shell's background jobs ignore the keyboard's interrupt, and so would a serve that is started by one.
SERVE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
import app.serve_command as command
command.ENGINE_COMMAND = (sys.executable, "-c", {engine!r}, *{arguments!r})
command.WEB_COMMAND = (sys.executable, "-c", {engine!r})
command.missing_pages = lambda environment: {pages!r}
if {is_set!r}:
    command.missing_asterisk = lambda environment: None
from app.command_line import paceline
paceline(["serve"])
"""


class ServedHome:
    """A running `serve` and what it has logged so far."""

    def __init__(self, home: Path, engine_arguments: tuple[str, ...], is_asterisk_set: bool) -> None:
        """Start it."""
        self.home = home
        self.lines: list[str] = []
        self.process_ids: dict[str, int] = {}  # the newest of each part
        self._rest = b""
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                SERVE.format(
                    engine=ENGINE,
                    arguments=engine_arguments,
                    is_set=is_asterisk_set,
                    pages="no pages in this test",
                ),
            ],
            cwd=ROOT,
            env=environment(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def next_line(self) -> str:
        """Wait for one more line of what it says."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + SECONDS_MAX
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self.process.stdout], [], [], deadline - time.monotonic())
            data = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            assert data, f"serve said nothing more after {self.lines}"
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        self.lines.append(line.decode())
        self._note_process(self.lines[-1])
        return self.lines[-1]

    def catch_up(self) -> None:
        """Read what has been said so far, so that what follows is new."""
        assert self.process.stdout is not None
        while b"\n" in self._rest or select.select([self.process.stdout], [], [], 0)[0]:
            self.next_line()

    def await_text(self, text: str) -> str:
        """Wait for the line that holds a text."""
        while text not in (line := self.next_line()):
            pass
        return line

    def await_ready(self, name: str) -> int:
        """Wait until a part is ready (again); gives its process id."""
        self.await_text(f"serve: {name} is ready")
        return self.process_ids[name]

    def _note_process(self, line: str) -> None:
        if STARTED in line:
            record: dict[str, Any] = json.loads(line)
            name, _, process_id = record["event"].removeprefix("serve: ").partition(STARTED)
            self.process_ids[name] = int(process_id)

    def end(self) -> int:
        """Ask it to end and wait; gives the exit code."""
        self.process.send_signal(signal.SIGTERM)
        output, _ = self.process.communicate(timeout=SECONDS_MAX)
        self.lines += (self._rest + output).decode().splitlines()
        self._rest = b""
        return self.process.returncode


@contextmanager
def served_home(*engine_arguments: str, is_asterisk_set: bool = True) -> Iterator[ServedHome]:
    """A home that is served while the block runs; afterwards nothing of it is left running."""
    with server_folder() as home:
        served = ServedHome(home, engine_arguments, is_asterisk_set)
        try:
            yield served
        finally:
            served.process.kill()
            served.process.wait()
            assert served.process.stdout is not None
            served.process.stdout.close()
            await_nothing_left(home)


def environment(home: Path) -> dict[str, str]:
    """What a person would set for a serve on this home, on any ports."""
    return {
        **{name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "NATS_URL")},
        "PACELINE_HOME": str(home),
        "PACELINE_POSTGRES_PORT": "0",
        "PACELINE_NATS_PORT": "0",
        "PACELINE_HUNG_SECONDS_MAX": str(HUNG_SECONDS_MAX),
    }


def processes_of(home: Path) -> set[int]:
    """Ids of all processes that were started for a home: its path is in their command or environment."""
    mark, found = str(home).encode(), set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            with suppress(OSError):
                if mark in (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes():
                    found.add(int(folder.name))
    return found


def await_nothing_left(home: Path) -> None:
    """Wait until no process of a home is left; the kernel tells them when the supervisor is gone."""
    deadline = time.monotonic() + SECONDS_MAX
    while left := processes_of(home):
        if time.monotonic() > deadline:
            for process_id in left:
                os.kill(process_id, signal.SIGKILL)
            raise AssertionError(f"processes left: {left}")
        select.select([], [], [], 0.05)
