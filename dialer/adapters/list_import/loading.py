"""What an import says to the database: stage rows, find what is left out, write all in one transaction."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from importlib.resources import files
from io import BytesIO

from dialer.adapters.connection import Connection
from dialer.adapters.list_import.faults import Fault, FaultKind
from dialer.adapters.list_import.lead_rows import PreparedChunk
from dialer.adapters.named_statements import parse_statements

STATEMENTS = parse_statements(files(__package__).joinpath("queries.sql").read_text(encoding="utf-8"))
SETTINGS = (
    "set jit to off",
    "set work_mem to '128MB'",
    # Not those of the dialer's pool: here whole tables are joined once, and each plan is for its own sizes.
    "set plan_cache_mode to force_custom_plan",
    "set enable_seqscan to on",
)
LEFT_OUT_ROWS = 5_000  # read at once
LOCK_SPACE = 0x4C495354  # ("LIST") of the advisory locks that keep two imports into one campaign apart
WRITES = ("write_leads", "write_numbers", "write_dial_queue")


class DuplicateScope(Enum):
    """Where a number must not stand already."""

    FILE = "file"  # in an earlier row
    CAMPAIGN = "campaign"  # there, or with a lead of the campaign
    EVERYWHERE = "everywhere"  # there, or with any lead


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Rows that are not loaded though they are good."""

    duplicates: int = 0
    do_not_call: int = 0


def statement(name: str) -> str:
    """The text of one statement."""
    return STATEMENTS[name].text


class Loading:
    """One import on one connection of its own."""

    def __init__(self, connection: Connection, campaign_number: int) -> None:
        """Take the connection; nothing is said on it yet."""
        self._connection = connection
        self._campaign_number = campaign_number

    async def begin(self) -> None:
        """Make the staged tables; another import into this campaign waits for the end of our connection."""
        for setting in SETTINGS:
            await self._connection.execute(setting)
        for name in ("stage_leads", "stage_numbers", "stage_left_out"):
            await self._connection.execute(statement(name))
        await self._connection.execute(
            "select pg_advisory_lock($1, $2)", LOCK_SPACE, self._campaign_number, timeout=None
        )

    async def stage(self, chunk: PreparedChunk) -> None:
        """Put prepared rows into the staged tables."""
        for table, lines in (("staged_leads", chunk.leads), ("staged_numbers", chunk.numbers)):
            if lines:
                await self._connection.copy_to_table(
                    table, source=BytesIO(lines), format="text", timeout=None
                )

    async def scrub(self, scope: DuplicateScope) -> None:
        """Find the rows that are left out: numbers not to be called, then numbers that are there already."""
        for table in ("staged_leads", "staged_numbers"):
            await self._connection.execute(f"analyze {table}", timeout=None)
        number = self._campaign_number
        await self._connection.execute(statement("find_suppressed"), number, timeout=None)
        await self._connection.execute(statement("find_duplicates_in_file"), timeout=None)
        if scope is not DuplicateScope.FILE:
            asked = number if scope is DuplicateScope.CAMPAIGN else None
            await self._connection.execute(statement("find_duplicates_on_record"), asked, timeout=None)
        await self._connection.execute("analyze staged_left_out")

    async def left_out(self) -> AsyncIterator[Fault]:
        """Every row that is left out, in order."""
        after = 0
        while True:
            rows = await self._connection.fetch(
                statement("read_left_out"), after, LEFT_OUT_ROWS, timeout=None
            )
            for row in rows:
                after = row["row_number"]
                kind, reason = _left_out_reason(row["kind"], row["other"])
                yield Fault(kind=kind, row_number=after, column="", value=row["raw_text"], reason=reason)
            if len(rows) < LEFT_OUT_ROWS:
                return

    async def count(self) -> tuple[int, int]:
        """How many leads will be written, and how many of them have no time zone."""
        chosen = await self._connection.fetchval(statement("count_chosen"), timeout=None)
        without_zone = await self._connection.fetchval(statement("count_without_zone"), timeout=None)
        return int(chosen), int(without_zone)

    async def write(self, name: str, leads: int, now: datetime, tell: Callable[[str], None]) -> int:
        """Write everything in one transaction; gives the list's id. Whatever fails, nothing is written."""
        number = self._campaign_number
        await self._connection.execute(statement("choose_leads"), timeout=None)
        await self._connection.execute("analyze staged_chosen")
        may_trust = await self._connection.fetchval(statement("may_set_role"))
        arguments = {"write_numbers": (), "write_dial_queue": (number, now)}
        async with self._connection.transaction():
            await self._connection.execute(statement("hold_campaign"), number)
            if may_trust:
                # What rows refer to is written or held by this very transaction, so that looking each of them
                # up again proves nothing; it is half of the time.
                await self._connection.execute("set local session_replication_role to replica")
            await self._connection.execute(statement("write_zone_groups"), timeout=None)
            list_id = await self._connection.fetchval(statement("write_list"), number, name, now, leads)
            assert isinstance(list_id, int)
            for each in WRITES:
                tell(each.removeprefix("write_").replace("_", " "))
                given = arguments.get(each, (list_id, number))
                await self._connection.execute(statement(each), *given, timeout=None)
        return list_id


def _left_out_reason(kind: str, other: int | None) -> tuple[FaultKind, str]:
    if kind == "do_not_call":
        return FaultKind.DO_NOT_CALL, "on the do-not-call list"
    if kind == "file":
        return FaultKind.DUPLICATE, f"the same number as in row {other}"
    return FaultKind.DUPLICATE, f"lead {other} has this number"
