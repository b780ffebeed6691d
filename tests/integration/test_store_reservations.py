"""Leases of leads on a real server: order, concurrency, hours, do-not-call, give-backs, lost engines."""

import asyncio
from datetime import timedelta

import numpy as np
import pytest

from dialer.adapters.store import (
    find_zone_groups,
    reclaim_leads,
    release_leads,
    reserve_leads,
    suppress_numbers,
)
from dialer.core.commands import LeadRelease, ReleaseLeads, ReserveLeads
from dialer.core.leads import LeadNext, LeadStep
from dialer.messages import CampaignId, LeadId
from tests.integration.stored_floor import (
    CAMPAIGN,
    CLOCK,
    ENGINE,
    ENGINE_NOW,
    LEASE_SECONDS,
    NOW,
    ROME,
    StoredFloor,
    answered,
    ended,
    new_lead,
    number,
    reservation,
    retry_in,
)

TOKYO = ("Asia/Tokyo",)
MINUTE = timedelta(minutes=1)


async def release(floor: StoredFloor, *releases: LeadRelease, engine_id: str = ENGINE) -> int:
    """Give leads back."""
    command = ReleaseLeads(campaign_id=CAMPAIGN, releases=releases)
    async with floor.unit_of_work.begin() as connection:
        return await release_leads(connection, [command], engine_id, NOW)


async def test_due_leads_come_by_priority_then_by_due_instant(floor: StoredFloor) -> None:
    """Within one time zone the larger priority goes first, then whoever has waited longest."""
    late, early, first = await floor.add(
        new_lead(number(1), due_at=NOW - MINUTE),
        new_lead(number(2), due_at=NOW - 2 * MINUTE),
        new_lead(number(3), priority=8),
    )
    assert [lead.lead_id for lead in await floor.reserve(2)] == [first, early]
    assert [lead.lead_id for lead in await floor.reserve(2)] == [late]


async def test_promised_callback_goes_before_every_list(floor: StoredFloor) -> None:
    """A callback that is due is reserved before leads of the largest priority, with its promise."""
    dial = await floor.begin_one()
    promise = LeadNext(step=LeadStep.CALLBACK, reason="callback", at=NOW.timestamp() + 60.0)
    await floor.end(ended(dial, promise))
    await floor.add(new_lead(number(2), priority=8))
    (lead,) = await floor.reserve(1, after=MINUTE)
    assert lead.lead_id == dial.lead_id
    assert lead.callback is not None
    assert lead.callback.due_at == promise.at


async def test_lead_due_later_is_not_reserved_before_its_time(floor: StoredFloor) -> None:
    """A later lead of larger priority does not hold up one that is due, and comes when its time has come."""
    later, now = await floor.add(new_lead(number(1), due_at=NOW + MINUTE, priority=8), new_lead(number(2)))
    assert [lead.lead_id for lead in await floor.reserve(9)] == [now]
    assert [lead.lead_id for lead in await floor.reserve(9, after=MINUTE)] == [later]


async def test_leads_outside_calling_hours_stay_where_they_are(floor: StoredFloor) -> None:
    """Only leads of the time zones that the caller says are open are touched."""
    rome, tokyo = await floor.add(new_lead(number(1)), new_lead(number(2, TOKYO)))
    async with floor.unit_of_work.begin() as connection:
        groups = {zones: group_id for group_id, zones in (await find_zone_groups(connection)).items()}
    assert [lead.lead_id for lead in await floor.reserve(9, zone_group_ids=[groups[TOKYO]])] == [tokyo]
    assert [lead.lead_id for lead in await floor.reserve(9, zone_group_ids=[groups[ROME]])] == [rome]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_concurrent_reservers_never_get_one_lead_twice(floor: StoredFloor, seed: int) -> None:
    """Eight engines at once, with batches of any size, get each lead exactly once."""
    draws = np.random.default_rng(seed)
    zones = (ROME, TOKYO, ("America/New_York",))
    lead_ids = await floor.add(
        *(
            new_lead(number(index, zones[draws.integers(3)]), priority=int(draws.integers(9)))
            for index in range(400)
        )
    )
    sizes = draws.integers(1, 25, size=8)

    async def take(engine: int) -> list[LeadId]:
        taken: list[LeadId] = []
        for _ in range(500):
            leads = await floor.reserve(int(sizes[engine]), engine_id=f"engine-{engine}")
            taken += [lead.lead_id for lead in leads]
            if not leads and await floor.value("select count(*) from dialer.dial_queue where state = 0") == 0:
                break
        return taken

    taken = [lead_id for each in await asyncio.gather(*map(take, range(8))) for lead_id in each]
    assert sorted(taken) == sorted(lead_ids)


async def test_reservation_that_is_rolled_back_leaves_the_leads_due(floor: StoredFloor) -> None:
    """The store commits nothing by itself: what the caller undoes has not happened."""
    await floor.add(new_lead(number(1)))
    command = ReserveLeads(campaign_id=CAMPAIGN, count=1, request="1")
    answer = await floor.undone(
        lambda connection: reserve_leads(connection, command, reservation(), NOW, CLOCK)
    )
    assert len(answer.leads) == 1
    assert len(await floor.reserve(1)) == 1


async def test_lead_with_a_suppressed_number_is_closed_not_handed_out(floor: StoredFloor) -> None:
    """One number on the do-not-call list closes the lead, whichever of its numbers it is."""
    _, spared = await floor.add(new_lead(number(1), number(2)), new_lead(number(3)))
    async with floor.unit_of_work.begin() as connection:
        assert await suppress_numbers(connection, [number(2).e164], "objection", NOW) == 1
        assert await suppress_numbers(connection, [number(2).e164], "objection", NOW) == 0
    assert [lead.lead_id for lead in await floor.reserve(9)] == [spared]
    closed = "select last_reason from dialer.leads where closed_at is not null"
    assert await floor.value(closed) == "do_not_call"


async def test_number_suppressed_in_one_campaign_is_called_in_another(floor: StoredFloor) -> None:
    """A campaign's own do-not-call list binds that campaign alone."""
    other = CampaignId("autumn")
    await floor.add(new_lead(number(1)))
    await floor.add(new_lead(number(1)), campaign_id=other)
    async with floor.unit_of_work.begin() as connection:
        await suppress_numbers(connection, [number(1).e164], "objection", NOW, CAMPAIGN)
    assert not await floor.reserve(9)
    assert len(await floor.reserve(9, campaign_id=other)) == 1


async def test_released_lead_comes_back_when_its_refusal_ends(floor: StoredFloor) -> None:
    """A lead given back with a date waits for it, one without waits a little, and the reason is kept."""
    dated, undated = await floor.add(new_lead(number(1)), new_lead(number(2)))
    await floor.reserve(2)
    given_back = await release(
        floor,
        LeadRelease(lead_id=dated, reason="outside_calling_hours", allowed_at=NOW.timestamp() + 7200.0),
        LeadRelease(lead_id=undated, reason="number_in_progress"),
    )
    assert given_back == 2
    assert [lead.lead_id for lead in await floor.reserve(9, after=timedelta(hours=1))] == [undated]
    assert [lead.lead_id for lead in await floor.reserve(9, after=timedelta(hours=2))] == [dated]
    reason = "select last_reason from dialer.leads where lead_id = $1"
    assert await floor.value(reason, dated) == "outside_calling_hours"


async def test_release_by_an_engine_without_the_lease_changes_nothing(floor: StoredFloor) -> None:
    """Only the engine that has a lead can give it back or close it."""
    one, two = await floor.add(new_lead(number(1)), new_lead(number(2)))
    await floor.reserve(2)
    releases = (
        LeadRelease(lead_id=one, reason="lease_expired"),
        LeadRelease(lead_id=two, reason="do_not_call"),
    )
    assert await release(floor, *releases, engine_id="engine-2") == 0
    assert not await floor.reserve(9, after=timedelta(hours=9))
    assert await release(floor, *releases) == 2
    assert await release(floor, *releases) == 0


async def test_campaign_is_exhausted_only_when_no_lead_can_come_due(floor: StoredFloor) -> None:
    """A leased lead may come back; once the last is closed, the answer says that there will be no more."""
    (lead_id,) = await floor.add(new_lead(number(1)))
    await floor.reserve(1)
    command = ReserveLeads(campaign_id=CAMPAIGN, count=1, request="1")
    async with floor.unit_of_work.begin() as connection:
        answer = await reserve_leads(connection, command, reservation(), NOW, CLOCK)
    assert (answer.leads, answer.is_exhausted) == ((), False)
    await release(floor, LeadRelease(lead_id=lead_id, reason="no_number_left"))
    async with floor.unit_of_work.begin() as connection:
        answer = await reserve_leads(connection, command, reservation(), NOW, CLOCK)
    assert (answer.leads, answer.is_exhausted) == ((), True)


async def test_leases_of_an_engine_that_is_gone_are_reclaimed(floor: StoredFloor) -> None:
    """A lease ends by itself, some time after the engine would have given the lead back."""
    await floor.add(new_lead(number(1)))
    (lead,) = await floor.reserve(1)
    assert lead.lease_until == pytest.approx(ENGINE_NOW + LEASE_SECONDS)
    lease = timedelta(seconds=LEASE_SECONDS)
    async with floor.unit_of_work.begin() as connection:
        assert await reclaim_leads(connection, NOW + lease + MINUTE) == 0
        assert await reclaim_leads(connection, NOW + lease + 2 * MINUTE) == 1
    assert len(await floor.reserve(1, engine_id="engine-2", after=lease)) == 1


async def test_reserved_lead_brings_its_history_over_all_campaigns(floor: StoredFloor) -> None:
    """Attempts to the number count whichever campaign made them, and an abandoned one is dated."""
    other = CampaignId("autumn")
    await floor.add(new_lead(number(1)), campaign_id=other)
    dial = floor.dial((await floor.reserve(1, campaign_id=other))[0], campaign_id=other)
    await floor.begin(dial)
    await floor.end(ended(dial, retry_in(9999.0), answered(dial, bridged_after_seconds=2.5)))
    own = await floor.begin_one(1)
    await floor.end(ended(own, retry_in(60.0), answered(own, bridged_after_seconds=1.5)))
    (lead,) = await floor.reserve(1, after=MINUTE)
    at = NOW.timestamp()
    assert lead.numbers[0].attempts_at == (at, at)
    assert lead.numbers[0].abandoned_at == at
    assert (lead.attempts_at, lead.attempts_made) == ((at,), 1)
    assert lead.numbers[0].zones == ROME
