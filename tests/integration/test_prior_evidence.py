"""A campaign's pacer begins with what the attempts on record say of its lists, its hour and all others."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.engine_memory import with_prior_settings
from app.engine_process import EngineProcess
from app.unit_of_work import UnitOfWork, open_pool
from asterisk_config.settings import AmiUser, AriUser, AsteriskSettings
from dialer.adapters.in_process_bus import InProcessBus
from dialer.adapters.metrics import Metrics
from dialer.adapters.recording_filing import RecordingSettings
from dialer.adapters.store import (
    create_list,
    ensure_partitions,
    read_prior_evidence,
    save_campaign_settings,
)
from dialer.core.settings import CampaignSettings
from dialer.messages import CampaignId
from pacing import LevelEvidence
from tests.integration.real_time import wait_until
from tests.integration.stored_floor import CAMPAIGN, NOW, StoredFloor, answered, ended, new_lead, number

AUTUMN = CampaignId("autumn")
SETTINGS = CampaignSettings(campaign_id=CAMPAIGN, trunk_ids=())
SAVE_DISPOSITION = """
    insert into dialer.dispositions (attempt_id, agent_id, campaign_number, lead_id, disposition, saved_at)
    select attempt_id, 'ann', campaign_number, lead_id, 'sale', $2 from dialer.attempts where attempt_id = $1
"""
OLD_CALLS = """
    with calls as (
        insert into dialer.attempts (attempt_id, dialed_at, campaign_number, lead_id, e164, node_id,
            caller_id_number, ended_at)
        select 'old-' || n, $1, c.campaign_number, n, '+999' || n, 'node-1', '',
            $1::timestamptz + interval '20 s'
        from dialer.campaigns c, generate_series(1, 400) n
        returning attempt_id, dialed_at, campaign_number
    )
    insert into dialer.abandon_ledger (attempt_id, dialed_at, campaign_number, answered_at, verdict)
    select attempt_id, dialed_at, campaign_number, dialed_at + interval '9 s', 'human'
    from calls where attempt_id like 'old-%0'
"""
"""400 attempts at $1, of which a person answered one in ten."""


async def call(floor: StoredFloor, index: int, campaign_id: CampaignId, *, is_live: bool) -> None:
    """One attempt at NOW: a talk of 48 s and 7 s of wrap-up, or 60 s without an answer."""
    await floor.add(new_lead(number(index)), campaign_id=campaign_id)
    (lead,) = await floor.reserve(1, campaign_id=campaign_id)
    dial = floor.dial(lead, campaign_id=campaign_id)
    await floor.begin(dial)
    await floor.end(ended(dial, None, answered(dial, 2.0) if is_live else None))
    if is_live:
        await floor.value(SAVE_DISPOSITION, dial.attempt_id, NOW + timedelta(seconds=67))


def level(name: str, live: int, others: int) -> LevelEvidence:
    """What so many talks and unanswered attempts of the above amount to."""
    return LevelEvidence(
        name=name,
        lines=live + others,
        live_answers=live,
        ring_seconds=10.0 * live + 60.0 * others,
        talks=live,
        talk_seconds=48.0 * live,
        wrap_ups=live,
        wrap_up_seconds=7.0 * live,
    )


async def test_evidence_is_counted_for_all_the_hour_the_campaign_and_its_newest_list(
    floor: StoredFloor,
) -> None:
    """Three attempts of one campaign, each with a list of its own, and one of another an hour later."""
    await call(floor, 1, CAMPAIGN, is_live=True)
    await call(floor, 2, AUTUMN, is_live=False)
    for index, is_live in ((3, False), (4, True)):
        await call(floor, index, CAMPAIGN, is_live=is_live)
    async with floor.unit_of_work.begin() as connection:
        now = await read_prior_evidence(connection, NOW + timedelta(minutes=30))
        later = await read_prior_evidence(connection, NOW + timedelta(minutes=90))
        await create_list(connection, CAMPAIGN, "new", NOW + timedelta(minutes=90))
        new_list = await read_prior_evidence(connection, NOW + timedelta(minutes=90))

    assert now.levels(CAMPAIGN) == [
        level("all", 2, 2), level("hour", 2, 2), level("campaign", 2, 1), level("list", 1, 0),
    ]  # fmt: skip
    assert later.levels(AUTUMN) == [level("all", 2, 2), level("campaign", 0, 1), level("list", 0, 1)]
    assert [each.name for each in new_list.levels(CAMPAIGN)] == ["all", "campaign"]


async def test_evidence_leaves_out_what_is_old_or_goes_on(floor: StoredFloor) -> None:
    """Two weeks later an attempt says nothing any more; one that still rings never did."""
    await call(floor, 1, CAMPAIGN, is_live=True)
    await floor.begin_one(2)
    async with floor.unit_of_work.begin() as connection:
        now = await read_prior_evidence(connection, NOW + timedelta(minutes=5))
        within = await read_prior_evidence(connection, NOW + timedelta(days=13))
        later = await read_prior_evidence(connection, NOW + timedelta(days=15))

    assert now.everything == within.everything == level("all", 1, 0)
    assert later.levels(CAMPAIGN) == []


def test_settings_of_the_campaign_stand_over_the_evidence() -> None:
    """And a method without priors is given none; without evidence nothing changes."""
    levels = [level("all", 100, 900)]
    own = CampaignSettings(
        campaign_id=CAMPAIGN, trunk_ids=(), pacing_settings={"live_ratio_prior": 0.9, "rest_seconds_min": 3.0}
    )
    ratio = CampaignSettings(campaign_id=CAMPAIGN, trunk_ids=(), pacing_method="ratio")
    given = with_prior_settings(own, levels).pacing_settings

    assert (given["live_ratio_prior"], given["rest_seconds_min"], given["live_prior_lines"]) == (
        0.9,
        3.0,
        200.0,
    )
    assert with_prior_settings(SETTINGS, levels).pacing_settings["live_ratio_prior"] < 0.2
    assert with_prior_settings(ratio, levels) == ratio
    assert with_prior_settings(own, []) == own


async def test_pacers_of_an_engine_begin_with_what_the_record_says(
    floor: StoredFloor, database_url: str, tmp_path: Path
) -> None:
    """One in ten answered: so they believe at the start, and after a change of settings, too."""
    now = datetime.now(UTC)
    async with floor.unit_of_work.begin() as connection:
        await ensure_partitions(connection, now - timedelta(hours=2))
        await connection.execute(OLD_CALLS, now - timedelta(hours=2))
        await save_campaign_settings(connection, SETTINGS, NOW)
    nobody = AsteriskSettings(
        ari=AriUser(name="engine", password="nobody-listens-1"),
        ami=AmiUser(name="watch", password="nobody-listens-2"),
    )
    async with open_pool(database_url, 4) as pool:
        recordings = RecordingSettings(storage=tmp_path)
        process = EngineProcess([nobody], UnitOfWork(pool), InProcessBus(), Metrics(), recordings)
        running = asyncio.ensure_future(process.run())

        async def is_deciding() -> bool:
            return process.is_deciding

        def believed() -> float:
            return process.engine._world.campaigns[CAMPAIGN].pacer.settings["live_ratio_prior"]

        try:
            assert await wait_until(is_deciding, 20.0), "the engine has not begun"
            at_start = believed()
            async with floor.unit_of_work.begin() as connection:
                await save_campaign_settings(connection, replace(SETTINGS, ring_timeout_seconds=25.0), NOW)
            await process.read_campaign(CAMPAIGN)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    assert process.campaigns[CAMPAIGN].ring_timeout_seconds == 25.0
    assert (at_start, believed()) == pytest.approx((0.1, 0.1), abs=0.01)
