"""How long it takes to reserve 100 leads out of a large list, and whether that depends on the list's size.

On the embedded server with its usual settings: it waits for the disk where the dialer does.
The list: one campaign, four time zones of which three are open, three priorities, a quarter of the leads due
later. Every batch is taken as the dialer takes it: reserved, checked against the do-not-call list, read with
numbers and history, committed; then its leads are dialed and rescheduled, so that the queue ages.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from app.database import running_database
from app.settings import DatabaseSettings
from app.unit_of_work import UnitOfWork, open_pool
from benchmarks.figure import Figure
from dialer.adapters.connection import Connection
from dialer.adapters.engine_clock import EngineClock
from dialer.adapters.named_statements import sql
from dialer.adapters.store import (
    Reservation,
    begin_attempts,
    create_campaign,
    create_list,
    end_attempts,
    reserve_leads,
)
from dialer.core.commands import Dial, RecordAttemptEnded, ReserveLeads
from dialer.core.leads import Lead, LeadNext, LeadStep
from dialer.core.outcomes import EndReason, Outcome
from dialer.messages import AttemptId, CampaignId, NodeId, TrunkId
from rules.policy_packs import get_policy_pack

GOAL_SECONDS = 0.025  # p99 of one reservation
FLATNESS_MAX = 1.5  # p50 of the largest list over that of the smallest
BATCH = 100
WARM_UP = 5
FILL_SECONDS_MAX = (
    3600.0  # ten million leads take some minutes; a connection of the pool would give up before
)
CAMPAIGN = CampaignId("benchmark")
ENGINE = "benchmark"
ZONES = ("Europe/Rome", "America/New_York", "Asia/Tokyo", "Australia/Sydney")
OPEN_ZONES = ZONES[:3]

FILL = (
    """insert into dialer.leads (list_id, campaign_number, priority)
        select $1, $2, 3 + i % 3 from generate_series(1, $3::int) i""",
    """insert into dialer.numbers (lead_id, number_index, e164, raw_text, zone_group_id)
        select lead_id, 0, '+999' || lpad(lead_id::text, 9, '0'), lead_id::text, 1 + lead_id % 4
        from dialer.leads""",
    """insert into dialer.dial_queue (lead_id, campaign_number, priority, zone_group_id, due_at)
        select lead_id, campaign_number, priority, 1 + lead_id % 4,
            $1::timestamptz + make_interval(secs =>
                case when lead_id * 7919 % 100 < 25 then 86400 else -3600 end + lead_id * 7919 % 3000)
        from dialer.leads""",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Reservations out of a list of one size."""

    leads: int
    seconds: tuple[float, ...]  # one for each reservation
    buffers: int  # 8 KiB pages that the reserving statement touches for one batch, at the end

    def quantile(self, ratio: float) -> float:
        """So many of the reservations took this long or less, seconds."""
        return float(np.quantile(self.seconds, ratio))


@contextmanager
def server() -> Iterator[str]:
    """A new embedded server that writes through to the disk."""
    with TemporaryDirectory(prefix="paceline-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the server may run as another user
        with running_database(DatabaseSettings(folder=folder, port=0)) as url:
            yield url


async def fill(connection: Connection, leads: int, now: datetime) -> int:
    """Make the list inside the server; gives the campaign's number."""
    await create_campaign(connection, CAMPAIGN)
    for zone in ZONES:
        await connection.execute(sql("create_zone_groups"), [zone])
    list_id = await create_list(connection, CAMPAIGN, "benchmark", now)
    number = await connection.fetchval("select campaign_number from dialer.campaigns")
    await connection.execute(FILL[0], list_id, number, leads, timeout=FILL_SECONDS_MAX)
    await connection.execute(FILL[1], timeout=FILL_SECONDS_MAX)
    await connection.execute(FILL[2], now, timeout=FILL_SECONDS_MAX)
    assert isinstance(number, int)
    return number


def dial(lead: Lead) -> Dial:
    """Dial a lead."""
    return Dial(
        attempt_id=AttemptId(f"attempt-{lead.lead_id}-{lead.attempts_made}"),
        campaign_id=CAMPAIGN,
        lead_id=lead.lead_id,
        e164=lead.numbers[0].e164,
        number_index=0,
        trunk_id=TrunkId("trunk"),
        node_id=NodeId("node"),
        caller_id_number="+999000000000",
        ring_timeout_seconds=30.0,
    )


def no_answer(command: Dial, now: datetime) -> RecordAttemptEnded:
    """Nobody answers, and the lead comes due again in an hour."""
    retry = LeadNext(step=LeadStep.RETRY, reason="no_answer", at=now.timestamp() + 3600.0)
    return RecordAttemptEnded(
        attempt_id=command.attempt_id,
        campaign_id=CAMPAIGN,
        lead_id=command.lead_id,
        outcome=Outcome.NO_ANSWER,
        reason=EndReason.NOT_ANSWERED,
        agent_id=None,
        entry=None,
        dialed_at=0.0,
        ended_at=30.0,
        lead_next=retry,
    )


async def run(url: str, leads: int, batches: int) -> Measured:
    """Fill, then reserve batch by batch."""
    now = datetime.now(UTC)
    clock = EngineClock(wall_offset_seconds=now.timestamp())
    definition = get_policy_pack("us_federal").abandon_definition
    command = ReserveLeads(campaign_id=CAMPAIGN, count=BATCH, request="1")
    seconds: list[float] = []
    async with open_pool(url) as pool:
        work = UnitOfWork(pool)
        async with work.begin() as connection:
            number = await fill(connection, leads, now)
        async with pool.acquire() as connection:
            await connection.execute("vacuum analyze", timeout=FILL_SECONDS_MAX)
        async with work.begin() as connection:
            rows = await connection.fetch(sql("zone_groups"))
        groups = [row["zone_group_id"] for row in rows if row["zones"][0] in OPEN_ZONES]
        reservation = Reservation(
            engine_id=ENGINE, lease_seconds=600.0, definition=definition, zone_group_ids=groups
        )
        for batch in range(WARM_UP + batches):
            began = time.perf_counter()
            async with work.begin(may_be_lost=True) as connection:
                answer = await reserve_leads(connection, command, reservation, now, clock)
            if batch >= WARM_UP:
                seconds.append(time.perf_counter() - began)
            assert len(answer.leads) == BATCH, "the list is large enough"
            dials = [dial(lead) for lead in answer.leads]
            async with work.begin() as connection:
                await begin_attempts(connection, [(each, float(batch)) for each in dials], ENGINE, clock)
            async with work.begin() as connection:
                await end_attempts(connection, [no_answer(each, now) for each in dials], now, clock)
        buffers = await buffers_touched(work, number, groups, now)
    return Measured(leads=leads, seconds=tuple(seconds), buffers=buffers)


async def buffers_touched(work: UnitOfWork, number: int, groups: list[int], now: datetime) -> int:
    """Pages that one more reservation touches."""
    async with work.begin() as connection:
        explained = f"explain (analyze, buffers, format text) {sql('reserve_leads')}"
        later = now + timedelta(minutes=10)
        rows = await connection.fetch(explained, number, BATCH, now, later, ENGINE, groups)
    lines = [row[0].split("shared ")[1] for row in rows if "Buffers: shared" in row[0]]
    return sum(int(word.split("=")[1]) for word in lines[0].split() if word.startswith(("hit=", "read=")))


def measure(sizes: tuple[int, ...] = (100_000, 1_000_000), batches: int = 200) -> Figure:
    """Reserve out of lists of these sizes, smallest first."""
    measured: list[Measured] = []
    for leads in sizes:
        with server() as url:
            measured.append(asyncio.run(run(url, leads, batches)))
    flatness = measured[-1].quantile(0.5) / measured[0].quantile(0.5)
    said = "; ".join(
        f"{each.leads:,} leads: p50 {1e3 * each.quantile(0.5):.1f} ms, "
        f"p99 {1e3 * each.quantile(0.99):.1f} ms, {each.buffers} buffers"
        for each in measured
    )
    return Figure(
        what="reserve 100 leads of one campaign",
        goal=f"p99 <= {1e3 * GOAL_SECONDS:.0f} ms, p50 flat within {FLATNESS_MAX:g} times",
        measured=f"{said}; flat within {flatness:.2f} times",
        is_met=all(each.quantile(0.99) <= GOAL_SECONDS for each in measured) and flatness <= FLATNESS_MAX,
        conditions=f"{batches} batches, each dialed and rescheduled; 3 of 4 zones open, 25 % due later",
    )


if __name__ == "__main__":
    print(measure())
