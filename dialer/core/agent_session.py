"""The agent session: what the agent chose (status), what the engine knows (state), the table of its moves.

Status and state are two axes: a paused agent may still be talking, an available one may have no leg.
Everything about which state follows which is in `AGENT_TRANSITIONS`; the diagram in docs is drawn from it.
"""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from dialer.core.errors import TransitionError
from dialer.messages import AgentId, AttemptId, CampaignId, NodeId

if TYPE_CHECKING:
    from dialer.core.call_attempt import CallAttempt
    from dialer.core.leads import Lead


class AgentStatus(Enum):
    """What the agent chose."""

    LOGGED_OUT = "logged_out"  # not at work
    AVAILABLE = "available"  # wants calls
    PAUSED = "paused"  # wants no calls for now


class AgentState(Enum):
    """What the engine knows."""

    OFFLINE = "offline"  # signed in (or not), but no leg
    IDLE = "idle"  # leg up, nothing to do
    RESERVED = "reserved"  # a lead is on his screen, or a line is dialed for him
    RINGING = "ringing"  # a client is being put through to him
    TALKING = "talking"  # bridged with a client
    HOLDING = "holding"  # his client is on hold
    WRAPPING_UP = "wrapping_up"  # the client is gone, the disposition is owed


class AgentTrigger(Enum):
    """What moves an agent from state to state."""

    LEG_UP = "leg_up"  # signed in, or came back
    LEG_UP_OWING = "leg_up_owing"  # came back, and still owes the disposition of his last call
    LEG_LOST = "leg_lost"  # vanished, or signed out
    RESERVED = "reserved"  # a preview, or a line dialed for him alone
    RELEASED = "released"  # that preview or line came to nothing
    OFFERED = "offered"  # the connection to a client is ordered
    OFFER_FAILED = "offer_failed"  # the client was gone, or could not be bridged
    BRIDGED = "bridged"  # client and agent hear each other
    HELD = "held"  # the client was put on hold
    RESUMED = "resumed"  # the client was taken back
    TALK_ENDED = "talk_ended"  # the client is gone, or was handed on
    WRAP_UP_ENDED = "wrap_up_ended"  # the disposition is saved, or its time is over


_S, _T = AgentState, AgentTrigger

AGENT_TRANSITIONS: dict[tuple[AgentState, AgentTrigger], AgentState] = {
    (_S.OFFLINE, _T.LEG_UP): _S.IDLE,
    (_S.OFFLINE, _T.LEG_UP_OWING): _S.WRAPPING_UP,
    (_S.IDLE, _T.RESERVED): _S.RESERVED,
    (_S.IDLE, _T.OFFERED): _S.RINGING,
    (_S.RESERVED, _T.RELEASED): _S.IDLE,
    (_S.RESERVED, _T.OFFERED): _S.RINGING,
    (_S.RINGING, _T.OFFER_FAILED): _S.IDLE,
    (_S.RINGING, _T.BRIDGED): _S.TALKING,
    (_S.TALKING, _T.HELD): _S.HOLDING,
    (_S.HOLDING, _T.RESUMED): _S.TALKING,
    (_S.TALKING, _T.TALK_ENDED): _S.WRAPPING_UP,
    (_S.HOLDING, _T.TALK_ENDED): _S.WRAPPING_UP,
    (_S.WRAPPING_UP, _T.WRAP_UP_ENDED): _S.IDLE,
    (_S.IDLE, _T.LEG_LOST): _S.OFFLINE,
    (_S.RESERVED, _T.LEG_LOST): _S.OFFLINE,
    (_S.RINGING, _T.LEG_LOST): _S.OFFLINE,
    (_S.TALKING, _T.LEG_LOST): _S.OFFLINE,
    (_S.HOLDING, _T.LEG_LOST): _S.OFFLINE,
    (_S.WRAPPING_UP, _T.LEG_LOST): _S.OFFLINE,
}
"""Every move an agent can make; a pair that is not here is a mistake of ours."""

WAITING_AGENT_STATES = frozenset({_S.RESERVED, _S.RINGING, _S.WRAPPING_UP})
"""States in which the engine waits for somebody: each has a deadline. OFFLINE has one while signed in."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A lead on an agent's screen before it is dialed."""

    campaign_id: CampaignId
    lead: "Lead"


@dataclass(frozen=True, slots=True)
class OwedDisposition:
    """An ended talk whose result the agent has not declared yet."""

    attempt_id: AttemptId
    campaign_id: CampaignId
    lead: "Lead | None"  # None: an inbound call
    since: float  # engine clock: when the talk ended
    decides_lead: bool  # the attempt has ended and he talked last: the lead's next state waits for him


class AgentSession:
    """One signed-in agent; changed by `dialer.core` only."""

    __slots__ = (
        "agent_id",
        "attempt",
        "campaign_ids",
        "connect_failures",
        "counted_campaign_id",
        "deadline_at",
        "deadline_sequence",
        "idle_seconds",
        "node_id",
        "owed",
        "pause_reason",
        "pool_ticket",
        "preview",
        "sequence",
        "skills",
        "state",
        "state_since",
        "status",
    )

    def __init__(
        self,
        agent_id: AgentId,
        campaign_ids: tuple[CampaignId, ...],
        skills: frozenset[str],
        node_id: NodeId | None,
        sequence: int,
        now: float,
    ) -> None:
        """Begin a session: paused, without a leg (`LEG_UP` follows)."""
        self.agent_id = agent_id
        self.campaign_ids = campaign_ids
        self.skills = skills
        self.node_id = node_id
        self.sequence = sequence  # order of signing in; breaks ties
        self.status = AgentStatus.PAUSED
        self.state = AgentState.OFFLINE
        self.state_since = now  # of the present pair of status and state
        self.pause_reason = "signed in"
        self.attempt: CallAttempt | None = None  # the call he is on, or that is dialed for him
        self.preview: Preview | None = None  # the lead on his screen
        self.owed: OwedDisposition | None = None  # the ended talk he has to declare the result of
        self.counted_campaign_id: CampaignId | None = None  # the one campaign whose pacing counts him
        self.idle_seconds = 0.0  # idle and available, summed over the session
        self.connect_failures = 0  # connections to him that failed in a row
        self.pool_ticket = 0  # his place among the idle (see routing.IdlePool); 0: not offered calls
        self.deadline_at: float | None = None
        self.deadline_sequence = 0

    @property
    def is_ready(self) -> bool:
        """Whether a call may be given to him now."""
        return self.state is AgentState.IDLE and self.status is AgentStatus.AVAILABLE

    def can_reach(self, node_id: NodeId) -> bool:
        """Whether he can be bridged with a call of this node; who is of no node, with any."""
        return self.node_id is None or self.node_id == node_id

    def move(self, trigger: AgentTrigger, now: float) -> None:
        """Make a move of the table; raises TransitionError, with nothing changed, if there is none."""
        following = AGENT_TRANSITIONS.get((self.state, trigger))
        if following is None:
            raise TransitionError(
                f"agent {self.agent_id}: {trigger} in state {self.state} is not in the table"
            )
        self._close_idle_time(now)
        self.state = following
        self.state_since = now

    def choose(self, status: AgentStatus, reason: str, now: float) -> None:
        """Take the status that the agent (or a supervisor) chose; his state stays."""
        self._close_idle_time(now)
        self.status = status
        self.pause_reason = reason
        self.state_since = now

    def _close_idle_time(self, now: float) -> None:
        if self.is_ready:
            self.idle_seconds += now - self.state_since
