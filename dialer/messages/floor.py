"""The floor at one instant: what a supervisor's board, or the demo's terminal, shows of the dialer.

It holds counts and identifiers only: no name, no telephone number (GDPR Art. 5 (1) c, data minimisation).
"""

from dataclasses import dataclass

from dialer.messages.identifiers import AgentId, CampaignId


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFloor:
    """One agent as the floor shows him."""

    agent_id: AgentId
    status: str  # what the agent chose: logged_out, available, paused
    state: str  # what the engine knows: idle, reserved, ringing, talking, holding, wrapping_up, offline
    state_seconds: float  # since the state began


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFloor:
    """One campaign as the floor shows it."""

    campaign_id: CampaignId
    status: str  # stopped, running, paused, draining
    pacing_method: str  # name of the pacing method
    lines_ringing: int  # attempts without a human verdict yet
    calls_waiting: int  # live answers waiting for an agent
    calls_talking: int  # clients bridged with an agent
    hopper_leads: int  # leads chosen, checked and not yet dialed
    lines_decided: int  # lines of the newest pacing decision
    binding_constraint: str  # what kept that decision from dialing one line more
    attempts: int  # attempts begun since the campaign was loaded
    connected: int  # live answers bridged to an agent
    abandoned: int  # live answers given up without an agent


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorSnapshot:
    """The whole floor at one instant."""

    sequence: int  # grows by one with each snapshot; a gap means that one was missed
    at_seconds: float  # the engine's clock
    agents: tuple[AgentFloor, ...]
    campaigns: tuple[CampaignFloor, ...]
