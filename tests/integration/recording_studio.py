"""A recorder at work for tests: a real database and storage folder, an Asterisk that is played."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from app.unit_of_work import UnitOfWork
from dialer.adapters.recording_filing import RecordingFiling, RecordingSettings
from dialer.adapters.recordings import NodeMonitor, Recorder
from dialer.core.settings import CampaignSettings, RecordingRule
from dialer.messages import Alarm, AttemptId, CampaignId, NodeId
from tests.fakes.mix_monitor import FakeMixMonitors
from tests.integration.stored_floor import CAMPAIGN

NODE = NodeId("dialer")
FIRST, SECOND = AttemptId("p1-1"), AttemptId("p1-2")
NOW = 1_930_000_000.0  # POSIX seconds
SECONDS_MAX = 10.0


@dataclass(slots=True, kw_only=True)
class Studio:
    """A recorder at work, and everything around it."""

    recorder: Recorder
    filing: RecordingFiling
    asterisk: FakeMixMonitors
    storage: Path
    unit_of_work: UnitOfWork
    campaigns: dict[CampaignId, CampaignSettings]
    alarms: list[Alarm] = field(default_factory=list)

    def begin(self, attempt_id: AttemptId = FIRST) -> None:
        """Connect client and agent."""
        self.recorder.talk_began(attempt_id, CAMPAIGN, attempt_id, NODE)

    async def settle(self) -> None:
        """Let everything be done that was asked."""
        async with asyncio.timeout(SECONDS_MAX):
            await self.recorder.settle()

    async def rows(self) -> list[asyncpg.Record]:
        """The index."""
        async with self.unit_of_work.begin() as connection:
            return await connection.fetch("select * from dialer.recordings order by recording_id")

    def files(self) -> list[str]:
        """What lies in the storage folder."""
        return sorted(
            str(path.relative_to(self.storage)) for path in self.storage.rglob("*") if path.is_file()
        )


@asynccontextmanager
async def studio(
    unit_of_work: UnitOfWork,
    root: Path,
    rule: RecordingRule = RecordingRule.ALL,
    settings: RecordingSettings | None = None,
) -> AsyncIterator[Studio]:
    """A recorder of one node, at work."""
    monitor = root / "monitor"
    monitor.mkdir(exist_ok=True)
    asterisk = FakeMixMonitors(monitor, NOW)
    campaigns = {
        CAMPAIGN: CampaignSettings(campaign_id=CAMPAIGN, trunk_ids=(), recording=rule, recording_days=30)
    }
    settings = settings or RecordingSettings(storage=root / "storage", free_bytes_min=0)
    alarms: list[Alarm] = []
    filing = RecordingFiling(settings, unit_of_work, {NODE: monitor}, campaigns)
    monitors = {NODE: NodeMonitor(link=asterisk, folder=monitor)}
    recorder = Recorder(monitors, campaigns, filing, alarms.append, lambda: NOW)
    await recorder.prepare()
    task = asyncio.create_task(recorder.run())
    made = Studio(
        recorder=recorder,
        filing=filing,
        asterisk=asterisk,
        storage=settings.storage,
        unit_of_work=unit_of_work,
        campaigns=campaigns,
        alarms=alarms,
    )
    try:
        await until_watched(made)
        await made.settle()  # the first sweep
        yield made
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until_watched(made: Studio) -> None:
    """Wait until the recorder has looked at the disks for the first time."""
    async with asyncio.timeout(SECONDS_MAX):
        await made.recorder.watched.wait()
