"""Beginning attempts: how many lines now (the pacer's answer, cut to every limit), and which leads."""

import math
from itertools import accumulate, chain

import numpy as np
from numpy.typing import NDArray

from dialer.core.agent_session import AgentSession, AgentState, AgentStatus, AgentTrigger, Preview
from dialer.core.call_attempt import CallAttempt
from dialer.core.campaign import Campaign
from dialer.core.commands import Dial, RecordPacingDecision, RefuseRequest, ShowPreview
from dialer.core.leads import Lead
from dialer.core.trunks import Trunk
from dialer.core.window_budgets import window_budgets
from dialer.core.world import World
from dialer.messages import NodeId
from pacing import PacingDecision, PacingInputs

RAMP_BEGINS_RATIO = 0.25
"""Share of a team that becomes ready at once for a group's return (own measure: shifts, breaks)."""

RAMP_AGENTS_MIN = 3
"""Fewer agents than this are no group."""

# Looked at for each agent at each decision: an enum's member by its class costs five times a plain name.
_AVAILABLE = AgentStatus.AVAILABLE
_IDLE, _OFFLINE, _WRAPPING_UP = AgentState.IDLE, AgentState.OFFLINE, AgentState.WRAPPING_UP


def decide(world: World, campaign: Campaign) -> None:
    """Make the campaign's decision that is due: keep the hopper, ask the pacer, begin the lines."""
    if not campaign.is_dialing:
        return
    world.deadlines.set(campaign, world.now + world.settings.decision_interval_seconds)
    campaign.hopper.release_expired(world, campaign)
    campaign.hopper.refill(world, campaign)
    _keep_promises(world, campaign)
    if not campaign.is_paced:
        return
    inputs = pacing_inputs(world, campaign)
    _tell_team(world, campaign, inputs.agents_logged_in)
    decision = campaign.pacer.decide(inputs)
    allowed, constraint = _cut_to_limits(world, campaign, inputs, decision)
    started = _begin_lines(world, campaign, allowed)
    if started < allowed:
        constraint = "trunk" if len(campaign.hopper) else "hopper_empty"
    campaign.hopper.count_dials(world.now, started)
    campaign.lines_decided = started
    _record(world, campaign, inputs, decision, started, constraint)


def pacing_inputs(world: World, campaign: Campaign) -> PacingInputs:
    """Take the snapshot that the pacer decides on (ages in seconds)."""
    now = world.now
    leaving = 0
    idle_since: list[float] = []
    wrap_up_factors: list[float] = []
    talk_since: list[float] = []
    wrap_up_since: list[float] = []
    trunk_ids = campaign.settings.trunk_ids
    nodes = world.trunks.nodes_of(trunk_ids)
    for agent in campaign.counted_agents.values():
        node_id = agent.node_id
        if node_id is not None and node_id not in nodes:
            continue  # no call of ours comes up where he could take it
        state = agent.state
        if state is _IDLE:
            if agent.status is _AVAILABLE:
                idle_since.append(agent.state_since)
        elif state is not _OFFLINE:
            if agent.status is not _AVAILABLE:
                leaving += 1
            if state is _WRAPPING_UP:
                wrap_up_since.append(agent.owed.since if agent.owed else agent.state_since)
                wrap_up_factors.append(campaign.agent_wrap_ups.factor(agent.agent_id))
            else:
                attempt = agent.attempt
                began_at = attempt.talk_began_at if attempt is not None else None
                talk_since.append(agent.state_since if began_at is None else began_at)
    ring_since = [line.dialed_at for line in campaign.lines.values()]
    talk_ages, wrap_up_ages, ring_ages, idle_ages = _ages(
        now, talk_since, wrap_up_since, ring_since, idle_since
    )
    return PacingInputs(
        now=now,
        agents_idle=len(idle_since),
        agents_logged_in=len(idle_since) + len(talk_since) + len(wrap_up_since),
        calls_waiting=len(campaign.waiting) - campaign.inbound_waiting,
        talk_ages_seconds=talk_ages,
        wrap_up_ages_seconds=wrap_up_ages,
        ring_ages_seconds=ring_ages,
        agents_leaving=leaving,
        window_budgets=window_budgets(world, campaign),
        lines_available=world.trunks.lines_free(trunk_ids, now),
        dials_per_second_max=world.trunks.dials_per_second_max(trunk_ids),
        inbound_waiting=_inbound_waiting(world, campaign),
        agents_reserved=campaign.settings.inbound_agents_reserved,
        idle_ages_seconds=idle_ages,
        wrap_up_factors=np.array(wrap_up_factors, dtype=np.float64),
        connect_seconds_spent=campaign.connect_seconds_spent,
    )


def _ages(now: float, *begun: list[float]) -> list[NDArray[np.float64]]:
    """Give the ages of what began then, each list for itself; of one array, since making many costs most."""
    ages = now - np.array(list(chain(*begun)), dtype=np.float64)
    ends = list(accumulate(map(len, begun)))
    return [ages[end - len(instants) : end] for instants, end in zip(begun, ends, strict=True)]


def begin_attempt(
    world: World, campaign: Campaign, lead: Lead, trunk: Trunk, agent: AgentSession | None = None
) -> CallAttempt:
    """Order one attempt to the lead's next number over `trunk`; all checks have been made."""
    number = lead.numbers[lead.number_index]
    node_id = trunk.settings.node_id
    attempt = CallAttempt(world.new_attempt_id(), campaign, lead, number.e164, node_id, trunk, world.now)
    world.attempts[attempt.attempt_id] = attempt
    world.numbers_in_progress.add(number.e164)
    world.checks.note_dial(world.now, world.wall_now, number.e164)
    world.leads_in_progress.add(lead.lead_id)
    trunk.begin(world.now)
    campaign.attempts_in_progress += 1
    campaign.counts.attempts += 1
    if agent is None:
        campaign.lines[attempt.attempt_id] = attempt
    else:
        attempt.agent = agent
        attempt.is_dialed_for_agent = True
        agent.attempt = attempt
    settings = campaign.settings
    ring = settings.ring_timeout_seconds
    detection_seconds = settings.detection_seconds_max if settings.answer_detection else 0.0
    world.deadlines.set(attempt, world.now + ring + world.settings.dial_grace_seconds)
    world.outbox.append(
        Dial(
            attempt_id=attempt.attempt_id,
            campaign_id=settings.campaign_id,
            lead_id=lead.lead_id,
            e164=number.e164,
            number_index=lead.number_index,
            trunk_id=trunk.settings.trunk_id,
            node_id=node_id,
            caller_id_number=settings.caller_id_number,
            ring_timeout_seconds=ring,
            answer_seconds_max=settings.connect_limit_seconds + detection_seconds,
            agent_id=agent.agent_id if agent else None,
        )
    )
    return attempt


def dial_for_agent(world: World, campaign: Campaign, lead: Lead, agent: AgentSession) -> bool:
    """Dial a checked lead for one agent alone, IDLE or RESERVED; False (and put back) if no line is free."""
    trunk = world.trunks.find_free(campaign.settings.trunk_ids, world.now, agent.node_id)
    if trunk is None or _lines_left(campaign) <= 0:
        campaign.hopper.put_back(lead)
        return False
    if agent.state is AgentState.IDLE:
        agent.move(AgentTrigger.RESERVED, world.now)
    world.switchboard.leave(agent)
    world.deadlines.cancel(agent)  # the attempt's deadline ends his wait from now on
    agent.preview = None
    begin_attempt(world, campaign, lead, trunk, agent)
    campaign.hopper.count_dials(world.now, 1)
    world.record_agent(agent, "dialing for him")
    return True


def start_preview(world: World, campaign: Campaign, agent: AgentSession) -> bool:
    """Show the next lead to a ready agent; False when the hopper has none."""
    if not campaign.is_dialing:
        return False
    lead = campaign.hopper.take(world, campaign)
    if lead is None:
        return False
    agent.move(AgentTrigger.RESERVED, world.now)
    world.switchboard.leave(agent)
    agent.preview = Preview(campaign.settings.campaign_id, lead)
    world.leads_in_progress.add(lead.lead_id)
    seconds_max = campaign.settings.preview_seconds_max
    world.deadlines.set(agent, world.now + seconds_max)
    world.outbox.append(
        ShowPreview(
            agent_id=agent.agent_id,
            campaign_id=campaign.settings.campaign_id,
            lead_id=lead.lead_id,
            seconds_max=seconds_max,
        )
    )
    world.record_agent(agent, "preview")
    return True


def refuse(world: World, agent: AgentSession, request: str, reason: str) -> None:
    """Tell an agent why nothing was done."""
    world.outbox.append(RefuseRequest(agent_id=agent.agent_id, request=request, reason=reason))


def _keep_promises(world: World, campaign: Campaign) -> None:
    """Dial the own callbacks of idle agents, for which no line was free when they came."""
    for agent_id in campaign.hopper.bound_agent_ids:
        agent = world.agents.get(agent_id)
        if agent is None or not agent.is_ready or campaign.settings.campaign_id not in agent.campaign_ids:
            continue
        lead = campaign.hopper.take_bound(world, campaign, agent_id)
        if lead is not None and not dial_for_agent(world, campaign, lead, agent):
            return


def _inbound_waiting(world: World, campaign: Campaign) -> int:
    waiting = campaign.inbound_waiting
    for campaign_id in campaign.settings.blended_campaign_ids:
        blended = world.campaigns.get(campaign_id)
        if blended is not None:
            waiting += blended.inbound_waiting
    return waiting


def _tell_team(world: World, campaign: Campaign, team: int) -> None:
    change = team - campaign.team_seen
    if change:
        campaign.pacer.observe("agents_on" if change > 0 else "agents_off", world.now, float(abs(change)))
        campaign.team_seen = team


def _lines_left(campaign: Campaign) -> int:
    lines_max = campaign.settings.lines_max
    return 1_000_000 if lines_max is None else lines_max - campaign.attempts_in_progress


def _cut_to_limits(
    world: World, campaign: Campaign, inputs: PacingInputs, decision: PacingDecision
) -> tuple[int, str]:
    """Cut the pacer's lines to what the engine itself answers for; it trusts no method with a limit."""
    lines, constraint = decision.lines, str(decision.binding_constraint)
    for limit, name in (
        (_lines_left(campaign), "lines_max"),
        (inputs.lines_available or 0, "trunk"),
        (_ramp_limit(world, campaign, inputs), "ramp"),
    ):
        if limit < lines:
            lines, constraint = max(0, limit), name
    return lines, constraint


def _ramp_limit(world: World, campaign: Campaign, inputs: PacingInputs) -> int:
    """Limit the lines of one decision while a group that came back at once is being taken up.

    Their first calls would all be answered in the same seconds, on a forecast made without them.
    """
    ready = inputs.agents_idle
    jump = ready - campaign.ready_seen
    campaign.ready_seen = ready
    if jump >= max(RAMP_AGENTS_MIN, RAMP_BEGINS_RATIO * inputs.agents_logged_in):
        campaign.ramp_began_at = world.now
    ramp_seconds = campaign.settings.ramp_seconds
    elapsed = world.now - campaign.ramp_began_at
    if campaign.is_agentless or elapsed >= ramp_seconds:
        return 1_000_000
    return max(1, math.ceil(ready * (elapsed + 1.0) / (ramp_seconds + 1.0)))


def _begin_lines(world: World, campaign: Campaign, lines: int) -> int:
    begun = 0
    trunk_ids = campaign.settings.trunk_ids
    spare = _agents_spare(world, campaign) if lines > 0 else None
    while begun < lines:
        if spare is None:
            trunk = world.trunks.find_free(trunk_ids, world.now)
        else:
            trunk = world.trunks.find_free_for(trunk_ids, world.now, spare)
        lead = campaign.hopper.take(world, campaign) if trunk is not None else None
        if trunk is None or lead is None:
            break
        begin_attempt(world, campaign, lead, trunk)
        begun += 1
        if spare is not None:
            spare[trunk.settings.node_id] -= 1
    return begun


def _agents_spare(world: World, campaign: Campaign) -> dict[NodeId, int] | None:
    """Count each node's idle agents less what may come for them there; None: any node will do.

    A call is dialed where most agents are to spare, and never where nobody works: only agents of its own node
    can take it. Who is of no node can take any, and then every node is worth dialing over.
    """
    nodes = world.trunks.nodes_of(campaign.settings.trunk_ids)
    if len(nodes) < 2 or campaign.is_agentless:
        return None
    spare: dict[NodeId, int] = {}
    for agent in campaign.counted_agents.values():
        if agent.state is _OFFLINE or agent.status is not _AVAILABLE:
            continue
        for node_id in nodes if agent.node_id is None else (agent.node_id,):
            spare[node_id] = spare.get(node_id, 0) + (agent.state is _IDLE and agent.node_id is not None)
    for attempts in (campaign.lines, campaign.waiting):
        for attempt in attempts.values():
            if attempt.node_id in spare:
                spare[attempt.node_id] -= 1
    return spare


def _record(
    world: World,
    campaign: Campaign,
    inputs: PacingInputs,
    decision: PacingDecision,
    started: int,
    constraint: str,
) -> None:
    """Put the decision on record when it did something, bound elsewhere, or ten seconds have passed."""
    is_news = started > 0 or constraint != campaign.constraint_recorded
    age = world.now - campaign.decision_recorded_at
    if not is_news and age < world.settings.decision_record_seconds:
        return
    campaign.constraint_recorded = constraint
    campaign.decision_recorded_at = world.now
    world.outbox.append(
        RecordPacingDecision(
            campaign_id=campaign.settings.campaign_id,
            at=world.now,
            inputs=inputs,
            decision=decision,
            lines_started=started,
            binding_constraint=constraint,
        )
    )
