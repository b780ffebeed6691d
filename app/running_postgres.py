"""The embedded PostgreSQL of a Paceline that runs already: where it listens, for commands beside it."""

import fcntl
import os
import time
from urllib.parse import quote

from app.embedded_postgres import HOST, SUPERUSER
from app.errors import FolderTaken, FolderUnusable
from app.postmaster_file import is_postgres, read_postmaster
from app.settings import DatabaseSettings

START_SECONDS_MAX = 60.0  # for a server that another Paceline is just starting
POLL_SECONDS = 0.05


def running_postgres_url(settings: DatabaseSettings, database: str) -> str | None:
    """How to connect to a database of the running server; None: no Paceline runs on this folder.

    Raises:
        FolderUnusable: we may not read the folder.
        FolderTaken: a Paceline holds the folder, but its server does not come up.
    """
    deadline = time.monotonic() + START_SECONDS_MAX
    while _is_held(settings):
        url = _url(settings, database)
        if url is not None:
            return url
        if time.monotonic() > deadline:
            raise FolderTaken(
                f"{settings.folder} is in use by another Paceline whose PostgreSQL is not ready after "
                f"{START_SECONDS_MAX:g} s: look at its log, or end it"
            )
        time.sleep(POLL_SECONDS)
    return None


def _is_held(settings: DatabaseSettings) -> bool:
    """Whether a Paceline holds the folder's lock."""
    try:
        lock = os.open(settings.folder / "lock", os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _unusable(settings, error) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _url(settings: DatabaseSettings, database: str) -> str | None:
    try:
        found = read_postmaster(settings.folder / "data")
        password = (settings.folder / "password").read_text(encoding="ascii") if found else ""
    except OSError as error:
        raise _unusable(settings, error) from None
    if found is None or found.port is None or not found.is_ready or not is_postgres(found.process_id):
        return None
    return f"postgresql://{SUPERUSER}:{quote(password)}@{HOST}:{found.port}/{database}?sslmode=disable"


def _unusable(settings: DatabaseSettings, error: OSError) -> FolderUnusable:
    return FolderUnusable(
        f"cannot read {settings.folder} ({error.strerror}): run this as the user who runs Paceline, "
        "or set PACELINE_HOME"
    )
