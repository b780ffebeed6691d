"""What an Asterisk node has to tell that is not yet an event of the engine: the node makes events of it."""

from dataclasses import dataclass

from dialer.messages import AgentId, AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class LegOffHook:
    """A called party went off-hook; whether we get the call shows later."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTaken:
    """An answered call has reached us: from now on it can be bridged."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageByNode:
    """The dialplan plays the safe-harbour message by itself."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerArrived:
    """Somebody calls one of our numbers."""

    attempt_id: AttemptId
    caller_id_number: str  # as the carrier wrote it
    dialed_number: str  # as the carrier wrote it


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerHeardSound:
    """A sound that the inbound desk played to a caller is over, or could not be played."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPressed:
    """The far end of a call pressed a key."""

    attempt_id: AttemptId
    key: str  # 0 to 9, *, #, A to D


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLegUp:
    """An agent's telephone was answered."""

    agent_id: AgentId
    channel_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLegGone:
    """An agent's telephone hung up, did not answer, or is not there."""

    agent_id: AgentId
    channel_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdPartyUp:
    """A third party answered."""

    attempt_id: AttemptId
    channel_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """Another program has connected under our application's name."""


News = (
    LegOffHook
    | CallTaken
    | MessageByNode
    | CallerArrived
    | CallerHeardSound
    | KeyPressed
    | AgentLegUp
    | AgentLegGone
    | ThirdPartyUp
    | TakenOver
)
