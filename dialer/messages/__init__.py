"""What the dialer says to other processes: identifiers and serialisable messages; no behaviour, no I/O."""

from dialer.messages.floor import AgentFloor, CampaignFloor, FloorSnapshot
from dialer.messages.identifiers import AgentId, AttemptId, CampaignId, LeadId, NodeId, TrunkId

__all__ = [
    "AgentFloor",
    "AgentId",
    "AttemptId",
    "CampaignFloor",
    "CampaignId",
    "FloorSnapshot",
    "LeadId",
    "NodeId",
    "TrunkId",
]
