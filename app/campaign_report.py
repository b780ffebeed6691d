"""A campaign's status for a person: leads, attempts, the abandon ratio in the law's window, agents."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from app.command_session import local_text
from app.floor_view import percent
from dialer.adapters.connection import Connection
from dialer.adapters.store.campaign_counts import (
    COUNT_MAX,
    AgentOnRecord,
    LeadCounts,
    campaign_began_at,
    count_attempts,
    count_leads,
    read_agents,
)
from dialer.adapters.store.campaigns import StoredCampaign
from dialer.adapters.store.ledger import read_ledger
from dialer.core.agent_session import AgentStatus
from rules.abandon_ledger import AbandonCounts, abandon_counts
from rules.abandon_window import AbandonWindow, abandon_window_bounds

WINDOW_ZONE = "UTC"  # in which the law's calendar days are counted until a campaign has a zone of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowReport:
    """Answered calls of one of the law's windows."""

    window: AbandonWindow
    since: datetime
    counts: AbandonCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignReport:
    """What is known of a campaign at one instant."""

    campaign: StoredCampaign
    leads: LeadCounts
    attempts_today: dict[str, int]  # by outcome, since midnight of this machine's zone
    windows: tuple[WindowReport, ...]
    agents: tuple[AgentOnRecord, ...]  # signed in for this campaign


async def read_report(connection: Connection, campaign: StoredCampaign, now: datetime) -> CampaignReport:
    """Read what there is to report."""
    midnight = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    number = campaign.campaign_number
    began = await campaign_began_at(connection, number) or now
    windows: list[WindowReport] = []
    for window in campaign.settings.policy_pack.abandon_windows:
        since_at, _ = abandon_window_bounds(
            window, at=now.timestamp(), campaign_started_at=began.timestamp(), zone=WINDOW_ZONE
        )
        since = datetime.fromtimestamp(since_at, now.tzinfo)
        entries = await read_ledger(connection, campaign.campaign_id, since, now + timedelta(seconds=1))
        counts = abandon_counts(entries, campaign.settings.policy_pack.abandon_definition)
        windows.append(WindowReport(window=window, since=since, counts=counts))
    agents = await read_agents(connection)
    return CampaignReport(
        campaign=campaign,
        leads=await count_leads(connection, number, now),
        attempts_today=await count_attempts(connection, number, midnight),
        windows=tuple(windows),
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
    if not any(asdict(leads).values()):
        yield f"  Next: paceline list import FILE --campaign {campaign.campaign_id}"
    outcomes = ", ".join(f"{count:,} {outcome}" for outcome, count in report.attempts_today.items())
    yield f"  attempts today: {sum(report.attempts_today.values()):,}{f' ({outcomes})' if outcomes else ''}"
    for window in report.windows:
        yield f"  {_window_line(window, campaign)}"
    available = sum(agent.status is AgentStatus.AVAILABLE for agent in report.agents)
    yield f"  agents: {len(report.agents)} signed in, {available} available"


def _window_line(report: WindowReport, campaign: StoredCampaign) -> str:
    counts, pack = report.counts, campaign.settings.policy_pack
    ratio = counts.ratio
    said = "no live answer yet" if ratio is None else f"{percent(ratio)} abandoned"
    limit = percent(pack.abandon_definition.limit_ratio)
    name = report.window.value.replace("_", " ")
    return (
        f"{name} since {report.since:%Y-%m-%d} ({pack.name}): {said}, {counts.abandoned:,} of "
        f"{counts.abandoned + counts.connected:,}; the limit is {limit}"
    )


def report_json(report: CampaignReport) -> dict[str, object]:
    """The report for programs."""
    campaign = report.campaign
    return {
        "campaign": campaign.campaign_id,
        "status": campaign.status.value,
        "status_changed_at": campaign.status_changed_at,
        "wanted_status": campaign.wanted_status.value,
        "leads": {**asdict(report.leads), "counted_to": COUNT_MAX},
        "attempts_today": report.attempts_today,
        "abandon_windows": [
            {
                "window": each.window.value,
                "since": each.since,
                "ratio": each.counts.ratio,
                "limit_ratio": campaign.settings.policy_pack.abandon_definition.limit_ratio,
                **asdict(each.counts),
            }
            for each in report.windows
        ],
        "agents_signed_in": len(report.agents),
    }


def _count(number: int) -> str:
    return f"{number:,}" if number < COUNT_MAX else f"{number:,} or more"
