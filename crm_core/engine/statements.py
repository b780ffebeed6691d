"""Run statements of SQLAlchemy Core on the driver's own connection, in the caller's transaction.

Core writes the SQL, asyncpg sends it: no second connection, no second transaction, no ORM.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import ClauseElement

from crm_core.access.connection import Connection

if TYPE_CHECKING:
    import asyncpg

DIALECT = asyncpg_dialect.dialect()  # type: ignore[no-untyped-call]


def sql_of(statement: Executable) -> tuple[str, list[object]]:
    """The text of a statement with $1, $2, …, and what stands for them."""
    assert isinstance(statement, ClauseElement)
    compiled = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    names: Sequence[str] = getattr(compiled, "positiontup", None) or ()
    values = compiled.params
    return str(compiled), [values[name] for name in names]


async def fetch(connection: Connection, statement: Executable) -> "list[asyncpg.Record]":
    """All rows."""
    text, values = sql_of(statement)
    return list(await connection.fetch(text, *values))


async def fetch_row(connection: Connection, statement: Executable) -> "asyncpg.Record | None":
    """The first row, or None."""
    text, values = sql_of(statement)
    return await connection.fetchrow(text, *values)
