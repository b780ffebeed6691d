"""A campaign's status for a person: leads, attempts, the abandon ratio in the law's window, agents."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from math import ceil, floor

from app.command_session import local_text
from app.floor_view import percent
from dialer.adapters.connection import Connection
from dialer.adapters.store.abandon_history import read_window_counter
from dialer.adapters.store.campaign_counts import (
    COUNT_MAX,
    AgentOnRecord,
    LeadCounts,
    count_attempts,
    count_leads,
    due_zones,
    read_agents,
)
from dialer.adapters.store.campaigns import StoredCampaign
from dialer.core.agent_session import AgentStatus
from rules.calling_hours import CallingHoursCache
from rules.window_counter import WindowCount


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignReport:
    """What is known of a campaign at one instant."""

    campaign: StoredCampaign
    leads: LeadCounts
    attempts_today: dict[str, int]  # by outcome, since midnight of this machine's zone
    windows: tuple[WindowCount, ...]  # of each limit of its law
    is_outside_hours: bool  # leads are due, and none of them may be called at this hour
    opens_at: datetime | None  # first instant at which one of them may; None: now, or none in sight
    agents: tuple[AgentOnRecord, ...]  # signed in for this campaign


async def read_report(connection: Connection, campaign: StoredCampaign, now: datetime) -> CampaignReport:
    """Read what there is to report."""
    midnight = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    number = campaign.campaign_number
    limits = campaign.settings.policy_pack.abandon_limits
    counter = await read_window_counter(connection, campaign.campaign_id, limits, now)
    agents = await read_agents(connection)
    zones = await due_zones(connection, number, now)
    hours = CallingHoursCache(campaign.settings.policy_pack.calling_hours)
    refusals = [hours.refusal(each, now.timestamp()) for each in zones]
    closed = [refusal for refusal in refusals if refusal is not None]
    opens = [refusal.allowed_at for refusal in closed if refusal.allowed_at is not None]
    is_outside_hours = bool(refusals) and len(closed) == len(refusals)
    return CampaignReport(
        campaign=campaign,
        leads=await count_leads(connection, number, now),
        attempts_today=await count_attempts(connection, number, midnight),
        windows=counter.counts(now.timestamp()),
        is_outside_hours=is_outside_hours,
        opens_at=min(opens, default=None) if is_outside_hours else None,
        agents=tuple(agent for agent in agents if campaign.campaign_id in agent.campaign_ids),
    )


def report_lines(report: CampaignReport) -> Iterator[str]:
    """The report for a terminal."""
    campaign, leads = report.campaign, report.leads
    since = f" since {local_text(campaign.status_changed_at)}" if campaign.status_changed_at else ""
    yield f"Campaign {campaign.campaign_id}: {campaign.status.value}{since}"
    if campaign.wanted_status is not campaign.status:
        yield f"  ordered: {campaign.wanted_status.value}; `paceline serve` carries it out"
    yield (
        f"  leads: {_count(leads.due)} due, {_count(leads.later)} later, {_count(leads.closed)} closed, "
        f"{leads.leased:,} in the hopper, {leads.in_attempt:,} in attempt, {leads.owed:,} owed"
    )
    if report.is_outside_hours:
        opens = local_text(report.opens_at) if report.opens_at else "not in sight"
        yield f"  outside calling hours at every lead that is due; the first may be called: {opens}"
    if not any(asdict(leads).values()):
        yield f"  Next: paceline list import FILE --campaign {campaign.campaign_id}"
    outcomes = ", ".join(f"{count:,} {outcome}" for outcome, count in report.attempts_today.items())
    yield f"  attempts today: {sum(report.attempts_today.values()):,}{f' ({outcomes})' if outcomes else ''}"
    for window in report.windows:
        yield f"  {_window_line(window, campaign)}"
    available = sum(agent.status is AgentStatus.AVAILABLE for agent in report.agents)
    yield f"  agents: {len(report.agents)} signed in, {available} available"


def _window_line(window: WindowCount, campaign: StoredCampaign) -> str:
    share, limit = window.share, _limit_ratio(window, campaign)
    since_at = datetime.fromtimestamp(window.since_at, UTC)
    law = campaign.settings.policy_pack.name
    since = f"{window.limit.name} since {since_at:%Y-%m-%d %H:%M} UTC ({law})"
    if share.ratio is None:
        return f"{since}: no live answer yet; the limit is {percent(limit)}"
    left = share.calls_left(limit)
    budget = f"{floor(left):,} more may be" if left >= 0 else f"{ceil(-left):,} too many were"
    return (
        f"{since}: {percent(share.ratio)} abandoned, "
        f"{share.abandoned:,.0f} of {share.live:,.0f} (95 % sure: at most {percent(share.ratio_upper())}); "
        f"{budget} under the limit of {percent(limit)}"
    )


def _limit_ratio(window: WindowCount, campaign: StoredCampaign) -> float:
    """The law's limit or the campaign's own, whichever is stricter: what its pacer is told."""
    return min(window.limit.definition.limit_ratio, campaign.settings.abandon_limit_ratio)


def _window_json(window: WindowCount, campaign: StoredCampaign) -> dict[str, object]:
    share, limit = window.share, _limit_ratio(window, campaign)
    return {
        "limit": window.limit.name,
        "window": window.limit.window.value,
        "since": datetime.fromtimestamp(window.since_at, UTC),
        "ratio": share.ratio,
        "ratio_upper": share.ratio_upper(),
        "limit_ratio": limit,
        "calls_left": share.calls_left(limit),
        **asdict(window.counts),
    }


def report_json(report: CampaignReport) -> dict[str, object]:
    """The report for programs."""
    campaign = report.campaign
    return {
        "campaign": campaign.campaign_id,
        "status": campaign.status.value,
        "status_changed_at": campaign.status_changed_at,
        "wanted_status": campaign.wanted_status.value,
        "leads": {**asdict(report.leads), "counted_to": COUNT_MAX},
        "outside_calling_hours": report.is_outside_hours,
        "calling_hours_open_at": report.opens_at,
        "attempts_today": report.attempts_today,
        "abandon_windows": [_window_json(each, campaign) for each in report.windows],
        "agents_signed_in": len(report.agents),
    }


def _count(number: int) -> str:
    return f"{number:,}" if number < COUNT_MAX else f"{number:,} or more"
