"""The turns that a talk may take: hold, transfer, consultation, three-way.

Without them those states of the engine would never be lived through.
Whether a talk takes one belongs to the called party's attempt; when, to its length.
"""

from collections.abc import Callable

from dialer.core.events import (
    AgentHeldCall,
    AgentJoinedParties,
    AgentLeftParties,
    AgentResumedCall,
    AgentStartedConsultation,
    AgentTransferredCall,
    Event,
)
from simulations.agent_behaviour import AgentBehaviour
from simulations.call_leg import CallLeg, ThirdParty
from simulations.event_list import EventList
from simulations.virtual_agent import VirtualAgent

THIRD_PARTY_NUMBER = "+99998000001"
CONSULTATION_SECONDS = 12.0  # from the call to a third party to what the agent does about it


class TalkTurns:
    """What agents do in the middle of talks."""

    __slots__ = ("_behaviour", "_emit", "_events")

    def __init__(self, behaviour: AgentBehaviour, events: EventList, emit: Callable[[Event], None]) -> None:
        """Take the agents' habits."""
        self._behaviour = behaviour
        self._events = events
        self._emit = emit

    def plan(self, agent: VirtualAgent, leg: CallLeg, seconds: float) -> None:
        """Decide whether a talk of so many seconds takes a turn, and when."""
        behaviour = self._behaviour
        draw = leg.parties.turn.value(leg.lead_index, leg.attempt_number)
        now = self._events.now
        if draw < behaviour.hold_ratio:
            self._events.schedule(now + 0.3 * seconds, self._hold, agent, agent.task)
            self._events.schedule(now + 0.5 * seconds, self._resume, agent, agent.task)
            return
        draw -= behaviour.hold_ratio
        if draw < behaviour.transfer_ratio:
            self._events.schedule(now + 0.6 * seconds, self._transfer, agent, agent.task)
            return
        draw -= behaviour.transfer_ratio
        if draw < behaviour.consultation_ratio:
            # The share that is left of the draw says how the consultation ends.
            ending = self._go_back if draw < 0.5 * behaviour.consultation_ratio else self._join
            self._events.schedule(now + 0.4 * seconds, self._consult, agent, agent.task)
            at = now + 0.4 * seconds + CONSULTATION_SECONDS
            self._events.schedule(at, ending, agent, agent.task)

    def _hold(self, agent: VirtualAgent, task: int) -> None:
        if agent.task == task and agent.leg is not None:
            self._emit(AgentHeldCall(agent_id=agent.agent_id, attempt_id=agent.leg.attempt_id))

    def _resume(self, agent: VirtualAgent, task: int) -> None:
        if agent.task == task and agent.leg is not None:
            self._emit(AgentResumedCall(agent_id=agent.agent_id, attempt_id=agent.leg.attempt_id))

    def _transfer(self, agent: VirtualAgent, task: int) -> None:
        if agent.task == task and agent.leg is not None:
            self._emit(AgentTransferredCall(agent_id=agent.agent_id, attempt_id=agent.leg.attempt_id))

    def _consult(self, agent: VirtualAgent, task: int) -> None:
        if agent.task == task and agent.leg is not None:
            self._emit(
                AgentStartedConsultation(
                    agent_id=agent.agent_id, attempt_id=agent.leg.attempt_id, e164=THIRD_PARTY_NUMBER
                )
            )

    def _go_back(self, agent: VirtualAgent, task: int) -> None:
        leg = agent.leg
        if agent.task == task and leg is not None and leg.third_party is not ThirdParty.NONE:
            self._emit(AgentResumedCall(agent_id=agent.agent_id, attempt_id=leg.attempt_id))

    def _join(self, agent: VirtualAgent, task: int) -> None:
        leg = agent.leg
        if agent.task == task and leg is not None and leg.third_party is ThirdParty.UP:
            self._emit(AgentJoinedParties(agent_id=agent.agent_id, attempt_id=leg.attempt_id))
            self._events.schedule(self._events.now + CONSULTATION_SECONDS, self._leave, agent, task)

    def _leave(self, agent: VirtualAgent, task: int) -> None:
        leg = agent.leg
        if agent.task == task and leg is not None and leg.third_party is ThirdParty.JOINED:
            self._emit(AgentLeftParties(agent_id=agent.agent_id, attempt_id=leg.attempt_id))
