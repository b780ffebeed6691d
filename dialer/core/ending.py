"""Ending: hang-ups, the one place where an attempt ends, wrap-ups and what becomes of the lead.

Every attempt ends here exactly once, with one `RecordAttemptEnded`.
The lead's next state goes with it, unless an agent has talked: then it goes with the disposition.
"""

from dataclasses import replace

from dialer.core.agent_session import AgentSession, AgentState, AgentTrigger, OwedDisposition
from dialer.core.call_attempt import WITH_AGENT_STATES, AttemptState, AttemptTrigger, CallAttempt
from dialer.core.campaign import Campaign
from dialer.core.commands import (
    DropThirdParty,
    HangUp,
    RecordAttemptEnded,
    RecordCampaignStatus,
    RecordDisposition,
)
from dialer.core.connecting import free_agent, serve
from dialer.core.events import CampaignStatus, DispositionSaved
from dialer.core.leads import Lead, LeadNext, LeadStep
from dialer.core.ledger import count_fate, ledger_entry
from dialer.core.outcomes import UNANSWERED_OUTCOMES, EndCause, EndReason, Outcome
from dialer.core.retries import after_attempt, after_disposition, with_attempt
from dialer.core.world import World
from dialer.messages import AgentId, AttemptId, CampaignId
from rules.detection import DetectionVerdict

_UNANSWERED_KINDS = {Outcome.NO_ANSWER: "no_answer", Outcome.BUSY: "busy"}
"""What the pacer is told of an unanswered attempt; every other outcome is "failed"."""

_WITHDRAWN = LeadNext(step=LeadStep.CLOSED, reason="withdrawn")
"""Next state of a lead that was withdrawn while it was in progress, whatever came of the call."""


def order_hang_up(world: World, attempt: CallAttempt, reason: EndReason) -> None:
    """Order the end of an attempt; the agent who is with it is let go at once."""
    agent = attempt.agent
    was_with_agent = attempt.state in WITH_AGENT_STATES
    has_consultation = attempt.state is AttemptState.CONSULTING or attempt.has_third_party
    attempt.campaign.waiting.pop(attempt.attempt_id, None)
    attempt.move(AttemptTrigger.HANG_UP_ORDERED, world.now)
    attempt.end_reason = reason
    send_hang_up(world, attempt)
    if has_consultation:
        drop_third_party(world, attempt)
    if agent is None:
        return
    if was_with_agent:
        end_talk(world, attempt, agent)
    else:
        attempt.agent = None
        let_offered_agent_go(world, agent)


def send_hang_up(world: World, attempt: CallAttempt) -> None:
    """Send the hang-up (again) and wait for its confirmation."""
    attempt.hang_ups_sent += 1
    world.deadlines.set(attempt, world.now + world.settings.hang_up_confirm_seconds)
    world.outbox.append(HangUp(attempt_id=attempt.attempt_id))


def end_by_network(world: World, attempt: CallAttempt, cause: EndCause) -> None:
    """End an attempt whose leg is gone, whoever ended it."""
    if attempt.answered_at is None:
        finish(world, attempt, UNANSWERED_OUTCOMES[cause], attempt.end_reason or EndReason.NOT_ANSWERED)
        return
    if attempt.end_reason is None or attempt.state is AttemptState.PLAYING_MESSAGE:
        attempt.client_gone_at = world.now
    default = EndReason.TRANSFERRED if attempt.state is AttemptState.TRANSFERRED else EndReason.CLIENT_HUNG_UP
    finish(world, attempt, answered_outcome(attempt), attempt.end_reason or default)


def answered_outcome(attempt: CallAttempt) -> Outcome:
    """Give the outcome of an answered attempt: whatever is not known to be a machine is a person."""
    return Outcome.MACHINE if attempt.verdict is DetectionVerdict.MACHINE else Outcome.LIVE


def finish(world: World, attempt: CallAttempt, outcome: Outcome, reason: EndReason) -> None:
    """End an attempt: its record, its lead, its line, its agent. The only way to ENDED."""
    agent, state = attempt.agent, attempt.state
    was_with_agent = agent is not None and state in WITH_AGENT_STATES
    last = agent if was_with_agent else attempt.talked_with
    is_owed = was_with_agent or (
        last is not None and last.owed is not None and last.owed.attempt_id == attempt.attempt_id
    )
    _tell_pacer_of_end(world, attempt, outcome)
    if state is AttemptState.CONSULTING or attempt.has_third_party:
        drop_third_party(world, attempt)
    attempt.move(AttemptTrigger.ENDED, world.now)
    saved = attempt.saved_disposition
    lead_next = None if is_owed and saved is None else _lead_next(world, attempt, outcome, saved)
    _close_books(world, attempt)
    world.outbox.append(_ended_record(world, attempt, outcome, reason, last or agent, lead_next))
    if is_owed and saved is None:
        if agent is None or not was_with_agent:
            assert last is not None
            assert last.owed is not None
            last.owed = replace(last.owed, decides_lead=True)
    else:
        _let_lead_go(world, attempt, lead_next)
    _let_agent_go(world, attempt, agent, was_with_agent=was_with_agent)
    end_drain(world, attempt.campaign)


def end_talk(world: World, attempt: CallAttempt, agent: AgentSession) -> None:
    """Send the agent of a talk that is over (for him) into his wrap-up."""
    agent.move(AgentTrigger.TALK_ENDED, world.now)
    agent.attempt = None
    attempt.agent = None
    began_at = attempt.talk_began_at if attempt.talk_began_at is not None else world.now
    attempt.talk_began_at = None
    _observe(world, agent, "talk_end", world.now - began_at)
    saved = attempt.saved_disposition
    if saved is not None and saved.agent_id == agent.agent_id:
        world.record_agent(agent, "talk ended")
        end_wrap_up(world, agent, world.now)
        return
    agent.owed = OwedDisposition(
        attempt_id=attempt.attempt_id,
        campaign_id=attempt.campaign.settings.campaign_id,
        lead=attempt.lead,
        since=world.now,
        decides_lead=attempt.state is AttemptState.ENDED,
    )
    world.deadlines.set(agent, world.now + attempt.campaign.settings.wrap_up_seconds_max)
    world.record_agent(agent, "talk ended")


def settle_disposition(world: World, agent: AgentSession, saved: DispositionSaved | None) -> None:
    """Put on record what an agent declared of an ended talk; None: he will not any more."""
    owed = agent.owed
    assert owed is not None
    agent.owed = None
    lead_next: LeadNext | None = None
    attempt = world.attempts.get(owed.attempt_id)
    if attempt is not None:
        # The client is still on the line (handed on, or hanging up): the end of the attempt decides.
        if saved is not None and attempt.talked_with is agent:
            attempt.saved_disposition = saved
    elif owed.decides_lead and owed.lead is not None:
        settings = world.get_campaign(owed.campaign_id).settings
        code, callback_at, mine = _declared(saved)
        if owed.lead.lead_id in world.leads_withdrawn:
            lead_next = _WITHDRAWN
        else:
            lead_next = after_disposition(settings, owed.lead, code, callback_at, mine, world.wall_now)
        world.let_lead_go(owed.lead.lead_id)
    record_disposition(world, agent, owed.attempt_id, owed.campaign_id, owed.lead, saved, lead_next)
    if agent.state is AgentState.WRAPPING_UP:
        end_wrap_up(world, agent, owed.since)


def end_wrap_up(world: World, agent: AgentSession, since: float) -> None:
    """End a wrap-up that began at `since`; the agent is served if he wants calls."""
    agent.move(AgentTrigger.WRAP_UP_ENDED, world.now)
    world.deadlines.cancel(agent)
    _observe(world, agent, "wrap_up_end", world.now - since)
    world.record_agent(agent, "wrap-up ended")
    serve(world, agent)


def record_disposition(
    world: World,
    agent: AgentSession,
    attempt_id: AttemptId,
    campaign_id: CampaignId,
    lead: Lead | None,
    saved: DispositionSaved | None,
    lead_next: LeadNext | None,
) -> None:
    """Put a disposition on record, with the lead's next state where it is decided by it."""
    world.outbox.append(
        RecordDisposition(
            attempt_id=attempt_id,
            campaign_id=campaign_id,
            lead_id=lead.lead_id if lead else None,
            agent_id=agent.agent_id,
            disposition=saved.disposition if saved else None,
            lead_next=lead_next,
        )
    )


def _declared(saved: DispositionSaved | None) -> tuple[str | None, float | None, AgentId | None]:
    if saved is None:
        return None, None, None
    return saved.disposition, saved.callback_at, saved.agent_id if saved.is_callback_mine else None


def _lead_next(
    world: World, attempt: CallAttempt, outcome: Outcome, saved: DispositionSaved | None
) -> LeadNext | None:
    lead = attempt.lead
    if lead is None:
        return None
    settings = attempt.campaign.settings
    if lead.lead_id in world.leads_withdrawn:
        return _WITHDRAWN
    if attempt.is_broadcast and attempt.message_ended_at is not None:
        return LeadNext(step=LeadStep.CLOSED, reason="the broadcast was heard to its end")
    if saved is not None:
        code, callback_at, mine = _declared(saved)
        return after_disposition(settings, lead, code, callback_at, mine, world.wall_now)
    decided = after_attempt(settings, lead, outcome, world.wall_now)
    may_keep = attempt.campaign.is_dialing and lead.lease_until > world.now
    if decided.step is LeadStep.KEPT and not may_keep:
        return replace(decided, step=LeadStep.RETRY)
    return decided


def _let_lead_go(world: World, attempt: CallAttempt, lead_next: LeadNext | None) -> None:
    lead = attempt.lead
    if lead is None:
        return
    world.let_lead_go(lead.lead_id)
    if lead_next is not None and lead_next.step is LeadStep.KEPT:
        dialed_at = attempt.dialed_at + world.wall_offset_seconds
        attempt.campaign.hopper.put_back(with_attempt(lead, dialed_at, lead_next.number_index))


def _close_books(world: World, attempt: CallAttempt) -> None:
    campaign = attempt.campaign
    world.deadlines.cancel(attempt)
    del world.attempts[attempt.attempt_id]
    campaign.lines.pop(attempt.attempt_id, None)
    campaign.waiting.pop(attempt.attempt_id, None)
    campaign.attempts_in_progress -= 1
    if attempt.is_inbound:
        world.let_caller_go(attempt.attempt_id)
    if attempt.trunk is not None:
        attempt.trunk.end()
    if not attempt.is_inbound:
        world.numbers_in_progress.discard(attempt.e164)


def _let_agent_go(
    world: World, attempt: CallAttempt, agent: AgentSession | None, *, was_with_agent: bool
) -> None:
    if agent is None:
        world.nudge(attempt.campaign)
    elif was_with_agent:
        end_talk(world, attempt, agent)
    else:
        attempt.agent = None
        let_offered_agent_go(world, agent)


def let_offered_agent_go(world: World, agent: AgentSession) -> None:
    """Free an agent for whom a call was dialed, or to whom it was offered, and who did not get it."""
    if agent.state is AgentState.RESERVED:
        free_agent(world, agent, AgentTrigger.RELEASED, "line ended")
    else:
        free_agent(world, agent, AgentTrigger.OFFER_FAILED, "client gone")


def _tell_pacer_of_end(world: World, attempt: CallAttempt, outcome: Outcome) -> None:
    """Tell the pacer of an attempt that ended before a verdict, and count what it amounted to."""
    if attempt.attempt_id in attempt.campaign.lines:
        kind = "live_answer" if attempt.answered_at is not None else _UNANSWERED_KINDS.get(outcome, "failed")
        attempt.campaign.pacer.observe(kind, world.now, world.now - attempt.dialed_at)
    count_fate(world, attempt, ended_at=world.now)


def _ended_record(
    world: World,
    attempt: CallAttempt,
    outcome: Outcome,
    reason: EndReason,
    agent: AgentSession | None,
    lead_next: LeadNext | None,
) -> RecordAttemptEnded:
    return RecordAttemptEnded(
        attempt_id=attempt.attempt_id,
        campaign_id=attempt.campaign.settings.campaign_id,
        lead_id=attempt.lead.lead_id if attempt.lead else None,
        outcome=outcome,
        reason=reason,
        agent_id=agent.agent_id if agent else None,
        entry=ledger_entry(attempt, world.now),
        dialed_at=attempt.dialed_at,
        ended_at=world.now,
        lead_next=lead_next,
    )


def drop_third_party(world: World, attempt: CallAttempt) -> None:
    """Hang up the third party's leg."""
    attempt.has_third_party = False
    world.outbox.append(DropThirdParty(attempt_id=attempt.attempt_id))


def _observe(world: World, agent: AgentSession, kind: str, seconds: float) -> None:
    """Tell the pacer that sells this agent's time how long something took him."""
    campaign = world.campaigns.get(agent.counted_campaign_id) if agent.counted_campaign_id else None
    if campaign is not None:
        campaign.pacer.observe(kind, world.now, seconds)
        if kind == "wrap_up_end":
            campaign.agent_wrap_ups.observe(agent.agent_id, seconds)


def end_drain(world: World, campaign: Campaign) -> None:
    """Stop a draining campaign whose last attempt is gone."""
    if campaign.status is CampaignStatus.DRAINING and campaign.attempts_in_progress == 0:
        campaign.status = CampaignStatus.STOPPED
        world.outbox.append(
            RecordCampaignStatus(
                campaign_id=campaign.settings.campaign_id, status=CampaignStatus.STOPPED, at=world.now
            )
        )
