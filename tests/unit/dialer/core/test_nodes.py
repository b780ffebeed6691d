"""Nodes that are lost and return, events that come twice, late or never, and a clock that runs backwards."""

from collections import Counter
from typing import Any

import pytest

from dialer.core.commands import HangUp, RecordAttemptEnded, RefuseRequest
from dialer.core.events import (
    AgentHungUp,
    AgentRequestedDial,
    AgentTransferredCall,
    CallAnswered,
    CallConnected,
    CallEnded,
    CallRinging,
    CampaignStatus,
    DialFailed,
    GreetingEnded,
    InboundCallArrived,
    NodeLost,
    NodeResynchronised,
    SupervisorTookCall,
)
from dialer.core.outcomes import EndCause, EndReason, Outcome
from dialer.messages import AgentId, AttemptId, CampaignId, NodeId, TrunkId
from rules.abandon_ledger import AbandonClass, abandon_class
from rules.policy_packs import get_policy_pack
from tests.unit.dialer.core.dialing_floor import NODE, Floor, of_kind, some_leads

US = get_policy_pack("us_federal").abandon_definition


@pytest.fixture
def floor() -> Floor:
    """Two agents at work in a running campaign."""
    floor = Floor()
    floor.trunk()
    floor.campaign()
    floor.agent("ann")
    floor.agent("bob")
    return floor


NODE_2 = NodeId("node-2")


def return_node(floor: Floor, *alive: AttemptId, answered: tuple[AttemptId, ...] = ()) -> None:
    """The node is back, and says what it has now."""
    floor.tell(NodeResynchronised(node_id=NODE, attempt_ids=alive, answered_ids=answered, taken_at=floor.now))


# --- nodes -------------------------------------------------------------------------------------------------


def test_lost_node_is_dialed_over_no_more_and_ends_nothing(floor: Floor) -> None:
    """Its calls may live on."""
    floor.ring(1)
    floor.tell(NodeLost(node_id=NODE))
    floor.give(*some_leads(5, first=50))
    floor.pass_time(5.0)
    assert (len(floor.dials()), floor.ordered(RecordAttemptEnded)) == (1, [])
    return_node(floor, floor.dials()[0].attempt_id)
    floor.pass_time(1.0)
    assert len(floor.dials()) == 2


def test_lost_node_leaves_the_other_one_dialing(floor: Floor) -> None:
    """Several nodes, several trunks."""
    floor.trunk("t2", node=NODE_2)
    floor.campaign(trunk_ids=(TrunkId("t1"), TrunkId("t2")), starts=False)
    floor.agent("cyd", node=NODE_2)
    floor.tell(NodeLost(node_id=NODE))
    floor.ring(1)
    assert {dial.node_id for dial in floor.dials()} == {"node-2"}


def two_nodes(**wishes: Any) -> Floor:
    """A campaign that dials over two nodes, the first one first; nobody works yet."""
    floor = Floor()
    floor.trunk()
    floor.trunk("t2", node=NODE_2)
    floor.campaign(trunk_ids=(TrunkId("t1"), TrunkId("t2")), **wishes)
    return floor


def test_answered_call_waits_while_only_agents_of_another_node_are_idle() -> None:
    """A bridge does not reach from one Asterisk to another: the first agent of its own node takes it."""
    floor = two_nodes()
    floor.agent("ann")
    caller = floor.call_in(node=NODE_2)
    assert floor.offered_to(caller) is None
    floor.agent("bob", node=NODE_2)
    assert floor.offered_to(caller) == "bob"


def test_agent_of_no_node_stands_in_line_with_those_of_the_calls_node() -> None:
    """He came first, so he is first, on either node."""
    floor = two_nodes()
    floor.agent("any", node=None)
    floor.agent("bob", node=NODE_2)
    first, second = (floor.call_in(f"in-{place}", node=NODE_2) for place in range(2))
    assert (floor.offered_to(first), floor.offered_to(second)) == ("any", "bob")


def test_known_agent_of_another_node_does_not_get_the_call() -> None:
    """Not even whom the client was transferred to: somebody of the client's node takes it."""
    floor = two_nodes()
    floor.agent("ann")
    talk = floor.talk()
    floor.agent("bob", node=NODE_2)
    floor.agent("cyd")
    floor.tell(AgentTransferredCall(agent_id=AgentId("ann"), attempt_id=talk, to_agent_id=AgentId("bob")))
    assert floor.offered_to(talk) == "cyd"


def test_supervisor_of_another_node_is_refused_the_call() -> None:
    """He is told why; the talk goes on."""
    floor = two_nodes()
    floor.agent("ann")
    talk = floor.talk()
    floor.agent("sue", node=NODE_2, wants_calls=False)
    took = SupervisorTookCall(attempt_id=talk, supervisor_id=AgentId("sue"))
    (order,) = floor.tell(took)
    assert isinstance(order, RefuseRequest)
    assert floor.state_of("ann") == "talking"


def test_lines_are_begun_where_agents_are_to_spare() -> None:
    """Three idle on one node and one on the other: as many lines come up for each, in one decision."""
    floor = two_nodes()
    floor.agent("ann")
    for name in ("bob", "cyd", "dan"):
        floor.agent(name, node=NODE_2)
    floor.ring(4)
    nodes = Counter(dial.node_id for dial in floor.dials())
    assert nodes == {NODE: 1, NODE_2: 3}


def test_nothing_is_dialed_over_a_node_where_nobody_works() -> None:
    """Surplus lines too go where an agent may become free for them."""
    floor = two_nodes(method="ratio", pacing_settings={"lines_per_agent": 3.0})
    floor.agent("bob", node=NODE_2)
    floor.ring(3)
    assert {dial.node_id for dial in floor.dials()} == {NODE_2}


def test_agents_of_a_node_without_a_trunk_are_not_dialed_for() -> None:
    """No call of the campaign comes up where they could take it: the pacing does not count them."""
    floor = Floor()
    floor.trunk()
    floor.campaign()
    floor.agent("ann")
    floor.agent("bob", node=NODE_2)
    floor.give(*some_leads(5))
    floor.pass_time(5.0)
    assert len(floor.dials()) == 1


def test_call_for_one_agent_is_dialed_over_his_node() -> None:
    """Dialed by hand: the first trunk is of the other node."""
    floor = two_nodes(method="manual")
    floor.agent("bob", node=NODE_2)
    floor.give(*some_leads(1))
    floor.tell(AgentRequestedDial(agent_id=AgentId("bob"), campaign_id=CampaignId("sales")))
    assert [dial.node_id for dial in floor.dials()] == [NODE_2]


def test_call_that_its_node_does_not_know_any_more_is_ended(floor: Floor) -> None:
    """It died unseen: ended once, its channel free."""
    dead, alive = floor.ring(2)
    floor.tell(NodeLost(node_id=NODE))
    return_node(floor, alive)
    record = floor.end_of(dead)
    assert (record.outcome, record.reason) == (Outcome.FAILED, EndReason.NODE_LOST)
    assert floor.channels_used() == 1


def test_talk_that_its_node_does_not_know_any_more_sends_its_agent_into_wrap_up(floor: Floor) -> None:
    """He talked: he declares the result."""
    talk = floor.talk()
    return_node(floor)
    record = floor.end_of(talk)
    assert (record.outcome, record.reason, record.agent_id) == (Outcome.LIVE, EndReason.NODE_LOST, "ann")
    assert floor.state_of("ann") == "wrapping_up"


def test_call_answered_while_the_node_was_lost_is_taken_up(floor: Floor) -> None:
    """Nobody is left in silence for want of an event."""
    (ringing,) = floor.ring(1)
    floor.tell(NodeLost(node_id=NODE))
    return_node(floor, ringing, answered=(ringing,))
    assert floor.offered_to(ringing) == "ann"


def test_leg_that_no_attempt_stands_behind_is_hung_up(floor: Floor) -> None:
    """Found when the node returns, or heard of by an event."""
    for event in (
        NodeResynchronised(node_id=NODE, attempt_ids=(AttemptId("ghost-1"),), taken_at=floor.now),
        CallAnswered(attempt_id=AttemptId("ghost-2")),
        CallRinging(attempt_id=AttemptId("ghost-3")),
    ):
        floor.tell(event)
    assert [order.attempt_id for order in floor.ordered(HangUp)] == ["ghost-1", "ghost-2", "ghost-3"]


def test_call_dialed_after_the_nodes_list_was_taken_is_not_judged_by_it(floor: Floor) -> None:
    """The list is older than the call."""
    taken_at = floor.now
    floor.pass_time(1.0)
    (ringing,) = floor.ring(1)
    floor.tell(NodeResynchronised(node_id=NODE, attempt_ids=(), taken_at=taken_at))
    assert floor.attempt(ringing).state.value == "dialing"


# --- twice, late, never ------------------------------------------------------------------------------------


def test_event_that_comes_twice_acts_once_and_is_counted(floor: Floor) -> None:
    """Ringing, answered, connected, ended."""
    (ringing,) = floor.ring(1)
    for event in (
        CallRinging(attempt_id=ringing),
        CallAnswered(attempt_id=ringing),
        CallConnected(attempt_id=ringing, agent_id=AgentId("ann")),
        CallEnded(attempt_id=ringing, cause=EndCause.NORMAL),
    ):
        floor.tell(event)
        before = [command for command in floor.commands if not isinstance(command, HangUp)]
        floor.tell(event)
        assert [command for command in floor.commands if not isinstance(command, HangUp)] == before
    assert sum(floor.engine.ignored_counts().values()) >= 4


def test_dial_that_failed_ends_its_attempt(floor: Floor) -> None:
    """A refused command comes back as an event."""
    (ringing,) = floor.ring(1)
    floor.tell(DialFailed(attempt_id=ringing, cause=EndCause.CONGESTION, reason="503"))
    record = floor.end_of(ringing)
    assert (record.outcome, record.reason) == (Outcome.CONGESTION, EndReason.DIAL_FAILED)


def test_line_that_nothing_is_heard_of_is_hung_up_and_ended(floor: Floor) -> None:
    """Ring timeout and grace, then three hang-ups, then the end without the network's word."""
    (silent,) = floor.ring(1)
    floor.pass_time(31.0)
    assert len(floor.ordered(HangUp)) == 1
    floor.pass_time(20.0)
    assert len(floor.ordered(HangUp)) == 3
    record = floor.end_of(silent)
    assert (record.outcome, record.reason) == (Outcome.NO_ANSWER, EndReason.SILENT_NETWORK)
    assert floor.channels_used() == 0


# --- the clock ---------------------------------------------------------------------------------------------


def test_clock_that_runs_backwards_stands_still(floor: Floor) -> None:
    """No deadline comes early or goes missing, and it is counted."""
    floor.pass_time(100.0)
    floor.now = 40.0
    floor.give(*some_leads(1))
    assert floor.dials() == []
    floor.now = 100.0
    floor.pass_time(1.0)
    (dial,) = floor.dials()
    assert floor.attempt(dial.attempt_id).dialed_at >= 100.0
    assert floor.engine.ignored_counts()["clock ran backwards"] > 0
    assert len(of_kind(floor.pass_time(31.0), HangUp)) == 1


def test_transfer_to_an_agent_nobody_knows_waits_for_anyone(floor: Floor) -> None:
    """An unknown name does not lose the client."""
    talk = floor.talk()
    floor.tell(AgentTransferredCall(agent_id=AgentId("ann"), attempt_id=talk, to_agent_id=AgentId("nobody")))
    assert floor.offered_to(talk) == "bob"


def test_caller_for_a_campaign_on_another_node_is_ended_by_that_node_alone(floor: Floor) -> None:
    """A node speaks for its own calls."""
    floor.tell(
        InboundCallArrived(
            attempt_id=AttemptId("in-7"),
            campaign_id=CampaignId("sales"),
            caller_id_number="",
            dialed_number="+12125550000",
            node_id=NODE_2,
        )
    )
    floor.agent("cyd", node=NODE_2)
    return_node(floor)
    assert floor.attempt(AttemptId("in-7")).state.value == "connecting"


def test_dial_failure_of_a_call_that_was_answered_is_counted_and_ignored(floor: Floor) -> None:
    """A person was there: the late failure does not make it a call that never was."""
    talk = floor.talk()
    floor.set_status(CampaignStatus.DRAINING)
    floor.tell(AgentHungUp(agent_id=AgentId("ann"), attempt_id=talk))
    floor.tell(DialFailed(attempt_id=talk, cause=EndCause.FAILED, reason="late"))
    floor.end(talk)
    assert floor.end_of(talk).outcome is Outcome.LIVE


def test_person_hung_up_on_whose_node_died_is_abandoned_and_did_not_leave_early(floor: Floor) -> None:
    """We ended that call, so the ledger does not say that the client did."""
    (ringing,) = floor.ring(1)
    floor.set_status(CampaignStatus.STOPPED)
    floor.answer(ringing)
    return_node(floor)
    entry = floor.end_of(ringing).entry
    assert entry is not None
    assert entry.client_gone_at is None
    assert abandon_class(entry, US) is AbandonClass.ABANDONED


def test_call_answered_while_its_hang_up_was_on_its_way_to_a_lost_node_is_counted(floor: Floor) -> None:
    """A person answered and was hung up on: the ledger says so."""
    (ringing,) = floor.ring(1)
    floor.tell(NodeLost(node_id=NODE))
    floor.set_status(CampaignStatus.STOPPED)
    return_node(floor, ringing, answered=(ringing,))
    floor.end(ringing)
    assert floor.end_of(ringing).outcome is Outcome.LIVE


def test_greeting_heard_of_after_an_agent_came_too_late_does_not_rewrite_the_ledger(floor: Floor) -> None:
    """Counters and ledger agree for good."""
    (ringing,) = floor.ring(1)
    floor.answer(ringing)
    floor.pass_time(3.0)
    floor.connect(ringing)
    floor.tell(GreetingEnded(attempt_id=ringing))
    floor.end(ringing)
    entry = floor.end_of(ringing).entry
    assert entry is not None
    assert floor.engine.snapshot(floor.now).campaigns[0].abandoned == 1
    assert abandon_class(entry, US) is AbandonClass.ABANDONED


def test_inbound_call_told_twice_is_one_call_even_after_its_end(floor: Floor) -> None:
    """A late repetition does not bring a caller back who has left."""
    caller = floor.call_in()
    floor.call_in()
    floor.end(caller)
    floor.call_in()
    assert len(floor.ordered(RecordAttemptEnded)) == 1
    assert floor.engine.snapshot(floor.now).campaigns[0].calls_waiting == 0
    assert [floor.state_of("ann"), floor.state_of("bob")] == ["idle", "idle"]
