"""Agents without people: what they do about what is on their screen."""

import asyncio

import pytest

from app import lab_agents
from app.lab_agents import LabAgents
from dialer.adapters.in_process_bus import InProcessBus
from dialer.core.agent_session import AgentState, AgentStatus
from dialer.core.commands import RecordAgentState
from dialer.core.events import DispositionSaved
from dialer.messages import AgentId, AttemptId, NobodyAnswered

WRAPS_UP = RecordAgentState(
    agent_id=AgentId("agent-1"),
    at=1.0,
    status=AgentStatus.AVAILABLE,
    state=AgentState.WRAPPING_UP,
    reason="client hung up",
    attempt_id=AttemptId("p1-1"),
)


class DeafAtFirst(InProcessBus):
    """A bus on which nobody answers the first questions."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: asyncio.Queue[object] = asyncio.Queue()
        self.deaf_for = 2

    async def ask(self, subject: str, message: object, seconds_max: float) -> object:
        """Note the question."""
        if self.deaf_for:
            self.deaf_for -= 1
            raise NobodyAnswered("nobody is there")
        await self.asked.put(message)
        return None


async def test_disposition_that_nobody_takes_is_saved_by_the_next_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The engine is away when the wrap-up ends; the one that comes has the disposition all the same."""
    monkeypatch.setattr(lab_agents, "SAVE_PAUSE_SECONDS", 0.0)
    bus = DeafAtFirst()
    agents = LabAgents(bus, wrap_up_seconds=0.0)
    await agents._see(WRAPS_UP)
    saved = await asyncio.wait_for(bus.asked.get(), 5.0)
    assert isinstance(saved, DispositionSaved)
    assert saved.attempt_id == WRAPS_UP.attempt_id
