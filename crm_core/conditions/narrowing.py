"""A list narrowed by a condition: from its text to what the list's statement asks.

The statement is limited in time: a figure over millions of rows must not hold a connection of the house for
minutes, and whoever asked is told what to do.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, text
from sqlalchemy.types import NullType

from crm_core.access.connection import Connection
from crm_core.conditions.catalogue import ME, MY_TEAMS, ViewerCatalogue
from crm_core.engine.errors import ListRefused
from rules.conditions.checking import require_valid
from rules.conditions.compiling import compile_sql
from rules.conditions.moments import Circumstances
from rules.conditions.parsing import parse_condition_text
from rules.conditions.tree import Condition
from rules.errors import InvalidConditionError

CONDITION_LETTERS_MAX = 4_000  # of its text: it stands in addresses
SECONDS_MAX = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """A condition that was read and fits what its viewer may speak of."""

    condition: Condition
    catalogue: ViewerCatalogue

    def clause(self, now: datetime) -> ColumnElement[bool]:
        """What the statement of a list asks; good for this instant. Calendar days are those of UTC."""
        viewer = self.catalogue.viewer
        variables = {ME: (viewer.user_id,), MY_TEAMS: tuple(sorted(viewer.team_ids))}
        # Places stand in brackets: a colon right behind a name would not be read as its end.
        compiled = compile_sql(
            self.condition,
            self.catalogue,
            Circumstances(now=now, variables=variables),
            alias=self.catalogue.declared[self.catalogue.root].table.fullname,
            parameter_format="(:condition_{})",
        )
        values = [
            bindparam(f"condition_{number}", value, NullType())
            for number, value in enumerate(compiled.parameters, 1)
        ]
        return text(compiled.text).bindparams(*values)  # type: ignore[return-value]


def read_narrowing(catalogue: ViewerCatalogue, condition_text: str) -> Narrowing:
    """A condition as lists use it.

    Raises:
        ListRefused: it cannot be read, or speaks of what this viewer may not speak of.
    """
    if len(condition_text) > CONDITION_LETTERS_MAX:
        raise ListRefused("conditions can have {letters_max} letters", letters_max=CONDITION_LETTERS_MAX)
    if catalogue.find_entity(catalogue.root) is None:
        raise ListRefused("conditions: there is nothing here that you may see")
    try:
        condition = parse_condition_text(condition_text)
        require_valid(condition, catalogue)
    except InvalidConditionError as refused:
        raise ListRefused("the conditions cannot be used: {why}", why=str(refused)) from refused
    return Narrowing(condition=condition, catalogue=catalogue)


@asynccontextmanager
async def limited_time(connection: Connection) -> AsyncIterator[None]:
    """Statements within are stopped after a time; the transaction goes on.

    Raises:
        ListRefused: one of them was stopped.
    """
    import asyncpg  # only here: whoever declares entities needs no driver

    try:
        async with connection.transaction():
            await connection.execute(f"set local statement_timeout = '{SECONDS_MAX}s'")
            yield
            await connection.execute("set local statement_timeout to default")
    except asyncpg.QueryCanceledError as stopped:
        raise ListRefused(
            "this took longer than {seconds} seconds: add a condition that leaves fewer records",
            seconds=SECONDS_MAX,
        ) from stopped
