"""A restart forgets no budget: what the ledger holds, a new engine's windows hold, and its pacer goes on."""

import json
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.rehearsal import plan_rehearsal
from app.rehearse_command import rehearse_day
from app.unit_of_work import UnitOfWork, open_pool
from dialer.adapters.engine_clock import posix_instant
from dialer.adapters.store import (
    order_campaign_status,
    read_campaign_memories,
    read_ledger,
    read_pacer_states,
    read_window_counter,
    save_campaign_settings,
    save_pacer_states,
)
from dialer.core.events import CampaignStatus
from dialer.core.restart_events import PacerState
from dialer.core.settings import CampaignSettings, pacer_for
from dialer.messages import CampaignId
from pacing import Pacer
from rules.abandon_ledger import ClockStart, LedgerEntry, abandon_counts
from rules.abandon_limit import AbandonLimit
from rules.abandon_window import AbandonWindow
from rules.detection import DetectionVerdict
from rules.policy_packs import get_policy_pack
from tests.integration.ledger_rows import keep_in_ledger
from tests.integration.real_time import wait_until
from tests.integration.stored_floor import CAMPAIGN, DEFINITION, NOW, StoredFloor

STRICT = get_policy_pack("strict_generic")
SETTINGS = CampaignSettings(campaign_id=CAMPAIGN, trunk_ids=())
START_SECONDS_MAX = 20.0

ENGINE = """
import asyncio, sys
from pathlib import Path
from app.engine_process import EngineProcess
from app.unit_of_work import UnitOfWork, open_pool
from asterisk_config.settings import AmiUser, AriUser, AsteriskSettings
from dialer.adapters.in_process_bus import InProcessBus
from dialer.adapters.metrics import Metrics
from dialer.adapters.recording_filing import RecordingSettings

async def run():
    nobody = AsteriskSettings(
        ari=AriUser(name="engine", password="nobody-listens-1"),
        ami=AmiUser(name="watch", password="nobody-listens-2"),
    )
    async with open_pool(sys.argv[1], 4) as pool:
        recordings = RecordingSettings(storage=Path(sys.argv[2]))
        process = EngineProcess([nobody], UnitOfWork(pool), InProcessBus(), Metrics(), recordings)
        running = asyncio.ensure_future(process.run())
        import signal
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
        await asyncio.gather(running, return_exceptions=True)

asyncio.run(run())
"""
"""The engine process as it is, on a database, with a node that does not answer."""


def any_entries(count: int) -> Iterator[LedgerEntry]:
    """Calls of every kind, with instants on quarters of a second, around NOW (POSIX seconds)."""
    chance = random.Random(4)
    for number in range(count):
        answered_at = NOW.timestamp() - chance.randrange(0, 20 * 86_400)

        def after(share: float, answered_at: float = answered_at) -> float | None:
            return answered_at + chance.randrange(0, 24) / 4.0 if chance.random() < share else None

        yield LedgerEntry(
            attempt_id=f"any-{number}",
            campaign_id=CAMPAIGN,
            answered_at=answered_at,
            greeting_ended_at=after(0.5),
            verdict=chance.choice(tuple(DetectionVerdict)),
            verdict_at=after(0.5),
            bridged_at=after(0.4),
            client_gone_at=after(0.6),
            message_started_at=after(0.2),
            ended_at=after(0.9),
            agent_declared_machine=chance.choice((None, None, None, True, False)),
        )


@pytest.mark.parametrize("clock_start", ClockStart)
@pytest.mark.parametrize("early_hang_up_counts", [True, False], ids=["early counts", "early does not count"])
async def test_database_counts_calls_of_every_kind_as_the_rules_do(
    floor: StoredFloor, clock_start: ClockStart, early_hang_up_counts: bool
) -> None:
    """800 calls under each definition: the same counts, bucket by bucket, as of the entries one by one."""
    entries = list(any_entries(800))
    await keep_in_ledger(floor.unit_of_work, entries)
    definition = replace(DEFINITION, clock_start=clock_start, early_hang_up_counts=early_hang_up_counts)
    month = AbandonLimit(name="month", window=AbandonWindow.CAMPAIGN_THIRTY_DAYS, definition=definition)
    async with floor.unit_of_work.begin() as connection:
        (memory,) = await read_campaign_memories(connection, {CAMPAIGN: (month,)}, NOW)
        counter = await read_window_counter(connection, CAMPAIGN, (month,), NOW)
        rows = await read_ledger(connection, CAMPAIGN, NOW - timedelta(days=32), NOW + timedelta(days=1))
    expected = replace(abandon_counts(entries, definition), pending=0)

    assert abandon_counts(rows, definition) == abandon_counts(entries, definition)
    assert counter.counts(NOW.timestamp())[0].counts == expected
    assert min(expected.connected, expected.abandoned, expected.not_live, expected.machines_to_agents) > 50
    assert memory.first_answer_at == min(entry.answered_at or 0.0 for entry in entries)
    assert len(memory.histories[0].buckets) > 300


async def test_new_engine_reads_what_the_old_one_had_counted(database_url: str) -> None:
    """A day with everything that happens in a house, through the real store: every bucket is the same."""
    plan = plan_rehearsal("chaos", method="", agents=8, hours=0.12, seed=7)
    rehearsal, _ = await rehearse_day(plan, database_url)
    limits = {each: law.policy_pack.abandon_limits for each, law in rehearsal.campaigns.items()}
    async with open_pool(database_url, 1) as pool, UnitOfWork(pool).begin() as connection:
        memories = await read_campaign_memories(connection, limits, posix_instant(rehearsal.wall_now()))
    live = 0
    for memory in memories:
        windows = rehearsal.engine._world.campaigns[memory.campaign_id].windows
        counted = tuple(history for history in windows.histories() if history.buckets)
        assert memory.histories == counted
        live += sum(bucket.counts.connected for history in counted for bucket in history.buckets)
    assert live > 10


async def test_pacer_states_are_kept_for_campaigns_that_exist(floor: StoredFloor) -> None:
    """The newest of each campaign, with the instant at which it was kept."""
    old, new = (PacerState(campaign_id=CAMPAIGN, method="predictive", data=data) for data in (b"1", b"\x002"))
    nobodys = PacerState(campaign_id=CampaignId("autumn"), method="ratio", data=b"3")
    async with floor.unit_of_work.begin() as connection:
        await save_pacer_states(connection, [old, nobodys], NOW)
        await save_pacer_states(connection, [new], NOW + timedelta(minutes=1))
        (kept,) = await read_pacer_states(connection)

    assert (kept.state, kept.saved_at) == (new, NOW + timedelta(minutes=1))


def taught(settings: CampaignSettings) -> Pacer:
    """A pacer that has seen some calls."""
    pacer = pacer_for(settings)
    for second in range(50):
        pacer.observe("live_answer", float(second), 7.0)
        pacer.observe("connected", float(second), 0.3)
    return pacer


class RealEngine:
    """An engine process on a database."""

    def __init__(self, url: str, folder: Path) -> None:
        """Start it."""
        self._url = url
        self._began_at = datetime.now(UTC)
        self.process = subprocess.Popen([sys.executable, "-c", ENGINE, url, str(folder)])

    async def first_decision(self, unit_of_work: UnitOfWork) -> dict[str, dict[str, float]]:
        """What its pacer was told in its first decision: the windows by their names, and its decision."""
        found: list[str] = []

        async def is_there() -> bool:
            async with unit_of_work.begin() as connection:
                row = await connection.fetchrow(
                    "select inputs, decision from dialer.pacing_decisions where decided_at > $1"
                    " order by decided_at limit 1",
                    self._began_at,
                )
            found.extend(row or ())
            return bool(row)

        assert await wait_until(is_there, START_SECONDS_MAX), "the engine has decided nothing"
        told = {each["name"]: each for each in json.loads(found[0])["window_budgets"]}
        return {**told, "decision": json.loads(found[1])}

    def end(self, how: signal.Signals) -> None:
        """End it, orderly or not."""
        self.process.send_signal(how)
        self.process.wait(10.0)


async def test_killed_engine_goes_on_within_the_days_budget(
    floor: StoredFloor, database_url: str, tmp_path: Path
) -> None:
    """40 of 1,000 abandoned today: so says the first decision of each start, killed or ended, and the pacer's
    own 50 calls are remembered from the state that was on record, and from the one put there at the end.
    """
    now_at = datetime.now(UTC).timestamp()
    served = [
        LedgerEntry(
            attempt_id=f"old-{number}",
            campaign_id=CAMPAIGN,
            answered_at=now_at - 1.0,
            bridged_at=now_at - 0.5 if number >= 40 else None,
            ended_at=now_at,
        )
        for number in range(1000)
    ]
    await keep_in_ledger(floor.unit_of_work, served)
    learned = PacerState(campaign_id=CAMPAIGN, method="predictive", data=taught(SETTINGS).export_state())
    async with floor.unit_of_work.begin() as connection:
        await save_campaign_settings(connection, SETTINGS, NOW)
        await order_campaign_status(connection, CAMPAIGN, CampaignStatus.RUNNING, NOW)
        await save_pacer_states(connection, [learned], datetime.now(UTC))
    for how in (signal.SIGKILL, signal.SIGTERM):
        engine = RealEngine(database_url, tmp_path)
        try:
            told = await engine.first_decision(floor.unit_of_work)
        finally:
            engine.end(how)
        async with floor.unit_of_work.begin() as connection:
            counter = await read_window_counter(
                connection, CAMPAIGN, STRICT.abandon_limits, datetime.now(UTC)
            )
        for window in counter.counts(datetime.now(UTC).timestamp()):
            budget, share = told[window.limit.name], window.share
            assert (budget["abandoned"], budget["answered_live"]) == (share.abandoned, share.live)
        assert (told["24 hours"]["abandoned"], told["24 hours"]["answered_live"]) == (40.0, 1000.0)
        assert told["decision"]["abandon_ratio"] == 0.0  # the pacer's own count: fifty, all connected
    async with floor.unit_of_work.begin() as connection:
        (kept,) = await read_pacer_states(connection)
    assert kept.saved_at > posix_instant(now_at + 1.0), "the orderly end has put it on record again"
    pacer_for(SETTINGS).restore_state(kept.state.data)
