"""A Python process of ours under the supervisor, which shows that it lives by writing to a pipe.

A process whose loop hangs is worse than a dead one: its calls are answered and nobody hears of it.
So silence is taken for an end.
"""

import math
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from app.dying_with_parent import dying_with_parent

LIVENESS_VARIABLE = "PACELINE_LIVENESS_FD"
FIRST_SIGN_SECONDS_MAX = 60.0  # imports and the restoring of what lives; after it, silence counts
STOP_SECONDS_MAX = 10.0
READ_BYTES = 65536


class ChildProcess:
    """A `Part`: a command that is told in `PACELINE_LIVENESS_FD` where to show that it lives."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        hung_seconds_max: float,
        obstacle: Callable[[], str | None] = lambda: None,
    ) -> None:
        """Nothing is started yet; `obstacle` says what keeps it from being started."""
        self.name = name
        self.obstacle = obstacle
        self._command = list(command)
        self._environment = environment
        self._hung_seconds_max = hung_seconds_max
        self._process: subprocess.Popen[bytes] | None = None
        self._life_line: int | None = None  # we read from it
        self._silent_at = math.inf  # when silence begins to count
        self._has_shown_life = False

    @property
    def life_line(self) -> int | None:
        """File descriptor to wait on; `hear_life` when there is something to read."""
        return self._life_line

    def begin(self) -> None:
        """Start the process in a group of its own."""
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        try:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                env={**self._environment, LIVENESS_VARIABLE: str(writing)},
                pass_fds=(writing,),
                start_new_session=True,  # an interrupt from the keyboard is ours to pass on
                # At once: its successor under the next supervisor must not meet it. It is made for that.
                preexec_fn=dying_with_parent(signal.SIGKILL),
            )
        except OSError:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        self._life_line, self._has_shown_life = reading, False
        self._silent_at = time.monotonic() + FIRST_SIGN_SECONDS_MAX

    def hear_life(self) -> None:
        """Read what the process wrote, if it wrote anything."""
        with suppress(BlockingIOError):
            if self._life_line is not None and os.read(self._life_line, READ_BYTES):
                self._has_shown_life = True
                self.excuse()

    def excuse(self) -> None:
        """Begin to count its silence anew: it lives, or it was we who did not listen."""
        if self._has_shown_life:
            self._silent_at = time.monotonic() + self._hung_seconds_max

    def is_ready(self) -> bool:
        """Whether it has shown life since it was started."""
        return self._has_shown_life

    def ended(self) -> str | None:
        """How the process ended; None: it lives."""
        assert self._process is not None
        return how_it_ended(self._process)

    def hung_at(self) -> float:
        """When its silence will have lasted too long."""
        return self._silent_at

    def process_id(self) -> int:
        """Id of the process."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> None:
        """Ask the process to end, and make its whole group end after its time limit."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS_MAX)
            _kill_group(process)  # also what it started itself
            process.wait()
        if self._life_line is not None:
            os.close(self._life_line)
            self._life_line = None

    def kill(self) -> None:
        """End the process and its group now."""
        if self._process is not None:
            _kill_group(self._process)


def how_it_ended(process: "subprocess.Popen[bytes]") -> str | None:
    """How a process ended, for people; None: it lives."""
    code = process.poll()
    if code is None:
        return None
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
