"""Going on after a restart: the engine is rebuilt from what the store and the network still know.

Nobody who talks is dropped, nobody who has answered is forgotten, and what died meanwhile is ended once.
Order: agents, then talks (they claim their agents), then everything else, then whoever is ready is served.
"""

from dialer.core.agent_flow import count_agents
from dialer.core.agent_session import AgentSession, AgentState, AgentStatus, AgentTrigger, OwedDisposition
from dialer.core.call_attempt import AttemptTrigger, CallAttempt
from dialer.core.connecting import serve
from dialer.core.detecting import prove_live
from dialer.core.ending import end_by_network, order_hang_up
from dialer.core.events import LiveAgent, LiveAttempt, StateRestored
from dialer.core.house_flow import end_lost
from dialer.core.outcomes import EndReason
from dialer.core.restart_events import CampaignMemory
from dialer.core.world import World
from pacing import PacerStateError
from rules.detection import DetectionVerdict


def state_restored(world: World, event: StateRestored) -> None:
    """Rebuild the engine from what lives; a repetition would bring back what has ended since."""
    if world.is_restored:
        world.counts["StateRestored: repeated"] += 1
        return
    world.is_restored = True
    for memory in event.memories:
        _remember(world, memory)
    for live_agent in event.agents:
        _restore_agent(world, live_agent)
    count_agents(world)
    restored = [(_restore_books(world, live), live) for live in event.attempts]
    for attempt, live in restored:
        if live.bridged_at is not None:
            # Also one whose leg has died meanwhile: its agent still owes the disposition.
            _restore_talk(world, attempt, live)
    for attempt, live in restored:
        if not live.is_up:
            _end_gone(world, attempt, live)
        elif attempt.talk_began_at is None:
            _restore_other(world, attempt, live)
    for campaign_id, leads in event.reservations:
        campaign = world.get_campaign(campaign_id)
        campaign.hopper.add(world, campaign, leads)
    for agent in list(world.agents.values()):
        if not agent.pool_ticket:
            serve(world, agent)


def _remember(world: World, memory: CampaignMemory) -> None:
    """Take up what the law's windows have counted, and what the pacer had learned if it fits this pacer."""
    campaign = world.get_campaign(memory.campaign_id)
    if memory.first_answer_at is not None:
        campaign.windows.begin(memory.first_answer_at)
    campaign.windows.take(memory.histories)
    if memory.pacer is None:
        return
    if memory.pacer.method != campaign.settings.pacing_method:
        world.counts["StateRestored: pacer state of another method"] += 1
        return
    try:
        campaign.pacer.restore_state(memory.pacer.data)
    except PacerStateError:
        world.counts["StateRestored: pacer state cannot be used"] += 1


def _end_gone(world: World, attempt: CallAttempt, live: LiveAttempt) -> None:
    """End an attempt whose leg was gone when we came back, as the network said of it, if it did."""
    if live.has_message and live.answered_at is not None:
        attempt.message_started_at = live.answered_at
        attempt.end_reason = EndReason.ABANDONED
    if live.end_cause is None:
        end_lost(world, attempt)
    else:
        end_by_network(world, attempt, live.end_cause)


def _restore_agent(world: World, live: LiveAgent) -> None:
    agent = AgentSession(
        live.agent_id, live.campaign_ids, live.skills, live.node_id, world.next_sequence(), world.now
    )
    world.agents[live.agent_id] = agent
    agent.choose(
        AgentStatus.AVAILABLE if live.is_available else AgentStatus.PAUSED, live.pause_reason, world.now
    )
    if live.wrapping_up_attempt_id is not None:
        assert live.wrapping_up_campaign_id is not None
        agent.owed = OwedDisposition(
            attempt_id=live.wrapping_up_attempt_id,
            campaign_id=live.wrapping_up_campaign_id,
            lead=live.wrapping_up_lead,
            since=world.now,
            decides_lead=True,
        )
        if live.wrapping_up_lead is not None:
            world.leads_in_progress.add(live.wrapping_up_lead.lead_id)
    if not live.has_leg:
        world.deadlines.set(agent, world.now + world.settings.agent_absence_seconds_max)
    elif agent.owed is None:
        agent.move(AgentTrigger.LEG_UP, world.now)
    else:
        agent.move(AgentTrigger.LEG_UP_OWING, world.now)
        settings = world.get_campaign(agent.owed.campaign_id).settings
        world.deadlines.set(agent, world.now + settings.wrap_up_seconds_max)
    world.record_agent(agent, "engine restarted")


def _restore_books(world: World, live: LiveAttempt) -> CallAttempt:
    campaign = world.get_campaign(live.campaign_id)
    trunk = world.trunks.by_id.get(live.trunk_id) if live.trunk_id is not None else None
    # The store's clock may be a little ahead of ours; an age must not be negative.
    dialed_at = min(live.dialed_at, world.now)
    attempt = CallAttempt(live.attempt_id, campaign, live.lead, live.e164, live.node_id, trunk, dialed_at)
    attempt.is_inbound = live.lead is None
    if live.bridged_at is not None:
        attempt.is_broadcast = False  # the campaign became one later
    attempt.answered_at = live.answered_at
    if attempt.is_inbound and live.answered_at is None:
        attempt.answered_at = dialed_at  # a caller is there from the beginning
    attempt.verdict = live.verdict
    attempt.verdict_at = live.answered_at if live.verdict is not None else None
    attempt.offered_at = attempt.bridged_at = live.bridged_at
    world.attempts[attempt.attempt_id] = attempt
    campaign.attempts_in_progress += 1
    if trunk is not None:
        trunk.channels_used += 1
    if live.lead is not None:
        world.numbers_in_progress.add(live.e164)
        world.leads_in_progress.add(live.lead.lead_id)
    for agent in world.agents.values():
        # The last agent who talked, and owes the disposition of, a call that still lives (handed on).
        if agent.owed is not None and agent.owed.attempt_id == attempt.attempt_id:
            agent.owed = OwedDisposition(
                attempt_id=agent.owed.attempt_id,
                campaign_id=agent.owed.campaign_id,
                lead=agent.owed.lead,
                since=agent.owed.since,
                decides_lead=False,
            )
            attempt.talked_with = agent
    return attempt


def _restore_talk(world: World, attempt: CallAttempt, live: LiveAttempt) -> None:
    """Take up a talk where it is; without its agent the client is offered on with the rest."""
    agent = world.agents.get(live.agent_id) if live.agent_id is not None else None
    if agent is None or agent.state is not AgentState.IDLE:
        return
    for attempt_trigger in (AttemptTrigger.PROVED_LIVE, AttemptTrigger.AGENT_CHOSEN, AttemptTrigger.BRIDGED):
        attempt.move(attempt_trigger, world.now)
    for agent_trigger in (AgentTrigger.OFFERED, AgentTrigger.BRIDGED):
        agent.move(agent_trigger, world.now)
    attempt.agent = attempt.talked_with = agent
    agent.attempt = attempt
    attempt.talk_began_at = min(live.bridged_at, world.now) if live.bridged_at is not None else world.now
    world.deadlines.set(attempt, world.now + world.settings.call_check_seconds)
    world.record_agent(agent, "still talking")


def _restore_other(world: World, attempt: CallAttempt, live: LiveAttempt) -> None:
    if live.answered_at is None:
        _restore_line(world, attempt, live)
        return
    if live.has_message:
        _restore_message(world, attempt)
    elif live.verdict is DetectionVerdict.MACHINE:
        order_hang_up(world, attempt, EndReason.MACHINE_HUNG_UP)
    else:
        prove_live(world, attempt)


def _restore_message(world: World, attempt: CallAttempt) -> None:
    """Let a message play on; why it is played follows from the call."""
    if attempt.verdict is DetectionVerdict.MACHINE or attempt.is_broadcast:
        reason = EndReason.MESSAGE_LEFT
    elif attempt.is_inbound or attempt.bridged_at is not None:
        reason = EndReason.OVERFLOW
    else:
        reason = EndReason.ABANDONED
    for trigger in (AttemptTrigger.PROVED_LIVE, AttemptTrigger.MESSAGE_STARTED):
        attempt.move(trigger, world.now)
    attempt.message_started_at = world.now
    attempt.end_reason = reason
    world.deadlines.set(attempt, world.now + world.settings.message_seconds_max)


def _restore_line(world: World, attempt: CallAttempt, live: LiveAttempt) -> None:
    """Let a line ring on; one that was dialed for an agent keeps him reserved, if he is there."""
    campaign = attempt.campaign
    if live.agent_id is None:
        campaign.lines[attempt.attempt_id] = attempt
    else:
        agent = world.agents.get(live.agent_id)
        if agent is None or agent.state is not AgentState.IDLE:
            order_hang_up(world, attempt, EndReason.AGENT_GONE)
            return
        agent.move(AgentTrigger.RESERVED, world.now)
        agent.attempt = attempt
        attempt.agent = agent
        attempt.is_dialed_for_agent = True
        world.record_agent(agent, "dialing for him")
    limit = campaign.settings.ring_timeout_seconds + world.settings.dial_grace_seconds
    world.deadlines.set(attempt, max(world.now, live.dialed_at + limit))
