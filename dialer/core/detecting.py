"""Who answered, and what follows: a person to an agent, a machine to its end or its message.

Every function here is called with an attempt in a state in which `call_attempt.HEARD_IN` admits the event.
The judgement itself is `answer_judge`'s, or the network's own detector's.
"""

from dialer.core import events
from dialer.core.answer_judge import AnswerJudge, is_noise
from dialer.core.call_attempt import AttemptState, AttemptTrigger, CallAttempt
from dialer.core.commands import AwaitBeep, DetectAnswer, LeaveVoicemailMessage, PlayCampaignMessage
from dialer.core.connecting import offer, seek_agent, wait_limit_at
from dialer.core.ending import order_hang_up
from dialer.core.outcomes import EndReason
from dialer.core.settings import CampaignSettings, Detector, MachineAction
from dialer.core.world import World
from rules.abandon_ledger import AbandonClass, ClockStart
from rules.detection import DetectionVerdict

CONNECT_RESERVE_SECONDS = 0.3
"""Left of the law's seconds for the bridge, when who answered is judged on the law's time (own measure)."""


def begin_detection(world: World, attempt: CallAttempt) -> None:
    """Find out who answered; the attempt has just been answered."""
    settings = attempt.campaign.settings
    attempt.move(AttemptTrigger.ANSWERED, world.now)
    order = DetectAnswer(
        attempt_id=attempt.attempt_id,
        detector=settings.detector,
        silence_seconds=settings.speech_silence_seconds,
    )
    if settings.detector is Detector.SPEECH:
        attempt.judge = AnswerJudge(settings, silent_limit_at(attempt), speaking_limit_at(attempt))
        world.deadlines.set(attempt, attempt.judge.decides_at)
    else:
        # The network seldom tells where a greeting ends: its detector too must leave time for an agent.
        world.deadlines.set(attempt, silent_limit_at(attempt))
    world.outbox.append(order)


def silent_limit_at(attempt: CallAttempt) -> float:
    """When a party of whom nothing is heard counts as a person, engine clock.

    Without a greeting every clock but the verdict's runs from the answer: an agent must still come in time.
    """
    settings = attempt.campaign.settings
    seconds = settings.detection_seconds_max
    if settings.policy_pack.abandon_definition.clock_start is not ClockStart.VERDICT:
        seconds = min(seconds, _seconds_of_law(settings))
    return _answered_at(attempt) + seconds


def speaking_limit_at(attempt: CallAttempt) -> float:
    """When a party that still speaks counts as a person, engine clock: its greeting starts some clocks."""
    settings = attempt.campaign.settings
    seconds = settings.detection_seconds_max
    if settings.policy_pack.abandon_definition.clock_start is ClockStart.ANSWER:
        seconds = min(seconds, _seconds_of_law(settings))
    return _answered_at(attempt) + seconds


def _seconds_of_law(settings: CampaignSettings) -> float:
    return max(0.0, settings.connect_limit_seconds - CONNECT_RESERVE_SECONDS)


def _answered_at(attempt: CallAttempt) -> float:
    assert attempt.answered_at is not None
    return attempt.answered_at


def speech_started(world: World, attempt: CallAttempt, event: events.SpeechStarted) -> None:
    """Listen on: how long it speaks tells who it is; a machine's greeting is not over."""
    if attempt.state is AttemptState.AWAITING_BEEP:
        assert attempt.message_due_by is not None
        world.deadlines.set(attempt, attempt.message_due_by)
    elif attempt.judge is not None:
        attempt.judge.speech_started(world.now)
        world.deadlines.set(attempt, attempt.judge.decides_at)


def speech_ended(world: World, attempt: CallAttempt, event: events.SpeechEnded) -> None:
    """Judge the greeting that is over; the message for a machine waits for its beep to be over too."""
    if attempt.state is AttemptState.AWAITING_BEEP:
        _await_silence(world, attempt)
        return
    if attempt.judge is None:
        return
    if not is_noise(event.seconds, attempt.campaign.settings):
        ended_at = world.now - attempt.campaign.settings.speech_silence_seconds
        _note_greeting_end(attempt, max(ended_at, _answered_at(attempt)))
    verdict = attempt.judge.speech_ended(event.seconds)
    if verdict is None:
        world.deadlines.set(attempt, attempt.judge.decides_at)
        return
    classify(world, attempt, verdict)


def answer_classified(world: World, attempt: CallAttempt, event: events.AnswerClassified) -> None:
    """Act on the network's own verdict; unsure counts as a person."""
    attempt.judge = None  # it is not asked any more; where the greeting stands the network does not say
    classify(world, attempt, event.verdict)


def detection_over(world: World, attempt: CallAttempt) -> None:
    """Decide at the deadline: a machine speaks still, anybody else counts as a person."""
    judge = attempt.judge
    if judge is None:
        classify(world, attempt, DetectionVerdict.UNSURE)
        return
    verdict = judge.verdict_at_deadline()
    if judge.is_speaking and verdict is not DetectionVerdict.MACHINE:
        _note_greeting_end(attempt, world.now)  # it is later still: whoever comes now comes before it
    classify(world, attempt, verdict)


def greeting_ended(world: World, attempt: CallAttempt, event: events.GreetingEnded) -> None:
    """Note the end of the greeting; the wait may be counted from here."""
    if not _note_greeting_end(attempt, world.now):
        return
    if attempt.state is AttemptState.WAITING:
        world.deadlines.set(attempt, wait_limit_at(attempt))


def beep_heard(world: World, attempt: CallAttempt, event: events.BeepHeard) -> None:
    """Leave the message on the machine."""
    leave_message(world, attempt)


def classify(world: World, attempt: CallAttempt, verdict: DetectionVerdict) -> None:
    """Act on a verdict."""
    attempt.verdict = verdict
    attempt.verdict_at = world.now
    is_silent = attempt.judge is not None and not attempt.judge.is_speaking
    attempt.judge = None
    campaign = attempt.campaign
    action = campaign.settings.machine_action
    if verdict is not DetectionVerdict.MACHINE or action is MachineAction.ROUTE:
        prove_live(world, attempt)
        return
    if campaign.lines.pop(attempt.attempt_id, None) is not None:
        campaign.pacer.observe("machine", world.now, world.now - attempt.dialed_at)
    if action is MachineAction.HANG_UP:
        order_hang_up(world, attempt, EndReason.MACHINE_HUNG_UP)
        return
    attempt.move(AttemptTrigger.PROVED_MACHINE, world.now)
    attempt.message_due_by = world.now + world.settings.beep_seconds_max
    world.deadlines.set(attempt, attempt.message_due_by)
    world.outbox.append(AwaitBeep(attempt_id=attempt.attempt_id))
    if is_silent:
        _await_silence(world, attempt)


def prove_live(world: World, attempt: CallAttempt) -> None:
    """Treat the answer as a person's: to an agent, or the broadcast's message."""
    campaign = attempt.campaign
    attempt.move(AttemptTrigger.PROVED_LIVE, world.now)
    if campaign.lines.pop(attempt.attempt_id, None) is not None:
        campaign.pacer.observe("live_answer", world.now, world.now - attempt.dialed_at)
        campaign.time_verdict(max(0.0, world.now - _clock_started_at(world, attempt)))
    agent = attempt.agent
    if agent is not None:
        offer(world, attempt, agent)
    elif attempt.is_broadcast:
        _play(world, attempt)
        world.outbox.append(PlayCampaignMessage(attempt_id=attempt.attempt_id))
    else:
        seek_agent(world, attempt)


def leave_message(world: World, attempt: CallAttempt) -> None:
    """Leave the campaign's message on the machine, which records by now."""
    _play(world, attempt)
    world.outbox.append(LeaveVoicemailMessage(attempt_id=attempt.attempt_id))


def _play(world: World, attempt: CallAttempt) -> None:
    attempt.end_reason = EndReason.MESSAGE_LEFT
    attempt.move(AttemptTrigger.MESSAGE_STARTED, world.now)
    attempt.message_started_at = world.now
    world.deadlines.set(attempt, world.now + world.settings.message_seconds_max)


def _await_silence(world: World, attempt: CallAttempt) -> None:
    """Let the message begin when the machine has been silent long enough: after its greeting and its beep."""
    assert attempt.message_due_by is not None
    settings = attempt.campaign.settings
    further_seconds = max(0.0, settings.message_silence_seconds - settings.speech_silence_seconds)
    world.deadlines.set(attempt, min(world.now + further_seconds, attempt.message_due_by))


def _clock_started_at(world: World, attempt: CallAttempt) -> float:
    """When the law's clock started for a party just found live, engine clock; not yet: now."""
    settings = attempt.campaign.settings
    match settings.policy_pack.abandon_definition.clock_start:
        case ClockStart.VERDICT:
            return world.now
        case ClockStart.ANSWER:
            return _answered_at(attempt)
        case ClockStart.GREETING_END:
            pass
    if attempt.greeting_ended_at is not None:
        return attempt.greeting_ended_at
    # Where we heard none, or nobody tells us of any, the ledger counts from the answer; else it goes on.
    is_unheard = settings.detector is Detector.SPEECH or not attempt.campaign.hears_greetings
    return _answered_at(attempt) if is_unheard else world.now


def _note_greeting_end(attempt: CallAttempt, at: float) -> bool:
    """Put the greeting's end on record, where it is news; gives whether it was."""
    if attempt.greeting_ended_at is not None or attempt.fate is AbandonClass.ABANDONED:
        return False  # known already; or told too late: what was counted as abandoned stays so in the ledger
    attempt.greeting_ended_at = at
    attempt.campaign.hears_greetings = True
    return True
