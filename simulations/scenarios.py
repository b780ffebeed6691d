"""The scenarios by name: telephone worlds as data.

Each is built when it is asked for, since one of them reads a file. Figures and sources:
docs/algorithms/simulation.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from dialer.core.settings import DEFAULT_RETRY_RULES, CampaignSettings, Detector, RetryRule
from dialer.messages import CampaignId, NodeId, TrunkId
from rules.policy_packs import get_policy_pack
from simulations.agent_behaviour import PLAIN_DISPOSITIONS, AgentBehaviour, GroupBreak
from simulations.answer_detection import DetectorQuality
from simulations.called_parties import Population
from simulations.chaos_scenario import chaos
from simulations.distributions import Constant, Empirical, Exponential, Lognormal, Mixture, Uniform
from simulations.empirical_data import read_bank_talk_seconds
from simulations.errors import UnknownName
from simulations.inbound_callers import InboundPlan
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


def _settings(campaign_id: CampaignId = SALES, **changes: object) -> CampaignSettings:
    settings = CampaignSettings(
        campaign_id=campaign_id, trunk_ids=(TRUNK,), caller_id_number="+99990000000", retry_rules=RETRY_RULES
    )
    return replace(settings, **changes)  # type: ignore[arg-type]


def _plain(
    name: str,
    summary: str,
    population: Population,
    *,
    settings: CampaignSettings | None = None,
    leads: LeadListPlan | None = None,
    behaviour: AgentBehaviour | None = None,
    network: NetworkPlan | None = None,
    method: str = "",
) -> Scenario:
    """One campaign, one trunk, one team."""
    campaign = CampaignPlan(
        settings=settings or _settings(),
        population=population,
        leads=leads or LeadListPlan(),
        fixed_method=method,
    )
    return Scenario(
        name=name,
        summary=summary,
        campaigns=(campaign,),
        trunks=(TrunkPlan(trunk_id=TRUNK, node_id=NODE),),
        teams=(TeamPlan(share_ratio=1.0, campaign_ids=(SALES,)),),
        behaviour=behaviour or AgentBehaviour(arrives_late=Uniform(0.0, 60.0)),
        network=network or NetworkPlan(),
        default_method=method or "predictive",
    )


def small() -> Scenario:
    """A short list for a first look."""
    leads = LeadListPlan(leads_per_agent_hour=60.0)
    return _plain("small", "a short list that may run dry; for a first look", CONSUMERS, leads=leads)


def medium() -> Scenario:
    """The scenario that methods are accepted on."""
    summary = "quick refusals and long sales, hourly answer rates, retries, wrap-up, no machines"
    return _plain("medium", summary, CONSUMERS)


def markov() -> Scenario:
    """Memoryless in everything: what exact solutions exist for (docs/algorithms/pacing.md)."""
    memoryless = Population(
        live_ratio=0.3,
        busy_ratio=0.7,
        post_dial_delay=Exponential(10.0),
        ring=Constant(0.0),
        talk=Exponential(90.0),
        wrap_up=Exponential(15.0),
    )
    no_retries = {name: replace(rule, is_final=True) for name, rule in DEFAULT_RETRY_RULES.items()}
    return _plain(
        "markov",
        "exponential talk (90 s), wrap-up (15 s) and ring (10 s), 0.3 live answers, waits up to 2 s",
        memoryless,
        settings=_settings(ring_timeout_seconds=120.0, wrap_up_seconds_max=HOUR, retry_rules=no_retries),
        leads=LeadListPlan(leads_per_agent_hour=400.0),
        behaviour=AgentBehaviour(),
        network=NetworkPlan(connect_seconds=0.0, hang_up_seconds=0.0),
    )


def machines() -> Scenario:
    """A list full of machines, with a detector that errs."""
    population = replace(
        CONSUMERS,
        live_ratio=0.20,
        machine_ratio=0.36,
        machine_ring=Lognormal(14.0, 0.25),
        machine_greeting=Uniform(4.0, 14.0),
        detector=DetectorQuality(
            delay=Lognormal(1.3, 0.35),
            false_machine_ratio=0.06,
            false_human_ratio=0.08,
            unsure_ratio=0.05,
        ),
    )
    settings = _settings(
        answer_detection=True, detector=Detector.APP_AMD, policy_pack=get_policy_pack("us_federal")
    )
    network = NetworkPlan(reports_greeting_end=True)
    summary = "more machines than people; detection with delay and errors in both directions"
    return _plain("machines", summary, population, settings=settings, network=network)


def blended() -> Scenario:
    """Inbound and outbound share one team."""
    base = _plain(
        "blended", "callers and called share the agents; outbound pauses while someone waits", CONSUMERS
    )
    sales = base.campaigns[0]
    callers = replace(
        CONSUMERS, talk=Lognormal(140.0, 0.6), queue_patience=Exponential(90.0), wrap_up=Lognormal(15.0, 0.5)
    )
    service = CampaignPlan(
        settings=_settings(SERVICE),
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


def breaks() -> Scenario:
    """Whole groups go and come back at once."""
    behaviour = AgentBehaviour(
        arrives_late=Uniform(0.0, 120.0),
        break_every=Exponential(2 * HOUR),
        break_seconds=Uniform(240.0, 600.0),
        group_breaks=(
            GroupBreak(at_seconds=0.5 * HOUR, lasts_seconds=600.0, share_ratio=0.5),
            GroupBreak(at_seconds=1.5 * HOUR, lasts_seconds=900.0, share_ratio=0.6),
            GroupBreak(at_seconds=3.0 * HOUR, lasts_seconds=1800.0, share_ratio=1.0),
            GroupBreak(at_seconds=5.5 * HOUR, lasts_seconds=900.0, share_ratio=0.5),
        ),
    )
    return _plain(
        "breaks", "breaks of one agent and of half the team at once", CONSUMERS, behaviour=behaviour
    )


def jump() -> Scenario:
    """The answer rate jumps from 0.12 to 0.40 within the second hour."""
    population = replace(
        CONSUMERS, live_ratio=0.12, profile=((0.0, 1.0), (0.5 * HOUR, 0.40 / 0.12)), retry_factor=1.0
    )
    return _plain("jump", "live answers jump from 0.12 to 0.40 after half an hour", population)


def broadcast() -> Scenario:
    """A message to everybody, without agents."""
    population = replace(CONSUMERS, live_ratio=0.25, machine_ratio=0.25)
    settings = _settings(lines_max=60)
    return _plain("broadcast", "a message without agents", population, settings=settings, method="agentless")


def preview() -> Scenario:
    """The agent sees the lead before it is dialed."""
    behaviour = AgentBehaviour(preview_skip_ratio=0.15, preview_ignore_ratio=0.03)
    return _plain(
        "preview",
        "agents see each lead, then dial or skip it",
        CONSUMERS,
        behaviour=behaviour,
        method="preview",
    )


def manual() -> Scenario:
    """The agent starts each call by hand."""
    return _plain("manual", "agents dial by hand, one call at a time", CONSUMERS, method="manual")


def two_campaigns() -> Scenario:
    """Two campaigns over two trunks on two nodes, with agents of one, of the other and of both."""
    base = _plain("two_campaigns", "two campaigns, two trunks, two nodes, shared agents", CONSUMERS)
    second_node, second_trunk = NodeId("node-2"), TrunkId("trunk-2")
    renewals = CampaignPlan(
        settings=_settings(RENEWALS, trunk_ids=(second_trunk, TRUNK)),
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
    return _plain("bank", "talk seconds of 4,521 real telemarketing calls of a bank", population)


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


assert PLAIN_DISPOSITIONS[-1].code in RETRY_RULES, "the usual retry needs its rule"
