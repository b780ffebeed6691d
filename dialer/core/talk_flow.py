"""What people ask to be done with a call in progress: hang up, hold, transfer, three-way, take over.

Every function here is called with an attempt in a state in which `call_attempt.HEARD_IN` admits the request,
and (but for the supervisor's) by the agent who is with the call.
"""

from dialer.core import events
from dialer.core.agent_session import AgentState, AgentTrigger
from dialer.core.call_attempt import AttemptState, AttemptTrigger, CallAttempt
from dialer.core.commands import (
    DialThirdParty,
    DropThirdParty,
    HoldCall,
    JoinParties,
    ReleaseAgent,
    ResumeCall,
)
from dialer.core.connecting import offer, seek_agent, take_from_agent
from dialer.core.dialing import refuse
from dialer.core.ending import end_talk, order_hang_up
from dialer.core.outcomes import EndReason
from dialer.core.world import World


def agent_hung_up(world: World, attempt: CallAttempt, event: events.AgentHungUp) -> None:
    """End the call."""
    order_hang_up(world, attempt, EndReason.AGENT_HUNG_UP)


def agent_held_call(world: World, attempt: CallAttempt, event: events.AgentHeldCall) -> None:
    """Put the client on hold."""
    attempt.move(AttemptTrigger.HELD, world.now)
    _move_agent(world, attempt, AgentTrigger.HELD, "client on hold")
    world.outbox.append(HoldCall(attempt_id=attempt.attempt_id))


def agent_resumed_call(world: World, attempt: CallAttempt, event: events.AgentResumedCall) -> None:
    """Take the client back; a third party is dropped."""
    was_three_way = attempt.state is AttemptState.THREE_WAY
    attempt.move(AttemptTrigger.RESUMED, world.now)
    if was_three_way:
        world.outbox.append(DropThirdParty(attempt_id=attempt.attempt_id))
    else:
        _move_agent(world, attempt, AgentTrigger.RESUMED, "client back")
        world.outbox.append(ResumeCall(attempt_id=attempt.attempt_id))
    attempt.has_third_party = False
    world.deadlines.set(attempt, world.now + world.settings.call_check_seconds)


def agent_transferred_call(world: World, attempt: CallAttempt, event: events.AgentTransferredCall) -> None:
    """Hand the client to another agent; the one who hands on wraps up."""
    agent = attempt.agent
    assert agent is not None
    if event.to_agent_id == agent.agent_id:
        refuse(world, agent, "AgentTransferredCall", "You have the client already; name another agent.")
        return
    take_from_agent(world, attempt, agent)
    attempt.handed_on_by = agent.agent_id
    end_talk(world, attempt, agent)
    attempt.preferred_agent_id = event.to_agent_id
    attempt.required_skill = event.required_skill
    seek_agent(world, attempt)


def agent_started_consultation(
    world: World, attempt: CallAttempt, event: events.AgentStartedConsultation
) -> None:
    """Call a third party, with the client on hold."""
    agent = attempt.agent
    assert agent is not None
    if event.e164 in world.checks.do_not_call:
        refuse(world, agent, "AgentStartedConsultation", "That number must not be called (do-not-call).")
        return
    attempt.move(AttemptTrigger.CONSULTED, world.now)
    if agent.state is AgentState.TALKING:
        _move_agent(world, attempt, AgentTrigger.HELD, "calls a third party")
    ring = attempt.campaign.settings.ring_timeout_seconds
    world.deadlines.set(attempt, world.now + ring + world.settings.dial_grace_seconds)
    world.outbox.append(
        DialThirdParty(
            attempt_id=attempt.attempt_id,
            agent_id=agent.agent_id,
            e164=event.e164,
            ring_timeout_seconds=ring,
        )
    )


def agent_joined_parties(world: World, attempt: CallAttempt, event: events.AgentJoinedParties) -> None:
    """Make it a three-way call."""
    agent = attempt.agent
    assert agent is not None
    if not attempt.has_third_party:
        refuse(world, agent, "AgentJoinedParties", "The third party has not answered yet; wait or go back.")
        return
    attempt.move(AttemptTrigger.JOINED, world.now)
    _move_agent(world, attempt, AgentTrigger.RESUMED, "three-way")
    world.deadlines.set(attempt, world.now + world.settings.call_check_seconds)
    world.outbox.append(JoinParties(attempt_id=attempt.attempt_id))


def agent_left_parties(world: World, attempt: CallAttempt, event: events.AgentLeftParties) -> None:
    """Leave client and third party to themselves; the agent wraps up."""
    agent = attempt.agent
    assert agent is not None
    if not attempt.has_third_party:
        refuse(world, agent, "AgentLeftParties", "The third party has not answered yet; wait or go back.")
        return
    if attempt.state is AttemptState.CONSULTING:
        world.outbox.append(JoinParties(attempt_id=attempt.attempt_id))
    leave_parties(world, attempt)
    end_talk(world, attempt, agent)


def leave_parties(world: World, attempt: CallAttempt) -> None:
    """Take the agent's leg out of a call that client and third party go on with."""
    agent = attempt.agent
    assert agent is not None
    attempt.move(AttemptTrigger.AGENT_LEFT, world.now)
    world.deadlines.set(attempt, world.now + world.settings.transfer_seconds_max)
    world.outbox.append(ReleaseAgent(attempt_id=attempt.attempt_id, agent_id=agent.agent_id))


def supervisor_took_call(world: World, attempt: CallAttempt, event: events.SupervisorTookCall) -> None:
    """Give the client to the supervisor; the agent wraps up."""
    supervisor = world.agents.get(event.supervisor_id)
    agent = attempt.agent
    assert agent is not None
    if supervisor is None:
        world.counts["SupervisorTookCall: not signed in"] += 1
        return
    if supervisor.state is not AgentState.IDLE:
        refuse(
            world,
            supervisor,
            "SupervisorTookCall",
            f"Your own telephone must be idle; it is {supervisor.state.value}.",
        )
        return
    if not supervisor.can_reach(attempt.node_id):
        reason = "Your telephone must be on the client's node; it is on another one."
        refuse(world, supervisor, "SupervisorTookCall", reason)
        return
    take_from_agent(world, attempt, agent)
    end_talk(world, attempt, agent)
    offer(world, attempt, supervisor)


def _move_agent(world: World, attempt: CallAttempt, trigger: AgentTrigger, reason: str) -> None:
    assert attempt.agent is not None
    attempt.agent.move(trigger, world.now)
    world.record_agent(attempt.agent, reason)
