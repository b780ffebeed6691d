"""Kill -9 of a PostgreSQL that writes through to the disk: what was committed is there, and whole."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from app.database import prepare_database
from app.embedded_postgres import EmbeddedPostgres
from app.settings import DatabaseSettings
from tests.integration.server_folder import server_folder

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "tests.integration.attempts_until_killed"

ATTEMPTS = """
    select a.attempt_id, a.ended_at is not null as has_ended, o.attempt_id is not null as is_open,
        g.attempt_id is not null as has_entry, q.state
    from dialer.attempts a
    left join dialer.open_attempts o using (attempt_id)
    left join dialer.abandon_ledger g using (attempt_id)
    left join dialer.dial_queue q on q.lead_id = a.lead_id
"""


def say_until_killed(server: EmbeddedPostgres, lines: int) -> list[str]:
    """Run the program, kill the server after so many lines; gives all that the program said."""
    command = [sys.executable, "-m", PROGRAM, server.url("postgres")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        said = [program.stdout.readline().strip() for _ in range(lines)]
        os.kill(server.process_id, signal.SIGKILL)
        said += [line.strip() for line in program.stdout]
    assert program.returncode == 0
    return said


async def attempts_in(url: str) -> list[asyncpg.Record]:
    """Every attempt on record with what belongs to it."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(ATTEMPTS)
    finally:
        await connection.close()


@pytest.mark.parametrize("lines", [30, 171, 402])
def test_server_killed_in_mid_batch_loses_and_doubles_nothing(lines: int) -> None:
    """Every begin and end said to be committed is there, each with its lead's state and ledger row."""
    with server_folder() as folder:
        server = EmbeddedPostgres(DatabaseSettings(folder=folder, port=0))
        server.start()
        try:
            asyncio.run(prepare_database(server.url("postgres")))
            said = [line.split() for line in say_until_killed(server, lines)]
            server.stop()
            server.start()
            rows = asyncio.run(attempts_in(server.url("postgres")))
        finally:
            server.stop()
    begun = {attempt_id for word, attempt_id in said if word == "begun"}
    has_ended = {attempt_id for word, attempt_id in said if word == "ended"}
    found = {row["attempt_id"]: row for row in rows}
    assert len(found) == len(rows)
    assert begun <= set(found)
    assert {attempt_id for attempt_id, row in found.items() if row["has_ended"]} >= has_ended
    for row in rows:
        # An attempt is open with its lead in its hands, or ended with its ledger row and the lead given back.
        parts = (row["has_ended"], row["is_open"], row["has_entry"], row["state"])
        assert parts in ((False, True, False, 2), (True, False, True, 0)), row
