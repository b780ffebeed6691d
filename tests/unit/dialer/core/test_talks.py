"""A call in progress: hold, transfer, consultation, three-way, take-over, and who wraps it up."""

import pytest

from dialer.core.commands import (
    CheckCall,
    DialThirdParty,
    DropThirdParty,
    HangUp,
    HoldCall,
    JoinParties,
    PlaySafeHarbourMessage,
    RefuseRequest,
    ReleaseAgent,
    ResumeCall,
)
from dialer.core.events import (
    AgentHeldCall,
    AgentHungUp,
    AgentJoinedParties,
    AgentLeftParties,
    AgentResumedCall,
    AgentStartedConsultation,
    AgentTransferredCall,
    CallConnected,
    CallStillUp,
    CampaignStatus,
    ConnectFailed,
    DispositionSaved,
    DoNotCallAdded,
    SupervisorTookCall,
    ThirdPartyAnswered,
    ThirdPartyEnded,
)
from dialer.core.outcomes import EndReason, Outcome
from dialer.messages import AgentId, AttemptId
from tests.unit.dialer.core.dialing_floor import Floor, of_kind

ANN, BOB, SUE = AgentId("ann"), AgentId("bob"), AgentId("sue")
THIRD = "+12125551111"


@pytest.fixture
def floor() -> Floor:
    """Ann at work in a running campaign."""
    floor = Floor()
    floor.trunk()
    floor.campaign()
    floor.agent("ann")
    return floor


@pytest.fixture
def talk(floor: Floor) -> AttemptId:
    """Ann talks with a client."""
    return floor.talk()


def state(floor: Floor, attempt_id: AttemptId) -> str:
    """Name the state of an attempt."""
    return floor.attempt(attempt_id).state.value


def consult(floor: Floor, talk: AttemptId, *, answers: bool = True) -> None:
    """Let Ann call a third party."""
    floor.tell(AgentStartedConsultation(agent_id=ANN, attempt_id=talk, e164=THIRD))
    if answers:
        floor.tell(ThirdPartyAnswered(attempt_id=talk))


# --- hang up and hold --------------------------------------------------------------------------------------


def test_agent_who_hangs_up_is_in_wrap_up_before_the_leg_is_gone(floor: Floor, talk: AttemptId) -> None:
    """He does not wait for the network; the record waits for it."""
    orders = floor.tell(AgentHungUp(agent_id=ANN, attempt_id=talk))
    assert [order.attempt_id for order in of_kind(orders, HangUp)] == [talk]
    assert floor.state_of() == "wrapping_up"
    floor.end(talk)
    record = floor.end_of(talk)
    assert (record.outcome, record.reason, record.agent_id) == (Outcome.LIVE, EndReason.AGENT_HUNG_UP, ANN)


def test_held_client_comes_back_to_his_agent(floor: Floor, talk: AttemptId) -> None:
    """Hold and resume move call and agent together."""
    assert len(of_kind(floor.tell(AgentHeldCall(agent_id=ANN, attempt_id=talk)), HoldCall)) == 1
    assert (state(floor, talk), floor.state_of()) == ("holding", "holding")
    assert len(of_kind(floor.tell(AgentResumedCall(agent_id=ANN, attempt_id=talk)), ResumeCall)) == 1
    assert (state(floor, talk), floor.state_of()) == ("talking", "talking")


def test_held_client_who_leaves_sends_his_agent_into_wrap_up(floor: Floor, talk: AttemptId) -> None:
    """The end of a held call is the end of a talk."""
    floor.tell(AgentHeldCall(agent_id=ANN, attempt_id=talk))
    floor.end(talk)
    assert floor.state_of() == "wrapping_up"


def test_request_of_an_agent_who_is_not_with_the_call_is_counted_and_ignored(
    floor: Floor, talk: AttemptId
) -> None:
    """Bob cannot hang up, hold or hand on Ann's client."""
    floor.agent("bob")
    before = len(floor.commands)
    for request in (
        AgentHungUp(agent_id=BOB, attempt_id=talk),
        AgentHeldCall(agent_id=BOB, attempt_id=talk),
        AgentTransferredCall(agent_id=BOB, attempt_id=talk),
        AgentStartedConsultation(agent_id=BOB, attempt_id=talk, e164=THIRD),
    ):
        floor.tell(request)
    assert len(floor.commands) == before
    assert sum(floor.engine.ignored_counts().values()) == 4


# --- transfer ----------------------------------------------------------------------------------------------


def test_transfer_to_an_idle_agent_connects_client_and_target(floor: Floor, talk: AttemptId) -> None:
    """The one who hands on wraps up; the client goes to the agent who was named."""
    floor.agent("cyd")
    floor.agent("bob")
    orders = floor.tell(AgentTransferredCall(agent_id=ANN, attempt_id=talk, to_agent_id=BOB))
    assert [order.agent_id for order in of_kind(orders, ReleaseAgent)] == [ANN]
    assert floor.offered_to(talk) == BOB
    assert floor.state_of("ann") == "wrapping_up"
    floor.connect(talk)
    assert floor.state_of("bob") == "talking"


def test_transfer_to_a_busy_agent_waits_for_anyone_in_the_queue(floor: Floor, talk: AttemptId) -> None:
    """A client who has talked waits as a caller does, not two seconds."""
    floor.tell(AgentTransferredCall(agent_id=ANN, attempt_id=talk, to_agent_id=BOB))
    floor.pass_time(60.0)
    assert floor.ordered(PlaySafeHarbourMessage) == []
    floor.agent("cyd")
    assert floor.offered_to(talk) == "cyd"


def test_transfer_to_a_skill_goes_to_an_agent_who_has_it(floor: Floor, talk: AttemptId) -> None:
    """Others are passed by."""
    floor.agent("cyd")
    floor.agent("bob", skills=["loans"])
    floor.tell(AgentTransferredCall(agent_id=ANN, attempt_id=talk, required_skill="loans"))
    assert floor.offered_to(talk) == BOB


def test_transfer_to_oneself_is_refused(floor: Floor, talk: AttemptId) -> None:
    """The client stays where he is."""
    floor.tell(AgentTransferredCall(agent_id=ANN, attempt_id=talk, to_agent_id=ANN))
    assert len(floor.ordered(RefuseRequest)) == 1
    assert state(floor, talk) == "talking"


def test_transferred_client_whom_nobody_takes_hears_the_message(floor: Floor, talk: AttemptId) -> None:
    """His wait ends as a caller's; the call was connected all the same."""
    floor.tell(AgentTransferredCall(agent_id=ANN, attempt_id=talk))
    floor.tell(DispositionSaved(agent_id=ANN, attempt_id=talk, disposition="sale"))
    floor.pass_time(121.0)
    assert len(floor.ordered(PlaySafeHarbourMessage)) == 1
    floor.pass_time(200.0)
    assert floor.end_of(talk).reason is EndReason.OVERFLOW
    assert floor.engine.snapshot(floor.now).campaigns[0].abandoned == 0


def test_client_handed_on_does_not_come_back_to_the_one_who_did(floor: Floor, talk: AttemptId) -> None:
    """Not when his result is on record already, and not when his wrap-up ends: another agent takes him."""
    floor.tell(DispositionSaved(agent_id=ANN, attempt_id=talk, disposition="sale"))
    floor.tell(AgentTransferredCall(agent_id=ANN, attempt_id=talk))
    assert (floor.state_of("ann"), state(floor, talk)) == ("idle", "waiting")
    floor.agent("bob")
    assert floor.offered_to(talk) == BOB


def test_agent_who_talked_last_owes_the_disposition(floor: Floor, talk: AttemptId) -> None:
    """After a transfer the lead's next state comes from the second agent's word."""
    floor.agent("bob")
    floor.tell(AgentTransferredCall(agent_id=ANN, attempt_id=talk, to_agent_id=BOB))
    floor.connect(talk)
    floor.tell(DispositionSaved(agent_id=ANN, attempt_id=talk, disposition="sale"))
    floor.end(talk)
    record = floor.end_of(talk)
    assert (record.agent_id, record.lead_next) == (BOB, None)
    assert (floor.state_of("ann"), floor.state_of("bob")) == ("idle", "wrapping_up")


# --- consultation and three-way ----------------------------------------------------------------------------


def test_consultation_calls_a_third_party_with_the_client_on_hold(floor: Floor, talk: AttemptId) -> None:
    """Client on hold, agent dials."""
    orders = floor.tell(AgentStartedConsultation(agent_id=ANN, attempt_id=talk, e164=THIRD))
    assert [order.e164 for order in of_kind(orders, DialThirdParty)] == [THIRD]
    assert (state(floor, talk), floor.state_of()) == ("consulting", "holding")


def test_consultation_with_a_number_on_do_not_call_is_refused(floor: Floor, talk: AttemptId) -> None:
    """A withdrawn number is not called by the back door."""
    floor.tell(DoNotCallAdded(e164=THIRD))
    floor.tell(AgentStartedConsultation(agent_id=ANN, attempt_id=talk, e164=THIRD))
    assert len(floor.ordered(RefuseRequest)) == 1
    assert (state(floor, talk), floor.ordered(DialThirdParty)) == ("talking", [])


@pytest.mark.parametrize("ending", ["third party gone", "agent goes back", "silence"])
def test_consultation_that_ends_brings_the_client_back(floor: Floor, talk: AttemptId, ending: str) -> None:
    """Whoever ends it, and even if nobody says so."""
    consult(floor, talk, answers=False)
    if ending == "third party gone":
        floor.tell(ThirdPartyEnded(attempt_id=talk))
    elif ending == "agent goes back":
        floor.tell(AgentResumedCall(agent_id=ANN, attempt_id=talk))
    else:
        floor.pass_time(31.0)
    assert len(floor.ordered(ResumeCall)) == 1
    assert (state(floor, talk), floor.state_of()) == ("talking", "talking")


def test_three_way_call_needs_a_third_party_who_has_answered(floor: Floor, talk: AttemptId) -> None:
    """Joining and leaving are refused before."""
    consult(floor, talk, answers=False)
    floor.tell(AgentJoinedParties(agent_id=ANN, attempt_id=talk))
    floor.tell(AgentLeftParties(agent_id=ANN, attempt_id=talk))
    assert len(floor.ordered(RefuseRequest)) == 2
    assert state(floor, talk) == "consulting"


def test_three_way_call_joins_everybody_and_can_be_left_by_the_third(floor: Floor, talk: AttemptId) -> None:
    """After the third party has gone, client and agent talk on."""
    consult(floor, talk)
    assert len(of_kind(floor.tell(AgentJoinedParties(agent_id=ANN, attempt_id=talk)), JoinParties)) == 1
    assert (state(floor, talk), floor.state_of()) == ("three_way", "talking")
    floor.tell(ThirdPartyEnded(attempt_id=talk))
    assert (state(floor, talk), floor.state_of()) == ("talking", "talking")


def test_three_way_call_taken_back_drops_the_third_party(floor: Floor, talk: AttemptId) -> None:
    """The agent wants the client for himself again."""
    consult(floor, talk)
    floor.tell(AgentJoinedParties(agent_id=ANN, attempt_id=talk))
    orders = floor.tell(AgentResumedCall(agent_id=ANN, attempt_id=talk))
    assert len(of_kind(orders, DropThirdParty)) == 1
    assert state(floor, talk) == "talking"


@pytest.mark.parametrize("joins_first", [True, False])
def test_parties_left_to_themselves_talk_on_without_the_agent(
    floor: Floor, talk: AttemptId, joins_first: bool
) -> None:
    """A warm transfer from a three-way call, and one straight out of the consultation."""
    consult(floor, talk)
    if joins_first:
        floor.tell(AgentJoinedParties(agent_id=ANN, attempt_id=talk))
    floor.tell(AgentLeftParties(agent_id=ANN, attempt_id=talk))
    assert len(floor.ordered(JoinParties)) == 1
    assert [order.agent_id for order in floor.ordered(ReleaseAgent)] == [ANN]
    assert (state(floor, talk), floor.state_of()) == ("transferred", "wrapping_up")


@pytest.mark.parametrize("ending", ["client", "third party", "silence"])
def test_parties_left_to_themselves_end_as_transferred(floor: Floor, talk: AttemptId, ending: str) -> None:
    """Whoever leaves first, the other leg is ended too; after four hours we end both."""
    consult(floor, talk)
    floor.tell(AgentLeftParties(agent_id=ANN, attempt_id=talk))
    floor.tell(DispositionSaved(agent_id=ANN, attempt_id=talk, disposition="sale"))
    if ending == "client":
        floor.end(talk)
    elif ending == "third party":
        floor.tell(ThirdPartyEnded(attempt_id=talk))
        floor.end(talk)
    else:
        floor.set_status(CampaignStatus.PAUSED)  # else it decides every second for four hours
        floor.pass_time(4 * 3600.0 + 60.0)
    record = floor.end_of(talk)
    assert record.reason is EndReason.TRANSFERRED
    assert record.lead_next is not None
    assert len(floor.ordered(DropThirdParty)) == (0 if ending == "third party" else 1)


def test_client_who_leaves_a_consultation_takes_the_third_party_with_him(
    floor: Floor, talk: AttemptId
) -> None:
    """No leg is left behind."""
    consult(floor, talk)
    orders = floor.end(talk)
    assert len(of_kind(orders, DropThirdParty)) == 1
    assert floor.state_of() == "wrapping_up"


# --- the supervisor ----------------------------------------------------------------------------------------


def test_supervisor_who_takes_a_call_talks_to_the_client(floor: Floor, talk: AttemptId) -> None:
    """A paused supervisor may; the agent wraps up."""
    floor.agent("sue", wants_calls=False)
    floor.tell(SupervisorTookCall(supervisor_id=SUE, attempt_id=talk))
    assert floor.offered_to(talk) == SUE
    floor.tell(CallConnected(attempt_id=talk, agent_id=SUE))
    assert (floor.state_of("sue"), floor.state_of("ann")) == ("talking", "wrapping_up")


def test_supervisor_whose_telephone_fails_does_not_lose_the_client(floor: Floor, talk: AttemptId) -> None:
    """The client is offered on."""
    floor.agent("sue", wants_calls=False)
    floor.agent("bob")
    floor.tell(SupervisorTookCall(supervisor_id=SUE, attempt_id=talk))
    floor.tell(ConnectFailed(attempt_id=talk, agent_id=SUE, reason="no route"))
    assert floor.offered_to(talk) == BOB
    assert floor.state_of("sue") == "idle"


def test_supervisor_who_is_on_a_call_is_refused(floor: Floor) -> None:
    """One telephone, one client."""
    floor.agent("sue")
    anns, sues = floor.ring(2)
    for attempt_id in (anns, sues):
        floor.answer(attempt_id)
        floor.connect(attempt_id)
    floor.tell(SupervisorTookCall(supervisor_id=SUE, attempt_id=anns))
    assert len(floor.ordered(RefuseRequest)) == 1
    assert floor.state_of("ann") == "talking"


def test_supervisor_who_is_not_signed_in_changes_nothing(floor: Floor, talk: AttemptId) -> None:
    """There is nobody to give the client to."""
    floor.tell(SupervisorTookCall(supervisor_id=SUE, attempt_id=talk))
    assert floor.state_of() == "talking"
    assert sum(floor.engine.ignored_counts().values()) == 1


# --- silence -----------------------------------------------------------------------------------------------


def test_talk_not_heard_of_for_a_minute_is_checked_again_and_again(floor: Floor, talk: AttemptId) -> None:
    """Only the network ends a talk; the engine keeps asking."""
    assert len(of_kind(floor.pass_time(61.0), CheckCall)) == 1
    floor.tell(CallStillUp(attempt_id=talk))
    assert of_kind(floor.pass_time(59.0), CheckCall) == []
    assert len(of_kind(floor.pass_time(600.0), CheckCall)) == 10
    assert floor.state_of() == "talking"
