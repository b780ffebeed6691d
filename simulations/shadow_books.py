"""The watcher's own books of calls, agents, campaigns and trunks, kept from events and commands alone."""

from collections import deque
from enum import IntEnum

from dialer.core.agent_session import AgentState, AgentStatus
from dialer.core.events import CampaignStatus
from dialer.core.settings import CampaignSettings, TrunkSettings
from dialer.messages import AgentId, AttemptId, CampaignId, LeadId, NodeId, TrunkId
from rules.detection import DetectionVerdict

AGENTLESS = "agentless"  # the pacing method of campaigns that play a message and connect nobody


class Phase(IntEnum):
    """Where an attempt is, as far as deadlines go."""

    DIALED = 0  # unanswered
    ANSWERED = 1  # owed a fate: detection, or an agent, or the message
    BEEP = 2  # a machine, whose beep is waited for
    CONNECTING = 3  # an agent was chosen
    TALKING = 4  # with an agent, or with a third party
    MESSAGE = 5  # a message is played
    HANGING_UP = 6  # the end is ordered
    ENDED = 7


class ShadowCampaign:
    """A campaign as it was configured, and what goes on in it."""

    __slots__ = (
        "abandoned",
        "attempts",
        "callers_waiting",
        "connected",
        "open_attempts",
        "settings",
        "status",
    )

    def __init__(self, settings: CampaignSettings) -> None:
        """Begin stopped."""
        self.settings = settings
        self.status = CampaignStatus.STOPPED
        self.open_attempts = 0
        self.callers_waiting = 0
        self.attempts = 0  # of this engine's life
        self.connected = 0  # ledger classes, of attempts begun in this engine's life
        self.abandoned = 0


class ShadowTrunk:
    """A trunk as it was configured, and what goes on over it."""

    __slots__ = ("dials_at", "is_in_service", "open_attempts", "settings")

    def __init__(self, settings: TrunkSettings) -> None:
        """Begin in service."""
        self.settings = settings
        self.is_in_service = True
        self.open_attempts = 0
        self.dials_at: deque[float] = deque()


class ShadowAgent:
    """An agent as recorded, and the call that commands have put him on."""

    __slots__ = ("agent_id", "attempt", "recorded_attempt_id", "state", "status")

    def __init__(self, agent_id: AgentId) -> None:
        """Begin unknown: the first record says where he is."""
        self.agent_id = agent_id
        self.status: AgentStatus | None = None
        self.state: AgentState | None = None
        self.attempt: ShadowAttempt | None = None
        self.recorded_attempt_id: AttemptId | None = None


class ShadowAttempt:
    """An attempt as events and commands tell it."""

    __slots__ = (
        "agent",
        "answered_at",
        "attempt_id",
        "bridged_at",
        "campaign",
        "client_left",
        "dialed_at",
        "due_at",
        "e164",
        "for_agent",
        "greeting_ended_at",
        "is_bridged",
        "is_broadcast",
        "is_detecting",
        "is_from_before",
        "is_inbound",
        "is_three_way",
        "is_waiting_caller",
        "lead_id",
        "may_hang_up",
        "message_ended_at",
        "message_started_at",
        "node_id",
        "offered_at",
        "phase",
        "trunk",
        "verdict",
        "verdict_at",
        "watch",
    )

    def __init__(
        self,
        attempt_id: AttemptId,
        campaign: ShadowCampaign,
        lead_id: LeadId | None,
        e164: str,
        node_id: NodeId,
        trunk: ShadowTrunk | None,
        now: float,
    ) -> None:
        """Begin unanswered."""
        self.attempt_id = attempt_id
        self.campaign = campaign
        self.lead_id = lead_id
        self.e164 = e164
        self.node_id = node_id
        self.trunk = trunk
        self.dialed_at = now
        self.phase = Phase.DIALED
        self.watch = 0  # which of its watches holds
        self.due_at = 0.0  # by when a live answer must have its fate
        self.is_inbound = False
        # An agentless campaign's: whatever its campaign becomes while the call goes on.
        self.is_broadcast = lead_id is not None and campaign.settings.pacing_method == AGENTLESS
        self.is_from_before = False  # begun under an engine that has died since
        self.is_detecting = False
        self.is_bridged = False  # with `agent`, now
        self.is_three_way = False
        self.is_waiting_caller = False  # counted among its campaign's waiting callers
        self.may_hang_up = False  # somebody else than the engine wanted the end
        self.client_left = False
        self.agent: ShadowAgent | None = None  # whom commands have put it with
        self.for_agent: ShadowAgent | None = None  # for whom alone it was dialed
        self.answered_at: float | None = None
        self.greeting_ended_at: float | None = None
        self.verdict: DetectionVerdict | None = None
        self.verdict_at: float | None = None
        self.offered_at: float | None = None
        self.bridged_at: float | None = None  # first time
        self.message_started_at: float | None = None
        self.message_ended_at: float | None = None


class ShadowBooks:
    """All of it."""

    __slots__ = (
        "agents",
        "attempts",
        "callers_gone",
        "campaigns",
        "lost_nodes",
        "trunks",
        "wall_offset_seconds",
    )

    def __init__(self) -> None:
        """Begin with an empty house."""
        self.campaigns: dict[CampaignId, ShadowCampaign] = {}
        self.trunks: dict[TrunkId, ShadowTrunk] = {}
        self.lost_nodes: set[NodeId] = set()
        self.agents: dict[AgentId, ShadowAgent] = {}
        self.attempts: dict[AttemptId, ShadowAttempt] = {}  # open ones
        self.callers_gone: set[AttemptId] = set()  # a repeated arrival of these is no new caller
        self.wall_offset_seconds = 0.0  # POSIX seconds minus the engine's clock

    def agent(self, agent_id: AgentId) -> ShadowAgent:
        """Give an agent's page, a new one if there is none."""
        agent = self.agents.get(agent_id)
        if agent is None:
            agent = self.agents[agent_id] = ShadowAgent(agent_id)
        return agent
