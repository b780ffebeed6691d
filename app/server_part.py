"""A server of ours as a part that the supervisor keeps alive: PostgreSQL or NATS."""

import math
import signal
import subprocess
from typing import Protocol

from app.child_process import how_it_ended


class Server(Protocol):
    """What the embedded PostgreSQL and our NATS server have in common."""

    @property
    def process(self) -> "subprocess.Popen[bytes] | None":
        """Its process while it is started."""

    def begin(self) -> None:
        """Start it without waiting; after the first time, on the same port."""

    def is_ready(self) -> bool:
        """Whether it takes connections; raises AppError when it has ended."""

    def stop(self) -> None:
        """End it."""


class ServerPart:
    """A `Part` around a server; it is asked by its clients whether it hangs, not here."""

    def __init__(self, name: str, server: Server, forced_end: signal.Signals = signal.SIGKILL) -> None:
        """Take the server and the signal that ends it at once."""
        self.name = name
        self._server = server
        self._forced_end = forced_end

    def obstacle(self) -> str | None:
        """It can always be started, or its first start says why not."""
        return None

    def begin(self) -> None:
        """Start it."""
        self._server.begin()

    def is_ready(self) -> bool:
        """Whether it takes connections."""
        return self._server.is_ready()

    def ended(self) -> str | None:
        """How its process ended; None: it lives."""
        return how_it_ended(self._process())

    def hung_at(self) -> float:
        """Never."""
        return math.inf

    def process_id(self) -> int:
        """Id of its first process."""
        return self._process().pid

    def stop(self) -> None:
        """End it cleanly."""
        self._server.stop()

    def kill(self) -> None:
        """End it at once."""
        if self._server.process is not None:
            self._server.process.send_signal(self._forced_end)

    def _process(self) -> "subprocess.Popen[bytes]":
        assert self._server.process is not None, f"{self.name} is not started"
        return self._server.process
