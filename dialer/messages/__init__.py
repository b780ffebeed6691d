"""What the dialer says to other processes: identifiers, messages, the bus; no behaviour, no I/O."""

from dialer.messages.event_bus import BusError, EventBus, NobodyAnswered, Refused
from dialer.messages.floor import AgentFloor, CampaignFloor, FloorSnapshot
from dialer.messages.identifiers import AgentId, AttemptId, CampaignId, LeadId, NodeId, TrunkId
from dialer.messages.requests import (
    Accepted,
    Alarm,
    CampaignChanged,
    FloorRequested,
    LeadsWithdrawn,
    NumbersSuppressed,
    RecordingAsked,
    RecordingWish,
    SignInRequested,
    SignOutRequested,
)

__all__ = [
    "Accepted",
    "AgentFloor",
    "AgentId",
    "Alarm",
    "AttemptId",
    "BusError",
    "CampaignChanged",
    "CampaignFloor",
    "CampaignId",
    "EventBus",
    "FloorRequested",
    "FloorSnapshot",
    "LeadId",
    "LeadsWithdrawn",
    "NobodyAnswered",
    "NodeId",
    "NumbersSuppressed",
    "RecordingAsked",
    "RecordingWish",
    "Refused",
    "SignInRequested",
    "SignOutRequested",
    "TrunkId",
]
