"""Person or machine by the length of the greeting: the judge alone, and a call that is judged by it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dialer.core.answer_judge import AnswerJudge
from dialer.core.commands import (
    AwaitBeep,
    DetectAnswer,
    HangUp,
    LeaveVoicemailMessage,
    PlaySafeHarbourMessage,
)
from dialer.core.events import SpeechEnded, SpeechStarted
from dialer.core.settings import CampaignSettings, Detector, MachineAction
from dialer.messages import AttemptId, CampaignId
from rules.abandon_ledger import AbandonClass, ClockStart, abandon_class
from rules.detection import DetectionVerdict
from rules.policy_packs import get_policy_pack
from tests.unit.dialer.core.dialing_floor import Floor, of_kind
from tests.unit.dialer.core.test_answered_calls import US, busy_floor, clock_from, idle_floor

SETTINGS = CampaignSettings(campaign_id=CampaignId("sales"), trunk_ids=())
SILENCE = SETTINGS.speech_silence_seconds
GREETING_MAX = SETTINGS.person_greeting_seconds_max
SECONDS = st.floats(0.0, 20.0)


def judged(begins_at: float, seconds: float, silent_limit: float, limit: float) -> tuple[Any, float]:
    """The verdict on one greeting that begins so long after the answer, and when it came."""
    judge = AnswerJudge(SETTINGS, silent_limit, limit)
    if judge.decides_at <= begins_at:
        return judge.verdict_at_deadline(), judge.decides_at
    judge.speech_started(begins_at)
    told_at = begins_at + seconds + SILENCE
    if judge.decides_at <= told_at:
        return judge.verdict_at_deadline(), judge.decides_at
    verdict = judge.speech_ended(seconds)
    return (judge.verdict_at_deadline(), judge.decides_at) if verdict is None else (verdict, told_at)


@example(begins_at=1.5, seconds=9.0, silent_limit=1.7, more=2.3)
@example(begins_at=1.0, seconds=9.0, silent_limit=1.7, more=0.3)  # speaks at the deadline, not yet too long
@given(begins_at=SECONDS, seconds=SECONDS, silent_limit=SECONDS, more=SECONDS)
def test_any_greeting_is_judged_in_time_and_a_short_one_is_never_a_machines(
    begins_at: float, seconds: float, silent_limit: float, more: float
) -> None:
    """No verdict after the limits, and whoever is called a machine has spoken too long for a person."""
    verdict, at = judged(begins_at, seconds, silent_limit, silent_limit + more)
    assert at <= silent_limit + more
    if verdict is DetectionVerdict.MACHINE:
        assert seconds > GREETING_MAX - 1e-6
        assert at - begins_at > GREETING_MAX - 1e-6
    if seconds == 0.0 or begins_at > silent_limit:
        assert verdict is DetectionVerdict.UNSURE


@given(begins_at=st.floats(0.0, 1.0), seconds=st.floats(GREETING_MAX + 0.01, 60.0))
def test_any_long_greeting_is_a_machines_before_it_is_over(begins_at: float, seconds: float) -> None:
    """Where the limits leave time, a machine is known as soon as a person would have been silent."""
    verdict, at = judged(begins_at, seconds, 2.0, 4.0)
    assert verdict is DetectionVerdict.MACHINE
    assert at <= begins_at + GREETING_MAX + SILENCE


@given(noises=st.lists(st.floats(0.0, 0.09), max_size=5))
def test_any_noises_do_not_count_as_speech(noises: list[float]) -> None:
    """Clicks on the line are nobody's greeting."""
    judge = AnswerJudge(SETTINGS, 2.0, 4.0)
    for place, seconds in enumerate(noises):
        judge.speech_started(0.2 * place)
        assert judge.speech_ended(seconds) is None
    assert (judge.decides_at, judge.verdict_at_deadline()) == (2.0, DetectionVerdict.UNSURE)


def test_speech_told_twice_is_counted_from_its_beginning() -> None:
    """A repeated message does not give a machine more time."""
    judge = AnswerJudge(SETTINGS, 2.0, 4.0)
    judge.speech_started(0.2)
    judge.speech_started(1.2)
    assert judge.decides_at == pytest.approx(0.2 + GREETING_MAX + SILENCE)


# --- a call that is judged ---------------------------------------------------------------------------------


def answered(floor: Floor, ringing: AttemptId, silent_seconds: float = 0.3) -> None:
    """Somebody answers and begins to speak after a moment."""
    floor.answer(ringing)
    floor.pass_time(silent_seconds)
    floor.tell(SpeechStarted(attempt_id=ringing))


def test_person_who_greets_reaches_an_agent_when_he_is_silent() -> None:
    """The verdict comes with the silence; the greeting's end stands in the ledger without it."""
    floor, ringing = idle_floor(answer_detection=True)
    answered(floor, ringing)
    floor.pass_time(0.6 + SILENCE)
    floor.tell(SpeechEnded(attempt_id=ringing, seconds=0.6))
    assert floor.offered_to(ringing) == "ann"
    attempt = floor.attempt(ringing)
    assert attempt.answered_at is not None
    assert attempt.verdict is DetectionVerdict.HUMAN
    assert attempt.greeting_ended_at == pytest.approx(attempt.answered_at + 0.9)


def test_wait_of_a_person_counts_from_the_end_of_his_greeting() -> None:
    """With no agent free he hears the message two seconds after his greeting, not after our silence."""
    floor, waiting = busy_floor(answer_detection=True)
    answered(floor, waiting)
    floor.pass_time(0.6 + SILENCE)
    floor.tell(SpeechEnded(attempt_id=waiting, seconds=0.6))
    assert of_kind(floor.pass_time(1.9 - SILENCE), PlaySafeHarbourMessage) == []
    assert len(of_kind(floor.pass_time(0.2), PlaySafeHarbourMessage)) == 1


def test_machine_is_known_while_it_speaks() -> None:
    """It is hung up when a person would have been silent, whatever it still has to say."""
    floor, ringing = idle_floor(answer_detection=True)
    answered(floor, ringing)
    assert of_kind(floor.pass_time(GREETING_MAX + SILENCE - 0.1), HangUp) == []
    assert len(of_kind(floor.pass_time(0.2), HangUp)) == 1
    assert floor.attempt(ringing).verdict is DetectionVerdict.MACHINE


@pytest.mark.parametrize("start", [ClockStart.ANSWER, ClockStart.GREETING_END])
def test_silent_party_is_given_to_an_agent_within_the_limit(start: ClockStart) -> None:
    """Nothing heard: every such clock runs from the answer, and the agent still comes in time."""
    floor, ringing = idle_floor(answer_detection=True, policy_pack=clock_from(start))
    floor.answer(ringing)
    floor.pass_time(1.75)
    assert floor.offered_to(ringing) == "ann"
    assert floor.attempt(ringing).verdict is DetectionVerdict.UNSURE


def test_party_who_speaks_past_the_deadline_is_a_person_whose_greeting_ends_then() -> None:
    """Who began late cannot be judged by the deadline; an agent who comes then comes in time."""
    floor, ringing = idle_floor(answer_detection=True)
    answered(floor, ringing, 1.6)
    floor.pass_time(2.5)
    assert floor.offered_to(ringing) == "ann"
    floor.connect(ringing)
    floor.end(ringing)
    record = floor.end_of(ringing)
    assert record.entry is not None
    assert record.entry.verdict is DetectionVerdict.UNSURE
    assert abandon_class(record.entry, US.abandon_definition) is AbandonClass.CONNECTED


@given(
    speeches=st.lists(st.tuples(st.floats(0.0, 3.0), st.floats(0.0, 6.0)), max_size=4),
    start=st.sampled_from(ClockStart),
    method=st.sampled_from(["us_federal", "strict_generic"]),
)
def test_anybody_taken_for_a_person_is_offered_within_the_limit(
    speeches: list[tuple[float, float]], start: ClockStart, method: str
) -> None:
    """Whatever is heard: with an agent free nobody who is owed one waits longer than the pack allows."""
    pack = get_policy_pack(method)
    pack = replace(pack, abandon_definition=replace(pack.abandon_definition, clock_start=start))
    floor, ringing = idle_floor(answer_detection=True, policy_pack=pack)
    floor.answer(ringing)
    attempt = floor.attempt(ringing)
    for pause, seconds in speeches:
        floor.pass_time(pause)
        floor.tell(SpeechStarted(attempt_id=ringing))
        floor.pass_time(seconds + SILENCE)
        floor.tell(SpeechEnded(attempt_id=ringing, seconds=seconds))
    floor.pass_time(5.0)
    if attempt.verdict is not DetectionVerdict.MACHINE:
        clock = {
            ClockStart.ANSWER: attempt.answered_at,
            ClockStart.GREETING_END: attempt.greeting_ended_at or attempt.answered_at,
            ClockStart.VERDICT: attempt.verdict_at,
        }[start]
        assert attempt.offered_at is not None
        assert clock is not None
        assert attempt.offered_at <= clock + pack.abandon_definition.agent_within_seconds


# --- the message on a machine ------------------------------------------------------------------------------


def test_message_begins_when_greeting_and_beep_are_over() -> None:
    """Never over the greeting, nor over the beep that follows a pause."""
    floor, ringing = idle_floor(answer_detection=True, machine_action=MachineAction.LEAVE_MESSAGE)
    answered(floor, ringing)
    assert of_kind(floor.pass_time(6.0 + SILENCE), LeaveVoicemailMessage) == []
    assert len(floor.ordered(AwaitBeep)) == 1  # the network's own message does not come in between
    floor.tell(SpeechEnded(attempt_id=ringing, seconds=6.0))
    assert of_kind(floor.pass_time(0.9), LeaveVoicemailMessage) == []
    floor.tell(SpeechStarted(attempt_id=ringing))  # the beep
    assert of_kind(floor.pass_time(0.4 + SILENCE), LeaveVoicemailMessage) == []
    floor.tell(SpeechEnded(attempt_id=ringing, seconds=0.4))
    assert of_kind(floor.pass_time(0.9), LeaveVoicemailMessage) == []
    assert len(of_kind(floor.pass_time(0.2), LeaveVoicemailMessage)) == 1


def test_message_follows_a_greeting_that_was_over_when_it_was_judged() -> None:
    """A greeting that is judged by its end, as its beginning was not told: the silence counts from there."""
    floor, ringing = idle_floor(answer_detection=True, machine_action=MachineAction.LEAVE_MESSAGE)
    floor.answer(ringing)
    floor.tell(SpeechEnded(attempt_id=ringing, seconds=GREETING_MAX + 0.1))
    assert len(of_kind(floor.pass_time(1.1), LeaveVoicemailMessage)) == 1


def test_network_is_told_who_detects_and_how_much_silence_ends_speech() -> None:
    """The campaign's detector and its silence go with the order."""
    floor, ringing = idle_floor(answer_detection=True, detector=Detector.APP_AMD, speech_silence_seconds=0.7)
    (order,) = of_kind(floor.answer(ringing), DetectAnswer)
    assert (order.detector, order.silence_seconds) == (Detector.APP_AMD, 0.7)
    assert floor.attempt(ringing).judge is None
