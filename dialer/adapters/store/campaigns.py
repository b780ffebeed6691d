"""Campaigns as the store knows them: a short number for each id, and the latest status."""

from collections.abc import Iterable, Mapping, Sequence

from dialer.adapters.connection import Connection
from dialer.adapters.engine_clock import EngineClock
from dialer.adapters.errors import UnknownCampaigns
from dialer.adapters.named_statements import sql
from dialer.core.commands import RecordCampaignStatus
from dialer.messages import CampaignId


async def create_campaign(connection: Connection, campaign_id: CampaignId) -> None:
    """Make a campaign known, if it is not."""
    await connection.execute(sql("create_campaign"), campaign_id)


async def campaign_numbers(
    connection: Connection, campaign_ids: Iterable[CampaignId]
) -> Mapping[CampaignId, int]:
    """The numbers by which tables name these campaigns.

    Raises:
        UnknownCampaigns: if the database lacks one of them.
    """
    wanted = sorted(set(campaign_ids))
    rows = await connection.fetch(sql("campaign_numbers"), wanted)
    found = {CampaignId(row["campaign_id"]): int(row["campaign_number"]) for row in rows}
    missing = [campaign_id for campaign_id in wanted if campaign_id not in found]
    if missing:
        raise UnknownCampaigns(f"expected campaigns that exist, got {', '.join(missing)}: create them first")
    return found


async def record_campaign_statuses(
    connection: Connection, commands: Sequence[RecordCampaignStatus], clock: EngineClock
) -> None:
    """Keep the latest status of each campaign."""
    latest = {command.campaign_id: command for command in commands}
    numbers = await campaign_numbers(connection, latest)
    await connection.execute(
        sql("set_campaign_statuses"),
        [numbers[campaign_id] for campaign_id in latest],
        [command.status.value for command in latest.values()],
        [clock.wall_at(command.at) for command in latest.values()],
    )
