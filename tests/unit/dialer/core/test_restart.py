"""A new engine is told what lives, and goes on: nobody who talks is dropped, nobody is called twice."""

from dataclasses import replace
from typing import Any

import pytest

from dialer.core.commands import (
    CheckCall,
    ConnectToAgent,
    HangUp,
    PlayCampaignMessage,
    RecordDisposition,
    ReleaseLeads,
)
from dialer.core.events import (
    CallConnected,
    DispositionSaved,
    LiveAgent,
    LiveAttempt,
    MessageEnded,
    NodeResynchronised,
    StateRestored,
)
from dialer.core.leads import Lead
from dialer.core.outcomes import EndReason, Outcome
from dialer.messages import AgentId, AttemptId, CampaignId, TrunkId
from rules.detection import DetectionVerdict
from tests.unit.dialer.core.dialing_floor import NODE, Floor, a_lead, of_kind, some_leads

ANN, BOB, SALES = AgentId("ann"), AgentId("bob"), CampaignId("sales")
OLD = AttemptId("e0-1")


@pytest.fixture
def floor() -> Floor:
    """A new engine that has been told of trunk and campaign."""
    floor = Floor()
    floor.trunk(channels=10)
    floor.campaign()
    return floor


def ann(**wishes: Any) -> LiveAgent:
    """Ann, available, with her leg up."""
    return replace(LiveAgent(agent_id=ANN, campaign_ids=(SALES,), is_available=True, node_id=NODE), **wishes)


def old_call(lead: Lead | None = None, **wishes: Any) -> LiveAttempt:
    """An attempt of the engine before, dialed five seconds before the restart, its leg up."""
    lead = lead or a_lead(1)
    live = LiveAttempt(
        attempt_id=OLD,
        campaign_id=SALES,
        lead=lead,
        e164=lead.numbers[0].e164,
        node_id=NODE,
        trunk_id=TrunkId("t1"),
        dialed_at=-5.0,
        is_up=True,
    )
    return replace(live, **wishes)


def restore(floor: Floor, *lives: LiveAttempt | LiveAgent, leads: tuple[Lead, ...] = ()) -> None:
    """Tell the new engine what lives."""
    floor.tell(
        StateRestored(
            attempts=tuple(live for live in lives if isinstance(live, LiveAttempt)),
            agents=tuple(live for live in lives if isinstance(live, LiveAgent)),
            reservations=((SALES, leads),) if leads else (),
        )
    )


def reasons(floor: Floor) -> list[str]:
    """Why leads were given back."""
    return [release.reason for command in floor.ordered(ReleaseLeads) for release in command.releases]


# --- calls -------------------------------------------------------------------------------------------------


def test_ringing_line_rings_on_and_is_answered_as_ever(floor: Floor) -> None:
    """It holds its channel, its lead and its number, and is counted by the pacer."""
    restore(floor, old_call(), ann())
    assert floor.channels_used() == 1
    floor.give(a_lead(1))
    assert reasons(floor) == ["lead_in_progress"]
    floor.pass_time(1.0)
    assert floor.dials() == []
    floor.answer(OLD)
    assert floor.offered_to(OLD) == ANN


def test_ringing_line_keeps_the_deadline_of_its_dial(floor: Floor) -> None:
    """Twenty-two seconds of ring and eight of grace, from the dial."""
    restore(floor, old_call())
    assert of_kind(floor.pass_time(24.0), HangUp) == []
    assert len(of_kind(floor.pass_time(2.0), HangUp)) == 1


def test_call_that_waits_is_offered_to_whoever_is_ready(floor: Floor) -> None:
    """Before its limit is looked at: an agent is better than a message."""
    restore(floor, old_call(answered_at=-3.0), ann())
    assert floor.offered_to(OLD) == ANN


def test_call_that_waits_without_an_agent_hears_the_message(floor: Floor) -> None:
    """The law's clock has run on during the restart."""
    restore(floor, old_call(answered_at=-3.0))
    floor.pass_time(300.0)
    assert floor.end_of(OLD).reason is EndReason.ABANDONED


def test_talk_goes_on_with_its_agent(floor: Floor) -> None:
    """Nothing is ordered; the talk is checked as ever, and ends in his wrap-up."""
    restore(floor, old_call(answered_at=-4.0, bridged_at=-3.0, agent_id=ANN), ann())
    assert floor.state_of() == "talking"
    assert floor.ordered(ConnectToAgent) == []
    assert len(of_kind(floor.pass_time(61.0), CheckCall)) == 1
    floor.end(OLD)
    record = floor.end_of(OLD)
    assert (record.agent_id, record.lead_next) == (ANN, None)
    assert record.entry is not None
    assert (record.entry.answered_at, record.entry.bridged_at) == (-4.0, -3.0)
    assert floor.state_of() == "wrapping_up"


def test_talk_whose_agent_is_gone_is_offered_on(floor: Floor) -> None:
    """The client waits in the queue, as after a transfer."""
    restore(floor, old_call(answered_at=-4.0, bridged_at=-3.0, agent_id=ANN))
    floor.pass_time(30.0)
    floor.agent("bob")
    assert floor.offered_to(OLD) == BOB


@pytest.mark.parametrize("answered_at", [None, -3.0])
def test_call_that_died_during_the_restart_is_ended_once(floor: Floor, answered_at: float | None) -> None:
    """Its lead is decided, its channel is free."""
    restore(floor, old_call(is_up=False, answered_at=answered_at))
    record = floor.end_of(OLD)
    assert record.reason is EndReason.NODE_LOST
    assert record.outcome is (Outcome.FAILED if answered_at is None else Outcome.LIVE)
    assert record.lead_next is not None
    assert floor.channels_used() == 0


def test_machine_that_nobody_plays_to_is_hung_up(floor: Floor) -> None:
    """Nothing is known of its beep any more."""
    restore(floor, old_call(answered_at=-3.0, verdict=DetectionVerdict.MACHINE))
    assert [order.attempt_id for order in floor.ordered(HangUp)] == [OLD]


def test_caller_waits_on_in_the_queue(floor: Floor) -> None:
    """An inbound call has no lead and no trunk."""
    caller = replace(old_call(), lead=None, trunk_id=None, answered_at=-5.0)
    restore(floor, caller)
    floor.pass_time(60.0)
    floor.agent("ann")
    floor.tell(CallConnected(attempt_id=OLD, agent_id=ANN))
    floor.end(OLD)
    assert (floor.end_of(OLD).lead_id, floor.end_of(OLD).entry) == (None, None)


def test_line_dialed_for_an_agent_keeps_him_reserved(floor: Floor) -> None:
    """Its answer goes to him."""
    restore(floor, old_call(agent_id=ANN), ann())
    assert floor.state_of() == "reserved"
    floor.answer(OLD)
    assert floor.offered_to(OLD) == ANN


def test_line_dialed_for_an_agent_who_is_gone_is_hung_up(floor: Floor) -> None:
    """Nobody would be there."""
    restore(floor, old_call(agent_id=ANN))
    assert [order.attempt_id for order in floor.ordered(HangUp)] == [OLD]


# --- agents and leads --------------------------------------------------------------------------------------


def test_agent_who_owes_a_disposition_goes_on_wrapping_up(floor: Floor) -> None:
    """The lead is in progress until he has said what came of it."""
    owing = ann(
        wrapping_up_attempt_id=AttemptId("e0-9"),
        wrapping_up_campaign_id=SALES,
        wrapping_up_lead=a_lead(9),
    )
    restore(floor, owing)
    assert floor.state_of() == "wrapping_up"
    floor.give(a_lead(9))
    assert reasons(floor) == ["lead_in_progress"]
    orders = floor.tell(DispositionSaved(agent_id=ANN, attempt_id=AttemptId("e0-9"), disposition="sale"))
    (record,) = of_kind(orders, RecordDisposition)
    assert (record.lead_id, record.disposition) == (9, "sale")
    assert floor.state_of() == "idle"


def test_agent_who_handed_his_client_on_does_not_decide_the_lead(floor: Floor) -> None:
    """The call still lives: its end decides."""
    owing = ann(wrapping_up_attempt_id=OLD, wrapping_up_campaign_id=SALES, wrapping_up_lead=a_lead(1))
    restore(floor, owing, old_call(answered_at=-4.0, bridged_at=-3.0))
    orders = floor.tell(DispositionSaved(agent_id=ANN, attempt_id=OLD, disposition="sale"))
    (record,) = of_kind(orders, RecordDisposition)
    assert record.lead_next is None
    floor.tell(NodeResynchronised(node_id=NODE, attempt_ids=(), taken_at=floor.now))
    lead_next = floor.end_of(OLD).lead_next
    assert lead_next is not None
    assert lead_next.step.value == "closed"


def test_agent_whose_leg_is_gone_has_his_time_to_come_back(floor: Floor) -> None:
    """As after a vanishing."""
    restore(floor, ann(has_leg=False))
    assert floor.state_of() == "offline"
    floor.pass_time(61.0)
    assert floor.engine.snapshot(floor.now).agents == ()


def test_agent_who_was_paused_stays_paused(floor: Floor) -> None:
    """His choice is his."""
    restore(floor, ann(is_available=False, pause_reason="lunch"))
    assert (floor.agent_floor().status, floor.state_of()) == ("paused", "idle")
    assert floor.offered_to(floor.call_in()) is None


def test_reserved_leads_are_dialed_and_checked_anew(floor: Floor) -> None:
    """Those that may not be dialed any more are given back."""
    restore(floor, ann(), leads=(a_lead(1), a_lead(2, lease_seconds=-1.0)))
    floor.pass_time(1.0)
    assert [dial.lead_id for dial in floor.dials()] == [1]
    assert [(r.lead_id, r.reason) for command in floor.ordered(ReleaseLeads) for r in command.releases] == [
        (2, "lease_expired")
    ]


def test_new_engine_never_uses_an_old_attempt_id(floor: Floor) -> None:
    """The epoch is its own."""
    restore(floor, old_call(), ann(), leads=some_leads(3, first=50))
    floor.agent("bob")
    floor.pass_time(2.0)
    assert {dial.attempt_id.split("-")[0] for dial in floor.dials()} == {"e1"}


def test_talk_that_died_during_the_restart_leaves_the_disposition_to_its_agent(floor: Floor) -> None:
    """He talked: his form is open, and what he saves counts."""
    restore(floor, old_call(answered_at=-4.0, bridged_at=-3.0, agent_id=ANN, is_up=False), ann())
    assert floor.end_of(OLD).lead_next is None
    assert floor.state_of() == "wrapping_up"
    orders = floor.tell(DispositionSaved(agent_id=ANN, attempt_id=OLD, disposition="sale"))
    (record,) = of_kind(orders, RecordDisposition)
    assert (record.disposition, record.lead_id) == ("sale", 1)
    assert record.lead_next is not None


def test_restored_state_told_twice_is_taken_once(floor: Floor) -> None:
    """A repetition doubles neither calls nor agents nor channels."""
    talk = old_call(answered_at=-4.0, bridged_at=-3.0, agent_id=ANN)
    restore(floor, talk, ann())
    before = len(floor.commands)
    restore(floor, talk, ann())
    assert (len(floor.commands), floor.channels_used()) == (before, 1)
    floor.end(OLD)
    restore(floor, talk, ann())
    assert floor.state_of() == "wrapping_up"


@pytest.mark.parametrize("is_machine", [True, False])
def test_message_is_played_to_its_end(floor: Floor, is_machine: bool) -> None:
    """To an abandoned person, and to a machine: then the call ends for its own reason."""
    verdict = DetectionVerdict.MACHINE if is_machine else None
    restore(floor, old_call(answered_at=-3.0, has_message=True, verdict=verdict))
    assert floor.ordered(HangUp) == []
    floor.tell(MessageEnded(attempt_id=OLD))
    floor.end(OLD)
    expected = (
        (Outcome.MACHINE, EndReason.MESSAGE_LEFT) if is_machine else (Outcome.LIVE, EndReason.ABANDONED)
    )
    assert (floor.end_of(OLD).outcome, floor.end_of(OLD).reason) == expected


@pytest.mark.parametrize("has_message", [True, False])
def test_broadcast_goes_on_without_an_agent(floor: Floor, has_message: bool) -> None:
    """An agentless campaign plays its message, whatever had begun; no agent is looked for."""
    floor.campaign(method="agentless", starts=False)
    restore(floor, old_call(answered_at=-3.0, has_message=has_message), ann())
    assert len(floor.ordered(PlayCampaignMessage)) == (0 if has_message else 1)
    assert floor.offered_to(OLD) is None
    floor.tell(MessageEnded(attempt_id=OLD))
    floor.end(OLD)
    assert floor.end_of(OLD).reason is EndReason.MESSAGE_LEFT


def test_call_over_a_trunk_that_is_no_more_still_holds_its_number(floor: Floor) -> None:
    """One attempt per number, whatever became of the trunk."""
    restore(floor, old_call(trunk_id=TrunkId("gone")))
    floor.give(replace(a_lead(2), numbers=a_lead(1).numbers))
    assert reasons(floor) == ["number_in_progress"]


def test_instant_in_the_future_does_not_stop_the_dialing(floor: Floor) -> None:
    """Clocks differ by a little: an age is never negative."""
    restore(floor, old_call(dialed_at=3.0), ann(), leads=some_leads(5, first=50))
    floor.agent("bob")
    floor.pass_time(1.0)
    assert len(floor.dials()) == 1
