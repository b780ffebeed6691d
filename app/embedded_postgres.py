"""The embedded PostgreSQL: made at first start, started, watched and stopped by us.

The program `postgres` is our own child (not `pg_ctl`'s): on Linux the kernel shuts it down cleanly when
we are killed, and elsewhere the next start ends what it finds. Loopback only; a password that only we know.
It must be started from the main thread: the kernel ties its life to the thread that started it.
"""

import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import quote

from app.dying_with_parent import dying_with_parent
from app.errors import FolderTaken, FolderUnusable, PortTaken, StartFailed
from app.postgres_binaries import PostgresBinaries, find_binaries, reachable_binaries
from app.postmaster_file import FILE_NAME, is_postgres, is_there, read_postmaster
from app.settings import DatabaseSettings
from app.unprivileged_user import Identity, SystemUser, find_unprivileged_user

SUPERUSER = "paceline"
HOST = "127.0.0.1"
BUILTIN_LOCALE_MAJOR = 17  # the first with a locale of its own: indexes outlive updates of the C library
POLL_SECONDS = 0.005
STOP_SECONDS_MAX = 60.0  # a fast shutdown writes a checkpoint
MAKE_SECONDS_MAX = 300.0
LOG_BYTES_MAX = 16_000_000  # at a start; the one before is kept beside it
LOG_LINES_SHOWN = 12

SERVER_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "10min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",  # short statements only; compiling one takes longer than running it
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # statements carry personal data
    "log_parameter_max_length_on_error": "0",
    "log_line_prefix": "%m [%p] ",
    # A forgotten transaction keeps dead entries at the head of the dial queue: reservations grow slow.
    "idle_in_transaction_session_timeout": "60s",
}
NOT_DURABLE = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "64MB",
}


class EmbeddedPostgres:
    """One embedded server; `start` and `stop` may be called again."""

    def __init__(self, settings: DatabaseSettings) -> None:
        """Look for programs and user; nothing is started or written yet."""
        self._settings = settings
        self._folder = settings.folder
        self._data = settings.folder / "data"
        self._password_file = settings.folder / "password"
        self._log = settings.folder / "server.log"
        self._user: SystemUser | None = find_unprivileged_user(settings.user)
        self._binaries: PostgresBinaries = find_binaries(settings.binaries)
        self._lock: int | None = None  # file descriptor; held while the folder is ours
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    @property
    def is_running(self) -> bool:
        """Whether the server's first process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def process(self) -> "subprocess.Popen[bytes] | None":
        """The server's first process while it is started."""
        return self._process

    @property
    def process_id(self) -> int:
        """Process id of the server while it is started."""
        assert self._process is not None, "the server has not been started"
        return self._process.pid

    @property
    def place(self) -> str:
        """Version and port, for people."""
        return f"PostgreSQL {self._binaries.major}, embedded, {HOST}:{self._port}"

    def url(self, database: str) -> str:
        """How to connect to one of its databases."""
        password = self._password_file.read_text(encoding="ascii")
        return f"postgresql://{SUPERUSER}:{quote(password)}@{HOST}:{self._port}/{database}?sslmode=disable"

    def start(self) -> None:
        """Start the server, having made the data folder if there is none; ends when it takes connections.

        Raises:
            DatabaseError: one of its kinds, with what to do about it.
        """
        if self.is_running:
            return
        with ExitStack() as unfinished:
            unfinished.callback(self.stop)
            self.begin()
            self._wait_until_ready()
            unfinished.pop_all()

    def begin(self) -> None:
        """Start the server without waiting until it is ready; after the first time, on the same port.

        Raises:
            DatabaseError: one of its kinds, with what to do about it.
        """
        assert threading.current_thread() is threading.main_thread(), "the server would end with this thread"
        with ExitStack() as unfinished:
            unfinished.callback(self.stop)
            self._prepare_folder()
            self._end_leftover()
            self._check_data()
            self._port = self._free_port(self._port or self._settings.port)
            self._spawn()
            unfinished.pop_all()

    def is_ready(self) -> bool:
        """Whether the server takes connections.

        Raises:
            StartFailed: it has ended.
        """
        if not self.is_running:
            raise StartFailed(f"PostgreSQL ended at once; it said:\n{self._last_words()}")
        found = read_postmaster(self._data)
        return found is not None and found.process_id == self.process_id and found.is_ready

    def stop(self) -> None:
        """End the server cleanly: sessions are cut off, what was committed stays."""
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)  # ends at once; the next start recovers
                process.wait()
        self._process = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # --- the folder --------------------------------------------------------------------------------------

    def _prepare_folder(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise FolderUnusable(
                f"cannot write to {self._folder} ({error.strerror}): set PACELINE_HOME"
            ) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise FolderTaken(
                f"{self._folder} is in use by another Paceline: end it, or set another PACELINE_HOME"
            ) from None
        self._lock = lock
        self._check_reach()
        self._binaries = reachable_binaries(self._binaries, self._user, self._folder)

    def _check_reach(self) -> None:
        """Refuse a folder that the server's user cannot enter; its parents' rights are not ours to change."""
        if self._user is None:
            return
        ended = subprocess.run(
            ["test", "-x", str(self._folder)],
            check=False,
            cwd="/",
            env={"PATH": os.defpath},  # ours may be empty
            **self._user.identity,
        )
        if ended.returncode != 0:
            raise FolderUnusable(
                f"user {self._user.name}, whom PostgreSQL runs as, cannot enter {self._folder}: "
                "set PACELINE_HOME to a folder outside private ones"
            )

    def _end_leftover(self) -> None:
        """End a server that outlived the Paceline which started it: the lock is ours, so it is nobody's."""
        found = read_postmaster(self._data)
        if found is None:
            return
        if not is_postgres(found.process_id):
            if is_there(found.process_id):
                # The id is somebody else's by now: PostgreSQL itself would take him for a server and give up.
                (self._data / FILE_NAME).unlink(missing_ok=True)
            return
        deadline = time.monotonic() + STOP_SECONDS_MAX
        with suppress(ProcessLookupError):
            os.kill(found.process_id, signal.SIGINT)
        while is_postgres(found.process_id):
            if time.monotonic() > deadline:
                raise FolderTaken(
                    f"{self._data} is in use by PostgreSQL, process {found.process_id}, which does not end: "
                    "end it, or set another PACELINE_HOME"
                )
            time.sleep(POLL_SECONDS)

    def _check_data(self) -> None:
        version_file = self._data / "PG_VERSION"
        if not version_file.exists():
            if self._data.exists():
                raise FolderUnusable(
                    f"{self._data} is there but is no data folder of PostgreSQL: move it away"
                )
            self._make_data()
            return
        version = version_file.read_text(encoding="ascii").strip()
        if version != str(self._binaries.major):
            raise FolderUnusable(
                f"{self._data} was made by PostgreSQL {version}, found is {self._binaries.major}: set "
                f"PACELINE_POSTGRES_BINARIES to those of {version}, or dump with {version} and load anew"
            )

    def _make_data(self) -> None:
        """Make the data folder under another name; the rename at the end makes it whole or absent."""
        unfinished = self._folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        password = secrets.token_urlsafe(32)
        self._password_file.unlink(missing_ok=True)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(password, encoding="ascii")
        password_for_making = unfinished.with_name("password.unfinished")
        password_for_making.unlink(missing_ok=True)
        password_for_making.touch(mode=0o600)
        password_for_making.write_text(password, encoding="ascii")
        for path in (unfinished, password_for_making):
            self._give(path)
        command = [self._binaries.program("initdb"), "--pgdata", str(unfinished), "--username", SUPERUSER]
        command += ["--pwfile", str(password_for_making), "--auth", "scram-sha-256", "--encoding", "UTF8"]
        command += ["--data-checksums", "--no-instructions", *self._locale()]
        command += [] if self._settings.is_durable else ["--no-sync"]
        ended = subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd="/",
            timeout=MAKE_SECONDS_MAX,
            check=False,
            **self._identity,
        )
        password_for_making.unlink()
        if ended.returncode != 0:
            raise StartFailed(f"could not make {self._data}; initdb said: {ended.stderr.strip()}")
        unfinished.rename(self._data)

    def _locale(self) -> list[str]:
        if self._binaries.major >= BUILTIN_LOCALE_MAJOR:
            return ["--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
        return ["--locale", "C.UTF-8"]

    def _give(self, path: Path) -> None:
        if self._user is not None:
            os.chown(path, self._user.user_id, self._user.group_id)

    # --- the process -------------------------------------------------------------------------------------

    @property
    def _identity(self) -> Identity:
        return self._user.identity if self._user is not None else {}

    def _free_port(self, port: int) -> int:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                raise PortTaken(
                    f"port {port} of {HOST} cannot be used ({error.strerror}): "
                    "end the program that uses it, or set PACELINE_POSTGRES_PORT to another, or to 0 for any"
                ) from None
            return int(probe.getsockname()[1])

    def _spawn(self) -> None:
        if self._log.exists() and self._log.stat().st_size > LOG_BYTES_MAX:
            self._log.replace(self._log.with_suffix(".log.1"))
        chosen = {**SERVER_SETTINGS, **({} if self._settings.is_durable else NOT_DURABLE)}
        command = [self._binaries.program("postgres"), "-D", str(self._data), "-p", str(self._port)]
        for name, value in chosen.items():
            command += ["-c", f"{name}={value}"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                start_new_session=True,  # an interrupt from the keyboard is ours to pass on
                preexec_fn=dying_with_parent(signal.SIGINT),
                **self._identity,
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + self._settings.start_seconds_max
        while not self.is_ready():
            if time.monotonic() > deadline:
                seconds = self._settings.start_seconds_max
                raise StartFailed(
                    f"PostgreSQL was not ready after {seconds:g} s; it said:\n{self._last_words()}"
                )
            time.sleep(POLL_SECONDS)

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-LOG_LINES_SHOWN:])
