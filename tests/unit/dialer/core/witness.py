"""An independent witness of the engine: it sees events and commands only, and keeps its own books.

From the commands it knows who may be called, connected and released, and objects to what must never be:
an agent with two clients, a lead or a number in two attempts, a channel too many, an end that comes twice.
Its books are also what a store would remember: a new engine is rebuilt from them (`state_for_restart`).
"""

from collections import deque
from dataclasses import dataclass, replace

from dialer.core import TrunkSettings, commands, events
from dialer.core.agent_session import AgentState, AgentStatus
from dialer.core.commands import Command
from dialer.core.events import Event, LiveAgent, LiveAttempt, StateRestored
from dialer.core.leads import Lead, LeadStep
from dialer.messages import AgentId, AttemptId, CampaignId, LeadId, NodeId, TrunkId
from rules.detection import DetectionVerdict

MESSAGES = (
    commands.PlaySafeHarbourMessage,
    commands.LeaveVoicemailMessage,
    commands.PlayCampaignMessage,
)


@dataclass(slots=True, kw_only=True)
class Row:
    """What a store has on one attempt in progress."""

    campaign_id: CampaignId
    lead: Lead | None
    e164: str
    node_id: NodeId
    trunk_id: TrunkId | None
    dialed_at: float
    dialed_for: AgentId | None = None
    is_broadcast: bool = False  # no agent was ever to come
    is_up: bool = True  # the leg exists, as far as the network has said
    answered_at: float | None = None
    verdict: DetectionVerdict | None = None
    agent_id: AgentId | None = None  # in the same bridge
    bridged_at: float | None = None  # for the first time
    has_message: bool = False


class Witness:
    """The books of what was ordered and told."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.trunks: dict[TrunkId, TrunkSettings] = {}
        self.rows: dict[AttemptId, Row] = {}  # in progress
        self.ended: dict[AttemptId, commands.RecordAttemptEnded] = {}
        self.leases: dict[LeadId, tuple[CampaignId, Lead]] = {}  # reserved, and not dialed or given back
        self.known_leads: dict[LeadId, Lead] = {}
        self.leads_owed: dict[LeadId, AgentId] = {}  # ended, and the disposition decides
        self.with_agent: dict[AgentId, AttemptId] = {}  # being connected or connected
        self.agents: dict[AgentId, commands.RecordAgentState] = {}
        self.agent_nodes: dict[AgentId, NodeId | None] = {}  # where each one's telephone is
        self.owing: dict[AgentId, tuple[AttemptId, Row]] = {}
        self._answered_requests: set[str] = set()
        self._methods: dict[CampaignId, str] = {}
        self._seen: dict[AttemptId, Row] = {}
        self._dials_at: dict[TrunkId, deque[float]] = {}

    # --- events ------------------------------------------------------------------------------------------

    def hear(self, event: Event, now: float) -> None:
        """Take down what the engine is about to be told."""
        if isinstance(event, events.TrunkConfigured):
            self.trunks[event.settings.trunk_id] = event.settings
        elif isinstance(event, events.CampaignConfigured):
            self._methods[event.settings.campaign_id] = event.settings.pacing_method
        elif getattr(event, "campaign_id", CAMPAIGNS_OF_ALL[0]) not in CAMPAIGNS_OF_ALL:
            return  # the engine refuses it whole
        elif isinstance(event, events.AgentLoggedIn):
            self.agent_nodes[event.agent_id] = event.node_id
        elif isinstance(event, events.LeadsReserved):
            if event.request in self._answered_requests:
                return
            if event.request is not None:
                self._answered_requests.add(event.request)
            for lead in event.leads:
                self.leases.setdefault(lead.lead_id, (event.campaign_id, lead))
                self.known_leads.setdefault(lead.lead_id, lead)
        elif isinstance(event, events.InboundCallArrived):
            if event.attempt_id not in self.rows and event.attempt_id not in self.ended:
                self._open(event.attempt_id, _caller(event, now))
        else:
            row = self.rows.get(getattr(event, "attempt_id", AttemptId("")))
            if row is not None:
                _note(row, event, now)
            if isinstance(event, events.SafeHarbourStarted):
                self._take_from_offer(event.attempt_id)

    def _take_from_offer(self, attempt_id: AttemptId) -> None:
        """The network plays the message to a client: an agent who was to get him does not."""
        for agent_id, with_whom in list(self.with_agent.items()):
            if with_whom == attempt_id and self.agents[agent_id].state is AgentState.RINGING:
                del self.with_agent[agent_id]

    # --- commands ----------------------------------------------------------------------------------------

    def watch(self, ordered: list[Command], now: float) -> None:
        """Take down what the engine orders; raises AssertionError at what must never be."""
        for command in ordered:
            if isinstance(command, commands.Dial):
                self._dialed(command, now)
            elif isinstance(command, commands.ConnectToAgent):
                self._connected(command)
            elif isinstance(command, commands.ReleaseAgent | commands.HangUp):
                self._free(command.attempt_id)
            elif isinstance(command, MESSAGES):
                self.rows[command.attempt_id].has_message = True
            elif isinstance(command, commands.RecordAttemptEnded):
                self._ended(command)
            elif isinstance(command, commands.RecordDisposition):
                self._declared(command)
            elif isinstance(command, commands.RecordAgentState):
                self._agent_moved(command)
            elif isinstance(command, commands.ReleaseLeads):
                for release in command.releases:
                    self.leases.pop(release.lead_id, None)
            elif isinstance(command, commands.ShowPreview):
                assert not self._is_open(command.lead_id), "a lead in progress is shown"

    def _dialed(self, dial: commands.Dial, now: float) -> None:
        assert dial.attempt_id not in self._seen, "an attempt id is used once"
        assert not self._is_open(dial.lead_id), f"lead {dial.lead_id} is in two attempts"
        numbers = {row.e164 for row in self.rows.values() if row.lead}
        assert dial.e164 not in numbers, f"number {dial.e164} is in two attempts"
        assert dial.lead_id in self.leases, f"lead {dial.lead_id} is dialed without a lease"
        _, lead = self.leases.pop(dial.lead_id)
        assert lead.lease_until > now, "a lead is dialed after its lease"
        assert lead.numbers[dial.number_index].e164 == dial.e164
        self._use_trunk(dial.trunk_id, now)
        row = Row(
            campaign_id=dial.campaign_id,
            lead=replace(lead, number_index=dial.number_index),
            e164=dial.e164,
            node_id=dial.node_id,
            trunk_id=dial.trunk_id,
            dialed_at=now,
            dialed_for=dial.agent_id,
            is_broadcast=self._methods[dial.campaign_id] == "agentless",
        )
        self._open(dial.attempt_id, row)

    def _use_trunk(self, trunk_id: TrunkId, now: float) -> None:
        settings = self.trunks[trunk_id]
        used = sum(1 for row in self.rows.values() if row.trunk_id == trunk_id)
        assert used < settings.channels_max, f"trunk {trunk_id} has no channel left"
        newest = self._dials_at.setdefault(trunk_id, deque())
        while newest and now - newest[0] >= 1.0:
            newest.popleft()
        newest.append(now)
        assert len(newest) <= settings.calls_per_second_max, "more calls in one second than agreed"

    def _connected(self, order: commands.ConnectToAgent) -> None:
        assert order.attempt_id in self.rows, "a call that is over is connected"
        assert order.agent_id not in self.with_agent, f"{order.agent_id} is on two calls"
        assert order.attempt_id not in self.with_agent.values(), "a client is given to two agents"
        assert self.agents[order.agent_id].state is not AgentState.OFFLINE, "nobody is there"
        his_node, node_id = self.agent_nodes.get(order.agent_id), self.rows[order.attempt_id].node_id
        assert his_node in (None, node_id), f"{order.agent_id} of {his_node} gets a call of {node_id}"
        self.with_agent[order.agent_id] = order.attempt_id

    def _ended(self, record: commands.RecordAttemptEnded) -> None:
        assert record.attempt_id not in self.ended, f"{record.attempt_id} ends twice"
        row = self.rows.pop(record.attempt_id)
        self.ended[record.attempt_id] = record
        self._free(record.attempt_id)
        is_counted = row.answered_at is not None and row.lead is not None and not row.is_broadcast
        assert record.entry is not None or not is_counted, "an answer has no fate in the ledger"
        if row.lead is None:
            return
        if record.lead_next is None:
            assert record.agent_id is not None, "nobody will decide this lead"
            self.leads_owed[row.lead.lead_id] = record.agent_id
        elif record.lead_next.step is LeadStep.KEPT:
            lead = replace(row.lead, number_index=record.lead_next.number_index)
            self.leases[lead.lead_id] = (row.campaign_id, lead)

    def _declared(self, record: commands.RecordDisposition) -> None:
        owing = self.owing.get(record.agent_id)
        if owing is not None and owing[0] == record.attempt_id:
            del self.owing[record.agent_id]
        if record.lead_id is not None and record.lead_next is not None:
            assert self.leads_owed.pop(record.lead_id) == record.agent_id, "another agent decides the lead"

    def _agent_moved(self, record: commands.RecordAgentState) -> None:
        self.agents[record.agent_id] = record
        if record.state is AgentState.WRAPPING_UP and record.attempt_id is not None:
            self.owing[record.agent_id] = (record.attempt_id, self._seen[record.attempt_id])
        if record.status is AgentStatus.LOGGED_OUT:
            del self.agents[record.agent_id]

    def _open(self, attempt_id: AttemptId, row: Row) -> None:
        self.rows[attempt_id] = self._seen[attempt_id] = row

    def _free(self, attempt_id: AttemptId) -> None:
        for agent_id in [agent_id for agent_id, held in self.with_agent.items() if held == attempt_id]:
            del self.with_agent[agent_id]
        if attempt_id in self.rows:
            self.rows[attempt_id].agent_id = None

    def _is_open(self, lead_id: LeadId) -> bool:
        in_attempt = any(row.lead is not None and row.lead.lead_id == lead_id for row in self.rows.values())
        return in_attempt or lead_id in self.leads_owed

    # --- the restart -------------------------------------------------------------------------------------

    def state_for_restart(self) -> StateRestored:
        """What a store and a network would tell a new engine; what only the old one knew is forgotten."""
        self.with_agent = {row.agent_id: id_ for id_, row in self.rows.items() if row.agent_id is not None}
        self._dials_at.clear()
        for row in self.rows.values():
            is_agentless = self._methods[row.campaign_id] == "agentless"
            row.is_broadcast = is_agentless and row.lead is not None and row.bridged_at is None
        reservations: dict[CampaignId, list[Lead]] = {}
        for campaign_id, lead in self.leases.values():
            reservations.setdefault(campaign_id, []).append(lead)
        return StateRestored(
            attempts=tuple(_live_attempt(attempt_id, row) for attempt_id, row in self.rows.items()),
            agents=tuple(self._live_agent(record) for record in self.agents.values()),
            reservations=tuple((campaign_id, tuple(leads)) for campaign_id, leads in reservations.items()),
        )

    def _lead_to_decide(self, agent_id: AgentId) -> Lead | None:
        """The lead of the agent's wrap-up, unless somebody else has decided it."""
        attempt_id, row = self.owing.get(agent_id, (None, None))
        if row is None or row.lead is None:
            return None
        is_his = attempt_id in self.rows or self.leads_owed.get(row.lead.lead_id) == agent_id
        return row.lead if is_his else None

    def _live_agent(self, record: commands.RecordAgentState) -> LiveAgent:
        owing = self.owing.get(record.agent_id)
        return LiveAgent(
            agent_id=record.agent_id,
            campaign_ids=CAMPAIGNS_OF_ALL,
            node_id=self.agent_nodes.get(record.agent_id),
            is_available=record.status is AgentStatus.AVAILABLE,
            has_leg=record.state is not AgentState.OFFLINE,
            wrapping_up_attempt_id=owing[0] if owing else None,
            wrapping_up_campaign_id=owing[1].campaign_id if owing else None,
            wrapping_up_lead=self._lead_to_decide(record.agent_id),
        )


CAMPAIGNS_OF_ALL = (CampaignId("one"), CampaignId("two"))
"""Every agent of a rough day works for both campaigns."""


def _caller(event: events.InboundCallArrived, now: float) -> Row:
    return Row(
        campaign_id=event.campaign_id,
        lead=None,
        e164=event.caller_id_number,
        node_id=event.node_id,
        trunk_id=None,
        dialed_at=now,
        answered_at=now,
    )


def _note(row: Row, event: Event, now: float) -> None:
    """Note what the network said of one call."""
    match event:
        case events.CallAnswered() | events.SafeHarbourStarted():
            row.answered_at = now if row.answered_at is None else row.answered_at
        case events.AnswerClassified(verdict=verdict):
            row.verdict = verdict if row.answered_at is not None else None
        case events.CallEnded() | events.DialFailed():
            row.is_up = False
        case events.MessageEnded():
            row.has_message = False
        case _:
            pass


def _live_attempt(attempt_id: AttemptId, row: Row) -> LiveAttempt:
    is_for_agent = row.answered_at is None and row.dialed_for is not None
    return LiveAttempt(
        attempt_id=attempt_id,
        campaign_id=row.campaign_id,
        lead=row.lead,
        e164=row.e164,
        node_id=row.node_id,
        trunk_id=row.trunk_id,
        dialed_at=row.dialed_at,
        is_up=row.is_up,
        answered_at=row.answered_at,
        verdict=row.verdict,
        agent_id=row.dialed_for if is_for_agent else row.agent_id,
        bridged_at=row.bridged_at,
        has_message=row.has_message,
    )
