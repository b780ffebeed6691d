"""What a new engine is told after the old one died: settings, what lives, and what is out of reach.

Made of the store's records and the network's truth only.
"""

from collections.abc import Mapping
from typing import get_args

from dialer.core import events
from dialer.core.events import CampaignStatus, CampaignStatusSet, DoNotCallAdded, Event
from dialer.messages import CampaignId, NodeId
from simulations.call_leg import LegState
from simulations.recorded_state import RecordedState
from simulations.virtual_world import VirtualWorld

LOST_WHILE_DOWN = (
    *get_args(events.NetworkEvent),
    events.InboundCallArrived,
    events.LeadsReserved,
    events.NodeLost,
    events.NodeResynchronised,
    events.TrunkLost,
    events.TrunkReturned,
    events.WallClockSet,
)
"""Events that nobody keeps for an engine that is down; screens, web and store keep theirs."""


def restart_events(
    world: VirtualWorld, recorded: RecordedState, statuses: Mapping[CampaignId, CampaignStatus]
) -> list[Event]:
    """Give everything that a new engine is told first, in order."""
    told = world.opening_events()
    told.append(recorded.restored(world.leads, world.network.legs, world.agents))
    told.extend(DoNotCallAdded(e164=number) for number in world.leads.do_not_call)
    told.extend(world.leads.withdrawn_leads())
    unreachable = world.unreachable_nodes
    told.extend(
        events.NodeLost(node_id=node_id) if node_id in unreachable else _truth(world, node_id)
        for node_id in world.scenario.node_ids
    )
    told.extend(
        events.TrunkLost(trunk_id=trunk_id)
        for trunk_id, trunk in world.network.carrier.trunks.items()
        if not trunk.is_in_service
    )
    told.extend(
        CampaignStatusSet(campaign_id=campaign_id, status=status)
        for campaign_id, status in statuses.items()
        if status is not CampaignStatus.STOPPED
    )
    return told


def _truth(world: VirtualWorld, node_id: NodeId) -> events.NodeResynchronised:
    legs = [leg for leg in world.network.legs.values() if leg.node_id == node_id]
    return events.NodeResynchronised(
        node_id=node_id,
        attempt_ids=tuple(leg.attempt_id for leg in legs),
        taken_at=world.events.now,
        answered_ids=tuple(leg.attempt_id for leg in legs if leg.state is LegState.UP),
    )
