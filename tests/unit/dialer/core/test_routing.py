"""Who takes an answered call, and which of the waiting calls an agent takes; callers and clients together."""

import pytest

from dialer.core.commands import ConnectToAgent, PlaySafeHarbourMessage
from dialer.core.events import (
    AgentBecameAvailable,
    AgentLoggedIn,
    AgentPaused,
    CampaignStatus,
    DispositionSaved,
    InboundCallArrived,
)
from dialer.core.outcomes import EndCause, EndReason
from dialer.core.settings import RoutingOrder
from dialer.messages import AgentId, AttemptId, CampaignId
from tests.unit.dialer.core.dialing_floor import NODE, Floor, a_lead, of_kind, some_leads

ANN, BOB, CYD = AgentId("ann"), AgentId("bob"), AgentId("cyd")


@pytest.fixture
def floor() -> Floor:
    """A floor with one trunk."""
    floor = Floor()
    floor.trunk()
    return floor


def finish_talk(floor: Floor, attempt_id: AttemptId, agent_id: AgentId) -> None:
    """Let a client leave, and the agent declare the result at once."""
    floor.end(attempt_id)
    floor.tell(DispositionSaved(agent_id=agent_id, attempt_id=attempt_id, disposition="not_interested"))


# --- among the agents --------------------------------------------------------------------------------------


def test_answered_call_goes_to_the_agent_who_is_idle_longest(floor: Floor) -> None:
    """Ann has been idle since before Bob."""
    floor.campaign()
    floor.agent("ann")
    floor.pass_time(5.0)
    floor.agent("bob")
    first, second = floor.ring(2)
    floor.answer(first)
    floor.answer(second)
    assert (floor.offered_to(first), floor.offered_to(second)) == (ANN, BOB)


def test_agent_who_has_just_finished_stands_last_in_line(floor: Floor) -> None:
    """Ann talked, so Bob is idle longer than she is."""
    floor.campaign()
    floor.agent("ann")
    floor.agent("bob")
    first, second = floor.ring(2)
    floor.answer(first)
    floor.connect(first)
    finish_talk(floor, first, ANN)
    floor.answer(second)
    assert floor.offered_to(second) == BOB


def test_fair_routing_counts_the_idle_time_of_the_whole_session(floor: Floor) -> None:
    """Bob has just finished, but Ann has been idle far less in all."""
    floor.campaign(routing_order=RoutingOrder.FAIR_IDLE)
    floor.agent("bob")
    floor.pass_time(300.0)
    bobs = floor.talk(1)
    floor.agent("ann")
    floor.pass_time(30.0)
    finish_talk(floor, bobs, BOB)
    floor.pass_time(1.0)
    caller = floor.call_in()
    assert floor.offered_to(caller) == BOB


def resting_floor(floor: Floor, rest_seconds: float, order: RoutingOrder = RoutingOrder.FAIR_IDLE) -> None:
    """Ann, Bob, Cyd: idle for 300, 20 and 10 s in all; of these Ann's newest 5 s follow a call, Bob's 6 s."""
    floor.campaign(
        method="predictive", routing_order=order, pacing_settings={"rest_seconds_min": rest_seconds}
    )
    floor.agent("ann")
    floor.pass_time(285.0)
    floor.agent("bob")
    floor.pass_time(5.0)
    calls = [floor.call_in("in-a"), floor.call_in("in-b")]
    talking = [floor.connect(call) for call in calls]
    floor.agent("cyd")
    floor.pass_time(4.0)
    finish_talk(floor, calls[talking.index(BOB)], BOB)
    floor.pass_time(1.0)
    finish_talk(floor, calls[talking.index(ANN)], ANN)
    floor.pass_time(5.0)


def takers(floor: Floor) -> list[AgentId | None]:
    """Who takes the next three callers."""
    return [floor.offered_to(floor.call_in(f"in-{number}")) for number in range(3)]


def test_agent_who_rests_is_passed_by_for_those_who_have_rested(floor: Floor) -> None:
    """Fair order is Ann, Bob, Cyd; after 5.5 s of rest Ann, idle for 5 s, comes last."""
    resting_floor(floor, rest_seconds=5.5)
    assert takers(floor) == [BOB, CYD, ANN]


def test_agents_who_all_rest_are_taken_at_once_the_longest_idle_first(floor: Floor) -> None:
    """No client waits for a rest: Cyd has been idle for 10 s, Bob for 6, Ann for 5, all too short."""
    resting_floor(floor, rest_seconds=60.0)
    assert takers(floor) == [CYD, BOB, ANN]


def test_fair_order_stands_where_nobody_asks_for_rest(floor: Floor) -> None:
    """Ann has been idle far more than anybody else."""
    resting_floor(floor, rest_seconds=0.0)
    assert takers(floor) == [ANN, BOB, CYD]


def test_rest_is_kept_between_agents_of_a_node_and_those_of_none(floor: Floor) -> None:
    """Ann of no node comes first in the fair order and rests; Bob of the call's node has rested."""
    floor.campaign(
        method="predictive",
        routing_order=RoutingOrder.FAIR_IDLE,
        pacing_settings={"rest_seconds_min": 30.0},
    )
    floor.agent("ann", node=None)
    floor.pass_time(300.0)
    call = floor.call_in("in-1")
    floor.connect(call)
    floor.agent("bob")
    floor.pass_time(60.0)
    finish_talk(floor, call, ANN)
    assert [floor.offered_to(floor.call_in(f"in-{number}")) for number in (2, 3)] == [BOB, ANN]


def test_agents_equally_long_idle_are_taken_in_the_order_of_signing_in(floor: Floor) -> None:
    """A tie is decided the same way in every run."""
    floor.campaign()
    for name in ("cyd", "ann", "bob"):
        floor.agent(name)
    assert [floor.offered_to(floor.call_in(f"in-{n}")) for n in range(3)] == [CYD, ANN, BOB]


def test_call_that_needs_a_skill_passes_by_those_without_it(floor: Floor) -> None:
    """Ann is idle longer, Bob speaks Italian."""
    floor.campaign()
    floor.agent("ann")
    floor.agent("bob", skills=["italian"])
    caller = floor.call_in(skill="italian")
    assert floor.offered_to(caller) == BOB


def test_call_that_needs_a_skill_waits_for_it_while_others_are_idle(floor: Floor) -> None:
    """No one without the skill gets the call; who has it gets it on coming."""
    floor.campaign()
    floor.agent("ann")
    caller = floor.call_in(skill="italian")
    assert floor.offered_to(caller) is None
    floor.agent("bob", skills=["italian"])
    assert floor.offered_to(caller) == BOB


def test_agent_who_signs_in_again_with_a_skill_gets_the_call_that_waits_for_it(floor: Floor) -> None:
    """New skills hold at once, for an idle agent too."""
    floor.campaign()
    floor.agent("ann")
    caller = floor.call_in(skill="italian")
    floor.tell(
        AgentLoggedIn(agent_id=ANN, campaign_ids=(CampaignId("sales"),), skills=frozenset({"italian"}))
    )
    assert floor.offered_to(caller) == ANN


def test_answered_lead_goes_to_its_owner_when_he_is_idle(floor: Floor) -> None:
    """The owner comes before the one who is idle longest."""
    floor.campaign()
    floor.agent("ann")
    floor.agent("bob")
    floor.give(a_lead(1, owner_agent_id=BOB))
    floor.pass_time(1.0)
    floor.answer(floor.dials()[0].attempt_id)
    assert floor.offered_to(floor.dials()[0].attempt_id) == BOB


def test_answered_lead_whose_owner_is_busy_goes_to_another_agent(floor: Floor) -> None:
    """Nobody waits for the owner while others are idle."""
    floor.campaign()
    floor.agent("bob")
    floor.talk(9)
    floor.agent("ann")
    floor.give(a_lead(1, owner_agent_id=BOB))
    floor.pass_time(1.0)
    floor.answer(floor.dials()[-1].attempt_id)
    assert floor.offered_to(floor.dials()[-1].attempt_id) == ANN


def test_caller_known_to_an_agent_goes_to_him(floor: Floor) -> None:
    """The network names who talked to this party before."""
    floor.campaign()
    floor.agent("ann")
    floor.agent("bob")
    attempt_id = AttemptId("in-1")
    floor.tell(
        InboundCallArrived(
            attempt_id=attempt_id,
            campaign_id=CampaignId("sales"),
            caller_id_number="",
            dialed_number="+12125550000",
            node_id=NODE,
            agent_id=BOB,
        )
    )
    assert floor.offered_to(attempt_id) == BOB


# --- among the calls ---------------------------------------------------------------------------------------


def test_caller_goes_before_a_client_who_waits_longer(floor: Floor) -> None:
    """Who calls us is served first."""
    floor.campaign(connect_limit_seconds=30.0, method="ratio", pacing_settings={"lines_per_agent": 2.0})
    floor.agent("ann")
    first, second = floor.ring(2)
    floor.answer(first)
    floor.connect(first)
    floor.answer(second)
    floor.pass_time(3.0)
    caller = floor.call_in()
    finish_talk(floor, first, ANN)
    assert (floor.offered_to(caller), floor.offered_to(second)) == (ANN, None)


def test_clients_who_wait_are_taken_in_the_order_of_their_answers(floor: Floor) -> None:
    """The longest wait is first."""
    floor.campaign(connect_limit_seconds=30.0, method="ratio", pacing_settings={"lines_per_agent": 3.0})
    floor.agent("ann")
    first, second, third = floor.ring(3)
    for attempt_id in (first, third, second):
        floor.answer(attempt_id)
        floor.pass_time(1.0)
    floor.connect(first)
    finish_talk(floor, first, ANN)
    assert (floor.offered_to(third), floor.offered_to(second)) == (ANN, None)


def test_outbound_starts_nothing_while_a_caller_waits(floor: Floor) -> None:
    """Agents belong to callers first; dialing goes on when the caller has been served."""
    floor.campaign("help", starts=False)
    floor.campaign("sales", blended_campaign_ids=(CampaignId("help"),))
    floor.agent("ann")
    caller = floor.call_in(campaign="help")
    floor.give(*some_leads(10))
    floor.pass_time(10.0)
    assert floor.dials() == []
    floor.end(caller)
    floor.pass_time(1.0)
    assert len(floor.dials()) == 1


def test_outbound_leaves_the_reserved_agents_idle(floor: Floor) -> None:
    """Three idle agents, two of them reserved for callers: one line."""
    floor.campaign(inbound_agents_reserved=2)
    for name in ("ann", "bob", "cyd"):
        floor.agent(name)
    floor.give(*some_leads(10))
    floor.pass_time(10.0)
    assert len(floor.dials()) == 1


def test_caller_is_served_by_an_agent_of_outbound(floor: Floor) -> None:
    """One engine, one team: who dials takes calls, too."""
    floor.campaign("help", starts=False)
    floor.campaign("sales")
    floor.agent("ann", "sales", "help")
    assert floor.offered_to(floor.call_in(campaign="help")) == ANN


def test_caller_whom_nobody_takes_hears_the_message_and_is_hung_up(floor: Floor) -> None:
    """The campaign's own limit holds for callers; it is an overflow, not an abandoned call."""
    floor.campaign(inbound_wait_seconds_max=45.0)
    caller = floor.call_in()
    assert of_kind(floor.pass_time(44.0), PlaySafeHarbourMessage) == []
    assert len(of_kind(floor.pass_time(2.0), PlaySafeHarbourMessage)) == 1
    floor.pass_time(200.0)
    record = floor.end_of(caller)
    assert (record.reason, record.entry, record.lead_id) == (EndReason.OVERFLOW, None, None)


def test_agent_who_pauses_with_a_call_waiting_gets_none(floor: Floor) -> None:
    """Only who wants calls gets one."""
    floor.campaign()
    floor.agent("ann")
    floor.tell(AgentPaused(agent_id=ANN, reason="lunch"))
    caller = floor.call_in()
    assert floor.offered_to(caller) is None
    floor.tell(AgentBecameAvailable(agent_id=ANN))
    assert floor.offered_to(caller) == ANN


def test_agent_of_two_campaigns_is_counted_for_the_first_that_runs(floor: Floor) -> None:
    """His time is sold once: the second campaign dials for nobody until the first one stops."""
    floor.campaign("sales")
    floor.campaign("extra")
    floor.agent("ann", "sales", "extra")
    floor.give(*some_leads(3, first=100), campaign="extra")
    floor.pass_time(5.0)
    assert floor.dials() == []
    floor.set_status(CampaignStatus.STOPPED)
    floor.pass_time(5.0)
    assert [dial.campaign_id for dial in floor.dials()] == ["extra"]


def test_agents_of_an_exhausted_campaign_work_for_the_next_one(floor: Floor) -> None:
    """When the first list is dry, the second one is dialed."""
    floor.campaign("sales")
    floor.campaign("extra")
    floor.agent("ann", "sales", "extra")
    floor.give(campaign="sales", is_exhausted=True)
    floor.give(*some_leads(3, first=100), campaign="extra")
    floor.pass_time(5.0)
    assert [dial.campaign_id for dial in floor.dials()] == ["extra"]


def test_call_is_never_offered_to_two_agents_at_once(floor: Floor) -> None:
    """Every offer but the first follows the failure of the one before."""
    floor.campaign()
    floor.agent("ann")
    floor.agent("bob")
    caller = floor.call_in()
    assert [offer.agent_id for offer in floor.ordered(ConnectToAgent) if offer.attempt_id == caller] == [ANN]


def test_agents_come_back_to_a_campaign_that_has_leads_again(floor: Floor) -> None:
    """A new list was loaded: the first campaign is dialed again."""
    floor.campaign("sales")
    floor.campaign("extra")
    floor.agent("ann", "sales", "extra")
    floor.give(campaign="sales", is_exhausted=True)
    floor.give(*some_leads(3), campaign="sales")
    floor.pass_time(5.0)
    assert [dial.campaign_id for dial in floor.dials()] == ["sales"]


def test_agents_stay_for_the_last_leads_of_an_exhausted_campaign(floor: Floor) -> None:
    """What was reserved last is dialed before they go on to the next list."""
    floor.campaign("sales")
    floor.campaign("extra")
    floor.agent("ann", "sales", "extra")
    floor.give(*some_leads(1), campaign="sales", is_exhausted=True)
    floor.give(*some_leads(1, first=100), campaign="extra")
    floor.pass_time(1.0)
    assert [dial.campaign_id for dial in floor.dials()] == ["sales"]
    floor.end(floor.dials()[0].attempt_id, EndCause.BUSY)
    floor.give(campaign="sales", is_exhausted=True)
    floor.pass_time(1.0)
    assert floor.dials()[-1].campaign_id == "extra"


def test_idle_agent_takes_calls_of_a_campaign_configured_after_he_stood_in_line(floor: Floor) -> None:
    """A campaign that is new to the engine is not new to the agent who named it."""
    floor.campaign("sales")
    floor.agent("ann", "sales", "help")
    floor.campaign("help", starts=False)
    assert floor.offered_to(floor.call_in(campaign="help")) == ANN


def test_change_of_the_routing_order_holds_for_those_who_are_idle(floor: Floor) -> None:
    """The line is formed anew under the new order."""
    floor.campaign()
    floor.agent("bob")
    floor.pass_time(300.0)
    bobs = floor.talk(1)
    floor.agent("ann")
    floor.pass_time(30.0)
    finish_talk(floor, bobs, BOB)
    floor.campaign(routing_order=RoutingOrder.FAIR_IDLE, starts=False)
    assert floor.offered_to(floor.call_in()) == BOB
