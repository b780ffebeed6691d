"""One called party's leg in the virtual network: what really is, whatever the engine believes."""

from enum import IntEnum
from typing import TYPE_CHECKING

from dialer.messages import AttemptId, LeadId, NodeId, TrunkId
from rules.detection import DetectionVerdict
from simulations.called_parties import CalledParties, PartyKind

if TYPE_CHECKING:
    from simulations.virtual_agent import VirtualAgent


class LegState(IntEnum):
    """How far the leg is."""

    DIALED = 0  # ordered, silent
    RINGING = 1  # rings at the far end
    UP = 2  # off-hook
    GONE = 3  # over


class ThirdParty(IntEnum):
    """What there is of a third party."""

    NONE = 0
    DIALED = 1
    UP = 2
    JOINED = 3  # in one bridge with the client


class CallLeg:
    """A leg. `token` cancels the party's own plans; each of the other counters cancels one kind of order."""

    __slots__ = (
        "agent",
        "answered_at",
        "attempt_id",
        "attempt_number",
        "bridged_at",
        "connect_number",
        "connecting",
        "conversations",
        "detection_ordered",
        "e164",
        "has_message",
        "is_declared",
        "is_inbound",
        "is_on_hold",
        "kind",
        "lead_id",
        "lead_index",
        "node_id",
        "parties",
        "ring_timeout_seconds",
        "state",
        "third_number",
        "third_party",
        "token",
        "trunk_id",
        "verdict",
    )

    def __init__(
        self,
        attempt_id: AttemptId,
        parties: CalledParties,
        lead_index: int,
        attempt_number: int,
        node_id: NodeId,
        kind: PartyKind,
    ) -> None:
        """Begin silent."""
        self.attempt_id = attempt_id
        self.parties = parties
        self.lead_index = lead_index
        self.attempt_number = attempt_number
        self.node_id = node_id
        self.kind = kind
        self.lead_id: LeadId | None = None  # None: a caller
        self.trunk_id: TrunkId | None = None  # None: holds no channel
        self.e164 = ""
        self.is_inbound = False
        self.is_declared = False  # the agent has saved a disposition during the talk
        self.ring_timeout_seconds = 0.0
        self.state = LegState.DIALED
        self.token = 0
        self.connect_number = 0
        self.third_number = 0
        self.conversations = 0  # with agents, so far
        self.answered_at: float | None = None
        self.bridged_at: float | None = None  # of the present conversation
        self.verdict: DetectionVerdict | None = None
        self.detection_ordered = False
        self.has_message = False  # one is being played
        self.is_on_hold = False
        self.agent: VirtualAgent | None = None  # who is in the bridge
        self.connecting: VirtualAgent | None = None  # who is being bridged
        self.third_party = ThirdParty.NONE
