"""The identifiers that travel between rooms; each is its own type, so that none can stand in for another."""

from typing import NewType

AgentId = NewType("AgentId", str)
AttemptId = NewType("AttemptId", str)
CampaignId = NewType("CampaignId", str)
LeadId = NewType("LeadId", int)
NodeId = NewType("NodeId", str)
TrunkId = NewType("TrunkId", str)
