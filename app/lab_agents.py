"""Agents without people: they sign in, take every call, and save a disposition after each.

For the laboratory, tests and measurements; the desk in the browser does the same for people.
"""

import asyncio
import logging
from collections.abc import Sequence

from dialer.core.agent_session import AgentState
from dialer.core.commands import RecordAgentState
from dialer.core.events import AgentBecameAvailable, DispositionSaved
from dialer.messages import AgentId, CampaignId, EventBus, NobodyAnswered, SignInRequested
from dialer.messages.subjects import ENGINE_REQUESTS, agent_screen

ANSWER_SECONDS_MAX = 30.0  # a telephone may ring for twenty
SAVE_SECONDS_MAX = 5.0
SAVE_PAUSE_SECONDS = 0.5
SAVE_ATTEMPTS_MAX = 60

_log = logging.getLogger(__name__)


class LabAgents:
    """Some agents on one bus."""

    def __init__(self, bus: EventBus, *, wrap_up_seconds: float, disposition: str = "sale") -> None:
        """Take how long they wrap up, and what they always declare."""
        self._bus = bus
        self.wrap_up_seconds = wrap_up_seconds
        self._disposition = disposition
        self._saving: set[asyncio.Task[None]] = set()
        self.states: dict[AgentId, AgentState] = {}
        self.talks = 0

    async def sign_in(self, agent_ids: Sequence[AgentId], campaign_ids: tuple[CampaignId, ...]) -> None:
        """Sign agents in, each with the telephone of his name; raises BusError where one cannot be."""
        await asyncio.gather(*(self._sign_in_one(agent_id, campaign_ids) for agent_id in agent_ids))

    async def _sign_in_one(self, agent_id: AgentId, campaign_ids: tuple[CampaignId, ...]) -> None:
        await self._bus.subscribe(agent_screen(agent_id), self._see)
        request = SignInRequested(agent_id=agent_id, campaign_ids=campaign_ids, endpoint=str(agent_id))
        await self._bus.ask(ENGINE_REQUESTS, request, ANSWER_SECONDS_MAX)
        await self._bus.ask(ENGINE_REQUESTS, AgentBecameAvailable(agent_id=agent_id), ANSWER_SECONDS_MAX)

    async def _see(self, message: object) -> None:
        """What an agent does about what is on the screen."""
        if not isinstance(message, RecordAgentState):
            return
        self.states[message.agent_id] = message.state
        if message.state is AgentState.TALKING:
            self.talks += 1
        elif message.state is AgentState.WRAPPING_UP and message.attempt_id is not None:
            saved = DispositionSaved(
                agent_id=message.agent_id, attempt_id=message.attempt_id, disposition=self._disposition
            )
            task = asyncio.create_task(self._save(saved))
            self._saving.add(task)
            task.add_done_callback(self._saving.discard)

    async def _save(self, saved: DispositionSaved) -> None:
        """Save until an engine has it: one that dies with the question must not keep him in wrap-up."""
        await asyncio.sleep(self.wrap_up_seconds)
        for _ in range(SAVE_ATTEMPTS_MAX):
            try:
                await self._bus.ask(ENGINE_REQUESTS, saved, SAVE_SECONDS_MAX)
            except NobodyAnswered:
                await asyncio.sleep(SAVE_PAUSE_SECONDS)
            else:
                return
        _log.warning("agent %s: nobody took the disposition of %s", saved.agent_id, saved.attempt_id)
