"""The months of the attempts table, made ahead; without its month an attempt cannot begin."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from dialer.adapters.connection import Connection

MONTHS_AHEAD = 2
MONTHS_PER_YEAR = 12
PARTITION_LOCK = 0x50415254  # "PART"; any number that no other program takes in this database

IS_ATTACHED = "select exists (select from pg_inherits where inhrelid = to_regclass($1))"


async def ensure_partitions(
    connection: Connection, now: datetime, months_ahead: int = MONTHS_AHEAD
) -> list[str]:
    """Make the partitions of this month and the next ones; gives the names of those that were missing.

    A month is made apart and then attached, which lets reading and writing of the other months go on.
    """
    made: list[str] = []
    await connection.execute("select pg_advisory_xact_lock($1)", PARTITION_LOCK)
    for begins, ends in _months(now, months_ahead):
        name = f"dialer.attempts_{begins:%Y_%m}"
        if await connection.fetchval(IS_ATTACHED, name):
            continue
        await connection.execute(f"create table {name} (like dialer.attempts including defaults)")
        await connection.execute(
            f"alter table dialer.attempts attach partition {name} "
            f"for values from ('{begins} 00:00:00+00') to ('{ends} 00:00:00+00')"
        )
        made.append(name)
    return made


def _months(now: datetime, months_ahead: int) -> Iterator[tuple[date, date]]:
    """First days of this month and the next ones, in UTC, each with that of the month after it.

    >>> [str(begins) for begins, ends in _months(datetime(2026, 12, 31, tzinfo=UTC), 1)]
    ['2026-12-01', '2027-01-01']
    """
    first = now.astimezone(UTC).date()
    months = first.year * MONTHS_PER_YEAR + first.month - 1
    for month in range(months, months + months_ahead + 1):
        yield _first_day(month), _first_day(month + 1)


def _first_day(month: int) -> date:
    return date(month // MONTHS_PER_YEAR, month % MONTHS_PER_YEAR + 1, 1)
