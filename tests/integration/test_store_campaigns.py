"""Campaigns on record: settings and orders outlive the engine, and each start has a number of its own."""

import pytest

from app.unit_of_work import UnitOfWork
from dialer.adapters.errors import SettingsUnusable, UnknownCampaigns
from dialer.adapters.store import (
    begin_engine_run,
    create_campaign,
    order_campaign_status,
    read_campaign,
    read_campaigns,
    record_campaign_statuses,
    save_campaign_settings,
)
from dialer.core.commands import RecordCampaignStatus
from dialer.core.events import CampaignStatus
from dialer.core.settings import CampaignSettings
from dialer.messages import CampaignId, TrunkId
from tests.integration.stored_floor import CAMPAIGN, CLOCK, ENGINE, ENGINE_NOW, NOW, StoredFloor

SETTINGS = CampaignSettings(campaign_id=CAMPAIGN, trunk_ids=(TrunkId("one"),), lines_max=7)


async def recorded(unit_of_work: UnitOfWork, status: CampaignStatus) -> None:
    """Let the engine record a status."""
    command = RecordCampaignStatus(campaign_id=CAMPAIGN, status=status, at=ENGINE_NOW)
    async with unit_of_work.begin() as connection:
        await record_campaign_statuses(connection, [command], CLOCK)


async def wanted(unit_of_work: UnitOfWork) -> CampaignStatus:
    """What the campaign is to do."""
    async with unit_of_work.begin() as connection:
        return (await read_campaign(connection, CAMPAIGN)).wanted_status


async def test_campaign_comes_back_with_settings_order_and_status(unit_of_work: UnitOfWork) -> None:
    """What people set and ordered, and what the engine recorded, is read as it was written."""
    async with unit_of_work.begin() as connection:
        await create_campaign(connection, CampaignId("autumn"))
        await create_campaign(connection, CAMPAIGN)
        await save_campaign_settings(connection, SETTINGS, NOW)
        await order_campaign_status(connection, CAMPAIGN, CampaignStatus.RUNNING, NOW)
        autumn, spring = await read_campaigns(connection)
    assert autumn.settings == CampaignSettings(campaign_id=CampaignId("autumn"), trunk_ids=())
    assert (autumn.wanted_status, autumn.settings_changed_at) == (CampaignStatus.STOPPED, None)
    assert (spring.settings, spring.settings_changed_at) == (SETTINGS, NOW)
    assert (spring.wanted_status, spring.status) == (CampaignStatus.RUNNING, CampaignStatus.STOPPED)
    assert spring.wanted_status_at == NOW


async def test_drained_campaign_is_wanted_stopped_and_no_other_is(floor: StoredFloor) -> None:
    """After a restart a campaign that was drained stays stopped; one that was stopped meanwhile goes on."""
    for order, after in (
        (CampaignStatus.RUNNING, CampaignStatus.RUNNING),
        (CampaignStatus.DRAINING, CampaignStatus.STOPPED),
    ):
        async with floor.unit_of_work.begin() as connection:
            await order_campaign_status(connection, CAMPAIGN, order, NOW)
        await recorded(floor.unit_of_work, CampaignStatus.DRAINING)
        assert await wanted(floor.unit_of_work) is order
        await recorded(floor.unit_of_work, CampaignStatus.STOPPED)
        assert await wanted(floor.unit_of_work) is after


async def test_order_to_a_campaign_that_is_not_there_is_refused(unit_of_work: UnitOfWork) -> None:
    """Nothing is kept for a name that nobody made."""
    async with unit_of_work.begin() as connection:
        with pytest.raises(UnknownCampaigns, match="got summer"):
            await order_campaign_status(connection, CampaignId("summer"), CampaignStatus.RUNNING, NOW)
        with pytest.raises(UnknownCampaigns, match="got summer"):
            await read_campaign(connection, CampaignId("summer"))


async def test_settings_that_cannot_be_used_are_named(floor: StoredFloor) -> None:
    """Settings of a newer version, or written by hand, are an error with the field's name."""
    async with floor.unit_of_work.begin() as connection:
        await connection.execute("update dialer.campaigns set settings = '{\"speed\": 3}'")
        with pytest.raises(SettingsUnusable, match="campaign spring: speed"):
            await read_campaigns(connection)


async def test_start_of_an_engine_never_gets_a_number_twice(floor: StoredFloor) -> None:
    """Not even a number whose transaction was undone comes again."""
    undone = await floor.undone(lambda connection: begin_engine_run(connection, ENGINE, NOW))
    async with floor.unit_of_work.begin() as connection:
        assert await begin_engine_run(connection, ENGINE, NOW) > undone
