"""What an engine that starts is told of the past, and what it leaves for the next one.

The store's rows are the past of calls, agents and windows; what pacers have learned is put on record now
and then, and at an orderly end. Losing it costs minutes of learning, never a budget: that is the ledger's.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import asyncpg

from dialer.adapters import store
from dialer.adapters.engine_clock import EngineClock
from dialer.adapters.errors import StoreLost
from dialer.adapters.pacer_memory import usable_pacer_states
from dialer.adapters.record_writer import Transactions
from dialer.adapters.store import StoredState
from dialer.core.restart_events import CampaignMemory, PacerState
from dialer.core.settings import CampaignSettings
from dialer.messages import CampaignId
from pacing import LevelEvidence, prior_settings, setting_ranges

SAVE_SECONDS = 60.0
CLOSE_SECONDS_MAX = 3.0

_log = logging.getLogger(__name__)


def with_prior_settings(settings: CampaignSettings, levels: Sequence[LevelEvidence]) -> CampaignSettings:
    """The settings with priors of this evidence, where their method has such; what they say stands."""
    if not levels:
        return settings
    ranges = setting_ranges(settings.pacing_method)
    priors = {name: value for name, value in prior_settings(levels).items() if name in ranges}
    return replace(settings, pacing_settings={**priors, **settings.pacing_settings})


class EngineMemory:
    """Reads the past of one engine process, and writes what its pacers know."""

    def __init__(
        self,
        transactions: Transactions,
        engine_id: str,
        campaigns: Mapping[CampaignId, CampaignSettings],
        pacer_states: Callable[[], tuple[PacerState, ...]],
    ) -> None:
        """Take the database, who we are, the campaigns' settings and where pacers' states come from."""
        self._transactions = transactions
        self._engine_id = engine_id
        self._campaigns = campaigns
        self._pacer_states = pacer_states
        self._saved: dict[CampaignId, PacerState] = {}
        self._may_save = False  # before the engine is restored, its pacers know nothing yet

    async def read_stored_state(self, clock: EngineClock) -> StoredState:
        """Everything that lives on record."""
        definitions = {
            campaign_id: settings.policy_pack.abandon_definition
            for campaign_id, settings in self._campaigns.items()
        }
        async with self._transactions.begin() as connection:
            return await store.read_stored_state(
                connection, self._engine_id, definitions, datetime.now(UTC), clock
            )

    async def read_campaigns(self) -> tuple[CampaignMemory, ...]:
        """What each campaign's windows have counted, and what its pacer had learned, where it can be used."""
        now = datetime.now(UTC)
        limits = {
            campaign_id: settings.policy_pack.abandon_limits
            for campaign_id, settings in self._campaigns.items()
        }
        async with self._transactions.begin() as connection:
            memories = await store.read_campaign_memories(connection, limits, now)
            stored = await store.read_pacer_states(connection)
        pacers = usable_pacer_states(stored, self._campaigns, now)
        return tuple(replace(memory, pacer=pacers.get(memory.campaign_id)) for memory in memories)

    async def with_priors(self, campaigns: Sequence[CampaignSettings]) -> list[CampaignSettings]:
        """These settings, with what the record says of lines and talks: no pacer's state holds its prior."""
        async with self._transactions.begin() as connection:
            evidence = await store.read_prior_evidence(connection, datetime.now(UTC))
        return [with_prior_settings(each, evidence.levels(each.campaign_id)) for each in campaigns]

    async def run(self) -> None:
        """Put pacers' states on record now and then, until cancelled; the engine is restored by now."""
        self._may_save = True
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            await self.save()

    async def save(self) -> None:
        """Put on record what pacers have learned since the last time; later, while the database is away."""
        states = [state for state in self._pacer_states() if state != self._saved.get(state.campaign_id)]
        if not self._may_save or not states:
            return
        try:
            async with self._transactions.begin() as connection:
                await store.save_pacer_states(connection, states, datetime.now(UTC))
        except (StoreLost, asyncpg.PostgresError) as error:
            _log.warning("what the pacers have learned is not kept: %s: %s", type(error).__name__, error)
        else:
            self._saved |= {state.campaign_id: state for state in states}

    async def close(self) -> None:
        """Save for the last time, and not for long."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS_MAX):
                await self.save()
        except TimeoutError:
            _log.warning("what the pacers have learned is not kept: the database does not answer")
