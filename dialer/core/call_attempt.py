"""The call attempt: its states, the table of its moves, and which event is heard in which state.

Rule 1: everything about which state follows which is in this file.
Rule 2: this file does not know who decides; deciding is done in `call_flow`, `talk_flow` and `dialing`.
The diagram in docs is drawn from `ATTEMPT_TRANSITIONS`.
"""

from enum import Enum
from typing import TYPE_CHECKING

from dialer.core import events
from dialer.core.errors import TransitionError
from dialer.core.outcomes import EndReason
from dialer.messages import AgentId, AttemptId, NodeId
from rules.abandon_ledger import AbandonClass
from rules.detection import DetectionVerdict

if TYPE_CHECKING:
    from dialer.core.agent_session import AgentSession
    from dialer.core.answer_judge import AnswerJudge
    from dialer.core.campaign import Campaign
    from dialer.core.leads import Lead
    from dialer.core.trunks import Trunk


class AttemptState(Enum):
    """Where an attempt is."""

    DIALING = "dialing"  # ordered; nothing heard of it yet
    RINGING = "ringing"  # the far end rings
    DETECTING = "detecting"  # answered; a person or a machine?
    AWAITING_BEEP = "awaiting_beep"  # a machine; the message is left after its beep
    WAITING = "waiting"  # a live answer, or an inbound caller, waits for an agent
    CONNECTING = "connecting"  # the bridge with an agent is ordered
    TALKING = "talking"  # client and agent hear each other
    HOLDING = "holding"  # the client is on hold
    CONSULTING = "consulting"  # the client is on hold, the agent calls a third party
    THREE_WAY = "three_way"  # client, agent and third party hear each other
    TRANSFERRED = "transferred"  # client and third party are left to themselves
    PLAYING_MESSAGE = "playing_message"  # a message is played to the client or the machine
    HANGING_UP = "hanging_up"  # the end is ordered
    ENDED = "ended"  # over; no event is heard any more


class AttemptTrigger(Enum):
    """What moves an attempt from state to state."""

    RANG = "rang"  # ringing was heard of
    ANSWERED = "answered"  # off-hook, and the detection decides
    PROVED_LIVE = "proved_live"  # a person, or not known to be none
    PROVED_MACHINE = "proved_machine"  # a machine whose beep is waited for
    AGENT_CHOSEN = "agent_chosen"  # the connection to an agent is ordered
    BRIDGED = "bridged"  # client and agent hear each other
    HELD = "held"  # put on hold
    RESUMED = "resumed"  # taken back by the agent
    CONSULTED = "consulted"  # the agent calls a third party
    JOINED = "joined"  # three-way
    AGENT_LEFT = "agent_left"  # the agent left client and third party to themselves
    AGENT_LOST = "agent_lost"  # the agent is gone, or handed the client on: another one is looked for
    MESSAGE_STARTED = "message_started"  # a message is ordered
    HANG_UP_ORDERED = "hang_up_ordered"  # the end is ordered
    ENDED = "ended"  # the leg is gone


_S, _T = AttemptState, AttemptTrigger

ATTEMPT_TRANSITIONS: dict[tuple[AttemptState, AttemptTrigger], AttemptState] = {
    (_S.DIALING, _T.RANG): _S.RINGING,
    (_S.DIALING, _T.ANSWERED): _S.DETECTING,
    (_S.RINGING, _T.ANSWERED): _S.DETECTING,
    (_S.DIALING, _T.PROVED_LIVE): _S.WAITING,
    (_S.RINGING, _T.PROVED_LIVE): _S.WAITING,
    (_S.DETECTING, _T.PROVED_LIVE): _S.WAITING,
    (_S.DETECTING, _T.PROVED_MACHINE): _S.AWAITING_BEEP,
    (_S.AWAITING_BEEP, _T.MESSAGE_STARTED): _S.PLAYING_MESSAGE,
    (_S.WAITING, _T.AGENT_CHOSEN): _S.CONNECTING,
    (_S.WAITING, _T.MESSAGE_STARTED): _S.PLAYING_MESSAGE,
    (_S.CONNECTING, _T.BRIDGED): _S.TALKING,
    (_S.CONNECTING, _T.AGENT_LOST): _S.WAITING,
    (_S.TALKING, _T.HELD): _S.HOLDING,
    (_S.HOLDING, _T.RESUMED): _S.TALKING,
    (_S.TALKING, _T.AGENT_LOST): _S.WAITING,
    (_S.HOLDING, _T.AGENT_LOST): _S.WAITING,
    (_S.TALKING, _T.CONSULTED): _S.CONSULTING,
    (_S.HOLDING, _T.CONSULTED): _S.CONSULTING,
    (_S.CONSULTING, _T.JOINED): _S.THREE_WAY,
    (_S.CONSULTING, _T.RESUMED): _S.TALKING,
    (_S.CONSULTING, _T.AGENT_LOST): _S.WAITING,
    (_S.CONSULTING, _T.AGENT_LEFT): _S.TRANSFERRED,
    (_S.THREE_WAY, _T.RESUMED): _S.TALKING,
    (_S.THREE_WAY, _T.AGENT_LEFT): _S.TRANSFERRED,
    **{(state, _T.HANG_UP_ORDERED): _S.HANGING_UP for state in _S if state not in (_S.HANGING_UP, _S.ENDED)},
    **{(state, _T.ENDED): _S.ENDED for state in _S if state is not _S.ENDED},
}
"""Every move an attempt can make; ENDED is terminal; a pair that is not here is a mistake of ours."""

UNANSWERED_STATES = frozenset({_S.DIALING, _S.RINGING})
LINE_STATES = frozenset({_S.DIALING, _S.RINGING, _S.DETECTING})
"""States without a human verdict: what the pacing counts as ringing."""
WITH_AGENT_STATES = frozenset({_S.TALKING, _S.HOLDING, _S.CONSULTING, _S.THREE_WAY})
_OPEN = frozenset(_S) - {_S.ENDED}

HEARD_IN: dict[type, frozenset[AttemptState]] = {
    events.CallRinging: frozenset({_S.DIALING}),
    events.CallAnswered: UNANSWERED_STATES | {_S.HANGING_UP},
    events.GreetingEnded: frozenset({_S.DETECTING, _S.WAITING, _S.CONNECTING, _S.TALKING}),
    events.SpeechStarted: frozenset({_S.DETECTING, _S.AWAITING_BEEP}),
    events.SpeechEnded: frozenset({_S.DETECTING, _S.AWAITING_BEEP}),
    events.AnswerClassified: frozenset({_S.DETECTING}),
    events.BeepHeard: frozenset({_S.AWAITING_BEEP}),
    events.CallConnected: frozenset({_S.CONNECTING}),
    events.ConnectFailed: frozenset({_S.CONNECTING}),
    events.MessageEnded: frozenset({_S.PLAYING_MESSAGE}),
    events.SafeHarbourStarted: LINE_STATES | {_S.WAITING, _S.CONNECTING, _S.HANGING_UP},
    events.CallEnded: _OPEN,
    events.DialFailed: frozenset({_S.DIALING, _S.RINGING, _S.HANGING_UP}),
    events.CallStillUp: WITH_AGENT_STATES,
    events.CallerMoved: frozenset({_S.WAITING}),
    events.CallbackRequested: frozenset({_S.WAITING}),
    events.ThirdPartyAnswered: frozenset({_S.CONSULTING}),
    events.ThirdPartyEnded: frozenset({_S.CONSULTING, _S.THREE_WAY, _S.TRANSFERRED}),
    events.AgentHungUp: WITH_AGENT_STATES | {_S.CONNECTING, _S.DIALING, _S.RINGING},
    events.AgentHeldCall: frozenset({_S.TALKING}),
    events.AgentResumedCall: frozenset({_S.HOLDING, _S.CONSULTING, _S.THREE_WAY}),
    events.AgentTransferredCall: frozenset({_S.TALKING, _S.HOLDING}),
    events.AgentStartedConsultation: frozenset({_S.TALKING, _S.HOLDING}),
    events.AgentJoinedParties: frozenset({_S.CONSULTING}),
    events.AgentLeftParties: frozenset({_S.CONSULTING, _S.THREE_WAY}),
    events.SupervisorTookCall: frozenset({_S.TALKING, _S.HOLDING}),
}
"""In which states an event about an attempt means something; in any other it is counted and ignored."""

IGNORED_BECAUSE: dict[type, str] = {
    events.CallRinging: "repeated, or overtaken by the answer or the end",
    events.CallAnswered: "repeated",
    events.GreetingEnded: "the call has moved on; no clock depends on it any more",
    events.SpeechStarted: "nobody listens for a greeting any more",
    events.SpeechEnded: "nobody listens for a greeting any more",
    events.AnswerClassified: "repeated, or its deadline had already decided",
    events.BeepHeard: "repeated, or its deadline had already decided",
    events.CallConnected: "repeated, or its deadline had already offered the client on",
    events.ConnectFailed: "repeated, or its deadline had already offered the client on",
    events.MessageEnded: "repeated, or its deadline had already hung up",
    events.SafeHarbourStarted: "the call has moved on: a message of ours, or an agent, was quicker",
    events.CallEnded: "repeated: the attempt has ended",
    events.DialFailed: "repeated, or the far end had already answered",
    events.CallStillUp: "the call has moved on",
    events.CallerMoved: "he does not wait any more",
    events.CallbackRequested: "he does not wait any more",
    events.ThirdPartyAnswered: "repeated, or the agent had already gone back to the client",
    events.ThirdPartyEnded: "repeated, or the agent had already gone back to the client",
    events.AgentHungUp: "the call had already ended or left him",
    events.AgentHeldCall: "the client is not talking with him",
    events.AgentResumedCall: "the client is not on hold",
    events.AgentTransferredCall: "the client is not with him",
    events.AgentStartedConsultation: "the client is not with him",
    events.AgentJoinedParties: "there is no consultation",
    events.AgentLeftParties: "there is no third party",
    events.SupervisorTookCall: "nobody talks to that client",
}
"""Why an event that comes in another state than `HEARD_IN` says is ignored."""


class CallAttempt:
    """One attempt in progress, with its instants on the engine's clock; changed by `dialer.core` only."""

    __slots__ = (
        "agent",
        "answered_at",
        "attempt_id",
        "bridged_at",
        "campaign",
        "client_gone_at",
        "deadline_at",
        "deadline_sequence",
        "dialed_at",
        "e164",
        "end_reason",
        "fate",
        "greeting_ended_at",
        "handed_on_by",
        "hang_ups_sent",
        "has_third_party",
        "is_broadcast",
        "is_dialed_for_agent",
        "is_inbound",
        "judge",
        "lead",
        "message_due_by",
        "message_ended_at",
        "message_started_at",
        "node_id",
        "offered_at",
        "preferred_agent_id",
        "required_skill",
        "saved_disposition",
        "sequence",
        "state",
        "state_since",
        "talk_began_at",
        "talked_with",
        "trunk",
        "verdict",
        "verdict_at",
        "waiting_since",
    )

    def __init__(
        self,
        attempt_id: AttemptId,
        campaign: "Campaign",
        lead: "Lead | None",
        e164: str,
        node_id: NodeId,
        trunk: "Trunk | None",
        now: float,
    ) -> None:
        """Begin an attempt in state DIALING."""
        self.attempt_id = attempt_id
        self.campaign = campaign
        self.lead = lead
        self.e164 = e164
        self.node_id = node_id
        self.trunk = trunk
        self.state = AttemptState.DIALING
        self.state_since = now
        self.dialed_at = now
        self.sequence = 0  # order among those that wait for an agent
        self.is_inbound = False
        self.is_broadcast = lead is not None and campaign.is_agentless  # whatever its campaign becomes
        self.agent: AgentSession | None = None  # with whom it is, or for whom it is dialed
        self.is_dialed_for_agent = False  # manual, preview, own callback: nobody else is looked for at first
        self.preferred_agent_id = _known_agent_id(lead) if lead else None
        self.required_skill = lead.required_skill if lead else None
        self.handed_on_by: AgentId | None = None  # who gave the client away; he does not get him back
        self.answered_at: float | None = None
        self.greeting_ended_at: float | None = None
        self.judge: AnswerJudge | None = None  # while it is judged by its speech who answered
        self.message_due_by: float | None = None  # on the machine: whatever is heard until then
        self.verdict: DetectionVerdict | None = None
        self.verdict_at: float | None = None
        self.waiting_since: float | None = None  # of the present wait for an agent
        self.offered_at: float | None = None  # first time the connection to an agent was ordered
        self.bridged_at: float | None = None  # first time client and agent heard each other
        self.talk_began_at: float | None = None  # with the present agent
        self.talked_with: AgentSession | None = None  # the last agent who heard the client
        self.client_gone_at: float | None = None
        self.message_started_at: float | None = None
        self.message_ended_at: float | None = None
        self.has_third_party = False  # the third party has answered
        self.saved_disposition: events.DispositionSaved | None = None  # saved before the call ended
        self.hang_ups_sent = 0
        self.fate: AbandonClass | None = None  # how the ledger will class it, once that is certain
        self.end_reason: EndReason | None = None  # set with HangUp; the network's word comes later
        self.deadline_at: float | None = None
        self.deadline_sequence = 0

    def move(self, trigger: AttemptTrigger, now: float) -> None:
        """Make a move of the table; raises TransitionError, with nothing changed, if there is none."""
        following = ATTEMPT_TRANSITIONS.get((self.state, trigger))
        if following is None:
            raise TransitionError(
                f"attempt {self.attempt_id}: {trigger} in state {self.state} is not in the table"
            )
        self.state = following
        self.state_since = now


def _known_agent_id(lead: "Lead") -> AgentId | None:
    """Name the agent whom the party expects: who promised to call, else who owns the lead."""
    if lead.callback is not None and lead.callback.agent_id is not None:
        return lead.callback.agent_id
    return lead.owner_agent_id
