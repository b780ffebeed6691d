"""How the virtual network behaves, as data, and the habits of those who use it."""

from dataclasses import dataclass

from dialer.core.outcomes import EndCause
from dialer.messages import NodeId
from simulations.called_parties import PartyKind

MACHINE_NOTICE_SECONDS = 5.0  # an agent needs this long to see that he talks to a machine
HANG_UP_SLACK_SECONDS = 30.0  # a party whom the agent left hangs up by himself after this
DIAL_FAILURE_SECONDS = 0.05  # a refused command's way back
REJECTED_RING_SECONDS = 3.0  # ringing before the party declines

ANY_NODE = NodeId("")
"""Sender of an answer about a leg that no node has."""

NEVER_SECONDS = 1e8  # a patience of this length or more is never scheduled

REFUSALS = {
    PartyKind.BUSY: EndCause.BUSY,
    PartyKind.FAILED: EndCause.FAILED,
    PartyKind.INVALID: EndCause.INVALID_NUMBER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPlan:
    """How the network itself behaves, as data; seconds."""

    connect_seconds: float = 0.08  # to bridge client and agent
    hang_up_seconds: float = 0.02  # to take a leg down
    check_seconds: float = 0.02  # to look whether a leg is there
    safe_harbour_seconds: float = 8.0  # length of the safe-harbour message
    voicemail_seconds: float = 20.0  # length of the message left on a machine
    broadcast_seconds: float = 25.0  # length of an agentless campaign's message
    reports_greeting_end: bool = False  # whether the end of a person's greeting is heard of
    third_party_seconds: float = 8.0  # until a third party answers
    third_party_ratio: float = 0.75  # third parties who answer
