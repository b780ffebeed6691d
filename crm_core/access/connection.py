"""The open database connection that every function here takes; none of them opens or commits one."""

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import asyncpg.pool

Connection: TypeAlias = (
    "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
)
"""One inside a transaction, lent by `app.unit_of_work`. Generic to type checkers only."""
