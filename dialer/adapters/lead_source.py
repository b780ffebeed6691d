"""Leases leads for the engine: out of the dial queue, only those whose calling hours are open now."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from dialer.adapters import store
from dialer.adapters.ending_tasks import end_tasks
from dialer.adapters.engine_clock import EngineClock, RunningClock
from dialer.adapters.errors import StoreLost
from dialer.adapters.record_writer import Transactions
from dialer.core.commands import ReserveLeads
from dialer.core.events import Event
from dialer.core.settings import CampaignSettings
from dialer.messages import CampaignId
from rules.calling_hours import CallingHoursCache

LEASE_SECONDS = 600.0  # longer than a hopper holds a lead; a preview and its call fit in

_log = logging.getLogger(__name__)


class LeadSource:
    """Answers `ReserveLeads`; a request that the database cannot answer is asked again by the engine."""

    def __init__(
        self,
        transactions: Transactions,
        engine_id: str,
        campaigns: Mapping[CampaignId, CampaignSettings],
        wall_clock: Callable[[], float],
        tell: Callable[[Event], None],
        clock: RunningClock | None = None,
    ) -> None:
        """Take where leads are, who leases, every campaign's settings, POSIX seconds and the engine's ear.

        `clock` is the engine's; none: the loop's own.
        """
        self._transactions = transactions
        self._engine_id = engine_id
        self._campaigns = campaigns
        self._wall_clock = wall_clock
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._clock: RunningClock = clock or self._loop
        self._tasks: set[asyncio.Task[None]] = set()
        self._hours: dict[str, CallingHoursCache] = {}  # by policy pack

    def reserve(self, command: ReserveLeads) -> None:
        """Begin to answer."""
        task = self._loop.create_task(self.answer(command))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Wait for nothing any more."""
        await end_tasks(*self._tasks)

    async def reclaim(self) -> None:
        """Make leads due again that nobody will bring back, and the months ahead ready."""
        now = datetime.fromtimestamp(self._wall_clock(), UTC)
        try:
            async with self._transactions.begin() as connection:
                await store.reclaim_leads(connection, now)
                await store.ensure_partitions(connection, now)
        except StoreLost:
            _log.warning("leads: the database is away; reclaimed later")

    async def answer(self, command: ReserveLeads) -> None:
        """Lease leads and tell the engine; nothing is told while the database is away."""
        settings = self._campaigns[command.campaign_id]
        wall_now = self._wall_clock()
        clock = EngineClock(wall_offset_seconds=wall_now - self._clock.time())
        now = datetime.fromtimestamp(wall_now, UTC)
        try:
            async with self._transactions.begin(may_be_lost=True) as connection:
                groups = await store.find_zone_groups(connection)
                reservation = store.Reservation(
                    engine_id=self._engine_id,
                    lease_seconds=LEASE_SECONDS,
                    definition=settings.policy_pack.abandon_definition,
                    zone_group_ids=self._open_groups(settings, groups, wall_now),
                )
                answer = await store.reserve_leads(connection, command, reservation, now, clock)
        except StoreLost:
            return
        self._tell(answer)

    def _open_groups(
        self, settings: CampaignSettings, groups: Mapping[int, tuple[str, ...]], wall_now: float
    ) -> list[int]:
        pack = settings.policy_pack
        hours = self._hours.setdefault(pack.name, CallingHoursCache(pack.calling_hours))
        return [group for group, zones in groups.items() if hours.refusal(zones, wall_now) is None]
