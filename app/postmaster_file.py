"""What a running PostgreSQL says of itself in `postmaster.pid`, and whether it is still there.

Its lines: process id, data folder, start, port, socket folder, address, shared memory key, status
(PostgreSQL source, src/include/utils/pidfile.h).
"""

import os
from dataclasses import dataclass
from pathlib import Path

FILE_NAME = "postmaster.pid"
READY = "ready"
PORT_LINE, STATUS_LINE = 3, 7
PROCESSES = Path("/proc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Postmaster:
    """The server that wrote the file."""

    process_id: int  # of the server's first process
    port: int | None  # None: it has not said so yet
    status: str  # "starting", "ready", "stopping", or "" while it has not said so

    @property
    def is_ready(self) -> bool:
        """Whether it takes connections."""
        return self.status == READY


def read_postmaster(data: Path) -> Postmaster | None:
    """What the file in a data folder says; None: there is no file, or it is only being written."""
    try:
        lines = (data / FILE_NAME).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return None
    words = [line.strip() for line in lines] + [""] * (STATUS_LINE + 1 - len(lines))
    if not words[0].lstrip("-").isdigit():
        return None
    port = int(words[PORT_LINE]) if words[PORT_LINE].isdigit() else None
    return Postmaster(process_id=abs(int(words[0])), port=port, status=words[STATUS_LINE])


def is_there(process_id: int) -> bool:
    """Whether any process has this id."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def is_postgres(process_id: int) -> bool:
    """Whether this process is there and is PostgreSQL; where that cannot be seen, being there is enough.

    After a crash, or in a new container, the id in an old file may be somebody else's.
    """
    if not is_there(process_id):
        return False
    if not (PROCESSES / "self").exists():
        return True
    try:
        status = (PROCESSES / str(process_id) / "status").read_text(encoding="utf-8")
    except OSError:
        return False
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    return fields.get("Name") == "postgres" and not fields.get("State", "").startswith("Z")
