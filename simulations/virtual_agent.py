"""One virtual agent: what he really does, whatever the engine believes."""

from typing import TYPE_CHECKING

from dialer.messages import AgentId, CampaignId, NodeId

if TYPE_CHECKING:
    from simulations.call_leg import CallLeg


class VirtualAgent:
    """An agent. `task` cancels what he was about to do; `break_number` cancels the end of a break."""

    __slots__ = (
        "agent_id",
        "break_number",
        "breaks_taken",
        "campaign_ids",
        "dials_requested",
        "has_leg",
        "index",
        "is_logged_in",
        "is_shift_over",
        "leg",
        "node_id",
        "owed",
        "skills",
        "task",
        "wants_calls",
    )

    def __init__(
        self,
        agent_id: AgentId,
        index: int,
        campaign_ids: tuple[CampaignId, ...],
        skills: frozenset[str],
        node_id: NodeId | None,
    ) -> None:
        """Begin at home."""
        self.agent_id = agent_id
        self.index = index
        self.campaign_ids = campaign_ids
        self.skills = skills
        self.node_id = node_id
        self.is_logged_in = False  # he believes that he is
        self.has_leg = False
        self.wants_calls = False  # neither on a break nor about to leave
        self.is_shift_over = False
        self.leg: CallLeg | None = None  # the client in his bridge
        self.owed: CallLeg | None = None  # the client whose result he has to declare
        self.task = 0
        self.break_number = 0
        self.breaks_taken = 0
        self.dials_requested = 0
