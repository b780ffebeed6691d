"""What follows from the network's news about one call, and from its deadlines.

Every function here is called with an attempt in a state in which `call_attempt.HEARD_IN` admits the event.
"""

from dialer.core import events
from dialer.core.agent_session import AgentStatus, AgentTrigger
from dialer.core.call_attempt import WITH_AGENT_STATES, AttemptState, AttemptTrigger, CallAttempt
from dialer.core.commands import (
    CheckCall,
    ResumeCall,
)
from dialer.core.connecting import (
    free_agent,
    give_up_waiting,
    seek_agent,
    start_message,
    take_from_agent,
)
from dialer.core.detecting import begin_detection, detection_over, leave_message, prove_live
from dialer.core.ending import (
    end_by_network,
    finish,
    let_offered_agent_go,
    order_hang_up,
    send_hang_up,
)
from dialer.core.ledger import count_fate
from dialer.core.outcomes import UNANSWERED_OUTCOMES, EndCause, EndReason
from dialer.core.world import World
from rules.detection import DetectionVerdict

CONNECT_FAILURES_MAX = 3
"""Failed connections in a row after which an agent's leg is taken for dead, and he is paused."""

HANG_UPS_MAX = 3
"""Hang-ups sent before an attempt is ended without the network's word."""


def call_ringing(world: World, attempt: CallAttempt, event: events.CallRinging) -> None:
    """Note that the far end rings; the deadline of the dial goes on."""
    attempt.move(AttemptTrigger.RANG, world.now)


def call_answered(world: World, attempt: CallAttempt, event: events.CallAnswered) -> None:
    """Find out who answered, where the campaign wants to know."""
    answered_at = _instant_of(world, attempt, event.answered_at)
    if attempt.state is AttemptState.HANGING_UP:
        _answered_too_late(world, attempt, answered_at)
        return
    attempt.answered_at = answered_at
    if attempt.is_dialed_for_agent or not attempt.campaign.settings.answer_detection:
        attempt.verdict = DetectionVerdict.NOT_DETECTED
        prove_live(world, attempt)
        return
    begin_detection(world, attempt)


def call_connected(world: World, attempt: CallAttempt, event: events.CallConnected) -> None:
    """Note that client and agent hear each other."""
    agent = attempt.agent
    assert agent is not None
    if agent.agent_id != event.agent_id:
        world.counts["CallConnected: another agent was chosen since"] += 1
        return
    attempt.move(AttemptTrigger.BRIDGED, world.now)
    agent.move(AgentTrigger.BRIDGED, world.now)
    agent.connect_failures = 0
    attempt.talked_with = agent
    attempt.handed_on_by = None
    if attempt.saved_disposition is not None and attempt.saved_disposition.agent_id != agent.agent_id:
        attempt.saved_disposition = None  # the last agent to talk has the last word
    attempt.talk_began_at = world.now
    if attempt.bridged_at is None:
        attempt.bridged_at = world.now
        count_fate(world, attempt)
    world.deadlines.set(attempt, world.now + world.settings.call_check_seconds)
    world.record_agent(agent, "connected")


def connect_failed(world: World, attempt: CallAttempt, event: events.ConnectFailed) -> None:
    """Offer the client to somebody else."""
    assert attempt.agent is not None
    if attempt.agent.agent_id != event.agent_id:
        world.counts["ConnectFailed: another agent was chosen since"] += 1
        return
    _offer_on(world, attempt)


def message_ended(world: World, attempt: CallAttempt, event: events.MessageEnded) -> None:
    """Hang up after the message."""
    attempt.message_ended_at = world.now
    order_hang_up(world, attempt, attempt.end_reason or EndReason.MESSAGE_LEFT)


def safe_harbour_started(world: World, attempt: CallAttempt, event: events.SafeHarbourStarted) -> None:
    """Note that the network gave the client the message; whoever was to take the call is free again."""
    if attempt.answered_at is None:
        attempt.answered_at = _instant_of(world, attempt, event.answered_at)
        attempt.verdict = attempt.verdict or DetectionVerdict.NOT_DETECTED
    if attempt.state is AttemptState.HANGING_UP:
        return
    if attempt.campaign.lines.pop(attempt.attempt_id, None) is not None:
        attempt.campaign.pacer.observe("live_answer", world.now, world.now - attempt.dialed_at)
    agent = attempt.agent
    attempt.agent = None
    if attempt.state is AttemptState.CONNECTING:
        attempt.move(AttemptTrigger.AGENT_LOST, world.now)
    elif attempt.state is not AttemptState.WAITING:
        attempt.move(AttemptTrigger.PROVED_LIVE, world.now)
    start_message(world, attempt)
    if agent is not None:
        let_offered_agent_go(world, agent)


def call_ended(world: World, attempt: CallAttempt, event: events.CallEnded) -> None:
    """End the attempt: its leg is gone."""
    end_by_network(world, attempt, event.cause)


def dial_failed(world: World, attempt: CallAttempt, event: events.DialFailed) -> None:
    """End the attempt: it never became a call. One that was answered did, whatever is said of it later."""
    if attempt.answered_at is not None:
        world.counts["DialFailed: the far end had already answered"] += 1
        return
    finish(world, attempt, UNANSWERED_OUTCOMES[event.cause], EndReason.DIAL_FAILED)


def call_still_up(world: World, attempt: CallAttempt, event: events.CallStillUp) -> None:
    """Check again later."""
    if attempt.state is not AttemptState.CONSULTING:
        world.deadlines.set(attempt, world.now + world.settings.call_check_seconds)


def third_party_answered(world: World, attempt: CallAttempt, event: events.ThirdPartyAnswered) -> None:
    """Note that agent and third party talk; the client is still on hold."""
    attempt.has_third_party = True
    world.deadlines.set(attempt, world.now + world.settings.transfer_seconds_max)


def third_party_ended(world: World, attempt: CallAttempt, event: events.ThirdPartyEnded) -> None:
    """Bring client and agent together again, or end a call that nobody but the client is left in."""
    attempt.has_third_party = False
    if attempt.state is AttemptState.TRANSFERRED:
        order_hang_up(world, attempt, EndReason.TRANSFERRED)
        return
    was_consulting = attempt.state is AttemptState.CONSULTING
    attempt.move(AttemptTrigger.RESUMED, world.now)
    world.deadlines.set(attempt, world.now + world.settings.call_check_seconds)
    if was_consulting:
        assert attempt.agent is not None
        attempt.agent.move(AgentTrigger.RESUMED, world.now)
        world.outbox.append(ResumeCall(attempt_id=attempt.attempt_id))
        world.record_agent(attempt.agent, "third party gone")


def attempt_deadline(world: World, attempt: CallAttempt) -> None:
    """Act on the deadline of the attempt's present state."""
    state = attempt.state
    if state in (AttemptState.DIALING, AttemptState.RINGING):
        order_hang_up(world, attempt, EndReason.SILENT_NETWORK)
    elif state is AttemptState.DETECTING:
        detection_over(world, attempt)
    elif state is AttemptState.AWAITING_BEEP:
        leave_message(world, attempt)
    elif state is AttemptState.WAITING:
        give_up_waiting(world, attempt)
    elif state is AttemptState.CONNECTING:
        _offer_on(world, attempt)
    elif state in WITH_AGENT_STATES:
        _check(world, attempt)
    elif state is AttemptState.TRANSFERRED:
        order_hang_up(world, attempt, EndReason.TRANSFERRED)
    elif state is AttemptState.PLAYING_MESSAGE:
        order_hang_up(world, attempt, attempt.end_reason or EndReason.MESSAGE_LEFT)
    else:
        assert state is AttemptState.HANGING_UP, f"a deadline in state {state}"
        _hang_up_unconfirmed(world, attempt)


def _instant_of(world: World, attempt: CallAttempt, at: float | None) -> float:
    """Give the instant that late news is about: not before the dial, not after now."""
    return world.now if at is None else min(max(at, attempt.dialed_at), world.now)


def _answered_too_late(world: World, attempt: CallAttempt, answered_at: float) -> None:
    """Count a person who answered while our hang-up was on its way: answered, and given nobody."""
    if attempt.answered_at is not None:
        return
    attempt.answered_at = answered_at
    attempt.verdict = DetectionVerdict.NOT_DETECTED
    if attempt.campaign.lines.pop(attempt.attempt_id, None) is not None:
        attempt.campaign.pacer.observe("live_answer", world.now, world.now - attempt.dialed_at)


def _offer_on(world: World, attempt: CallAttempt) -> None:
    """Take the client from an agent who could not be reached, and look for another one."""
    agent = attempt.agent
    assert agent is not None
    take_from_agent(world, attempt, agent)
    seek_agent(world, attempt)
    agent.connect_failures += 1
    if agent.connect_failures >= CONNECT_FAILURES_MAX and agent.status is AgentStatus.AVAILABLE:
        agent.connect_failures = 0
        agent.choose(AgentStatus.PAUSED, "his telephone could not be connected", world.now)
    free_agent(world, agent, AgentTrigger.OFFER_FAILED, "connection failed")


def _check(world: World, attempt: CallAttempt) -> None:
    """Ask after a call not heard of for long; only the network's word ends a talk."""
    if attempt.state is AttemptState.CONSULTING and not attempt.has_third_party:
        third_party_ended(world, attempt, events.ThirdPartyEnded(attempt_id=attempt.attempt_id))
        return
    world.deadlines.set(attempt, world.now + world.settings.call_check_seconds)
    world.outbox.append(CheckCall(attempt_id=attempt.attempt_id))


def _hang_up_unconfirmed(world: World, attempt: CallAttempt) -> None:
    """Hang up again; after the last try the attempt ends here, and a leg that still lives is a stray."""
    if attempt.hang_ups_sent < HANG_UPS_MAX:
        send_hang_up(world, attempt)
    else:
        end_by_network(world, attempt, EndCause.NO_ANSWER)
