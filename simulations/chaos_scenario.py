"""The scenario for fault sweeps: every feature of engine and network at once, in a small house."""

from dialer.core.settings import (
    DEFAULT_RETRY_RULES,
    CampaignSettings,
    Detector,
    MachineAction,
    PreviewTimeoutAction,
    RetryRule,
    RoutingOrder,
)
from dialer.messages import CampaignId, NodeId, TrunkId
from rules.policy_packs import get_policy_pack
from simulations.agent_behaviour import AgentBehaviour, DispositionShare, GroupBreak
from simulations.answer_detection import DetectorQuality
from simulations.called_parties import Population
from simulations.distributions import Exponential, Lognormal, Mixture, Uniform
from simulations.inbound_callers import InboundPlan
from simulations.lead_list import LeadListPlan
from simulations.network_plan import NetworkPlan
from simulations.scenario import (
    TUESDAY_NINE_NEW_YORK,
    CampaignPlan,
    HousePlan,
    Scenario,
    TeamPlan,
    TrunkPlan,
)

NODES = (NodeId("node-1"), NodeId("node-2"))
TRUNKS = (TrunkId("trunk-1"), TrunkId("trunk-2"), TrunkId("trunk-3"))
SALES, SERVICE = CampaignId("sales"), CampaignId("service")
SURVEY, BY_HAND, NOTICE = CampaignId("survey"), CampaignId("by_hand"), CampaignId("notice")
SKILL = "french"

QUICK_RETRIES = {
    **DEFAULT_RETRY_RULES,
    "no_answer": RetryRule(delay_seconds=400.0),
    "busy": RetryRule(delay_seconds=120.0, tries_next_number=False),
    "machine": RetryRule(delay_seconds=600.0),
    "rejected": RetryRule(delay_seconds=900.0, attempts_max=3),
    "unreachable": RetryRule(delay_seconds=900.0, attempts_max=4),
}
"""Short enough that one hour sees retries, and the attempt caps that end them."""

PEOPLE = Population(
    live_ratio=0.28,
    machine_ratio=0.20,
    busy_ratio=0.08,
    rejected_ratio=0.04,
    failed_ratio=0.03,
    invalid_ratio=0.03,
    profile=((0.0, 1.0), (1500.0, 1.6), (1800.0, 0.7)),
    post_dial_delay=Uniform(0.5, 4.0),
    ring=Lognormal(8.0, 0.6),
    machine_ring=Lognormal(12.0, 0.3),
    talk=Mixture(((0.6, Lognormal(20.0, 0.6)), (0.4, Lognormal(110.0, 0.7)))),
    talk_again=Exponential(45.0),
    wrap_up=Lognormal(12.0, 0.7),
    patience=Lognormal(5.0, 0.6),
    queue_patience=Exponential(40.0),
    message_patience=Exponential(15.0),
    greeting=Lognormal(1.2, 0.4),
    machine_greeting=Uniform(3.0, 15.0),
    detector=DetectorQuality(
        delay=Lognormal(1.5, 0.6), false_machine_ratio=0.08, false_human_ratio=0.10, unsure_ratio=0.08
    ),
)

DISPOSITIONS = (
    DispositionShare(ratio=0.08, code="sale"),
    DispositionShare(ratio=0.15, code="callback"),
    DispositionShare(ratio=0.05, code="do_not_call"),
    DispositionShare(ratio=0.52, code="not_interested"),
    DispositionShare(ratio=0.20, code="unreachable"),
)

ZONES = (
    (0.6, ("America/New_York",)),
    (0.2, ("America/New_York", "America/Chicago")),  # opens an hour after nine o'clock in New York
    (0.1, ("America/Halifax",)),
    (0.1, ("America/Denver",)),
)

BEHAVIOUR = AgentBehaviour(
    arrives_late=Uniform(0.0, 90.0),
    break_every=Exponential(1500.0),
    break_seconds=Uniform(30.0, 240.0),
    group_breaks=(GroupBreak(at_seconds=1200.0, lasts_seconds=180.0, share_ratio=0.4),),
    hold_ratio=0.10,
    transfer_ratio=0.08,
    consultation_ratio=0.10,
    saves_early_ratio=0.08,
    forgets_ratio=0.03,
    preview_skip_ratio=0.15,
    preview_ignore_ratio=0.06,
    dispositions=DISPOSITIONS,
    callback_after=Uniform(60.0, 1200.0),
    skill_ratio=0.4,
    skill=SKILL,
)

HOUSE = HousePlan(
    withdrawals_per_hour=6.0,
    supervisor_pauses_per_hour=4.0,
    supervisor_take_overs_per_hour=6.0,
    supervisor_log_outs_per_hour=3.0,
    campaign_pauses_per_hour=3.0,
)


def chaos() -> Scenario:
    """Every feature at once."""
    return Scenario(
        name="chaos",
        summary="every feature at once, for fault sweeps",
        campaigns=_campaigns(),
        trunks=(
            TrunkPlan(trunk_id=TRUNKS[0], node_id=NODES[0], channels_min=10, channels_per_agent=1.0),
            TrunkPlan(
                trunk_id=TRUNKS[1],
                node_id=NODES[1],
                channels_min=6,
                channels_per_agent=0.8,
                calls_per_second_min=2.0,
                calls_per_second_per_agent=0.02,
            ),
            TrunkPlan(
                trunk_id=TRUNKS[2],
                node_id=NODES[1],
                channels_min=4,
                channels_per_agent=0.2,
                calls_per_second_min=0.5,
                calls_per_second_per_agent=0.0,
            ),
        ),
        teams=(
            TeamPlan(share_ratio=0.50, campaign_ids=(SALES, SERVICE)),
            TeamPlan(share_ratio=0.15, campaign_ids=(SERVICE, SALES)),
            TeamPlan(share_ratio=0.20, campaign_ids=(SURVEY,)),
            TeamPlan(share_ratio=0.15, campaign_ids=(BY_HAND,)),
        ),
        behaviour=BEHAVIOUR,
        network=NetworkPlan(reports_greeting_end=True),
        inbound=(
            InboundPlan(
                campaign_id=SERVICE,
                callers=PEOPLE,
                calls_per_agent_hour=4.0,
                node_id=NODES[0],
                skill=SKILL,
                skill_ratio=0.2,
            ),
        ),
        house=HOUSE,
        # 10:30 in New York, 8:30 in Denver: under the strict pack one zone is closed at first, then opens.
        begins_at=TUESDAY_NINE_NEW_YORK + 1.5 * 3600.0,
    )


def _campaigns() -> tuple[CampaignPlan, ...]:
    return (_sales(), _service(), _survey(), _by_hand(), _notice())


def _sales() -> CampaignPlan:
    settings = CampaignSettings(
        campaign_id=SALES,
        trunk_ids=(TRUNKS[1], TRUNKS[0]),
        policy_pack=get_policy_pack("us_federal"),
        answer_detection=True,
        detector=Detector.APP_AMD,  # the virtual network gives verdicts, at times wrong ones
        machine_action=MachineAction.LEAVE_MESSAGE,
        routing_order=RoutingOrder.FAIR_IDLE,
        wrap_up_seconds_max=40.0,
        callback_fallback_seconds=120.0,
        inbound_wait_seconds_max=30.0,
        blended_campaign_ids=(SERVICE,),
        retry_rules=QUICK_RETRIES,
        lines_max=60,
    )
    leads = LeadListPlan(
        leads_per_agent_hour=60.0,
        zones=ZONES,
        second_number_ratio=0.3,
        household_ratio=0.3,
        skill_ratios=((0.15, SKILL),),
        lease_seconds=240.0,
        has_scores=True,
    )
    return CampaignPlan(settings=settings, population=PEOPLE, leads=leads)


def _service() -> CampaignPlan:
    settings = CampaignSettings(
        campaign_id=SERVICE, trunk_ids=(TRUNKS[0],), inbound_wait_seconds_max=25.0, wrap_up_seconds_max=30.0
    )
    leads = LeadListPlan(leads_per_agent_hour=0.0, leads_min=0)
    return CampaignPlan(settings=settings, population=PEOPLE, leads=leads, fixed_method="progressive")


def _survey() -> CampaignPlan:
    settings = CampaignSettings(
        campaign_id=SURVEY,
        trunk_ids=(TRUNKS[2], TRUNKS[0]),
        preview_seconds_max=30.0,
        preview_timeout_action=PreviewTimeoutAction.DIAL,
        wrap_up_seconds_max=40.0,
        retry_rules=QUICK_RETRIES,
    )
    leads = LeadListPlan(
        leads_per_agent_hour=20.0,
        zones=ZONES,
        second_number_ratio=0.3,
        household_ratio=0.3,
        lease_seconds=200.0,
    )
    return CampaignPlan(settings=settings, population=PEOPLE, leads=leads, fixed_method="preview")


def _by_hand() -> CampaignPlan:
    settings = CampaignSettings(
        campaign_id=BY_HAND, trunk_ids=(TRUNKS[0],), wrap_up_seconds_max=40.0, retry_rules=QUICK_RETRIES
    )
    leads = LeadListPlan(leads_per_agent_hour=15.0, leads_min=60, lease_seconds=200.0)
    return CampaignPlan(settings=settings, population=PEOPLE, leads=leads, fixed_method="manual")


def _notice() -> CampaignPlan:
    settings = CampaignSettings(
        campaign_id=NOTICE,
        trunk_ids=(TRUNKS[1],),
        answer_detection=True,
        detector=Detector.APP_AMD,  # the virtual network gives verdicts, at times wrong ones
        machine_action=MachineAction.ROUTE,
        lines_max=4,
        retry_rules=QUICK_RETRIES,
    )
    leads = LeadListPlan(leads_per_agent_hour=15.0, leads_min=80, lease_seconds=200.0)
    return CampaignPlan(settings=settings, population=PEOPLE, leads=leads, fixed_method="agentless")
