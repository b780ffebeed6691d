"""Import one list: read, stage, scrub, and write all or nothing; tell how far it is."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from dialer.adapters.connection import Connection
from dialer.adapters.list_import.faults import Fault
from dialer.adapters.list_import.lead_rows import RowPlan
from dialer.adapters.list_import.loading import DuplicateScope, Loading
from dialer.adapters.list_import.table import Table
from dialer.adapters.list_import.workers import prepared_chunks
from dialer.adapters.store.campaigns import campaign_numbers
from dialer.messages import CampaignId

FAULTS_SHOWN_MAX = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """What is to be imported, and how."""

    campaign_id: CampaignId
    list_name: str  # for people
    plan: RowPlan
    duplicates: DuplicateScope = DuplicateScope.CAMPAIGN
    skips_bad: bool = False  # bad rows are left out; else one bad row means that nothing is loaded
    is_rehearsal: bool = False  # everything is checked and nothing written
    workers: int | None = None  # processes; None: as many as cores, up to a limit


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What came of an import."""

    rows: int = 0  # read, without the header
    rows_per_second: float = 0.0  # over the whole import
    leads: int = 0  # loaded, or that would have been loaded
    without_zone: int = 0  # of them, leads whose calling hours cannot be proven: they are not dialed
    list_id: int | None = None  # None: nothing was written
    faults_by_kind: Counter[str] = field(default_factory=Counter)  # how many of each kind
    bad_rows_and_cells: int = 0  # faults for which somebody must mend the list
    first_faults: list[Fault] = field(default_factory=list)  # some of them, to show

    def add(self, fault: Fault) -> None:
        """Count a fault."""
        self.faults_by_kind[fault.kind.value] += 1
        self.bad_rows_and_cells += fault.kind.is_bad
        if len(self.first_faults) < FAULTS_SHOWN_MAX:
            self.first_faults.append(fault)


Tell = Callable[[str, int, float], None]
"""Told as it goes on: the stage, rows read so far, and how much of the file has been read, 0..1."""


async def import_list(
    connection: Connection,
    table: Table,
    order: ImportOrder,
    now: datetime,
    *,
    clock: Callable[[], float],
    hear_fault: Callable[[Fault], None] = lambda fault: None,
    tell: Tell = lambda stage, rows, ratio: None,
) -> ImportReport:
    """Import a list on a connection of its own, which is to be closed afterwards.

    `clock` gives seconds, for the rate. Where a bad row forbids loading, `list_id` of the report is None.

    Raises:
        UnknownCampaigns: the campaign does not exist.
        ListFileUnusable: the file cannot be read to its end.
    """
    began = clock()
    number = (await campaign_numbers(connection, [order.campaign_id]))[order.campaign_id]
    report = ImportReport()

    def hear(fault: Fault) -> None:
        report.add(fault)
        hear_fault(fault)

    loading = Loading(connection, number)
    await loading.begin()
    async for chunk in prepared_chunks(order.plan, table.chunks(), order.workers):
        report.rows += chunk.rows
        for fault in chunk.faults:
            hear(fault)
        await loading.stage(chunk)
        tell("reading", report.rows, chunk.done_ratio)
    tell("checking", report.rows, 1.0)
    await loading.scrub(order.duplicates)
    async for fault in loading.left_out():
        hear(fault)
    report.leads, report.without_zone = await loading.count()
    is_refused = report.bad_rows_and_cells > 0 and not order.skips_bad
    if report.leads and not order.is_rehearsal and not is_refused:
        report.list_id = await loading.write(
            order.list_name, report.leads, now, lambda what: tell(f"writing {what}", report.rows, 1.0)
        )
    report.rows_per_second = report.rows / max(clock() - began, 1e-9)
    return report
