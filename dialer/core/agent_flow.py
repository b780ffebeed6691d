"""What follows from agents signing in and out, pausing, vanishing, dialing, previewing and wrapping up."""

from dialer.core import events
from dialer.core.agent_session import AgentSession, AgentState, AgentStatus, AgentTrigger, Preview
from dialer.core.call_attempt import UNANSWERED_STATES, AttemptState, CallAttempt
from dialer.core.calling_checks import HouseReason
from dialer.core.campaign import Campaign
from dialer.core.commands import LeadRelease, ReleaseLeads
from dialer.core.connecting import free_agent, seek_agent, serve, take_from_agent
from dialer.core.dialing import dial_for_agent, refuse
from dialer.core.ending import (
    drop_third_party,
    order_hang_up,
    record_disposition,
    settle_disposition,
)
from dialer.core.outcomes import EndReason
from dialer.core.settings import PreviewTimeoutAction
from dialer.core.talk_flow import leave_parties
from dialer.core.world import World


def agent_logged_in(world: World, event: events.AgentLoggedIn) -> None:
    """Begin a session; somebody who is signed in already keeps his, with the new campaigns and skills."""
    agent = world.agents.get(event.agent_id)
    if agent is not None:
        agent.campaign_ids, agent.skills = event.campaign_ids, event.skills
        count_agent(world, agent)
        if agent.state is AgentState.OFFLINE:
            agent.node_id = event.node_id  # his telephone may have been called from another one
            agent_returned(world, agent, events.AgentReturned(agent_id=agent.agent_id))
        elif agent.pool_ticket:
            world.switchboard.leave(agent)
            serve(world, agent)
        return
    agent = AgentSession(
        event.agent_id, event.campaign_ids, event.skills, event.node_id, world.next_sequence(), world.now
    )
    world.agents[event.agent_id] = agent
    agent.move(AgentTrigger.LEG_UP, world.now)
    count_agent(world, agent)
    world.record_agent(agent)


def agent_logged_out(world: World, agent: AgentSession, event: events.AgentLoggedOut) -> None:
    """End a session; whatever he was doing goes on without him."""
    _log_out(world, agent, "signed out")


def supervisor_logged_out_agent(
    world: World, agent: AgentSession, event: events.SupervisorLoggedOutAgent
) -> None:
    """End a session by a supervisor's order."""
    _log_out(world, agent, "signed out by a supervisor")


def agent_became_available(world: World, agent: AgentSession, event: events.AgentBecameAvailable) -> None:
    """Note that the agent wants calls."""
    if agent.status is AgentStatus.AVAILABLE:
        return
    agent.choose(AgentStatus.AVAILABLE, "", world.now)
    agent.connect_failures = 0
    world.record_agent(agent, "available")
    serve(world, agent)


def agent_paused(
    world: World, agent: AgentSession, event: events.AgentPaused | events.SupervisorPausedAgent
) -> None:
    """Note that the agent wants no calls: now, or from the end of the call that he is on."""
    if agent.status is AgentStatus.PAUSED:
        agent.pause_reason = event.reason
        return
    agent.choose(AgentStatus.PAUSED, event.reason, world.now)
    world.switchboard.leave(agent)
    world.record_agent(agent)
    if agent.preview is not None:
        end_preview(world, agent, HouseReason.PREVIEW_SKIPPED, agent.pause_reason)


def agent_vanished(world: World, agent: AgentSession, event: events.AgentVanished) -> None:
    """Go on without an agent whose leg is gone; he has some time to come back."""
    if agent.state is AgentState.OFFLINE:
        return
    _lose_leg(world, agent, "vanished")
    world.deadlines.set(agent, world.now + world.settings.agent_absence_seconds_max)


def agent_returned(world: World, agent: AgentSession, event: events.AgentReturned) -> None:
    """Take an agent back: to his wrap-up if he owes one, else idle."""
    if agent.state is not AgentState.OFFLINE:
        return
    owed = agent.owed
    if owed is None:
        agent.move(AgentTrigger.LEG_UP, world.now)
        world.deadlines.cancel(agent)
    else:
        agent.move(AgentTrigger.LEG_UP_OWING, world.now)
        campaign = world.get_campaign(owed.campaign_id)
        world.deadlines.set(agent, world.now + campaign.settings.wrap_up_seconds_max)
    world.record_agent(agent, "returned")
    serve(world, agent)


def agent_requested_dial(world: World, agent: AgentSession, event: events.AgentRequestedDial) -> None:
    """Dial the next lead for an agent who dials by hand."""
    campaign = world.get_campaign(event.campaign_id)
    request = "AgentRequestedDial"
    if not agent.is_ready:
        refuse(world, agent, request, f"You must be available and idle; you are {_where(agent)}.")
        return
    if event.campaign_id not in agent.campaign_ids:
        refuse(world, agent, request, "You must be signed in to the campaign whose lead you dial.")
        return
    if not campaign.is_dialing:
        refuse(world, agent, request, f"The campaign must run; it is {campaign.status.value}.")
        return
    lead = campaign.hopper.take(world, campaign)
    if lead is None:
        campaign.hopper.refill(world, campaign)
        refuse(world, agent, request, "No lead can be dialed at this moment; more are being asked for.")
        return
    if not dial_for_agent(world, campaign, lead, agent):
        refuse(world, agent, request, "No line is free at this moment; try again in some seconds.")


def preview_accepted(world: World, agent: AgentSession, event: events.PreviewAccepted) -> None:
    """Dial the lead on the agent's screen."""
    if _previews(agent, event):
        _dial_preview(world, agent)
    else:
        world.counts["PreviewAccepted: not on his screen"] += 1


def preview_skipped(world: World, agent: AgentSession, event: events.PreviewSkipped) -> None:
    """Release the lead on the agent's screen and show him the next one."""
    if _previews(agent, event):
        end_preview(world, agent, HouseReason.PREVIEW_SKIPPED, "skipped")
    else:
        world.counts["PreviewSkipped: not on his screen"] += 1


def disposition_saved(world: World, agent: AgentSession, event: events.DispositionSaved) -> None:
    """Take the result of a talk: in the wrap-up, or while the client is still there."""
    attempt = agent.attempt
    if agent.owed is not None and agent.owed.attempt_id == event.attempt_id:
        settle_disposition(world, agent, event)
    elif attempt is not None and attempt.attempt_id == event.attempt_id and attempt.talked_with is agent:
        attempt.saved_disposition = event
        campaign_id = attempt.campaign.settings.campaign_id
        record_disposition(world, agent, event.attempt_id, campaign_id, attempt.lead, event, None)
    else:
        refuse(
            world, agent, "DispositionSaved", "That call is not yours, or its result is on record already."
        )


def agent_deadline(world: World, agent: AgentSession) -> None:
    """Act on the deadline of the agent's present state."""
    if agent.state is AgentState.WRAPPING_UP:
        settle_disposition(world, agent, None)
    elif agent.state is AgentState.OFFLINE:
        _log_out(world, agent, "did not come back")
    else:
        assert agent.preview is not None, f"a deadline in state {agent.state}"
        _preview_timed_out(world, agent)


def count_agent(world: World, agent: AgentSession) -> None:
    """Count an agent for the first of his campaigns that runs and has leads: his time is sold once."""
    chosen: Campaign | None = None
    for campaign_id in agent.campaign_ids:
        campaign = world.campaigns.get(campaign_id)
        if campaign is None:
            continue
        if campaign.is_dialing and not campaign.is_agentless and not campaign.hopper.is_dry:
            chosen = campaign
            break
        chosen = chosen or campaign
    before = world.campaigns.get(agent.counted_campaign_id) if agent.counted_campaign_id else None
    if before is chosen:
        return
    if before is not None:
        before.counted_agents.pop(agent.agent_id, None)
    agent.counted_campaign_id = chosen.settings.campaign_id if chosen else None
    if chosen is not None:
        chosen.counted_agents[agent.agent_id] = agent


def count_agents(world: World) -> None:
    """Count every agent anew: a campaign was configured, started, stopped or has run dry."""
    for agent in world.agents.values():
        count_agent(world, agent)


def _log_out(world: World, agent: AgentSession, reason: str) -> None:
    if agent.state is not AgentState.OFFLINE:
        _lose_leg(world, agent, reason)
    if agent.owed is not None:
        settle_disposition(world, agent, None)
    agent.choose(AgentStatus.LOGGED_OUT, reason, world.now)
    world.deadlines.cancel(agent)
    world.record_agent(agent)
    campaign = world.campaigns.get(agent.counted_campaign_id) if agent.counted_campaign_id else None
    if campaign is not None:
        campaign.counted_agents.pop(agent.agent_id, None)
    del world.agents[agent.agent_id]


def _lose_leg(world: World, agent: AgentSession, reason: str) -> None:
    """Take an agent's leg away; his client, his line or his lead goes on without him."""
    world.switchboard.leave(agent)
    world.deadlines.cancel(agent)
    attempt, preview = agent.attempt, agent.preview
    agent.attempt = agent.preview = None
    agent.move(AgentTrigger.LEG_LOST, world.now)
    world.record_agent(agent, reason)
    if preview is not None:
        world.let_lead_go(preview.lead.lead_id)
        _keep_for_others(world, preview)
    if attempt is not None:
        _go_on_without(world, attempt, agent)


def _keep_for_others(world: World, preview: Preview) -> None:
    """Put a previewed lead back into the hopper, or give it back where nothing is dialed any more."""
    campaign = world.get_campaign(preview.campaign_id)
    if campaign.status in (events.CampaignStatus.STOPPED, events.CampaignStatus.DRAINING):
        reason = HouseReason.CAMPAIGN_NOT_RUNNING.value
        _release(world, campaign, LeadRelease(lead_id=preview.lead.lead_id, reason=reason))
    else:
        campaign.hopper.put_back(preview.lead)


def _go_on_without(world: World, attempt: CallAttempt, agent: AgentSession) -> None:
    """Offer the client on; a line dialed for this agent alone is hung up before anybody answers it."""
    if attempt.state in UNANSWERED_STATES:
        attempt.agent = None
        order_hang_up(world, attempt, EndReason.AGENT_GONE)
    elif attempt.state is AttemptState.THREE_WAY:
        leave_parties(world, attempt)
        attempt.agent = None
        attempt.talk_began_at = None
    else:
        _drop_consultation(world, attempt)
        take_from_agent(world, attempt, agent)
        attempt.talk_began_at = None
        seek_agent(world, attempt)


def _preview_timed_out(world: World, agent: AgentSession) -> None:
    assert agent.preview is not None
    action = world.get_campaign(agent.preview.campaign_id).settings.preview_timeout_action
    if action is PreviewTimeoutAction.DIAL:
        _dial_preview(world, agent)
        return
    if action is PreviewTimeoutAction.PAUSE:
        agent.choose(AgentStatus.PAUSED, "preview timed out", world.now)
    end_preview(world, agent, HouseReason.PREVIEW_TIMED_OUT, "preview timed out")


def _dial_preview(world: World, agent: AgentSession) -> None:
    """Dial the previewed lead, if it still may be dialed; the rules may have closed meanwhile."""
    preview = agent.preview
    assert preview is not None
    campaign = world.get_campaign(preview.campaign_id)
    world.let_lead_go(preview.lead.lead_id)
    refusal = world.checks.refusal(world, campaign.settings.policy_pack, preview.lead)
    if refusal is None and not campaign.is_dialing:
        end_preview(world, agent, HouseReason.CAMPAIGN_NOT_RUNNING, "campaign not running")
    elif refusal is not None:
        refuse(world, agent, "PreviewAccepted", f"This lead may not be dialed any more: {refusal.reason}.")
        _release(
            world,
            campaign,
            LeadRelease(lead_id=preview.lead.lead_id, reason=refusal.reason, allowed_at=refusal.allowed_at),
        )
        agent.preview = None
        free_agent(world, agent, AgentTrigger.RELEASED, "lead refused")
    elif not dial_for_agent(world, campaign, preview.lead, agent):
        refuse(world, agent, "PreviewAccepted", "No line is free at this moment; the lead keeps its place.")
        agent.preview = None
        free_agent(world, agent, AgentTrigger.RELEASED, "no line free")


def end_preview(world: World, agent: AgentSession, reason: HouseReason, why: str) -> None:
    """Take the lead off an agent's screen and release it; he is served anew."""
    preview = agent.preview
    assert preview is not None
    campaign = world.get_campaign(preview.campaign_id)
    agent.preview = None
    world.let_lead_go(preview.lead.lead_id)
    _release(world, campaign, LeadRelease(lead_id=preview.lead.lead_id, reason=reason.value))
    free_agent(world, agent, AgentTrigger.RELEASED, why)


def _release(world: World, campaign: Campaign, release: LeadRelease) -> None:
    world.outbox.append(ReleaseLeads(campaign_id=campaign.settings.campaign_id, releases=(release,)))


def _previews(agent: AgentSession, event: events.PreviewAccepted | events.PreviewSkipped) -> bool:
    return agent.preview is not None and agent.preview.lead.lead_id == event.lead_id


def _drop_consultation(world: World, attempt: CallAttempt) -> None:
    if attempt.state is AttemptState.CONSULTING:
        drop_third_party(world, attempt)


def _where(agent: AgentSession) -> str:
    return f"{agent.status.value}, {agent.state.value}"
