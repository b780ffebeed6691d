"""Bringing answered calls and agents together: offer, wait, give up; and what a ready agent does next."""

from dialer.core.agent_session import AgentSession, AgentTrigger
from dialer.core.call_attempt import AttemptTrigger, CallAttempt
from dialer.core.campaign import PREVIEW, Campaign
from dialer.core.commands import ConnectToAgent, PlaySafeHarbourMessage, ReleaseAgent
from dialer.core.dialing import dial_for_agent, start_preview
from dialer.core.ledger import count_fate
from dialer.core.outcomes import EndReason
from dialer.core.world import World
from rules.abandon_ledger import ClockStart


def seek_agent(world: World, attempt: CallAttempt) -> None:
    """Offer a WAITING call to the agent whose turn it is, or let it wait for one."""
    agent = world.switchboard.find_agent(world, attempt)
    if agent is not None:
        offer(world, attempt, agent)
        return
    attempt.sequence = world.next_sequence()
    attempt.waiting_since = world.now
    attempt.campaign.waiting[attempt.attempt_id] = attempt
    world.deadlines.set(attempt, wait_limit_at(attempt))


def offer(world: World, attempt: CallAttempt, agent: AgentSession) -> None:
    """Order the bridge between a WAITING call and an agent who is free for it."""
    attempt.campaign.waiting.pop(attempt.attempt_id, None)
    attempt.move(AttemptTrigger.AGENT_CHOSEN, world.now)
    agent.move(AgentTrigger.OFFERED, world.now)
    world.switchboard.leave(agent)
    attempt.agent = agent
    agent.attempt = attempt
    if attempt.offered_at is None:
        attempt.offered_at = world.now
    # One deadline for both: the attempt's. The agent's own (of a preview) is over.
    world.deadlines.cancel(agent)
    world.deadlines.set(attempt, world.now + world.settings.connect_confirm_seconds)
    world.outbox.append(
        ConnectToAgent(
            attempt_id=attempt.attempt_id,
            agent_id=agent.agent_id,
            campaign_id=attempt.campaign.settings.campaign_id,
            lead_id=attempt.lead.lead_id if attempt.lead else None,
        )
    )
    world.record_agent(agent, "offered")


def serve(world: World, agent: AgentSession) -> None:
    """Give a ready agent his next work: a waiting call, his own callback, a preview, or a place in line."""
    if not agent.is_ready:
        return
    attempt = world.switchboard.find_call(world, agent)
    if attempt is not None:
        offer(world, attempt, agent)
        return
    for campaign_id in agent.campaign_ids:
        campaign = world.campaigns.get(campaign_id)
        if campaign is None or not campaign.is_dialing:
            continue
        bound = campaign.hopper.take_bound(world, campaign, agent.agent_id)
        if bound is not None and dial_for_agent(world, campaign, bound, agent):
            return
    campaign = world.campaigns.get(agent.counted_campaign_id) if agent.counted_campaign_id else None
    if (
        campaign is not None
        and campaign.settings.pacing_method == PREVIEW
        and _leaves_reserve(campaign)
        and start_preview(world, campaign, agent)
    ):
        return
    world.switchboard.join(world, agent)
    if campaign is not None:
        world.nudge(campaign)


def _leaves_reserve(campaign: Campaign) -> bool:
    """Whether as many other agents stand in line as the campaign reserves for callers."""
    reserved = campaign.settings.inbound_agents_reserved
    if reserved == 0:
        return True
    return sum(1 for agent in campaign.counted_agents.values() if agent.pool_ticket) >= reserved


def serve_campaign(world: World, campaign: Campaign) -> None:
    """Serve the ready agents of a campaign again: its leads have come, its settings or status have changed.

    That is everyone who works for it, also those who are counted for another one.
    """
    campaign_id = campaign.settings.campaign_id
    for agent in list(world.agents.values()):
        if agent.pool_ticket and campaign_id in agent.campaign_ids:
            world.switchboard.leave(agent)
            serve(world, agent)


def free_agent(world: World, agent: AgentSession, trigger: AgentTrigger, reason: str) -> None:
    """Let go an agent whose call or preview came to nothing, and serve him."""
    agent.move(trigger, world.now)
    agent.attempt = None
    world.deadlines.cancel(agent)
    world.record_agent(agent, reason)
    serve(world, agent)


def take_from_agent(world: World, attempt: CallAttempt, agent: AgentSession) -> None:
    """Let the client wait again: its agent is gone, could not be reached, or hands it on."""
    attempt.move(AttemptTrigger.AGENT_LOST, world.now)
    attempt.agent = None
    world.deadlines.cancel(attempt)
    world.outbox.append(ReleaseAgent(attempt_id=attempt.attempt_id, agent_id=agent.agent_id))


def give_up_waiting(world: World, attempt: CallAttempt) -> None:
    """Play the safe-harbour message to somebody who has waited as long as the rule allows."""
    start_message(world, attempt)
    world.outbox.append(PlaySafeHarbourMessage(attempt_id=attempt.attempt_id))


def start_message(world: World, attempt: CallAttempt) -> None:
    """Note that the safe-harbour message begins for a WAITING call.

    The message never takes the call out of the count, it makes the share defensible (16 CFR 310.4 (b)(4)).
    """
    attempt.campaign.waiting.pop(attempt.attempt_id, None)
    attempt.move(AttemptTrigger.MESSAGE_STARTED, world.now)
    attempt.message_started_at = world.now
    is_queued = attempt.is_inbound or attempt.bridged_at is not None
    attempt.end_reason = EndReason.OVERFLOW if is_queued else EndReason.ABANDONED
    count_fate(world, attempt)
    world.deadlines.set(attempt, world.now + world.settings.message_seconds_max)


def wait_limit_at(attempt: CallAttempt) -> float:
    """Give the instant, engine clock, until which a WAITING call may wait.

    A caller, and a client who has already talked, waits in the queue; for anyone else it is the law's clock.
    Where its start is not known it starts at the answer, as the ledger will count it (the stricter way).
    """
    settings = attempt.campaign.settings
    if attempt.is_inbound or attempt.bridged_at is not None:
        assert attempt.waiting_since is not None
        return attempt.waiting_since + settings.inbound_wait_seconds_max
    started_at: float | None = None
    match settings.policy_pack.abandon_definition.clock_start:
        case ClockStart.GREETING_END:
            started_at = attempt.greeting_ended_at
        case ClockStart.VERDICT:
            started_at = attempt.verdict_at
        case ClockStart.ANSWER:
            pass
    if started_at is None:
        started_at = attempt.answered_at
    assert started_at is not None
    return started_at + settings.connect_limit_seconds
