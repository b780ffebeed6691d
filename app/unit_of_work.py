"""One transaction, lent to whoever takes part in it and committed once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from dialer.adapters.connection import Connection

ACQUIRE_SECONDS_MAX = 10.0
STATEMENT_SECONDS_MAX = 60.0
CONNECTIONS_MAX = 10


@asynccontextmanager
async def open_pool(
    url: str, connections_max: int = CONNECTIONS_MAX
) -> "AsyncIterator[asyncpg.Pool[asyncpg.Record]]":
    """Connections to one database, closed afterwards."""
    async with asyncpg.create_pool(
        url,
        min_size=1,
        max_size=connections_max,
        timeout=ACQUIRE_SECONDS_MAX,
        command_timeout=STATEMENT_SECONDS_MAX,
        # A plan for all values of the parameters: planning anew costs more than these statements do.
        server_settings={"plan_cache_mode": "force_generic_plan", "application_name": "paceline"},
    ) as pool:
        yield pool


class UnitOfWork:
    """Opens transactions on a pool."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        """Take the pool."""
        self._pool = pool

    @asynccontextmanager
    async def begin(self, *, may_be_lost: bool = False) -> AsyncIterator[Connection]:
        """A transaction, committed at the end of the block, undone if the block raises.

        `may_be_lost` commits without waiting for the disk: for leases of leads, never for attempts.
        """
        async with self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection, connection.transaction():
            if may_be_lost:
                await connection.execute("set local synchronous_commit to off")
            yield connection
