"""What follows from news of the house: settings, campaigns, leads, trunks, nodes, clocks, inbound callers."""

from dialer.core import events
from dialer.core.agent_flow import count_agents, end_preview
from dialer.core.call_attempt import HEARD_IN, AttemptState, AttemptTrigger, CallAttempt
from dialer.core.call_flow import call_answered
from dialer.core.calling_checks import HouseReason
from dialer.core.campaign import PREVIEW, Campaign
from dialer.core.commands import HangUp, RecordCampaignStatus
from dialer.core.connecting import seek_agent, serve_campaign
from dialer.core.ending import answered_outcome, finish, order_hang_up
from dialer.core.events import CampaignStatus
from dialer.core.outcomes import EndReason, Outcome
from dialer.core.world import World
from dialer.messages import AttemptId
from rules.detection import DetectionVerdict

WALL_SECONDS_MAX = 1e11
"""Some 3,000 years: an instant beyond it, before 1970, or none at all is no time that a calendar has."""


def campaign_configured(world: World, event: events.CampaignConfigured) -> None:
    """Take a campaign's settings; they hold from the next decision on."""
    settings = event.settings
    campaign = world.campaigns.get(settings.campaign_id)
    if campaign is None:
        campaign = world.campaigns[settings.campaign_id] = Campaign(settings)
    else:
        campaign.configure(settings)
        campaign.hopper.ask_again()  # lists come with the same word
        world.nudge(campaign)
    count_agents(world)
    serve_campaign(world, campaign)


def campaign_status_set(world: World, event: events.CampaignStatusSet) -> None:
    """Start, pause, drain or stop a campaign."""
    campaign = world.get_campaign(event.campaign_id)
    # A stop is carried out again: after a restart its lines and leads may have come back.
    if event.status is campaign.status and event.status is not CampaignStatus.STOPPED:
        return
    campaign.status = event.status
    if event.status is CampaignStatus.RUNNING:
        campaign.hopper.is_exhausted = False
        world.deadlines.set(campaign, world.now)
    else:
        world.deadlines.cancel(campaign)
    if event.status in (CampaignStatus.STOPPED, CampaignStatus.DRAINING):
        campaign.hopper.release_all(world, campaign)
    if event.status is CampaignStatus.STOPPED:
        _hang_up_lines(world, campaign)
    if event.status is CampaignStatus.DRAINING and campaign.attempts_in_progress == 0:
        campaign.status = CampaignStatus.STOPPED
    world.outbox.append(
        RecordCampaignStatus(campaign_id=event.campaign_id, status=campaign.status, at=world.now)
    )
    count_agents(world)
    if campaign.is_dialing:
        serve_campaign(world, campaign)


def leads_reserved(world: World, event: events.LeadsReserved) -> None:
    """Take leads into the hopper; what a stopped campaign gets goes back at once."""
    campaign = world.get_campaign(event.campaign_id)
    if not campaign.hopper.expects(event.request):
        world.counts["LeadsReserved: answered already, or asked before a restart"] += 1
        return
    was_exhausted = campaign.hopper.is_exhausted
    leads_taken = campaign.hopper.add(world, campaign, event.leads)
    campaign.hopper.hear_answer(world.now, leads_taken, event.is_exhausted)
    if campaign.status in (CampaignStatus.STOPPED, CampaignStatus.DRAINING):
        campaign.hopper.release_all(world, campaign)
        return
    if event.is_exhausted or was_exhausted:
        count_agents(world)
    if campaign.settings.pacing_method == PREVIEW or campaign.hopper.bound_agent_ids:
        serve_campaign(world, campaign)
    world.nudge(campaign)


def lead_withdrawn(world: World, event: events.LeadWithdrawn) -> None:
    """Take a lead out of the hopper and off screens; an attempt in progress goes on, and is its last."""
    campaign = world.get_campaign(event.campaign_id)
    campaign.hopper.withdraw(world, campaign, event.lead_id)
    if event.lead_id in world.leads_in_progress:
        world.leads_withdrawn.add(event.lead_id)
        for agent in list(world.agents.values()):
            if agent.preview is not None and agent.preview.lead.lead_id == event.lead_id:
                end_preview(world, agent, HouseReason.WITHDRAWN, event.reason)


def do_not_call_added(world: World, event: events.DoNotCallAdded) -> None:
    """Never dial this number again; the check just before dialing finds it in every hopper."""
    world.checks.do_not_call.add(event.e164)


def inbound_call_arrived(world: World, event: events.InboundCallArrived) -> None:
    """Let a caller in: to an agent, or into the queue."""
    if event.attempt_id in world.attempts or event.attempt_id in world.callers_gone:
        world.counts["InboundCallArrived: repeated"] += 1
        return
    campaign = world.get_campaign(event.campaign_id)
    attempt = CallAttempt(
        event.attempt_id, campaign, None, event.caller_id_number, event.node_id, None, world.now
    )
    attempt.is_inbound = True
    attempt.answered_at = world.now
    attempt.verdict = DetectionVerdict.NOT_DETECTED
    known = world.agents.get(event.agent_id) if event.agent_id is not None else None
    if known is not None and event.campaign_id in known.campaign_ids:
        attempt.preferred_agent_id = known.agent_id
    attempt.required_skill = event.required_skill
    world.attempts[attempt.attempt_id] = attempt
    campaign.attempts_in_progress += 1
    attempt.move(AttemptTrigger.PROVED_LIVE, world.now)
    seek_agent(world, attempt)


def trunk_configured(world: World, event: events.TrunkConfigured) -> None:
    """Take a trunk's limits."""
    world.trunks.configure(event.settings)


def trunk_lost(world: World, event: events.TrunkLost) -> None:
    """Dial over it no more."""
    world.trunks.set_service(event.trunk_id, is_in_service=False)


def trunk_returned(world: World, event: events.TrunkReturned) -> None:
    """Dial over it again."""
    world.trunks.set_service(event.trunk_id, is_in_service=True)


def node_lost(world: World, event: events.NodeLost) -> None:
    """Dial over its trunks no more; its calls may live on, so nobody is given up yet."""
    world.trunks.lose_node(event.node_id)


def node_resynchronised(world: World, event: events.NodeResynchronised) -> None:
    """Bring our picture of a node in line with the node: end what died, catch up on what was answered."""
    world.trunks.return_node(event.node_id)
    alive = set(event.attempt_ids)
    answered = set(event.answered_ids)
    ours = [
        attempt
        for attempt in world.attempts.values()
        if attempt.node_id == event.node_id and attempt.dialed_at <= event.taken_at
    ]
    for attempt in ours:
        if attempt.attempt_id not in alive:
            end_lost(world, attempt)
        elif attempt.attempt_id in answered and attempt.state in HEARD_IN[events.CallAnswered]:
            call_answered(world, attempt, events.CallAnswered(attempt_id=attempt.attempt_id))
    for attempt_id in event.attempt_ids:
        if attempt_id not in world.attempts:
            hang_up_stray(world, attempt_id)


def wall_clock_set(world: World, event: events.WallClockSet) -> None:
    """Take the wall clock; hours, caps and callbacks are judged by it from now on."""
    if not 0.0 <= event.offset_seconds + world.now <= WALL_SECONDS_MAX:
        world.counts["WallClockSet: no time of a calendar"] += 1
        return
    world.wall_offset_seconds = event.offset_seconds


def end_lost(world: World, attempt: CallAttempt) -> None:
    """End an attempt of which its node knows nothing any more."""
    if attempt.answered_at is None:
        outcome = Outcome.FAILED
    else:
        outcome = answered_outcome(attempt)
        if attempt.end_reason is None:  # else we ended it, and the client did not leave
            attempt.client_gone_at = world.now
    finish(world, attempt, outcome, attempt.end_reason or EndReason.NODE_LOST)


def hang_up_stray(world: World, attempt_id: AttemptId) -> None:
    """End a leg that no attempt of ours stands behind: nobody may be left in silence on it."""
    world.counts["stray leg hung up"] += 1
    world.outbox.append(HangUp(attempt_id=attempt_id))


def _hang_up_lines(world: World, campaign: Campaign) -> None:
    """Hang up what rings; whoever has answered is served as usual."""
    for attempt in [a for a in world.attempts.values() if a.campaign is campaign]:
        if attempt.state in (AttemptState.DIALING, AttemptState.RINGING):
            order_hang_up(world, attempt, EndReason.CAMPAIGN_STOPPED)
