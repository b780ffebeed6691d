"""Campaigns as the store knows them: settings, what is ordered, what is the case, and a short number each."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from dialer.adapters.connection import Connection
from dialer.adapters.engine_clock import EngineClock
from dialer.adapters.errors import UnknownCampaigns
from dialer.adapters.named_statements import sql
from dialer.adapters.store.campaign_settings import decode_settings, encode_settings
from dialer.core.commands import RecordCampaignStatus
from dialer.core.events import CampaignStatus
from dialer.core.settings import CampaignSettings
from dialer.messages import CampaignId


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCampaign:
    """A campaign as it is on record."""

    campaign_number: int  # by which tables name it
    settings: CampaignSettings
    settings_changed_at: datetime | None  # None: never changed, all defaults
    wanted_status: CampaignStatus  # what people ordered last
    wanted_status_at: datetime | None  # None: nobody ordered anything yet
    status: CampaignStatus  # what the engine recorded last
    status_changed_at: datetime | None  # None: never recorded

    @property
    def campaign_id(self) -> CampaignId:
        """Its name."""
        return self.settings.campaign_id


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
    """Keep the latest status of each campaign; one that was to drain and has stopped is wanted stopped."""
    latest = {command.campaign_id: command for command in commands}
    numbers = await campaign_numbers(connection, latest)
    await connection.execute(
        sql("set_campaign_statuses"),
        [numbers[campaign_id] for campaign_id in latest],
        [command.status.value for command in latest.values()],
        [clock.wall_at(command.at) for command in latest.values()],
    )


async def read_campaigns(connection: Connection) -> tuple[StoredCampaign, ...]:
    """Every campaign, by name.

    Raises:
        SettingsUnusable: the settings of one cannot be used as they are stored.
    """
    return tuple(_stored(row) for row in await connection.fetch(sql("read_campaigns"), None))


async def read_campaign(connection: Connection, campaign_id: CampaignId) -> StoredCampaign:
    """One campaign.

    Raises:
        UnknownCampaigns: if the database lacks it.
        SettingsUnusable: its settings cannot be used as they are stored.
    """
    row = await connection.fetchrow(sql("read_campaigns"), campaign_id)
    if row is None:
        raise UnknownCampaigns(f"expected a campaign that exists, got {campaign_id}: create it first")
    return _stored(row)


async def save_campaign_settings(connection: Connection, settings: CampaignSettings, now: datetime) -> None:
    """Keep settings, of a campaign that is there or a new one; the engine is to be told `CampaignChanged`."""
    stored = json.dumps(encode_settings(settings), allow_nan=False)
    await connection.execute(sql("save_campaign_settings"), settings.campaign_id, stored, now)


async def order_campaign_status(
    connection: Connection, campaign_id: CampaignId, status: CampaignStatus, now: datetime
) -> None:
    """Keep what a campaign is to do, now and after a restart; the engine is to be told `CampaignChanged`.

    Raises:
        UnknownCampaigns: if the database lacks it.
    """
    if await connection.fetchval(sql("order_campaign_status"), campaign_id, status.value, now) is None:
        raise UnknownCampaigns(f"expected a campaign that exists, got {campaign_id}: create it first")


def _stored(row: asyncpg.Record) -> StoredCampaign:
    return StoredCampaign(
        campaign_number=row["campaign_number"],
        settings=decode_settings(CampaignId(row["campaign_id"]), json.loads(row["settings"])),
        settings_changed_at=row["settings_changed_at"],
        wanted_status=CampaignStatus(row["wanted_status"]),
        wanted_status_at=row["wanted_status_at"],
        status=CampaignStatus(row["status"]),
        status_changed_at=row["status_changed_at"],
    )
