"""Agents who pause, vanish, sign out or are signed out, in every state: nobody's client is dropped."""

from collections.abc import Callable

import pytest

from dialer.core.commands import (
    DropThirdParty,
    HangUp,
    RecordAgentState,
    RecordDisposition,
    RecordPacingDecision,
    ReleaseAgent,
    ReleaseLeads,
    ShowPreview,
)
from dialer.core.events import (
    AgentBecameAvailable,
    AgentHeldCall,
    AgentJoinedParties,
    AgentLoggedIn,
    AgentLoggedOut,
    AgentPaused,
    AgentReturned,
    AgentStartedConsultation,
    AgentVanished,
    CallConnected,
    CampaignStatus,
    DispositionSaved,
    Event,
    PreviewAccepted,
    SupervisorLoggedOutAgent,
    SupervisorPausedAgent,
    ThirdPartyAnswered,
    ThirdPartyEnded,
)
from dialer.core.outcomes import EndCause, EndReason
from dialer.messages import AgentId, AttemptId, CampaignId, LeadId
from tests.unit.dialer.core.dialing_floor import Floor, a_lead, of_kind, some_leads

ANN, BOB = AgentId("ann"), AgentId("bob")
Leaving = Callable[[AgentId], Event]


def vanish(agent_id: AgentId) -> Event:
    """His browser is gone."""
    return AgentVanished(agent_id=agent_id)


def log_out(agent_id: AgentId) -> Event:
    """He signs out."""
    return AgentLoggedOut(agent_id=agent_id)


def be_logged_out(agent_id: AgentId) -> Event:
    """A supervisor signs him out."""
    return SupervisorLoggedOutAgent(agent_id=agent_id)


WAYS_TO_LEAVE = [vanish, log_out, be_logged_out]


@pytest.fixture
def floor() -> Floor:
    """Ann at work in a running campaign."""
    floor = Floor()
    floor.trunk()
    floor.campaign()
    floor.agent("ann")
    return floor


def hold(floor: Floor, talk: AttemptId) -> None:
    """Put the client on hold."""
    floor.tell(AgentHeldCall(agent_id=ANN, attempt_id=talk))


def consult(floor: Floor, talk: AttemptId) -> None:
    """Call a third party who answers."""
    floor.tell(AgentStartedConsultation(agent_id=ANN, attempt_id=talk, e164="+12125551111"))
    floor.tell(ThirdPartyAnswered(attempt_id=talk))


def only_talk(floor: Floor, talk: AttemptId) -> None:
    """Talk on."""


# --- with a client -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("leave", WAYS_TO_LEAVE)
@pytest.mark.parametrize("doing", [only_talk, hold, consult])
def test_client_of_an_agent_who_leaves_is_offered_on(
    floor: Floor, leave: Leaving, doing: Callable[[Floor, AttemptId], None]
) -> None:
    """The client is not dropped: the next agent gets him, and a third party is not left behind."""
    talk = floor.talk()
    doing(floor, talk)
    floor.agent("bob")
    orders = floor.tell(leave(ANN))
    assert [order.agent_id for order in of_kind(orders, ReleaseAgent)] == [ANN]
    assert of_kind(orders, HangUp) == []
    assert len(of_kind(orders, DropThirdParty)) == (1 if doing is consult else 0)
    assert floor.offered_to(talk) == BOB
    floor.connect(talk)
    floor.end(talk)
    assert floor.end_of(talk).agent_id == BOB
    assert floor.state_of("bob") == "wrapping_up"


@pytest.mark.parametrize("leave", WAYS_TO_LEAVE)
def test_client_who_is_being_connected_to_an_agent_who_leaves_is_offered_on(
    floor: Floor, leave: Leaving
) -> None:
    """The late confirmation of the one who left is ignored."""
    (ringing,) = floor.ring(1)
    floor.answer(ringing)
    floor.agent("bob")
    floor.tell(leave(ANN))
    assert floor.offered_to(ringing) == BOB
    floor.tell(CallConnected(attempt_id=ringing, agent_id=ANN))
    assert floor.state_of("bob") == "ringing"


@pytest.mark.parametrize("leave", WAYS_TO_LEAVE)
def test_three_way_call_goes_on_without_the_agent_who_leaves(floor: Floor, leave: Leaving) -> None:
    """Client and third party talk on, and end as transferred."""
    talk = floor.talk()
    consult(floor, talk)
    floor.tell(AgentJoinedParties(agent_id=ANN, attempt_id=talk))
    floor.tell(leave(ANN))
    assert floor.attempt(talk).state.value == "transferred"
    floor.tell(ThirdPartyEnded(attempt_id=talk))
    floor.end(talk)
    assert floor.end_of(talk).reason is EndReason.TRANSFERRED


def test_agent_who_comes_back_gets_his_waiting_client_back(floor: Floor) -> None:
    """Nobody else was there; the browser was reloaded."""
    talk = floor.talk()
    floor.tell(AgentVanished(agent_id=ANN))
    floor.pass_time(5.0)
    floor.tell(AgentReturned(agent_id=ANN))
    assert floor.connect(talk) == ANN


# --- before a client ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("leave", WAYS_TO_LEAVE)
def test_line_dialed_for_an_agent_who_leaves_is_hung_up(floor: Floor, leave: Leaving) -> None:
    """Nobody would be there to answer it: preview, and his own dial."""
    floor.campaign(method="preview", starts=False)
    floor.give(a_lead(1))
    floor.pass_time(61.0)  # the preview times out, and the lead goes back
    floor.give(a_lead(2))
    floor.tell(PreviewAccepted(agent_id=ANN, lead_id=LeadId(2)))
    dial = floor.dials()[-1]
    orders = floor.tell(leave(ANN))
    assert [order.attempt_id for order in of_kind(orders, HangUp)] == [dial.attempt_id]
    floor.end(dial.attempt_id)
    assert floor.end_of(dial.attempt_id).reason is EndReason.AGENT_GONE


@pytest.mark.parametrize("leave", WAYS_TO_LEAVE)
def test_preview_of_an_agent_who_leaves_goes_back_to_the_hopper(floor: Floor, leave: Leaving) -> None:
    """The next agent sees the same lead."""
    floor.campaign(method="preview", starts=False)
    floor.give(*some_leads(2))
    floor.tell(leave(ANN))
    floor.agent("bob")
    assert [shown.lead_id for shown in floor.ordered(ShowPreview)] == [1, 1]


@pytest.mark.parametrize("leave", WAYS_TO_LEAVE)
def test_preview_of_a_stopped_campaign_is_given_back_when_its_agent_leaves(
    floor: Floor, leave: Leaving
) -> None:
    """A campaign that does not dial holds no lead."""
    floor.campaign(method="preview", starts=False)
    floor.give(a_lead(1))
    floor.set_status(CampaignStatus.STOPPED)
    floor.tell(leave(ANN))
    given_back = [one.lead_id for command in floor.ordered(ReleaseLeads) for one in command.releases]
    assert given_back == [1]


@pytest.mark.parametrize("leave", WAYS_TO_LEAVE)
def test_idle_agent_who_leaves_gets_no_call(floor: Floor, leave: Leaving) -> None:
    """His place in line is gone with him."""
    floor.tell(leave(ANN))
    assert floor.offered_to(floor.call_in()) is None


# --- after a client ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("leave", [log_out, be_logged_out])
def test_agent_who_signs_out_in_wrap_up_leaves_the_lead_decided(floor: Floor, leave: Leaving) -> None:
    """Nobody will declare the result any more: the lead is not lost."""
    talk = floor.talk()
    floor.end(talk)
    (record,) = of_kind(floor.tell(leave(ANN)), RecordDisposition)
    assert record.disposition is None
    assert record.lead_next is not None


def test_agent_who_vanishes_in_wrap_up_still_owes_his_disposition(floor: Floor) -> None:
    """Back in time, he declares it as if nothing had been."""
    talk = floor.talk()
    floor.end(talk)
    floor.tell(AgentVanished(agent_id=ANN))
    assert floor.state_of() == "offline"
    floor.tell(AgentReturned(agent_id=ANN))
    assert floor.state_of() == "wrapping_up"
    floor.tell(DispositionSaved(agent_id=ANN, attempt_id=talk, disposition="sale"))
    assert floor.state_of() == "idle"


def test_agent_who_saves_while_his_leg_is_gone_is_heard(floor: Floor) -> None:
    """The browser lives, the telephone does not: the result counts, and he comes back idle."""
    talk = floor.talk()
    floor.end(talk)
    floor.tell(AgentVanished(agent_id=ANN))
    floor.tell(DispositionSaved(agent_id=ANN, attempt_id=talk, disposition="sale"))
    floor.tell(AgentReturned(agent_id=ANN))
    assert floor.state_of() == "idle"


def test_agent_who_does_not_come_back_is_signed_out(floor: Floor) -> None:
    """After his absence is too long he is no part of the team."""
    floor.tell(AgentVanished(agent_id=ANN))
    floor.pass_time(59.0)
    assert len(floor.engine.snapshot(floor.now).agents) == 1
    floor.pass_time(2.0)
    assert floor.engine.snapshot(floor.now).agents == ()
    record = floor.ordered(RecordAgentState)[-1]
    assert (record.status.value, record.state.value) == ("logged_out", "offline")


def test_agent_who_signs_in_again_after_vanishing_keeps_his_session(floor: Floor) -> None:
    """The same status, no second session."""
    floor.tell(AgentVanished(agent_id=ANN))
    floor.tell(AgentLoggedIn(agent_id=ANN, campaign_ids=(CampaignId("sales"),)))
    assert [(one.status, one.state) for one in floor.engine.snapshot(floor.now).agents] == [
        ("available", "idle")
    ]


# --- pausing -----------------------------------------------------------------------------------------------


def test_pause_by_a_supervisor_lets_the_call_end_first(floor: Floor) -> None:
    """Status and state are two things."""
    talk = floor.talk()
    floor.tell(SupervisorPausedAgent(agent_id=ANN, reason="coaching"))
    assert (floor.agent_floor().status, floor.state_of()) == ("paused", "talking")
    floor.end(talk)
    floor.tell(DispositionSaved(agent_id=ANN, attempt_id=talk, disposition="sale"))
    assert floor.offered_to(floor.call_in()) is None


def test_announced_break_is_told_to_the_pacer(floor: Floor) -> None:
    """A busy agent who will not take another call is leaving."""
    floor.agent("bob")
    floor.talk()
    floor.tell(AgentPaused(agent_id=ANN, reason="lunch"))
    floor.pass_time(11.0)
    inputs = floor.ordered(RecordPacingDecision)[-1].inputs
    assert (inputs.agents_leaving, inputs.agents_idle, inputs.agents_logged_in) == (1, 1, 2)


def test_agent_who_wants_calls_twice_stands_in_line_once(floor: Floor) -> None:
    """A repeated event changes nothing."""
    before = len(floor.commands)
    floor.tell(AgentBecameAvailable(agent_id=ANN))
    assert len(floor.commands) == before


def test_news_of_an_agent_who_is_not_signed_in_is_counted_and_ignored(floor: Floor) -> None:
    """There is nothing to change."""
    for event in (AgentPaused(agent_id=BOB, reason="lunch"), AgentVanished(agent_id=BOB)):
        assert floor.tell(event) == []
    assert sum(floor.engine.ignored_counts().values()) == 2


def test_client_who_leaves_while_waiting_for_his_agent_to_come_back_is_decided(floor: Floor) -> None:
    """The talk had no disposition, and nobody owes one: the lead is decided with the end."""
    talk = floor.talk()
    floor.tell(AgentVanished(agent_id=ANN))
    floor.end(talk, EndCause.NORMAL)
    assert floor.end_of(talk).lead_next is not None
