"""How much of a client's wait detection has used up when a person is heard, as the pacer is told of it."""

from dataclasses import replace

import pytest

from dialer.core.commands import RecordPacingDecision
from dialer.core.events import AnswerClassified, GreetingEnded
from dialer.core.settings import Detector
from rules.abandon_ledger import ClockStart
from rules.detection import DetectionVerdict
from rules.policy_pack import PolicyPack
from rules.policy_packs import get_policy_pack
from tests.unit.dialer.core.dialing_floor import Floor


def a_law(start: ClockStart) -> PolicyPack:
    """The US pack with another start of the clock."""
    pack = get_policy_pack("us_federal")
    return replace(pack, abandon_definition=replace(pack.abandon_definition, clock_start=start))


def seconds_spent(start: ClockStart, greeting_seconds: float | None) -> float:
    """What the pacer is told after a verdict 1.5 s after the answer, and perhaps the end of a greeting."""
    floor = Floor()
    floor.trunk()
    floor.campaign(
        policy_pack=a_law(start),
        connect_limit_seconds=2.0,
        answer_detection=True,
        detector=Detector.APP_AMD,
    )
    floor.agent("ann")
    (ringing,) = floor.ring(1)
    floor.answer(ringing)
    if greeting_seconds is not None:
        floor.pass_time(greeting_seconds)
        floor.tell(GreetingEnded(attempt_id=ringing))
    floor.pass_time(1.5 - (greeting_seconds or 0.0))
    floor.tell(AnswerClassified(attempt_id=ringing, verdict=DetectionVerdict.HUMAN))
    floor.pass_time(10.0)
    return floor.ordered(RecordPacingDecision)[-1].inputs.connect_seconds_spent


@pytest.mark.parametrize(
    ("start", "greeting_seconds", "seconds"),
    [
        (ClockStart.ANSWER, None, 1.5),
        (ClockStart.ANSWER, 1.0, 1.5),
        (ClockStart.GREETING_END, 1.0, 0.5),
        (ClockStart.GREETING_END, None, 1.5),
        (ClockStart.VERDICT, 1.0, 0.0),
    ],
)
def test_pacer_is_told_what_detection_uses_up_of_the_wait(
    start: ClockStart, greeting_seconds: float | None, seconds: float
) -> None:
    """Counted from where the law's clock starts; from the answer while no greeting was ever told of."""
    assert seconds_spent(start, greeting_seconds) == pytest.approx(seconds)


def test_seconds_spent_are_the_mean_of_the_newest_verdicts() -> None:
    """Three calls, found live after 0, 1 and 1.4 s; the network tells of all of them."""
    floor = Floor()
    floor.trunk()
    floor.campaign(policy_pack=a_law(ClockStart.ANSWER), answer_detection=True)
    for name in ("ann", "bob", "cyd"):
        floor.agent(name)
    for attempt_id, seconds in zip(floor.ring(3), (0.0, 1.0, 1.4), strict=True):
        floor.answer(attempt_id)
        floor.pass_time(seconds)
        floor.tell(AnswerClassified(attempt_id=attempt_id, verdict=DetectionVerdict.HUMAN))
    floor.pass_time(10.0)
    told = floor.ordered(RecordPacingDecision)[-1].inputs.connect_seconds_spent
    assert told == pytest.approx(0.8)


@pytest.mark.parametrize(("detector", "seconds"), [(Detector.APP_AMD, 0.0), (Detector.SPEECH, 0.5)])
def test_greeting_not_heard_by_the_verdict_goes_on_unless_we_listened(
    detector: Detector, seconds: float
) -> None:
    """The network tells its end later: the clock has not begun. Whom we hear nothing of greets no more."""
    floor = Floor()
    floor.trunk()
    floor.campaign(answer_detection=True, detector=detector)
    for name in ("ann", "bob"):
        floor.agent(name)
    first, second = floor.ring(2)
    for attempt_id in (first, second):
        floor.answer(attempt_id)
    floor.pass_time(1.0)
    floor.tell(GreetingEnded(attempt_id=first))
    for attempt_id in (first, second):
        floor.tell(AnswerClassified(attempt_id=attempt_id, verdict=DetectionVerdict.HUMAN))
    floor.pass_time(10.0)
    told = floor.ordered(RecordPacingDecision)[-1].inputs.connect_seconds_spent
    assert told == pytest.approx(seconds)
