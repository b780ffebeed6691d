"""The campaigns and trunks of a rough day: several kinds, chosen by a number."""

from dialer.core import CampaignSettings, TrunkSettings
from dialer.core.settings import Detector, MachineAction, PreviewTimeoutAction, RoutingOrder
from dialer.messages import CampaignId, NodeId, TrunkId
from rules.policy_packs import get_policy_pack
from tests.unit.dialer.core.witness import CAMPAIGNS_OF_ALL

METHODS = ("ratio", "progressive", "preview", "manual", "agentless", "ratio")


def campaign_settings(campaign_id: CampaignId, choice: int) -> CampaignSettings:
    """One of several kinds of campaign."""
    method = METHODS[choice % len(METHODS)]
    return CampaignSettings(
        campaign_id=campaign_id,
        trunk_ids=(TrunkId("t1"), TrunkId("t2")),
        pacing_method=method,
        pacing_settings={"lines_per_agent": 2.0} if method == "ratio" else {},
        policy_pack=get_policy_pack("us_federal"),
        lines_max=6,
        answer_detection=choice % 2 == 1,
        detector=tuple(Detector)[choice // 2 % 2],
        machine_action=tuple(MachineAction)[choice % 3],
        preview_timeout_action=tuple(PreviewTimeoutAction)[choice % 3],
        routing_order=tuple(RoutingOrder)[choice % 2],
        inbound_agents_reserved=choice % 2,
        blended_campaign_ids=CAMPAIGNS_OF_ALL if choice % 5 == 0 else (),
        wrap_up_seconds_max=30.0,
        hopper_leads_min=4,
        ramp_seconds=float(choice % 3),
    )


def a_trunk(trunk_id: str, node_id: NodeId, channels: int) -> TrunkSettings:
    """A trunk of three calls per second."""
    return TrunkSettings(
        trunk_id=TrunkId(trunk_id), node_id=node_id, channels_max=channels, calls_per_second_max=3.0
    )
