"""Attempts on a real server: on record before they are originated, ended once with all that follows."""

import asyncio
from datetime import datetime, timedelta

import asyncpg
import pytest

from dialer.adapters.store import (
    begin_attempts,
    end_attempts,
    ensure_partitions,
    read_ledger,
    save_dispositions,
)
from dialer.core.commands import Dial, RecordDisposition
from dialer.core.events import InboundCallArrived
from dialer.core.leads import LeadNext, LeadStep
from dialer.messages import AgentId, AttemptId, NodeId
from tests.integration.stored_floor import (
    CAMPAIGN,
    CLOCK,
    CLOSED,
    ENGINE,
    ENGINE_NOW,
    NOW,
    StoredFloor,
    answered,
    ended,
    new_lead,
    number,
    retry_in,
)

OPEN = "select count(*) from dialer.open_attempts"
MINUTE = timedelta(minutes=1)
MONTH_SECONDS = 31 * 86_400.0


def declared(dial: Dial, disposition: str, following: LeadNext) -> RecordDisposition:
    """What the agent says after a talk."""
    return RecordDisposition(
        attempt_id=dial.attempt_id,
        campaign_id=CAMPAIGN,
        lead_id=dial.lead_id,
        agent_id=AgentId("ann"),
        disposition=disposition,
        lead_next=following,
    )


async def save(floor: StoredFloor, *commands: RecordDisposition) -> list[str]:
    """Save dispositions; gives the numbers not to be called any more."""
    async with floor.unit_of_work.begin() as connection:
        return [event.e164 for event in await save_dispositions(connection, commands, NOW)]


async def test_attempt_begun_twice_is_on_record_once(floor: StoredFloor) -> None:
    """When the answer to a commit was lost, the same batch is sent again, and nothing counts twice."""
    dial = await floor.begin_one()
    assert await floor.begin(dial) == {dial.attempt_id}
    assert await floor.value("select count(*) from dialer.attempts") == 1
    assert await floor.value("select attempts_made from dialer.leads") == 1
    assert not await floor.reserve(1, after=timedelta(days=1))


async def test_attempt_on_a_lead_that_is_not_leased_is_refused(floor: StoredFloor) -> None:
    """An engine that lost a lease learns that it must not dial, and the rest of the batch is begun."""
    await floor.add(new_lead(number(1)), new_lead(number(2)))
    (mine,) = await floor.reserve(1)
    (other,) = await floor.reserve(1, engine_id="engine-2")
    good, bad = floor.dial(mine), floor.dial(other)
    assert await floor.begin(good, bad) == {good.attempt_id}
    assert await floor.value("select count(*) from dialer.attempts") == 1


async def test_attempt_that_has_ended_is_not_begun_again(floor: StoredFloor) -> None:
    """A batch that comes again after the end neither opens the attempt nor lets it be originated."""
    dial = await floor.begin_one()
    await floor.end(ended(dial, retry_in(0.0)))
    await floor.reserve(1)
    assert await floor.begin(dial) == frozenset()
    assert await floor.value(OPEN) == 0


async def test_attempt_cut_off_between_begin_and_end_stays_visible_as_open(floor: StoredFloor) -> None:
    """An end that was not committed has not happened, in any of its parts."""
    dial = await floor.begin_one()
    command = ended(dial, CLOSED, answered(dial, 1.0))
    done = await floor.undone(lambda connection: end_attempts(connection, [command], NOW, CLOCK))
    assert done == {dial.attempt_id}
    assert await floor.value(OPEN) == 1
    assert await floor.value("select count(*) from dialer.abandon_ledger") == 0
    assert await floor.value("select state from dialer.dial_queue") == 2
    assert await floor.end(command) == {dial.attempt_id}


async def test_end_of_attempts_sent_many_times_at_once_happens_once(floor: StoredFloor) -> None:
    """Five senders of the same ends, in different orders: each attempt ends once, with one ledger row."""
    leads = await floor.add(*(new_lead(number(index)) for index in range(40)))
    dials = [floor.dial(lead) for lead in await floor.reserve(40)]
    await floor.begin(*dials)
    commands = [ended(dial, retry_in(60.0), answered(dial, 1.0)) for dial in dials]
    batches = [commands[shift:] + commands[:shift] for shift in range(0, 40, 8)]
    answers = await asyncio.gather(*(floor.end(*batch) for batch in batches))
    assert sorted(attempt_id for answer in answers for attempt_id in answer) == sorted(
        dial.attempt_id for dial in dials
    )
    assert await floor.value("select count(*) from dialer.abandon_ledger") == len(leads)
    assert len(await floor.reserve(99, after=MINUTE)) == len(leads)


async def test_later_end_of_an_ended_attempt_changes_nothing(floor: StoredFloor) -> None:
    """The first end counts: outcome and lead stay as they were decided then."""
    dial = await floor.begin_one()
    await floor.end(ended(dial, retry_in(60.0)))
    assert await floor.end(ended(dial, CLOSED, answered(dial, 1.0))) == frozenset()
    assert await floor.value("select outcome from dialer.attempts") == "no_answer"
    assert await floor.value("select count(*) from dialer.abandon_ledger") == 0
    assert len(await floor.reserve(1, after=MINUTE)) == 1


async def test_next_number_of_a_kept_lead_is_dialed_in_the_same_lease(floor: StoredFloor) -> None:
    """A lead that stays with the engine is offered to nobody else meanwhile."""
    await floor.add(new_lead(number(1), number(2)))
    (lead,) = await floor.reserve(1)
    dial = floor.dial(lead)
    await floor.begin(dial)
    await floor.end(ended(dial, LeadNext(step=LeadStep.KEPT, reason="next_number", number_index=1)))
    assert not await floor.reserve(1, engine_id="engine-2", after=timedelta(days=1))
    second = floor.dial(lead)
    assert await floor.begin(second, at=ENGINE_NOW + 61.0) == {second.attempt_id}
    assert await floor.value("select number_index from dialer.leads") == 1


async def test_retry_of_another_number_moves_the_lead_to_its_time_zone(floor: StoredFloor) -> None:
    """Calling hours are judged by the number that is dialed next."""
    await floor.add(new_lead(number(1), number(2, ("Asia/Tokyo",))))
    dial = floor.dial((await floor.reserve(1))[0])
    await floor.begin(dial)
    await floor.end(ended(dial, retry_in(0.0, number_index=1)))
    zones = "select zones from dialer.zone_groups join dialer.dial_queue using (zone_group_id)"
    assert await floor.value(zones) == ["Asia/Tokyo"]


async def test_lead_of_a_talk_waits_for_the_disposition(floor: StoredFloor) -> None:
    """After a talk the lead is nobody's until the agent has declared its result, once."""
    dial = await floor.begin_one()
    await floor.end(ended(dial, None, answered(dial, 1.0), agent="ann"))
    assert not await floor.reserve(1, after=timedelta(days=1))
    assert await floor.value("select agent_id from dialer.owed_dispositions where decides_lead") == "ann"
    result = declared(dial, "not_interested", retry_in(60.0))
    assert await save(floor, result) == []
    assert await floor.value("select count(*) from dialer.owed_dispositions") == 0
    assert len(await floor.reserve(1, after=MINUTE)) == 1


async def test_disposition_saved_twice_decides_the_lead_once(floor: StoredFloor) -> None:
    """A repeated disposition does not touch a lead that is already in its next attempt's hands."""
    dial = await floor.begin_one()
    await floor.end(ended(dial, None, answered(dial, 1.0), agent="ann"))
    await save(floor, declared(dial, "later", retry_in(0.0)))
    again = floor.dial((await floor.reserve(1))[0])
    await floor.begin(again, at=ENGINE_NOW + 90.0)
    await floor.end(ended(again, None, answered(again, 1.0), agent="bob"))
    await save(floor, declared(dial, "later", CLOSED))
    assert await floor.value("select state from dialer.dial_queue") == 3
    assert await floor.value("select count(*) from dialer.dispositions") == 1


async def test_wish_not_to_be_called_again_binds_every_lead_of_the_number(floor: StoredFloor) -> None:
    """The disposition names the number dialed, and no other lead with it is handed out."""
    dial = await floor.begin_one(7)
    await floor.add(new_lead(number(8), number(7)))
    await floor.end(ended(dial, None, answered(dial, 1.0), agent="ann"))
    result = declared(dial, "do_not_call", CLOSED)
    assert await save(floor, result) == [number(7).e164]
    assert not await floor.reserve(9, after=timedelta(days=1))


async def test_ledger_keeps_the_raw_instants_of_an_answered_call(floor: StoredFloor) -> None:
    """What is read back has the same distances between its instants, and the same gaps."""
    dial = await floor.begin_one()
    entry = answered(dial, 1.25)
    await floor.end(ended(dial, CLOSED, entry))
    async with floor.unit_of_work.begin() as connection:
        (found,) = await read_ledger(connection, CAMPAIGN, NOW, NOW + MINUTE)
        assert not await read_ledger(connection, CAMPAIGN, NOW + MINUTE, NOW + 2 * MINUTE)
    assert found.answered_at is not None
    assert found.bridged_at == pytest.approx(found.answered_at + 1.25, abs=1e-6)
    assert (found.verdict, found.offered_at, found.message_started_at) == (entry.verdict, None, None)


async def test_inbound_call_is_an_attempt_without_a_lead(floor: StoredFloor) -> None:
    """A caller who withholds his number is on record like everybody else."""
    event = InboundCallArrived(
        attempt_id=AttemptId("caller-1"),
        campaign_id=CAMPAIGN,
        caller_id_number="",
        dialed_number="+999000000000",
        node_id=NodeId("node-1"),
    )
    for _ in range(2):
        async with floor.unit_of_work.begin() as connection:
            begun = await begin_attempts(connection, [(event, ENGINE_NOW)], ENGINE, CLOCK)
        assert begun == {event.attempt_id}
    assert await floor.value(OPEN) == 1


async def test_attempts_of_two_months_end_in_one_batch(floor: StoredFloor) -> None:
    """Each attempt lies in the month in which it was dialed, and is found there at its end."""
    await floor.add(new_lead(number(1)), new_lead(number(2)))
    march, april = [floor.dial(lead) for lead in await floor.reserve(2)]
    await floor.begin(march)
    await floor.begin(april, at=ENGINE_NOW + MONTH_SECONDS)
    assert len(await floor.end(ended(march, CLOSED), ended(april, CLOSED))) == 2
    for month in ("2031_03", "2031_04"):
        assert (
            await floor.value(f"select count(*) from dialer.attempts_{month} where ended_at is not null") == 1
        )


async def test_attempt_in_a_month_without_a_partition_is_not_begun(floor: StoredFloor) -> None:
    """With a clock that is years off, nothing is put on record, so nothing may be dialed."""
    await floor.add(new_lead(number(1)))
    dial = floor.dial((await floor.reserve(1))[0])
    with pytest.raises(asyncpg.CheckViolationError):
        await floor.begin(dial, at=ENGINE_NOW + 24 * MONTH_SECONDS)
    assert await floor.begin(dial) == {dial.attempt_id}


async def test_partitions_are_made_ahead_over_the_turn_of_the_year(floor: StoredFloor) -> None:
    """In November the months up to January are made, once."""
    november = datetime.fromisoformat("2031-11-30T23:59:59+00:00")
    async with floor.unit_of_work.begin() as connection:
        made = await ensure_partitions(connection, november)
        assert made == [f"dialer.attempts_{month}" for month in ("2031_11", "2031_12", "2032_01")]
        assert await ensure_partitions(connection, november) == []
