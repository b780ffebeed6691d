"""One transaction, lent to whoever takes part in it and committed once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from dialer.adapters.connection import Connection
from dialer.adapters.errors import StoreLost

ACQUIRE_SECONDS_MAX = 10.0
STATEMENT_SECONDS_MAX = 60.0
CONNECTIONS_MAX = 10

SESSION_SETTINGS = {
    "application_name": "paceline",
    # One plan for all values of the parameters: planning anew costs more than these statements do.
    "plan_cache_mode": "force_generic_plan",
    # Every statement here walks an index. A plan made while a table was empty would read it whole, and be
    # kept until the table is analysed: minutes of slow reservations at the start of a large list.
    "enable_seqscan": "off",
}

SIGNS_OF_LOSS = (
    ConnectionError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # it shuts down, or starts
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that broke between two messages
    asyncpg.InsufficientResourcesError,  # its disk or memory is full
    asyncpg.PostgresSystemError,  # its disk fails
)


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
        server_settings=SESSION_SETTINGS,
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

        Raises:
            StoreLost: if the database cannot be reached or went away; the block may be repeated as it is.
        """
        try:
            async with (
                self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection,
                connection.transaction(),
            ):
                if may_be_lost:
                    await connection.execute("set local synchronous_commit to off")
                yield connection
        except SIGNS_OF_LOSS as error:
            raise StoreLost(f"the database is away ({type(error).__name__}); to be repeated") from error
