"""An answered call: its clock, its message, the detector's verdict, and what the ledger keeps of it."""

from dataclasses import replace
from typing import Any

import pytest

from dialer.core.commands import (
    ConnectToAgent,
    DetectAnswer,
    HangUp,
    LeaveVoicemailMessage,
    PlaySafeHarbourMessage,
)
from dialer.core.events import (
    AnswerClassified,
    BeepHeard,
    CallConnected,
    CallEnded,
    CampaignStatus,
    ConnectFailed,
    GreetingEnded,
    MessageEnded,
)
from dialer.core.outcomes import EndCause, EndReason, Outcome
from dialer.core.settings import Detector, MachineAction
from dialer.messages import AttemptId
from rules.abandon_ledger import AbandonClass, ClockStart, abandon_class
from rules.detection import DetectionVerdict
from rules.policy_pack import PolicyPack
from rules.policy_packs import get_policy_pack
from tests.unit.dialer.core.dialing_floor import Floor, of_kind

US = get_policy_pack("us_federal")


def busy_floor(**wishes: Any) -> tuple[Floor, AttemptId]:
    """Ann talks, and another line rings for her: whoever answers finds no agent."""
    floor = Floor()
    floor.trunk()
    floor.campaign(method="ratio", pacing_settings={"lines_per_agent": 2.0}, **wishes)
    floor.agent("ann")
    first, second = floor.ring(2)
    floor.answer(first, DetectionVerdict.HUMAN)
    floor.connect(first)
    return floor, second


def idle_floor(**wishes: Any) -> tuple[Floor, AttemptId]:
    """Ann is idle, and one line rings for her."""
    floor = Floor()
    floor.trunk()
    floor.campaign(**wishes)
    floor.agent("ann")
    (ringing,) = floor.ring(1)
    return floor, ringing


def clock_from(start: ClockStart) -> PolicyPack:
    """The US pack with another start of the clock."""
    return replace(US, abandon_definition=replace(US.abandon_definition, clock_start=start))


def seconds_to_message(floor: Floor, attempt_id: AttemptId) -> float:
    """Let time pass until the message is ordered; gives the seconds from the answer to it."""
    while not of_kind(floor.pass_time(0.5), PlaySafeHarbourMessage):
        assert floor.now < 60.0, "no message was ordered"
    answered_at = floor.attempt(attempt_id).answered_at
    started_at = floor.attempt(attempt_id).message_started_at
    assert answered_at is not None
    assert started_at is not None
    return started_at - answered_at


# --- no agent ----------------------------------------------------------------------------------------------


def test_answered_call_without_ready_agent_hears_the_message_after_two_seconds() -> None:
    """The wait, the message, the hang-up, the end, and every instant of them in the ledger."""
    floor, waiting = busy_floor()
    floor.answer(waiting)
    answered_at = floor.now
    assert of_kind(floor.pass_time(1.9), PlaySafeHarbourMessage) == []
    assert len(of_kind(floor.pass_time(0.2), PlaySafeHarbourMessage)) == 1
    floor.pass_time(7.9)
    assert len(of_kind(floor.tell(MessageEnded(attempt_id=waiting)), HangUp)) == 1
    floor.end(waiting)
    record = floor.end_of(waiting)
    entry = record.entry
    assert (record.outcome, record.reason) == (Outcome.LIVE, EndReason.ABANDONED)
    assert entry is not None
    assert (entry.answered_at, entry.message_started_at, entry.message_ended_at) == (
        answered_at,
        answered_at + 2.0,
        answered_at + 10.0,
    )
    assert (entry.offered_at, entry.bridged_at, entry.client_gone_at) == (None, None, None)
    assert abandon_class(entry, US.abandon_definition) is AbandonClass.ABANDONED
    assert floor.engine.snapshot(floor.now).campaigns[0].abandoned == 1


def test_client_who_leaves_during_the_message_is_abandoned_and_gone() -> None:
    """The ledger keeps that he hung up, and that the message had begun."""
    floor, waiting = busy_floor()
    floor.answer(waiting)
    floor.pass_time(4.0)
    floor.end(waiting)
    record = floor.end_of(waiting)
    assert record.reason is EndReason.ABANDONED
    assert record.entry is not None
    assert record.entry.client_gone_at == floor.now
    assert record.entry.message_ended_at is None


def test_client_who_leaves_before_the_limit_left_early() -> None:
    """No message is ordered, and the law's class of the entry says who left."""
    floor, waiting = busy_floor()
    floor.answer(waiting)
    floor.pass_time(1.0)
    floor.end(waiting)
    record = floor.end_of(waiting)
    assert record.reason is EndReason.CLIENT_HUNG_UP
    assert record.entry is not None
    assert abandon_class(record.entry, US.abandon_definition) is AbandonClass.CLIENT_LEFT_EARLY
    assert floor.ordered(PlaySafeHarbourMessage) == []


def test_message_that_never_ends_is_hung_up_by_its_deadline() -> None:
    """A lost MessageEnded leaves nobody in silence for ever."""
    floor, waiting = busy_floor()
    floor.answer(waiting)
    floor.pass_time(2.0 + 91.0)
    assert floor.ordered(HangUp)[-1].attempt_id == waiting


def test_clock_from_the_answer_runs_from_off_hook() -> None:
    """A greeting does not stretch it."""
    floor, waiting = busy_floor(policy_pack=clock_from(ClockStart.ANSWER), connect_limit_seconds=3.0)
    floor.answer(waiting)
    floor.pass_time(1.0)
    floor.tell(GreetingEnded(attempt_id=waiting))
    assert seconds_to_message(floor, waiting) == 3.0


def test_clock_from_the_greeting_runs_from_its_end() -> None:
    """US: two seconds after the person's completed greeting."""
    floor, waiting = busy_floor(connect_limit_seconds=2.0)
    floor.answer(waiting)
    floor.pass_time(1.5)
    floor.tell(GreetingEnded(attempt_id=waiting))
    floor.tell(GreetingEnded(attempt_id=waiting))
    assert seconds_to_message(floor, waiting) == 3.5


def test_clock_from_a_greeting_that_is_not_known_runs_from_the_answer() -> None:
    """What is not known counts the stricter way."""
    floor, waiting = busy_floor(connect_limit_seconds=2.0)
    floor.answer(waiting)
    assert seconds_to_message(floor, waiting) == 2.0


def test_clock_from_the_verdict_runs_from_the_detectors_word() -> None:
    """The detector's delay is not the agent's."""
    floor, waiting = busy_floor(
        policy_pack=clock_from(ClockStart.VERDICT), connect_limit_seconds=2.0, answer_detection=True
    )
    floor.answer(waiting)
    floor.pass_time(1.25)
    floor.tell(AnswerClassified(attempt_id=waiting, verdict=DetectionVerdict.HUMAN))
    assert seconds_to_message(floor, waiting) == 3.25


def test_second_greeting_changes_neither_the_clock_nor_the_ledger() -> None:
    """A repeated event does not give more time."""
    floor, waiting = busy_floor()
    floor.answer(waiting)
    floor.pass_time(1.0)
    floor.tell(GreetingEnded(attempt_id=waiting))
    floor.pass_time(1.0)
    floor.tell(GreetingEnded(attempt_id=waiting))
    assert floor.attempt(waiting).greeting_ended_at == floor.now - 1.0


def test_waiting_client_is_offered_to_the_agent_who_becomes_ready_in_time() -> None:
    """The wait ends with an agent, not with the message."""
    floor, waiting = busy_floor()
    floor.answer(waiting)
    floor.pass_time(1.0)
    floor.agent("bob")
    floor.connect(waiting)
    floor.pass_time(5.0)
    assert floor.ordered(PlaySafeHarbourMessage) == []
    entry = floor.attempt(waiting)
    assert (entry.offered_at, entry.bridged_at) == (floor.now - 5.0, floor.now - 5.0)


def test_agent_who_comes_too_late_connects_an_abandoned_call() -> None:
    """The counters and the ledger agree that it was too late."""
    floor, ringing = idle_floor()
    floor.answer(ringing)
    floor.pass_time(3.0)
    floor.connect(ringing)
    assert floor.engine.snapshot(floor.now).campaigns[0].abandoned == 1
    floor.end(ringing)
    entry = floor.end_of(ringing).entry
    assert entry is not None
    assert abandon_class(entry, US.abandon_definition) is AbandonClass.ABANDONED


def test_connection_that_is_never_confirmed_is_offered_to_another_agent() -> None:
    """The bridge has its own deadline."""
    floor, ringing = idle_floor()
    floor.agent("bob")
    floor.answer(ringing)
    assert floor.offered_to(ringing) == "ann"
    floor.pass_time(4.1)
    assert floor.offered_to(ringing) == "bob"


def test_agent_whose_connections_fail_three_times_is_paused() -> None:
    """A dead telephone is taken out of the team, and the client goes on waiting for others."""
    floor, ringing = idle_floor(connect_limit_seconds=60.0)
    floor.answer(ringing)
    for _ in range(3):
        agent_id = floor.offered_to(ringing)
        assert agent_id == "ann"
        floor.tell(ConnectFailed(attempt_id=ringing, agent_id=agent_id, reason="no route"))
    assert (floor.agent_floor("ann").status, floor.state_of("ann")) == ("paused", "idle")
    assert len(floor.ordered(ConnectToAgent)) == 3
    floor.agent("bob")
    assert floor.offered_to(ringing) == "bob"


def test_confirmation_of_an_earlier_agent_is_counted_and_ignored() -> None:
    """The client is with whom he was offered to last."""
    floor, ringing = idle_floor()
    floor.agent("bob")
    floor.answer(ringing)
    ann = floor.offered_to(ringing)
    assert ann is not None
    floor.tell(ConnectFailed(attempt_id=ringing, agent_id=ann, reason="no route"))
    floor.tell(CallConnected(attempt_id=ringing, agent_id=ann))
    assert (floor.state_of("ann"), floor.state_of("bob")) == ("idle", "ringing")


# --- the detector ------------------------------------------------------------------------------------------


def test_answer_under_detection_waits_for_the_verdict() -> None:
    """Nobody is offered the call before."""
    floor, ringing = idle_floor(answer_detection=True)
    assert len(of_kind(floor.answer(ringing), DetectAnswer)) == 1
    assert floor.offered_to(ringing) is None


@pytest.mark.parametrize("verdict", [DetectionVerdict.HUMAN, DetectionVerdict.UNSURE])
def test_verdict_that_is_no_machine_goes_to_an_agent(verdict: DetectionVerdict) -> None:
    """A doubt is a person; verdict and delay stand in the ledger."""
    floor, ringing = idle_floor(answer_detection=True)
    floor.answer(ringing)
    floor.pass_time(1.5)
    floor.tell(AnswerClassified(attempt_id=ringing, verdict=verdict))
    floor.connect(ringing)
    floor.end(ringing)
    record = floor.end_of(ringing)
    assert record.outcome is Outcome.LIVE
    assert record.entry is not None
    assert record.entry.verdict is verdict
    assert record.entry.verdict_at == pytest.approx(record.entry.answered_at + 1.5)  # type: ignore[operator]


def test_detection_without_a_verdict_in_time_counts_as_unsure() -> None:
    """The deadline decides for a person, once; the late verdict changes nothing."""
    floor, ringing = idle_floor(answer_detection=True, detection_seconds_max=4.0)
    floor.answer(ringing)
    floor.pass_time(4.1)
    assert floor.offered_to(ringing) == "ann"
    floor.tell(AnswerClassified(attempt_id=ringing, verdict=DetectionVerdict.MACHINE))
    floor.connect(ringing)
    assert floor.attempt(ringing).verdict is DetectionVerdict.UNSURE


def test_network_detector_leaves_time_for_the_bridge_where_the_law_counts_from_the_answer() -> None:
    """Two seconds from the answer: at 1.7 a party without a verdict goes to an agent, not at 4."""
    floor, ringing = idle_floor(answer_detection=True, detection_seconds_max=4.0, detector=Detector.APP_AMD)
    floor.answer(ringing)
    floor.pass_time(1.75)
    assert floor.offered_to(ringing) == "ann"


def test_machine_is_hung_up_where_the_campaign_says_so() -> None:
    """It takes no agent, and counts as no live answer."""
    floor, ringing = idle_floor(answer_detection=True)
    orders = floor.answer(ringing, DetectionVerdict.MACHINE)
    assert len(of_kind(orders, HangUp)) == 1
    floor.end(ringing)
    record = floor.end_of(ringing)
    assert (record.outcome, record.reason) == (Outcome.MACHINE, EndReason.MACHINE_HUNG_UP)
    assert record.entry is not None
    assert abandon_class(record.entry, US.abandon_definition) is AbandonClass.NOT_LIVE
    assert floor.ordered(ConnectToAgent) == []


@pytest.mark.parametrize("hears_beep", [True, False])
def test_machine_gets_the_message_after_its_beep_or_its_deadline(hears_beep: bool) -> None:
    """The message waits for the beep, and is left anyway when none is heard."""
    floor, ringing = idle_floor(answer_detection=True, machine_action=MachineAction.LEAVE_MESSAGE)
    floor.answer(ringing, DetectionVerdict.MACHINE)
    assert of_kind(floor.pass_time(20.0), LeaveVoicemailMessage) == []
    if hears_beep:
        assert len(of_kind(floor.tell(BeepHeard(attempt_id=ringing)), LeaveVoicemailMessage)) == 1
        assert of_kind(floor.tell(BeepHeard(attempt_id=ringing)), LeaveVoicemailMessage) == []
    else:
        assert len(of_kind(floor.pass_time(21.0), LeaveVoicemailMessage)) == 1
    floor.tell(MessageEnded(attempt_id=ringing))
    floor.end(ringing)
    record = floor.end_of(ringing)
    assert (record.outcome, record.reason) == (Outcome.MACHINE, EndReason.MESSAGE_LEFT)


def test_machine_is_routed_to_an_agent_where_the_campaign_says_so() -> None:
    """The agent talks to it; the ledger still says what the detector said."""
    floor, ringing = idle_floor(answer_detection=True, machine_action=MachineAction.ROUTE)
    floor.answer(ringing, DetectionVerdict.MACHINE)
    floor.connect(ringing)
    floor.end(ringing)
    record = floor.end_of(ringing)
    assert (record.outcome, record.reason) == (Outcome.MACHINE, EndReason.CLIENT_HUNG_UP)


def test_detector_is_not_asked_where_the_campaign_does_not_want_it() -> None:
    """The answer goes to an agent at once."""
    floor, ringing = idle_floor(answer_detection=False)
    assert of_kind(floor.answer(ringing), DetectAnswer) == []
    assert floor.offered_to(ringing) == "ann"


# --- around the answer -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [
        (EndCause.NO_ANSWER, Outcome.NO_ANSWER),
        (EndCause.BUSY, Outcome.BUSY),
        (EndCause.CONGESTION, Outcome.CONGESTION),
        (EndCause.INVALID_NUMBER, Outcome.INVALID_NUMBER),
        (EndCause.REJECTED, Outcome.REJECTED),
        (EndCause.FAILED, Outcome.FAILED),
        (EndCause.NORMAL, Outcome.NO_ANSWER),
    ],
)
def test_call_that_ends_before_an_answer_has_the_networks_outcome(cause: EndCause, outcome: Outcome) -> None:
    """Never answered: no entry in the ledger."""
    floor, ringing = idle_floor()
    floor.tell(CallEnded(attempt_id=ringing, cause=cause))
    record = floor.end_of(ringing)
    assert (record.outcome, record.reason, record.entry) == (outcome, EndReason.NOT_ANSWERED, None)


def test_call_that_ends_while_the_detector_listens_was_a_person() -> None:
    """An early hang-up before any verdict is a live answer that left early."""
    floor, ringing = idle_floor(answer_detection=True)
    floor.answer(ringing)
    floor.pass_time(0.5)
    floor.end(ringing)
    record = floor.end_of(ringing)
    assert (record.outcome, record.reason) == (Outcome.LIVE, EndReason.CLIENT_HUNG_UP)


def test_person_who_answers_while_the_hang_up_is_on_its_way_is_counted_as_abandoned() -> None:
    """A stopped campaign hung up on him; the ledger says so, the counters too."""
    floor, ringing = idle_floor()
    floor.set_status(CampaignStatus.STOPPED)
    floor.answer(ringing)
    floor.pass_time(0.5)
    floor.end(ringing)
    record = floor.end_of(ringing)
    assert (record.outcome, record.reason) == (Outcome.LIVE, EndReason.CAMPAIGN_STOPPED)
    assert record.entry is not None
    assert abandon_class(record.entry, US.abandon_definition) is AbandonClass.ABANDONED
    assert floor.engine.snapshot(floor.now).campaigns[0].abandoned == 1


def test_waiting_client_of_a_campaign_that_becomes_a_broadcast_is_still_counted() -> None:
    """Changing the method does not take anybody out of the ledger."""
    floor, waiting = busy_floor()
    floor.answer(waiting)
    floor.campaign(method="agentless", starts=False)
    floor.pass_time(3.0)
    floor.end(waiting)
    assert floor.end_of(waiting).entry is not None


def test_caller_of_a_broadcast_campaign_is_offered_to_an_agent() -> None:
    """A message is for those whom we called."""
    floor = Floor()
    floor.campaign(method="agentless", lines_max=1)
    floor.agent("ann")
    assert floor.offered_to(floor.call_in()) == "ann"
