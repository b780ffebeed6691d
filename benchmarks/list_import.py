"""How fast a list of a million people is loaded, with how much memory, and what reservations feel of it.

On the embedded server with its usual settings, waiting for the disk. The list: a CSV file of five columns,
every number new, in five ways of writing, one in a hundred a duplicate; country given. Beside it another
campaign of 100,000 leads is reserved from ten times a second, 100 leads at a time, as an engine does.
"""

import asyncio
import multiprocessing
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import numpy as np

from app.unit_of_work import UnitOfWork, open_pool
from benchmarks import reservation
from benchmarks.figure import BYTES_PER_MEGABYTE, KIB, Figure
from dialer.adapters.engine_clock import EngineClock
from dialer.adapters.list_import import ImportOrder, ImportReport, import_list, open_table
from dialer.adapters.list_import.columns import choose_columns
from dialer.adapters.list_import.lead_rows import RowPlan
from dialer.adapters.store import Reservation, create_campaign, find_zone_groups, release_leads, reserve_leads
from dialer.core.calling_checks import HouseReason
from dialer.core.commands import LeadRelease, ReleaseLeads, ReserveLeads
from dialer.messages import CampaignId
from rules.policy_packs import get_policy_pack

ROWS_PER_SECOND_MIN = 10_000.0
MEGABYTES_MAX = 500.0
RESERVE_SECONDS_MAX = 0.025  # p99, as without an import
IMPORTED = CampaignId("imported")
LEADS_BESIDE = 100_000
WATCH_SECONDS = 0.1
ALONE_SECONDS = 15.0
WARM_UP = 5
DUPLICATE_EVERY = 100


def write_list(path: Path, rows: int) -> None:
    """Write a list of Italians; the numbers are made up and valid."""
    with path.open("w", encoding="utf-8") as file:
        file.write("Nome;Telefono;Città;Cliente dal;Nota\n")
        for index in range(rows):
            digits = f"{index - index % DUPLICATE_EVERY if index % DUPLICATE_EVERY == 1 else index:07}"
            number = (
                f"347 {digits[:3]} {digits[3:]}",
                f"+39320{digits}",
                f"0039 06 {digits}",
                f"02-{digits}",
                f"(333) {digits}",
            )[int(digits) % 5]
            file.write(f"Persona {index};{number};Città {index % 997};2026-01-{1 + index % 28:02};nota\n")


class Footprint:
    """Resident memory of this process and its children together."""

    def __init__(self, without: int | None) -> None:
        """Take the process id of a child that is not to be counted."""
        self._without = without
        self.megabytes_max = 0.0

    async def watch(self) -> None:
        """Look ten times a second, until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(WATCH_SECONDS)

    def look(self) -> None:
        """Add up what is resident now; PostgreSQL's processes are not ours to count."""
        total = 0
        for process_id in {os.getpid(), *_children()} - {self._without}:
            status = Path(f"/proc/{process_id}/status")
            try:
                fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
            except OSError:
                continue
            if fields["Name"].strip() != "postgres":
                total += int(fields.get("VmRSS", "0 kB").split()[0]) * KIB
        self.megabytes_max = max(self.megabytes_max, total / BYTES_PER_MEGABYTE)


def _children() -> Iterator[int]:
    for task in Path(f"/proc/{os.getpid()}/task").iterdir():
        try:
            yield from map(int, (task / "children").read_text().split())
        except OSError:
            continue


async def load(url: str, path: Path) -> ImportReport:
    """Import the list as the command does."""
    table = open_table(path)
    columns = choose_columns(table.headers, table.sample, ())
    order = ImportOrder(
        campaign_id=IMPORTED, list_name="benchmark", plan=RowPlan(columns=columns, country="IT")
    )
    connection = await asyncpg.connect(url)
    try:
        return await import_list(connection, table, order, datetime.now(UTC), clock=time.perf_counter)
    finally:
        await connection.close()


async def reserve_until(url: str, is_over: Event) -> list[float]:
    """Reserve and release ten times a second, as an engine does; gives how long each reservation took."""
    definition = get_policy_pack("us_federal").abandon_definition
    command = ReserveLeads(campaign_id=reservation.CAMPAIGN, count=reservation.BATCH, request="1")
    clock = EngineClock(wall_offset_seconds=0.0)
    seconds: list[float] = []
    async with open_pool(url, 2) as pool:
        work = UnitOfWork(pool)
        async with work.begin() as connection:
            groups = await find_zone_groups(connection)
        open_groups = [group for group, zones in groups.items() if zones[0] in reservation.OPEN_ZONES]
        terms = Reservation(
            engine_id=reservation.ENGINE,
            lease_seconds=600.0,
            definition=definition,
            zone_group_ids=open_groups,
        )
        while not is_over.is_set():
            now = datetime.now(UTC)
            began = time.perf_counter()
            async with work.begin(may_be_lost=True) as connection:
                answer = await reserve_leads(connection, command, terms, now, clock)
            seconds.append(time.perf_counter() - began)
            reason = HouseReason.CAMPAIGN_NOT_RUNNING.value
            releases = tuple(LeadRelease(lead_id=lead.lead_id, reason=reason) for lead in answer.leads)
            given = ReleaseLeads(campaign_id=reservation.CAMPAIGN, releases=releases)
            async with work.begin(may_be_lost=True) as connection:
                await release_leads(connection, [given], reservation.ENGINE, now)
            await asyncio.sleep(WATCH_SECONDS)
    return seconds[WARM_UP:]


def reserve_beside(url: str, is_over: Event, told: "SimpleQueue[list[float]]") -> None:
    """The same, for a process of its own, as the engine is one."""
    told.put(asyncio.run(reserve_until(url, is_over)))


async def prepare(url: str) -> None:
    """Make both campaigns, the one beside with its leads."""
    async with open_pool(url) as pool:
        async with UnitOfWork(pool).begin() as connection:
            await reservation.fill(connection, LEADS_BESIDE, datetime.now(UTC))
            await create_campaign(connection, IMPORTED)
        async with pool.acquire() as connection:
            await connection.execute("vacuum analyze", timeout=reservation.FILL_SECONDS_MAX)


def reservations_during(url: str, path: Path | None) -> tuple[list[float], ImportReport | None, float]:
    """Reserve in another process while a list is loaded, or for a while alone; gives also our peak memory."""
    context = multiprocessing.get_context("spawn")
    is_over, told = context.Event(), context.SimpleQueue()
    beside = context.Process(target=reserve_beside, args=(url, is_over, told))
    beside.start()
    footprint = Footprint(beside.pid)

    async def work() -> ImportReport | None:
        watching = asyncio.create_task(footprint.watch())
        if path is None:
            await asyncio.sleep(ALONE_SECONDS)
        report = await load(url, path) if path is not None else None
        watching.cancel()
        return report

    report = asyncio.run(work())
    is_over.set()
    seconds = told.get()
    beside.join()
    return seconds, report, footprint.megabytes_max


def measure(rows: int = 1_000_000) -> Figure:
    """Load a list of so many rows."""
    with reservation.server() as url, TemporaryDirectory(prefix="paceline-list-") as name:
        path = Path(name) / "list.csv"
        write_list(path, rows)
        asyncio.run(prepare(url))
        alone, _, _ = reservations_during(url, None)
        beside, report, megabytes = reservations_during(url, path)
    assert report is not None
    p99, p99_alone = float(np.quantile(beside, 0.99)), float(np.quantile(alone, 0.99))
    felt = (
        f"p50 {1e3 * float(np.quantile(beside, 0.5)):.1f} ms, p99 {1e3 * p99:.1f} ms, longest "
        f"{1e3 * max(beside):.0f} ms (alone: p99 {1e3 * p99_alone:.1f} ms, longest {1e3 * max(alone):.0f} ms)"
    )
    return Figure(
        what=f"import a list of {rows:,} rows",
        goal=f">= {ROWS_PER_SECOND_MIN:,.0f} rows/s, <= {MEGABYTES_MAX:.0f} MB, "
        f"reservations beside it p99 <= {1e3 * RESERVE_SECONDS_MAX:.0f} ms",
        measured=f"{report.rows_per_second:,.0f} rows/s, {megabytes:.0f} MB; reservations {felt}; "
        f"{report.leads:,} leads",
        is_met=report.rows_per_second >= ROWS_PER_SECOND_MIN
        and megabytes <= MEGABYTES_MAX
        and p99 <= RESERVE_SECONDS_MAX,
        conditions="CSV, 5 columns, national and international forms, 1 % duplicates; memory of all our "
        "processes without PostgreSQL's; 100 leads reserved ten times a second in another process",
    )


if __name__ == "__main__":
    print(measure())
