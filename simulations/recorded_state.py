"""What a store would know of a run: begun and ended attempts, agents, owed dispositions. Rebuilds an engine.

Made of recorded commands and of events that other processes write down (sign-ins, callers); never of the
engine's memory. Together with the network's truth it makes `StateRestored`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dialer.core.agent_session import AgentState, AgentStatus
from dialer.core.commands import Dial, RecordAgentState, RecordAttemptEnded, RecordDisposition
from dialer.core.events import AgentLoggedIn, InboundCallArrived, LiveAgent, LiveAttempt, StateRestored
from dialer.core.restart_events import CampaignMemory
from dialer.messages import AgentId, AttemptId, CampaignId, LeadId
from rules.abandon_limit import AbandonLimit
from rules.window_counter import WindowCounter
from simulations.call_leg import CallLeg, LegState
from simulations.virtual_agent import VirtualAgent
from simulations.virtual_lead_source import VirtualLeadSource


@dataclass(slots=True)
class _OpenAttempt:
    """The row of an attempt that has begun and not ended."""

    began: Dial | InboundCallArrived
    at: float


@dataclass(slots=True)
class _OwedRow:
    """The row of a talk whose disposition is owed."""

    attempt_id: AttemptId
    campaign_id: CampaignId
    lead_id: LeadId | None
    decides_lead: bool = True  # False: another agent talked after him, or the lead has been decided


class RecordedState:
    """The store of one run."""

    def __init__(self, limits: Mapping[CampaignId, Sequence[AbandonLimit]]) -> None:
        """Begin empty; `limits` are those of each campaign's law."""
        self._windows = {campaign_id: WindowCounter(each) for campaign_id, each in limits.items()}
        self._attempts: dict[AttemptId, _OpenAttempt] = {}
        self._agents: dict[AgentId, RecordAgentState] = {}
        self._sign_ins: dict[AgentId, AgentLoggedIn] = {}
        self._owed: dict[AgentId, _OwedRow] = {}
        self._last_ended: RecordAttemptEnded | None = None

    def dial(self, command: Dial, now: float) -> None:
        """Write an attempt's row, before it is originated."""
        self._attempts[command.attempt_id] = _OpenAttempt(command, now)

    def caller_arrived(self, event: InboundCallArrived, now: float) -> None:
        """Write a caller's row."""
        self._attempts[event.attempt_id] = _OpenAttempt(event, now)

    def end_attempt(self, command: RecordAttemptEnded, wall_offset_seconds: float) -> None:
        """Close an attempt's row; of those who owe its disposition the last to talk decides the lead."""
        entry = command.entry
        if entry is not None and entry.answered_at is not None:
            self._windows[command.campaign_id].add(entry, entry.answered_at + wall_offset_seconds)
        for agent_id, owed in self._owed.items():
            if owed.attempt_id == command.attempt_id:
                owed.decides_lead = command.lead_next is None and agent_id == command.agent_id
        self._attempts.pop(command.attempt_id, None)
        self._last_ended = command

    def sign_in(self, event: AgentLoggedIn) -> None:
        """Write a session's row."""
        self._sign_ins[event.agent_id] = event

    def record_agent(self, command: RecordAgentState) -> None:
        """Write an agent's status and state, and the talk that he wraps up."""
        if command.status is AgentStatus.LOGGED_OUT:
            self._agents.pop(command.agent_id, None)
            self._owed.pop(command.agent_id, None)
            return
        self._agents[command.agent_id] = command
        if command.state is AgentState.WRAPPING_UP and command.attempt_id is not None:
            owed = self._owed.get(command.agent_id)
            if owed is None or owed.attempt_id != command.attempt_id:
                self._owe(command.agent_id, command.attempt_id)

    def _owe(self, agent_id: AgentId, attempt_id: AttemptId) -> None:
        """Write what an agent owes: of an attempt in progress, or of the one that has just ended."""
        row, ended = self._attempts.get(attempt_id), self._last_ended
        if row is not None:
            lead_id = row.began.lead_id if isinstance(row.began, Dial) else None
            self._owed[agent_id] = _OwedRow(attempt_id, row.began.campaign_id, lead_id)
        elif ended is not None and ended.attempt_id == attempt_id:
            decides = ended.lead_next is None and ended.agent_id == agent_id
            self._owed[agent_id] = _OwedRow(attempt_id, ended.campaign_id, ended.lead_id, decides)

    def save_disposition(self, command: RecordDisposition) -> None:
        """Close what an agent owed."""
        owed = self._owed.get(command.agent_id)
        if owed is not None and owed.attempt_id == command.attempt_id:
            del self._owed[command.agent_id]

    @property
    def open_attempts(self) -> int:
        """Count the attempts that have begun and not ended."""
        return len(self._attempts)

    def restored(
        self,
        leads: VirtualLeadSource,
        legs: Mapping[AttemptId, CallLeg],
        agents: Mapping[AgentId, VirtualAgent],
    ) -> StateRestored:
        """Put the store's rows and the network's truth together."""
        attempts = tuple(
            self._live_attempt(attempt_id, row, leads, legs) for attempt_id, row in self._attempts.items()
        )
        live_agents = tuple(
            self._live_agent(record, agents[agent_id], leads) for agent_id, record in self._agents.items()
        )
        return StateRestored(
            attempts=attempts,
            agents=live_agents,
            reservations=leads.leased_leads(),
            memories=self._memories(),
        )

    def _memories(self) -> tuple[CampaignMemory, ...]:
        """What the ledger holds; what pacers have learned is not written down here."""
        return tuple(
            CampaignMemory(
                campaign_id=campaign_id, first_answer_at=windows.started_at, histories=windows.histories()
            )
            for campaign_id, windows in self._windows.items()
        )

    def _live_attempt(
        self,
        attempt_id: AttemptId,
        row: _OpenAttempt,
        leads: VirtualLeadSource,
        legs: Mapping[AttemptId, CallLeg],
    ) -> LiveAttempt:
        began = row.began
        leg = legs.get(attempt_id)
        is_up = leg is not None
        agent_id = leg.agent.agent_id if leg is not None and leg.agent is not None else None
        if isinstance(began, Dial) and agent_id is None:
            agent_id = began.agent_id
        return LiveAttempt(
            attempt_id=attempt_id,
            campaign_id=began.campaign_id,
            lead=leads.lead_as_dialed(began.lead_id) if isinstance(began, Dial) else None,
            e164=began.e164 if isinstance(began, Dial) else began.caller_id_number,
            node_id=began.node_id,
            trunk_id=began.trunk_id if isinstance(began, Dial) else None,
            dialed_at=row.at,
            is_up=is_up,
            answered_at=leg.answered_at if leg is not None and leg.state is LegState.UP else None,
            verdict=leg.verdict if leg is not None else None,
            agent_id=agent_id,
            bridged_at=leg.bridged_at if leg is not None and leg.agent is not None else None,
            has_message=leg is not None and leg.has_message,
        )

    def _live_agent(
        self, record: RecordAgentState, agent: VirtualAgent, leads: VirtualLeadSource
    ) -> LiveAgent:
        sign_in = self._sign_ins[record.agent_id]
        owed = self._owed.get(record.agent_id)
        lead = None
        if owed is not None and owed.lead_id is not None and owed.decides_lead:
            lead = leads.lead_as_dialed(owed.lead_id)
        return LiveAgent(
            agent_id=record.agent_id,
            campaign_ids=sign_in.campaign_ids,
            is_available=record.status is AgentStatus.AVAILABLE,
            skills=sign_in.skills,
            node_id=sign_in.node_id,
            has_leg=agent.has_leg,
            wrapping_up_attempt_id=owed.attempt_id if owed is not None else None,
            wrapping_up_campaign_id=owed.campaign_id if owed is not None else None,
            wrapping_up_lead=lead,
            pause_reason=record.reason,
        )
