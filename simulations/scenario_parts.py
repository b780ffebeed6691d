"""What the scenarios are made of: names, the consumers whom most of them call, and one plain house.

The scenarios themselves stand in `scenarios.py` and the modules that it names. Figures and sources:
docs/algorithms/simulation.md.
"""

from collections.abc import Mapping
from dataclasses import replace

from dialer.core.settings import DEFAULT_RETRY_RULES, CampaignSettings, RetryRule
from dialer.messages import CampaignId, NodeId, TrunkId
from simulations.agent_behaviour import PLAIN_DISPOSITIONS, AgentBehaviour
from simulations.called_parties import Population
from simulations.distributions import Exponential, Lognormal, Mixture, Uniform
from simulations.lead_list import LeadListPlan
from simulations.network_plan import NetworkPlan
from simulations.scenario import CampaignPlan, Scenario, TeamPlan, TrunkPlan

NODE = NodeId("node-1")
TRUNK = TrunkId("trunk-1")
SALES = CampaignId("sales")
SERVICE = CampaignId("service")
RENEWALS = CampaignId("renewals")

HOUR = 3600.0

RETRY_RULES: Mapping[str, RetryRule] = {
    **DEFAULT_RETRY_RULES,
    "unreachable": RetryRule(delay_seconds=2 * HOUR, attempts_max=4),
}

REFUSALS_AND_SALES = Mixture(((0.65, Lognormal(25.0, 0.6)), (0.35, Lognormal(170.0, 0.7))))
"""Talk: most people decline within half a minute, some buy; mean 96 s."""

WORKING_DAY_PROFILE = (
    (0 * HOUR, 0.88),
    (1 * HOUR, 1.00),
    (2 * HOUR, 1.07),
    (3 * HOUR, 1.00),
    (4 * HOUR, 0.90),
    (5 * HOUR, 0.93),
    (6 * HOUR, 1.03),
    (7 * HOUR, 1.10),
)
"""Factor on the probability of a live answer, by hour since nine o'clock."""

CONSUMERS = Population(
    live_ratio=0.29,
    busy_ratio=0.08,
    rejected_ratio=0.03,
    failed_ratio=0.01,
    invalid_ratio=0.02,
    profile=WORKING_DAY_PROFILE,
    retry_factor=0.97,
    post_dial_delay=Uniform(1.0, 3.5),
    ring=Lognormal(8.0, 0.5),
    talk=REFUSALS_AND_SALES,
    wrap_up=Lognormal(12.0, 0.5),
    patience=Lognormal(5.0, 0.5),
    queue_patience=Exponential(60.0),
    message_patience=Exponential(20.0),
)
"""A consumer list of daytime: about 0.27 live answers for each attempt, no machines."""


def campaign_settings(campaign_id: CampaignId = SALES, **changes: object) -> CampaignSettings:
    """Give the settings that all scenarios share, with `changes` by name."""
    settings = CampaignSettings(
        campaign_id=campaign_id, trunk_ids=(TRUNK,), caller_id_number="+99990000000", retry_rules=RETRY_RULES
    )
    return replace(settings, **changes)  # type: ignore[arg-type]


def plain_scenario(
    name: str,
    summary: str,
    population: Population,
    *,
    settings: CampaignSettings | None = None,
    leads: LeadListPlan | None = None,
    behaviour: AgentBehaviour | None = None,
    network: NetworkPlan | None = None,
    method: str = "",
    trunk: TrunkPlan | None = None,
) -> Scenario:
    """Build a scenario of one campaign, one trunk and one team."""
    campaign = CampaignPlan(
        settings=settings or campaign_settings(),
        population=population,
        leads=leads or LeadListPlan(),
        fixed_method=method,
    )
    return Scenario(
        name=name,
        summary=summary,
        campaigns=(campaign,),
        trunks=(trunk or TrunkPlan(trunk_id=TRUNK, node_id=NODE),),
        teams=(TeamPlan(share_ratio=1.0, campaign_ids=(SALES,)),),
        behaviour=behaviour or AgentBehaviour(arrives_late=Uniform(0.0, 60.0)),
        network=network or NetworkPlan(),
        default_method=method or "predictive",
    )


assert PLAIN_DISPOSITIONS[-1].code in RETRY_RULES, "the usual retry needs its rule"
