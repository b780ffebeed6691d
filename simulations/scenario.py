"""What a scenario is: a whole telephone world as data, for any number of agents.

The scenarios themselves stand in `scenarios.py`. Sizes grow with the number of agents, behaviour does not.
"""

from dataclasses import dataclass, replace

from dialer.core.settings import CampaignSettings, TrunkSettings
from dialer.messages import CampaignId, NodeId, TrunkId
from simulations.agent_behaviour import AgentBehaviour
from simulations.called_parties import Population
from simulations.errors import FigureOutOfRange
from simulations.inbound_callers import InboundPlan
from simulations.lead_list import LeadListPlan
from simulations.network_plan import NetworkPlan

TUESDAY_NINE_NEW_YORK = 1772546400.0
"""POSIX second of 2026-03-03 09:00 in New York: a plain working day, hours before every pack closes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkPlan:
    """A trunk whose limits grow with the team."""

    trunk_id: TrunkId
    node_id: NodeId
    channels_min: int = 30
    channels_per_agent: float = 8.0
    calls_per_second_min: float = 10.0
    calls_per_second_per_agent: float = 0.3

    def settings(self, agents: int) -> TrunkSettings:
        """Give the contract for so many agents."""
        return TrunkSettings(
            trunk_id=self.trunk_id,
            node_id=self.node_id,
            channels_max=self.channels_min + round(self.channels_per_agent * agents),
            calls_per_second_max=self.calls_per_second_min + self.calls_per_second_per_agent * agents,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPlan:
    """A campaign with its list and the people on it."""

    settings: CampaignSettings
    population: Population
    leads: LeadListPlan
    fixed_method: str = ""  # its pacing method whatever the run compares; empty: the run's

    def settings_for(self, method: str, seed: int) -> CampaignSettings:
        """Give the settings with the pacing method of this run."""
        return replace(self.settings, pacing_method=self.fixed_method or method, pacing_seed=seed)

    def leads_count(self, agents: int, hours: float) -> int:
        """Give the size of the list."""
        return max(self.leads.leads_min, round(self.leads.leads_per_agent_hour * agents * hours))


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamPlan:
    """A share of the agents and what they work on, in order."""

    share_ratio: float
    campaign_ids: tuple[CampaignId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HousePlan:
    """What supervisors, managers and the public do to a run, in acts per hour."""

    withdrawals_per_hour: float = 0.0  # leads withdrawn while the engine holds them
    supervisor_pauses_per_hour: float = 0.0
    supervisor_take_overs_per_hour: float = 0.0
    supervisor_log_outs_per_hour: float = 0.0
    campaign_pauses_per_hour: float = 0.0  # a campaign is paused or stopped, and started again


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A telephone world."""

    name: str
    summary: str  # one line for people
    campaigns: tuple[CampaignPlan, ...]
    trunks: tuple[TrunkPlan, ...]
    teams: tuple[TeamPlan, ...]
    behaviour: AgentBehaviour
    network: NetworkPlan
    inbound: tuple[InboundPlan, ...] = ()
    house: HousePlan = HousePlan()
    begins_at: float = TUESDAY_NINE_NEW_YORK  # POSIX second of the virtual clock's 0
    default_method: str = "predictive"

    def __post_init__(self) -> None:
        """Refuse a team that is not whole."""
        shares = sum(team.share_ratio for team in self.teams)
        if abs(shares - 1.0) > 1e-9:
            raise FigureOutOfRange("shares of the teams", shares, "1 in sum")

    @property
    def node_ids(self) -> tuple[NodeId, ...]:
        """Every node, once, in the order of the trunks."""
        return tuple(dict.fromkeys(trunk.node_id for trunk in self.trunks))

    def campaigns_of(self, index: int, agents: int) -> tuple[CampaignId, ...]:
        """Give the campaigns of one agent, by his place among all."""
        place = (index + 0.5) / max(1, agents)
        for team in self.teams:
            if place < team.share_ratio:
                return team.campaign_ids
            place -= team.share_ratio
        return self.teams[-1].campaign_ids
