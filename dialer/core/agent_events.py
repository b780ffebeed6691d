"""What agents and supervisors do and ask for, in the past tense; part of `events`, the whole set."""

from dataclasses import dataclass

from dialer.messages import AgentId, AttemptId, CampaignId, LeadId, NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLoggedIn:
    """An agent has signed in and his leg is up; he is paused until he says otherwise."""

    agent_id: AgentId
    campaign_ids: tuple[CampaignId, ...]  # in order: the first that runs is the one he is counted for
    skills: frozenset[str] = frozenset()
    node_id: NodeId | None = None  # where his leg is; None: any


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLoggedOut:
    """The agent signed out; a client he talks to is offered on."""

    agent_id: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentBecameAvailable:
    """The agent wants calls."""

    agent_id: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPaused:
    """The agent wants no calls; if he is on one, from its end."""

    agent_id: AgentId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentVanished:
    """The agent's leg or browser is gone; he may come back."""

    agent_id: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentReturned:
    """The agent's leg is up again."""

    agent_id: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRequestedDial:
    """Manual mode: the agent wants the next lead of the campaign dialed, now."""

    agent_id: AgentId
    campaign_id: CampaignId


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewAccepted:
    """Preview mode: the agent wants the lead on his screen dialed."""

    agent_id: AgentId
    lead_id: LeadId


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewSkipped:
    """Preview mode: the agent does not want this lead."""

    agent_id: AgentId
    lead_id: LeadId
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentHungUp:
    """The agent ended the call."""

    agent_id: AgentId
    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentHeldCall:
    """The agent put the client on hold."""

    agent_id: AgentId
    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentResumedCall:
    """The agent took the client back: from hold, or out of a consultation."""

    agent_id: AgentId
    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentTransferredCall:
    """The agent hands the client to another agent, or to any other with a skill."""

    agent_id: AgentId
    attempt_id: AttemptId
    to_agent_id: AgentId | None = None  # preferred; when he is busy the client waits for anyone
    required_skill: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStartedConsultation:
    """The agent calls a third party; the client is on hold meanwhile."""

    agent_id: AgentId
    attempt_id: AttemptId
    e164: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentJoinedParties:
    """The agent brought client and third party together: a three-way call."""

    agent_id: AgentId
    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLeftParties:
    """The agent left client and third party to themselves: the transfer is complete."""

    agent_id: AgentId
    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class DispositionSaved:
    """The agent declared the result; ends the wrap-up. May come while the call is still up."""

    agent_id: AgentId
    attempt_id: AttemptId
    disposition: str  # code of the campaign's list
    callback_at: float | None = None  # POSIX seconds of a promise
    is_callback_mine: bool = False  # the promise binds this agent


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisorPausedAgent:
    """A supervisor takes the agent off calls; a call in progress is finished first."""

    agent_id: AgentId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisorLoggedOutAgent:
    """A supervisor signs the agent out; a client he talks to is offered on."""

    agent_id: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisorTookCall:
    """A supervisor (signed in as an agent) takes a client from the agent who talks to him."""

    supervisor_id: AgentId
    attempt_id: AttemptId


CallRequest = (
    AgentHungUp
    | AgentHeldCall
    | AgentResumedCall
    | AgentTransferredCall
    | AgentStartedConsultation
    | AgentJoinedParties
    | AgentLeftParties
    | SupervisorTookCall
)
"""What a person wants done with one attempt; all carry `attempt_id`."""

AgentEvent = (
    AgentLoggedIn
    | AgentLoggedOut
    | AgentBecameAvailable
    | AgentPaused
    | AgentVanished
    | AgentReturned
    | AgentRequestedDial
    | PreviewAccepted
    | PreviewSkipped
    | DispositionSaved
    | SupervisorPausedAgent
    | SupervisorLoggedOutAgent
)
"""Events about one agent."""
