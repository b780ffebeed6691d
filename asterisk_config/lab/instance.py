"""One running Asterisk in a folder of its own.

It dies with the thread that started it (PR_SET_PDEATHSIG), so a crashed test run leaves none behind;
therefore start it from a thread that lives as long as it shall.
"""

import ctypes
import http.client
import os
import signal
import subprocess
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from asterisk_config.errors import AsteriskStartError
from asterisk_config.lab.program import AsteriskProgram
from asterisk_config.renderer import plan_changes, write_changes
from asterisk_config.settings import AriUser, AsteriskSettings, Folders

READY_SECONDS_MAX = 15.0
POLL_SECONDS = 0.02
STOP_SECONDS_MAX = 5.0
CONSOLE_SECONDS_MAX = 10.0
LOG_LINES_SHOWN = 15
PR_SET_PDEATHSIG = 1  # prctl(2)
LINKED_DATA = ("documentation", "rest-api", "agi-bin", "moh", "static-http", "keys")
ENGLISH_SOUNDS = (
    "en_US_f_Allison"  # the folder's name in Debian's package; its `en` is a link of the system's
)
FULLY_BOOTED = "Asterisk has fully booted"
SOCKET_PATH_BYTES_MAX = 107  # unix(7), less the closing zero


def folders_in(root: Path, program: AsteriskProgram) -> Folders:
    """Folders of an Asterisk whose files all live under one."""
    return Folders(
        configuration=str(root / "etc"),
        modules=str(program.modules),
        database=str(root / "lib"),
        data=str(root / "share"),
        spool=str(root / "spool"),
        run=str(root / "run"),
        log=str(root / "log"),
        cache=str(root / "cache"),
    )


@dataclass(slots=True, kw_only=True)
class AsteriskInstance:
    """An Asterisk with its files under one folder: `start`, ask, `stop`."""

    name: str
    root: Path
    program: AsteriskProgram
    texts: Mapping[str, str]  # its configuration, whose folders are those of `folders_in(root, program)`
    ready_seconds: float = 0.0  # from start to ready, once it is
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def log(self) -> Path:
        """What Asterisk had to complain about."""
        return self.root / "log" / "messages.log"

    @property
    def process_id(self) -> int | None:
        """Id of the running process, None where it does not run."""
        is_running = self._process is not None and self._process.poll() is None
        return self._process.pid if self._process is not None and is_running else None

    def start(self) -> None:
        """Start and wait until every module is up; raises `AsteriskStartError` with the last log lines."""
        self._prepare()
        began = time.monotonic()
        with (self.root / "log" / "output.log").open("wb") as output:
            self._process = subprocess.Popen(
                [*self.program.command, *self._configuration(), "-f", "-n"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(),
                env={**os.environ, "LC_ALL": "C"},
            )
        try:
            self._wait_until_booted(began + READY_SECONDS_MAX)
        except AsteriskStartError:
            self.stop()
            raise
        self.ready_seconds = time.monotonic() - began

    def stop(self) -> None:
        """Stop it and wait for its end; nothing happens if it does not run."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def console(self, command: str) -> str:
        """What Asterisk's console answers to a command; raises `AsteriskStartError` if it does not answer."""
        try:
            return subprocess.run(
                [*self.program.command, *self._configuration(), "-rx", command],
                capture_output=True,
                text=True,
                stdin=subprocess.DEVNULL,
                timeout=CONSOLE_SECONDS_MAX,
                check=False,
            ).stdout
        except subprocess.TimeoutExpired as error:
            raise self._failure(f"an answer to `{command}`", f"none in {error.timeout:g} s") from error

    def last_log_lines(self) -> str:
        """The end of what it wrote."""
        paths = (self.root / "log" / "output.log", self.log)
        lines = [
            line for path in paths if path.exists() for line in path.read_text(errors="replace").splitlines()
        ]
        return "\n".join(lines[-LOG_LINES_SHOWN:])

    def _configuration(self) -> tuple[str, str]:
        return ("-C", str(self.root / "etc" / "asterisk.conf"))

    def _prepare(self) -> None:
        socket = self.root / "run" / "asterisk.ctl"
        if len(str(socket).encode()) > SOCKET_PATH_BYTES_MAX:
            came = f"{len(str(socket).encode())} bytes: {socket}"
            raise self._failure(f"a socket path of up to {SOCKET_PATH_BYTES_MAX} bytes", came)
        for name in ("etc", "run", "log/cdr-csv", "cache", "lib/keys", "share/sounds"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        for name in ("monitor", "recording", "tmp"):
            (self.root / "spool" / name).mkdir(parents=True, exist_ok=True)
        for name in LINKED_DATA:
            _link(self.root / "share" / name, self.program.data / name)
        self._link_sounds()
        write_changes(plan_changes(self.root / "etc", self.texts))

    def _link_sounds(self) -> None:
        """Put the program's recordings into a folder of ours, so that more can stand beside them."""
        sounds = self.program.data / "sounds"
        english = sounds / ENGLISH_SOUNDS if (sounds / ENGLISH_SOUNDS).is_dir() else sounds / "en"
        ours = self.root / "share" / "sounds" / "en"
        ours.mkdir(exist_ok=True)
        for path in english.iterdir() if english.is_dir() else ():
            _link(ours / path.name, path)

    def _wait_until_booted(self, until: float) -> None:
        assert self._process is not None
        socket = self.root / "run" / "asterisk.ctl"
        answer = ""
        while time.monotonic() < until:
            if self._process.poll() is not None:
                raise self._failure("a running program", f"its end with exit code {self._process.returncode}")
            if socket.exists():
                answer = self.console("core waitfullybooted")
                # With loopback alone the console first complains about missing network cards.
                if FULLY_BOOTED in answer:
                    return
            time.sleep(POLL_SECONDS)
        raise self._failure(f"it to be ready in {READY_SECONDS_MAX:g} s", answer.strip() or "no answer")

    def _failure(self, expected: str, came: str) -> AsteriskStartError:
        return AsteriskStartError(name=self.name, expected=expected, came=came, log=self.last_log_lines())


def ari_status(
    settings: AsteriskSettings, user: AriUser, path: str = "/ari/asterisk/info?only=status"
) -> int:
    """HTTP status with which ARI answers a user, e.g. 200, or 401 where the secret is wrong."""
    secret = b64encode(f"{user.name}:{user.password}".encode()).decode()
    connection = http.client.HTTPConnection(
        settings.http_address, settings.http_port, timeout=CONSOLE_SECONDS_MAX
    )
    try:
        connection.request("GET", path, headers={"Authorization": f"Basic {secret}"})
        answer = connection.getresponse()
        answer.read()  # an answer that is not read keeps its socket open
        return answer.status
    finally:
        connection.close()


def _link(path: Path, target: Path) -> None:
    if target.exists() and not path.is_symlink():
        path.symlink_to(target)


def die_with_parent() -> Callable[[], None]:
    """What a child does before it becomes another program; the library is loaded before the fork."""
    libc = ctypes.CDLL(None)

    def ask_for_signal() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    return ask_for_signal
