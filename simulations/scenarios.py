"""The scenarios by name: telephone worlds as data.

Here stand those that show a feature; `markov_scenarios.py`, `changing_scenarios.py`,
`detection_scenarios.py`, `floor_scenarios.py` and `held_out_scenarios.py` hold those that pacing methods are
compared on.
Each is built when it is asked for, since one of them reads a file. Figures and sources:
docs/algorithms/simulation.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from dialer.messages import NodeId, TrunkId
from simulations.agent_behaviour import AgentBehaviour
from simulations.changing_scenarios import bursts, drift, jump, list_changes, steps
from simulations.chaos_scenario import chaos
from simulations.detection_scenarios import (
    low_answers,
    machines,
    machines_exact,
    machines_late,
    machines_undetected,
)
from simulations.distributions import Empirical, Exponential, Lognormal
from simulations.empirical_data import read_bank_talk_seconds
from simulations.errors import UnknownName
from simulations.floor_scenarios import breaks, early_hang_ups, month, scarce_trunks, shifts
from simulations.held_out_scenarios import (
    held_out_business,
    held_out_evening,
    held_out_relay,
    held_out_storm,
)
from simulations.inbound_callers import InboundPlan
from simulations.lead_list import LeadListPlan
from simulations.markov_scenarios import markov, markov_no_wrap_up
from simulations.scenario import CampaignPlan, Scenario, TeamPlan, TrunkPlan
from simulations.scenario_parts import (
    CONSUMERS,
    NODE,
    RENEWALS,
    SALES,
    SERVICE,
    TRUNK,
    campaign_settings,
    plain_scenario,
)


def small() -> Scenario:
    """A short list for a first look."""
    leads = LeadListPlan(leads_per_agent_hour=60.0)
    return plain_scenario("small", "a short list that may run dry; for a first look", CONSUMERS, leads=leads)


def medium() -> Scenario:
    """The scenario that methods are accepted on."""
    summary = "quick refusals and long sales, hourly answer rates, retries, wrap-up, no machines"
    return plain_scenario("medium", summary, CONSUMERS)


def blended() -> Scenario:
    """Inbound and outbound share one team."""
    base = plain_scenario(
        "blended", "callers and called share the agents; outbound pauses while someone waits", CONSUMERS
    )
    sales = base.campaigns[0]
    callers = replace(
        CONSUMERS, talk=Lognormal(140.0, 0.6), queue_patience=Exponential(90.0), wrap_up=Lognormal(15.0, 0.5)
    )
    service = CampaignPlan(
        settings=campaign_settings(SERVICE),
        population=callers,
        leads=LeadListPlan(leads_per_agent_hour=0.0, leads_min=0),
        fixed_method="progressive",
    )
    return replace(
        base,
        campaigns=(
            replace(
                sales,
                settings=replace(sales.settings, blended_campaign_ids=(SERVICE,), inbound_agents_reserved=1),
            ),
            service,
        ),
        teams=(TeamPlan(share_ratio=1.0, campaign_ids=(SALES, SERVICE)),),
        inbound=(InboundPlan(campaign_id=SERVICE, callers=callers, calls_per_agent_hour=5.0, node_id=NODE),),
    )


def high_answers() -> Scenario:
    """A list of people who wait for the call: the team's free agents are scarce, not the answers."""
    population = replace(CONSUMERS, live_ratio=0.70, profile=((0.0, 1.0),), retry_factor=1.0)
    return plain_scenario("high_answers", "seven of ten attempts are answered by a person", population)


def broadcast() -> Scenario:
    """A message to everybody, without agents."""
    population = replace(CONSUMERS, live_ratio=0.25, machine_ratio=0.25)
    settings = campaign_settings(lines_max=60)
    return plain_scenario(
        "broadcast", "a message without agents", population, settings=settings, method="agentless"
    )


def preview() -> Scenario:
    """The agent sees the lead before it is dialed."""
    behaviour = AgentBehaviour(preview_skip_ratio=0.15, preview_ignore_ratio=0.03)
    return plain_scenario(
        "preview",
        "agents see each lead, then dial or skip it",
        CONSUMERS,
        behaviour=behaviour,
        method="preview",
    )


def manual() -> Scenario:
    """The agent starts each call by hand."""
    return plain_scenario("manual", "agents dial by hand, one call at a time", CONSUMERS, method="manual")


def two_campaigns() -> Scenario:
    """Two campaigns over two trunks on two nodes, with agents of one, of the other and of both."""
    base = plain_scenario("two_campaigns", "two campaigns, two trunks, two nodes, shared agents", CONSUMERS)
    second_node, second_trunk = NodeId("node-2"), TrunkId("trunk-2")
    renewals = CampaignPlan(
        settings=campaign_settings(RENEWALS, trunk_ids=(second_trunk, TRUNK)),
        population=replace(CONSUMERS, live_ratio=0.36, talk=Lognormal(120.0, 0.6)),
        leads=LeadListPlan(leads_per_agent_hour=60.0),
    )
    return replace(
        base,
        campaigns=(base.campaigns[0], renewals),
        trunks=(*base.trunks, TrunkPlan(trunk_id=second_trunk, node_id=second_node)),
        teams=(
            TeamPlan(share_ratio=0.5, campaign_ids=(SALES,)),
            TeamPlan(share_ratio=0.2, campaign_ids=(SALES, RENEWALS)),
            TeamPlan(share_ratio=0.3, campaign_ids=(RENEWALS,)),
        ),
    )


def bank() -> Scenario:
    """Talks as long as those of a bank's real telemarketing; raises DataSetMissing without the data."""
    population = replace(CONSUMERS, talk=Empirical(read_bank_talk_seconds()))
    return plain_scenario("bank", "talk seconds of 4,521 real telemarketing calls of a bank", population)


_BUILDERS: Mapping[str, Callable[[], Scenario]] = {
    builder.__name__: builder
    for builder in (
        small,
        medium,
        markov,
        machines,
        blended,
        breaks,
        jump,
        broadcast,
        preview,
        manual,
        two_campaigns,
        bank,
        chaos,
        markov_no_wrap_up,
        drift,
        steps,
        list_changes,
        bursts,
        high_answers,
        machines_exact,
        machines_late,
        machines_undetected,
        low_answers,
        early_hang_ups,
        shifts,
        scarce_trunks,
        month,
        held_out_business,
        held_out_evening,
        held_out_relay,
        held_out_storm,
    )
}


def get_scenario(name: str) -> Scenario:
    """Build a scenario by name; raises UnknownName, listing those that exist."""
    builder = _BUILDERS.get(name)
    if builder is None:
        raise UnknownName("scenario", name, _BUILDERS)
    return builder()


def list_scenarios() -> tuple[str, ...]:
    """Give the names of all scenarios, sorted."""
    return tuple(sorted(_BUILDERS))
