"""Everything the engine can order, in the imperative; the runner or the virtual network carries it out.

A command that fails comes back as an event (`DialFailed`, `ConnectFailed`, `CallEnded`), never as an error.
Commands named `Record…` go to the store and the consoles; the rest go to the network or to the lead source.
"""

from dataclasses import dataclass

from dialer.core.agent_session import AgentState, AgentStatus
from dialer.core.events import CampaignStatus
from dialer.core.leads import LeadNext
from dialer.core.outcomes import EndReason, Outcome
from dialer.core.settings import Detector
from dialer.messages import AgentId, AttemptId, CampaignId, LeadId, NodeId, TrunkId
from pacing import PacingDecision, PacingInputs
from rules.abandon_ledger import LedgerEntry

# --- to the network ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """Begin an attempt. The runner writes its row before it originates (design.md part 3)."""

    attempt_id: AttemptId  # becomes the channel id
    campaign_id: CampaignId
    lead_id: LeadId
    e164: str  # the number to dial
    number_index: int  # which number of the lead it is
    trunk_id: TrunkId
    node_id: NodeId
    caller_id_number: str  # the number to show
    ring_timeout_seconds: float  # the network gives up ringing after this
    answer_seconds_max: float = 2.0  # once answered, it is to be in somebody's hands within this
    agent_id: AgentId | None = None  # the agent this line is dialed for (manual, preview, own callback)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectAnswer:
    """Listen who answered: `AnswerClassified` is the answer, or `SpeechStarted` and `SpeechEnded` are."""

    attempt_id: AttemptId
    detector: Detector = Detector.SPEECH
    silence_seconds: float = 0.5  # so much silence ends a speech


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitBeep:
    """Let a machine go on with its greeting: nobody is owed an agent, no message of the network's own."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectToAgent:
    """Put the client into the agent's bridge; `CallConnected` or `ConnectFailed` is the answer."""

    attempt_id: AttemptId
    agent_id: AgentId
    campaign_id: CampaignId
    lead_id: LeadId | None  # None: an inbound call not matched to a lead


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaySafeHarbourMessage:
    """Play the message that the law asks for when no agent is there; `MessageEnded` is the answer."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveVoicemailMessage:
    """Play the campaign's message to the machine that records; `MessageEnded` is the answer."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayCampaignMessage:
    """Play the broadcast of an agentless campaign; `MessageEnded` is the answer."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp:
    """End the called party's leg; `CallEnded` is the answer. Harmless when it is gone already."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldCall:
    """Put the client on hold."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeCall:
    """Bring the client back into the agent's bridge, and drop a third party that is not joined."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseAgent:
    """Take the client out of the agent's bridge; the client stays on the line."""

    attempt_id: AttemptId
    agent_id: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class DialThirdParty:
    """Call a third party for the agent; `ThirdPartyAnswered` or `ThirdPartyEnded` is the answer."""

    attempt_id: AttemptId
    agent_id: AgentId
    e164: str  # the third party's number
    ring_timeout_seconds: float  # the network gives up ringing after this


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinParties:
    """Bring client, agent and third party into one bridge."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class DropThirdParty:
    """Hang up the third party's leg."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCall:
    """Ask whether the called party's leg still exists; `CallStillUp` or `CallEnded` is the answer."""

    attempt_id: AttemptId


# --- to the lead source ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveLeads:
    """Lease leads to the engine; `LeadsReserved` is the answer."""

    campaign_id: CampaignId
    count: int  # how many are wanted; fewer may come
    request: str  # name of this request, never used before, to be named in the answer


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRelease:
    """One lead given back undialed, with the reason that stays on record."""

    lead_id: LeadId
    reason: str  # name of a refusal or of a house reason
    allowed_at: float | None = None  # POSIX seconds before which it would be refused again, if known


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLeads:
    """Give leads back undialed."""

    campaign_id: CampaignId
    releases: tuple[LeadRelease, ...]


# --- to the agent's screen ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPreview:
    """Show a lead to an agent before it is dialed; `PreviewAccepted` or `PreviewSkipped` is the answer."""

    agent_id: AgentId
    campaign_id: CampaignId
    lead_id: LeadId
    seconds_max: float  # after this the campaign's preview time-out action happens


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseRequest:
    """Tell a person why what he asked for was not done; nothing has changed."""

    agent_id: AgentId
    request: str  # name of the event that asked
    reason: str  # one sentence: what was expected, what is the case


# --- to the store and the consoles -------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAttemptEnded:
    """The end of an attempt: row, ledger entry and the lead's next state are one transaction."""

    attempt_id: AttemptId
    campaign_id: CampaignId
    lead_id: LeadId | None  # None: an inbound call
    outcome: Outcome
    reason: EndReason
    agent_id: AgentId | None  # the last agent who talked, or was to talk, to the client
    entry: LedgerEntry | None  # None: never answered
    dialed_at: float  # engine clock
    ended_at: float  # engine clock
    lead_next: LeadNext | None  # None: an agent talked, the lead's state comes with the disposition


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDisposition:
    """The end of a wrap-up: the disposition and the lead's next state are one transaction."""

    attempt_id: AttemptId
    campaign_id: CampaignId
    lead_id: LeadId | None  # None: an inbound call
    agent_id: AgentId
    disposition: str | None  # None: the time limit ended the wrap-up
    lead_next: LeadNext | None  # None: an inbound call


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAgentState:
    """An agent's status or state changed."""

    agent_id: AgentId
    status: AgentStatus
    state: AgentState
    at: float  # engine clock
    attempt_id: AttemptId | None  # the call he is on, or wraps up
    reason: str  # pause reason, or why the engine moved him


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCampaignStatus:
    """A campaign's status changed, by order or because a drain has ended."""

    campaign_id: CampaignId
    status: CampaignStatus
    at: float  # engine clock


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPacingDecision:
    """One pacing decision with what it was decided on: "why these N calls"."""

    campaign_id: CampaignId
    at: float  # engine clock
    inputs: PacingInputs
    decision: PacingDecision
    lines_started: int  # what limits, trunks and the hopper left of decision.lines
    binding_constraint: str  # the last of them that bound


NetworkCommand = (
    Dial
    | DetectAnswer
    | AwaitBeep
    | ConnectToAgent
    | PlaySafeHarbourMessage
    | LeaveVoicemailMessage
    | PlayCampaignMessage
    | HangUp
    | HoldCall
    | ResumeCall
    | ReleaseAgent
    | DialThirdParty
    | JoinParties
    | DropThirdParty
    | CheckCall
)
"""Commands for the telephone network."""

LeadCommand = ReserveLeads | ReleaseLeads
"""Commands for the lead source."""

ScreenCommand = ShowPreview | RefuseRequest
"""Commands for an agent's screen."""

RecordCommand = (
    RecordAttemptEnded | RecordDisposition | RecordAgentState | RecordCampaignStatus | RecordPacingDecision
)
"""Commands for the store; the consoles see them too."""

Command = NetworkCommand | LeadCommand | ScreenCommand | RecordCommand
"""Everything the engine can order."""
