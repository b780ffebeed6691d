"""A process that loads the libraries once and forks itself for each run of pytest: no run loads them anew.

It is started as a script in the tree to test, reads one JSON line for each run ({"arguments", "output",
"seconds_max"}), and answers with a line: pytest's exit code, or `timeout`. It loads nothing of the project,
so that each run sees the files as they are then.
"""

import json
import os
import select
import signal
import sys
import traceback

# All that most tests need and that is slow to load. Pytest's plugins are left to pytest.
import aiohttp  # noqa: F401
import alembic.command  # noqa: F401
import asyncpg  # noqa: F401
import hypothesis.strategies  # noqa: F401
import jinja2  # noqa: F401
import msgspec  # noqa: F401
import numpy  # noqa: F401
import phonenumbers  # noqa: F401
import pytest
import rich.console  # noqa: F401
import scipy.stats  # noqa: F401
import sqlalchemy  # noqa: F401
import structlog  # noqa: F401
import typer.testing  # noqa: F401


def run_forked(arguments: list[str], output: str, seconds_max: float) -> str:
    """Run pytest in a child; its exit code, or `timeout` after its whole group was ended."""
    child = os.fork()
    if child == 0:
        _run(arguments, output)
    waiting = select.poll()
    handle = os.pidfd_open(child)
    waiting.register(handle, select.POLLIN)
    has_ended = bool(waiting.poll(seconds_max * 1000.0))
    os.close(handle)
    if not has_ended:
        os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return str(os.waitstatus_to_exitcode(status)) if has_ended else "timeout"


def _run(arguments: list[str], output: str) -> None:
    """In the child: everything said goes to the file, and nothing returns to the loop."""
    exit_code = 1  # an interpreter's own after an exception; whoever asked also reads what failed
    try:
        os.setsid()
        file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # ours has the next requests in it
        os.dup2(file, 1)
        os.dup2(file, 2)
        sys.path.insert(0, os.getcwd())
        exit_code = int(pytest.main(arguments))
    finally:
        if sys.exc_info()[0] is not None:
            traceback.print_exc()  # whoever asked for the run is to read it
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(exit_code)


def main() -> None:
    """Answer each line until there are no more."""
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        wanted = json.loads(line)
        answers.write(run_forked(wanted["arguments"], wanted["output"], wanted["seconds_max"]) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
