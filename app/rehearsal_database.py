"""A database of its own for a demo or a rehearsal: embedded, in a temporary folder, gone afterwards.

Never the database of `paceline serve`, nor the one of `DATABASE_URL`: a virtual list belongs in neither.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from app.database import running_database
from app.settings import read_database_settings

REACHABLE = 0o755  # under root PostgreSQL runs as another user, who must be able to enter


@contextmanager
def rehearsal_database(*, is_durable: bool) -> Iterator[str]:
    """The database while the block runs: gives its URL. Call it in the main thread, outside an event loop.

    `is_durable`: whether a commit waits for the disk, as in production.

    Raises:
        AppError: it cannot be started (`DatabaseError`), or a setting cannot be used; the message says why.
    """
    settings = read_database_settings()
    with TemporaryDirectory(prefix="paceline-rehearsal-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(REACHABLE)
        own = replace(settings, url=None, folder=folder, port=0, is_durable=is_durable)
        with running_database(own) as url:
            yield url
