"""A new folder that the user whom PostgreSQL runs as can reach; pytest's own are closed to him under root."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def server_folder() -> Iterator[Path]:
    """The folder; it is gone afterwards."""
    with TemporaryDirectory(prefix="paceline-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
