"""Everything the engine can be told, in the past tense; nothing else changes it but time.

Every event about a call carries its attempt id.
Events may come twice, late or never: what no longer fits is counted and ignored (`call_attempt.HEARD_IN`).
Field comments give meaning and unit; instants are given to `handle` as `now`, on the engine's clock.
"""

from dataclasses import dataclass
from enum import Enum

from dialer.core.agent_events import (
    AgentBecameAvailable,
    AgentEvent,
    AgentHeldCall,
    AgentHungUp,
    AgentJoinedParties,
    AgentLeftParties,
    AgentLoggedIn,
    AgentLoggedOut,
    AgentPaused,
    AgentRequestedDial,
    AgentResumedCall,
    AgentReturned,
    AgentStartedConsultation,
    AgentTransferredCall,
    AgentVanished,
    CallRequest,
    DispositionSaved,
    PreviewAccepted,
    PreviewSkipped,
    SupervisorLoggedOutAgent,
    SupervisorPausedAgent,
    SupervisorTookCall,
)
from dialer.core.leads import Lead
from dialer.core.outcomes import EndCause
from dialer.core.restart_events import LiveAgent, LiveAttempt, StateRestored
from dialer.core.settings import CampaignSettings, TrunkSettings
from dialer.messages import AgentId, AttemptId, CampaignId, LeadId, NodeId, TrunkId
from rules.detection import DetectionVerdict

__all__ = [
    "AgentBecameAvailable",
    "AgentEvent",
    "AgentHeldCall",
    "AgentHungUp",
    "AgentJoinedParties",
    "AgentLeftParties",
    "AgentLoggedIn",
    "AgentLoggedOut",
    "AgentPaused",
    "AgentRequestedDial",
    "AgentResumedCall",
    "AgentReturned",
    "AgentStartedConsultation",
    "AgentTransferredCall",
    "AgentVanished",
    "AnswerClassified",
    "BeepHeard",
    "CallAnswered",
    "CallConnected",
    "CallEnded",
    "CallRequest",
    "CallRinging",
    "CallStillUp",
    "CallbackRequested",
    "CallerMoved",
    "CampaignConfigured",
    "CampaignStatus",
    "CampaignStatusSet",
    "ConnectFailed",
    "DialFailed",
    "DispositionSaved",
    "DoNotCallAdded",
    "Event",
    "GreetingEnded",
    "HouseEvent",
    "InboundCallArrived",
    "LeadWithdrawn",
    "LeadsReserved",
    "LiveAgent",
    "LiveAttempt",
    "MessageEnded",
    "NetworkEvent",
    "NodeLost",
    "NodeResynchronised",
    "PreviewAccepted",
    "PreviewSkipped",
    "SafeHarbourStarted",
    "SpeechEnded",
    "SpeechStarted",
    "StateRestored",
    "SupervisorLoggedOutAgent",
    "SupervisorPausedAgent",
    "SupervisorTookCall",
    "ThirdPartyAnswered",
    "ThirdPartyEnded",
    "TrunkConfigured",
    "TrunkLost",
    "TrunkReturned",
    "WallClockSet",
]

# --- the network: what happened to a call -----------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRinging:
    """The far end rings."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnswered:
    """The far end went off-hook: a person or a machine."""

    attempt_id: AttemptId
    answered_at: float | None = None  # engine clock; None: now. Earlier where the news was late


@dataclass(frozen=True, slots=True, kw_only=True)
class GreetingEnded:
    """The called party has finished the greeting; some laws start the clock here."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStarted:
    """The answering party began to speak, or made another sound."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechEnded:
    """The answering party has been silent for the campaign's `speech_silence_seconds`."""

    attempt_id: AttemptId
    seconds: float  # of the speech, without that silence


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerClassified:
    """The answering-machine detection has a verdict."""

    attempt_id: AttemptId
    verdict: DetectionVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class BeepHeard:
    """The machine's greeting is over; it records from now on."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallConnected:
    """Client and agent hear each other."""

    attempt_id: AttemptId
    agent_id: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectFailed:
    """Client and agent could not be bridged; the client is still there."""

    attempt_id: AttemptId
    agent_id: AgentId
    reason: str  # for people; never decided upon


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEnded:
    """The message ordered for this call has been played to its end, or could not be played."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeHarbourStarted:
    """The network plays the safe-harbour message by itself, as we took the answered call too late."""

    attempt_id: AttemptId
    answered_at: float | None = None  # engine clock; None: now


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded:
    """The called party's leg is gone."""

    attempt_id: AttemptId
    cause: EndCause


@dataclass(frozen=True, slots=True, kw_only=True)
class DialFailed:
    """The command to dial was refused; no leg exists."""

    attempt_id: AttemptId
    cause: EndCause
    reason: str  # for people; never decided upon


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStillUp:
    """Answer to `CheckCall`: the called party's leg exists."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundCallArrived:
    """Somebody calls a number of ours; the network has chosen the attempt id (the channel id)."""

    attempt_id: AttemptId
    campaign_id: CampaignId  # whose agents take it
    caller_id_number: str  # E.164, or empty when withheld
    dialed_number: str  # the number that was called
    node_id: NodeId
    required_skill: str | None = None  # only agents with this skill may take the call
    agent_id: AgentId | None = None  # preferred: the agent who called this party before


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerMoved:
    """A caller who waits has waited long enough for one campaign's agents; another's are to take him."""

    attempt_id: AttemptId
    campaign_id: CampaignId  # whose agents take him from now on


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRequested:
    """A caller who waits wants to be called back rather than to wait."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdPartyAnswered:
    """The third party of a consultation answered."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdPartyEnded:
    """The third party is gone, or could not be reached."""

    attempt_id: AttemptId


# --- the network: nodes, trunks, clocks --------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkConfigured:
    """A trunk is there, with these limits; a second one with the same id replaces it."""

    settings: TrunkSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkLost:
    """A trunk is out of service: no new attempts over it; calls in progress go on."""

    trunk_id: TrunkId


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkReturned:
    """A trunk is in service again."""

    trunk_id: TrunkId


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLost:
    """The link to an Asterisk node is gone; its calls may live on, so nothing is ended yet."""

    node_id: NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeResynchronised:
    """The link to a node is (back) up, and this is what it really has."""

    node_id: NodeId
    attempt_ids: tuple[AttemptId, ...]  # every called party's leg alive on the node
    taken_at: float  # engine clock at which the list was taken; what was dialed later is not judged by it
    answered_ids: tuple[AttemptId, ...] = ()  # those of them that are off-hook


@dataclass(frozen=True, slots=True, kw_only=True)
class WallClockSet:
    """The wall clock, as an offset to the engine's own; calling hours are judged by it."""

    offset_seconds: float  # POSIX seconds minus the engine's clock


# --- leads and campaigns -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadsReserved:
    """Answer to `ReserveLeads`: leads now leased to the engine; empty when none can be dialed."""

    campaign_id: CampaignId
    leads: tuple[Lead, ...]
    is_exhausted: bool = False  # no lead of the campaign will ever come due again
    request: str | None = None  # the request it answers; None: given unasked. Each is answered once


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadWithdrawn:
    """A lead must not be dialed any more: do-not-call, erased, closed by hand, list undone."""

    campaign_id: CampaignId
    lead_id: LeadId
    reason: str  # for the record and for people


@dataclass(frozen=True, slots=True, kw_only=True)
class DoNotCallAdded:
    """A number must not be dialed any more, in any campaign."""

    e164: str  # the number, E.164


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignConfigured:
    """A campaign exists with these settings, or its settings changed; its status stays."""

    settings: CampaignSettings


class CampaignStatus(Enum):
    """What a campaign is told to do."""

    STOPPED = "stopped"  # no dialing, nothing reserved; ringing lines are hung up
    RUNNING = "running"  # dials
    PAUSED = "paused"  # no new dials; calls in progress go on, the hopper is kept
    DRAINING = "draining"  # no new dials, the hopper is released; stopped when the last call ends


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignStatusSet:
    """Somebody started, paused, drained or stopped a campaign."""

    campaign_id: CampaignId
    status: CampaignStatus


NetworkEvent = (
    CallRinging
    | CallAnswered
    | GreetingEnded
    | SpeechStarted
    | SpeechEnded
    | AnswerClassified
    | BeepHeard
    | CallConnected
    | ConnectFailed
    | MessageEnded
    | SafeHarbourStarted
    | CallEnded
    | DialFailed
    | CallStillUp
    | CallerMoved
    | CallbackRequested
    | ThirdPartyAnswered
    | ThirdPartyEnded
)
"""Events about one attempt that come from the network; all carry `attempt_id`."""

HouseEvent = (
    InboundCallArrived
    | TrunkConfigured
    | TrunkLost
    | TrunkReturned
    | NodeLost
    | NodeResynchronised
    | WallClockSet
    | LeadsReserved
    | LeadWithdrawn
    | DoNotCallAdded
    | CampaignConfigured
    | CampaignStatusSet
    | StateRestored
)
"""Events about the house: campaigns, leads, trunks, nodes, clocks, a restart."""

Event = NetworkEvent | CallRequest | AgentEvent | HouseEvent
"""Everything the engine can be told."""
