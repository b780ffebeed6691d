"""Import small lists in tests."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from dialer.adapters.connection import Connection
from dialer.adapters.list_import import (
    DuplicateScope,
    Fault,
    ImportOrder,
    ImportReport,
    import_list,
    open_table,
)
from dialer.adapters.list_import.columns import choose_columns
from dialer.adapters.list_import.lead_rows import RowPlan
from dialer.messages import CampaignId
from tests.integration.stored_floor import CAMPAIGN, NOW


def people(*rows: str) -> str:
    """A list with a header."""
    return "\n".join(("Name,Phone,Mobile,Order", *rows)) + "\n"


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Connection]:
    """A connection as a command has it."""
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def imported(
    url: str,
    folder: Path,
    text: str,
    *,
    campaign_id: CampaignId = CAMPAIGN,
    duplicates: DuplicateScope = DuplicateScope.CAMPAIGN,
    skips_bad: bool = False,
    is_rehearsal: bool = False,
    faults: list[Fault] | None = None,
) -> ImportReport:
    """Import a list of Italians with one worker process."""
    path = folder / "people.csv"
    path.write_text(text, encoding="utf-8")
    table = open_table(path)
    told = (("number", "Phone"), ("number", "Mobile"), ("priority", "Order"))
    order = ImportOrder(
        campaign_id=campaign_id,
        list_name="people",
        plan=RowPlan(columns=choose_columns(table.headers, table.sample, told), country="IT"),
        duplicates=duplicates,
        skips_bad=skips_bad,
        is_rehearsal=is_rehearsal,
        workers=1,
    )
    heard = faults if faults is not None else []
    async with connected(url) as connection:
        return await import_list(connection, table, order, NOW, clock=time.monotonic, hear_fault=heard.append)
