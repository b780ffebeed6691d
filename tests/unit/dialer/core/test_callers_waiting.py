"""Callers who wait: other agents are asked, or they want to be called back; and who takes them first."""

import pytest

from dialer.core.commands import PlaySafeHarbourMessage, RecordCampaignStatus
from dialer.core.events import (
    CallbackRequested,
    CallerMoved,
    CampaignStatus,
    InboundCallArrived,
    MessageEnded,
)
from dialer.core.outcomes import EndReason
from dialer.messages import AgentId, AttemptId, CampaignId
from tests.unit.dialer.core.dialing_floor import NODE, Floor, of_kind

ANN = AgentId("ann")


@pytest.fixture
def floor() -> Floor:
    """A floor with one trunk."""
    floor = Floor()
    floor.trunk()
    return floor


def moved(attempt_id: AttemptId, campaign: str = "service") -> CallerMoved:
    """The caller has waited long enough for his first campaign."""
    return CallerMoved(attempt_id=attempt_id, campaign_id=CampaignId(campaign))


def test_caller_moved_to_another_campaign_is_taken_by_its_agents(floor: Floor) -> None:
    """He waits anew there; the campaign that he left has nothing more to do with him."""
    floor.campaign()
    floor.campaign("service", starts=False)
    floor.agent("ann", "service")
    caller = floor.call_in()
    assert floor.offered_to(caller) is None
    floor.tell(moved(caller))
    assert floor.offered_to(caller) == ANN
    assert floor.engine.snapshot(floor.now).campaigns[0].calls_waiting == 0


def test_caller_moved_out_of_a_draining_campaign_lets_it_stop(floor: Floor) -> None:
    """It was its last call."""
    floor.campaign()
    floor.campaign("service", starts=False)
    caller = floor.call_in()
    floor.set_status(CampaignStatus.DRAINING)
    orders = floor.tell(moved(caller))
    assert [order.status for order in of_kind(orders, RecordCampaignStatus)] == [CampaignStatus.STOPPED]


def test_caller_moved_waits_as_long_as_the_new_campaign_lets_him(floor: Floor) -> None:
    """Its own limit, from the move on."""
    floor.campaign(inbound_wait_seconds_max=10.0)
    floor.campaign("service", starts=False, inbound_wait_seconds_max=30.0)
    caller = floor.call_in()
    floor.pass_time(9.0)
    floor.tell(moved(caller))
    assert of_kind(floor.pass_time(29.0), PlaySafeHarbourMessage) == []
    assert len(of_kind(floor.pass_time(1.5), PlaySafeHarbourMessage)) == 1


def test_caller_who_wants_a_call_back_hears_the_message_and_is_hung_up(floor: Floor) -> None:
    """He is no overflow: he chose."""
    floor.campaign()
    caller = floor.call_in()
    orders = floor.tell(CallbackRequested(attempt_id=caller))
    assert len(of_kind(orders, PlaySafeHarbourMessage)) == 1
    floor.tell(MessageEnded(attempt_id=caller))
    floor.end(caller)
    assert floor.end_of(caller).reason is EndReason.CALLBACK_PROMISED


def test_client_whom_we_called_is_no_caller(floor: Floor) -> None:
    """Who waits because nobody was free is owed an agent or the message by the law's clock."""
    floor.campaign(method="ratio", pacing_settings={"lines_per_agent": 2.0})
    floor.campaign("service", starts=False)
    floor.agent("ann")
    first, second = floor.ring(2)
    floor.answer(first)
    floor.answer(second)
    assert floor.tell(moved(second)) == []
    assert floor.tell(CallbackRequested(attempt_id=second)) == []


def test_agent_who_called_is_preferred_only_where_he_works_for_the_campaign(floor: Floor) -> None:
    """Ann called the caller once, for a campaign that this number does not belong to."""
    floor.campaign()
    floor.campaign("service", starts=False)
    floor.agent("ann")
    for campaign, expected in (("service", None), ("sales", ANN)):
        caller = AttemptId(f"in-{campaign}")
        floor.tell(
            InboundCallArrived(
                attempt_id=caller,
                campaign_id=CampaignId(campaign),
                caller_id_number="+12125559999",
                dialed_number="+12125550000",
                node_id=NODE,
                agent_id=ANN,
            )
        )
        assert floor.offered_to(caller) == expected
