"""Starts of engines: each has a number that no other start has, for the ids of its attempts."""

from datetime import datetime

from dialer.adapters.connection import Connection
from dialer.adapters.named_statements import sql


async def begin_engine_run(connection: Connection, engine_id: str, now: datetime) -> int:
    """Note that an engine starts; gives the number of this start, never used before, not even if undone."""
    run_number = await connection.fetchval(sql("begin_engine_run"), engine_id, now)
    assert isinstance(run_number, int)
    return run_number
