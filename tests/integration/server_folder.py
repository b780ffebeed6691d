"""A new folder that the user whom PostgreSQL runs as can reach; pytest's own are closed to him under root."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def small_disk(bytes_max: int) -> Iterator[Path]:
    """The same on a disk of its own, in memory, which a test may fill; needs the right to mount."""
    with server_folder() as folder:
        options = f"size={bytes_max},mode=755"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def server_folder() -> Iterator[Path]:
    """The folder; it is gone afterwards."""
    with TemporaryDirectory(prefix="paceline-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
