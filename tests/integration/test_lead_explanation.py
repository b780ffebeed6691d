"""Why a lead is or is not dialed: each reason is found where it is the only one, with its end."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from app.lead_explanation import CheckName, Explanation, explain
from dialer.adapters.errors import UnknownLead
from dialer.adapters.store import (
    record_agent_states,
    record_campaign_statuses,
    save_campaign_settings,
    sign_in_agent,
    suppress_numbers,
)
from dialer.adapters.store.campaign_counts import read_agents
from dialer.adapters.store.lead_records import read_lead_record
from dialer.core.agent_session import AgentState, AgentStatus
from dialer.core.commands import RecordAgentState, RecordCampaignStatus
from dialer.core.events import AgentLoggedIn, CampaignStatus
from dialer.core.settings import CampaignSettings
from dialer.messages import AgentId, LeadId, NodeId, TrunkId
from tests.integration.stored_floor import (
    CAMPAIGN,
    CLOCK,
    CLOSED,
    ENGINE_NOW,
    NOW,
    StoredFloor,
    answered,
    ended,
    new_lead,
    number,
    retry_in,
)

ANNA = AgentId("anna")
HOUR = timedelta(hours=1)
SETTINGS = CampaignSettings(campaign_id=CAMPAIGN, trunk_ids=(TrunkId("carrier"),))


async def ready_campaign(floor: StoredFloor) -> LeadId:
    """A running campaign with trunk, agent and one lead that is due in Rome, at one in the afternoon."""
    async with floor.unit_of_work.begin() as connection:
        await save_campaign_settings(connection, SETTINGS, NOW)
        running = RecordCampaignStatus(campaign_id=CAMPAIGN, status=CampaignStatus.RUNNING, at=ENGINE_NOW)
        await record_campaign_statuses(connection, [running], CLOCK)
        event = AgentLoggedIn(agent_id=ANNA, campaign_ids=(CAMPAIGN,), node_id=NodeId("node-1"))
        await sign_in_agent(connection, event, NOW)
        idle = RecordAgentState(
            agent_id=ANNA,
            status=AgentStatus.AVAILABLE,
            state=AgentState.IDLE,
            attempt_id=None,
            reason="",
            at=ENGINE_NOW,
        )
        await record_agent_states(connection, [idle], CLOCK)
    (lead_id,) = await floor.add(new_lead(number(1)))
    return lead_id


async def explained(floor: StoredFloor, lead_id: LeadId, at: datetime = NOW) -> Explanation:
    """What a person is told."""
    async with floor.unit_of_work.begin() as connection:
        record = await read_lead_record(connection, lead_id, at)
        return explain(record, await read_agents(connection), at)


async def no_trunk(floor: StoredFloor, lead_id: LeadId) -> None:
    """Take the trunk away."""
    async with floor.unit_of_work.begin() as connection:
        await save_campaign_settings(connection, CampaignSettings(campaign_id=CAMPAIGN, trunk_ids=()), NOW)


async def paused_campaign(floor: StoredFloor, lead_id: LeadId) -> None:
    """Pause the campaign."""
    async with floor.unit_of_work.begin() as connection:
        paused = RecordCampaignStatus(campaign_id=CAMPAIGN, status=CampaignStatus.PAUSED, at=ENGINE_NOW)
        await record_campaign_statuses(connection, [paused], CLOCK)


async def no_agents(floor: StoredFloor, lead_id: LeadId) -> None:
    """Send the agent home."""
    async with floor.unit_of_work.begin() as connection:
        await connection.execute("delete from dialer.agents")


async def suppressed(floor: StoredFloor, lead_id: LeadId) -> None:
    """Put the number on the campaign's do-not-call list."""
    async with floor.unit_of_work.begin() as connection:
        await suppress_numbers(connection, [number(1).e164], "asked", NOW, CAMPAIGN)


async def later(floor: StoredFloor, lead_id: LeadId) -> None:
    """Let it come due in an hour."""
    async with floor.unit_of_work.begin() as connection:
        await connection.execute("update dialer.dial_queue set due_at = $1", NOW + HOUR)


async def promised(floor: StoredFloor, lead_id: LeadId) -> None:
    """Promise a callback in an hour."""
    async with floor.unit_of_work.begin() as connection:
        await connection.execute(
            "update dialer.leads set callback_at = $1, callback_agent_id = 'anna'", NOW + HOUR
        )


async def no_zone(floor: StoredFloor, lead_id: LeadId) -> None:
    """Forget where the number is."""
    async with floor.unit_of_work.begin() as connection:
        await connection.execute("update dialer.zone_groups set zones = '{}'")


async def no_number_left(floor: StoredFloor, lead_id: LeadId) -> None:
    """Let it have tried all its numbers."""
    async with floor.unit_of_work.begin() as connection:
        await connection.execute("update dialer.leads set number_index = 1")


async def abandoned(floor: StoredFloor, lead_id: LeadId) -> None:
    """Call it, let nobody talk to the person who answers, and let it be due again at once."""
    dial = floor.dial((await floor.reserve(1))[0])
    await floor.begin(dial)
    await floor.end(ended(dial, retry_in(0.0), answered(dial, None)))


Doing = Callable[[StoredFloor, LeadId], Awaitable[None]]


@pytest.mark.parametrize(
    ("doing", "name", "said", "ends_after"),
    [
        (paused_campaign, CheckName.CAMPAIGN, "is paused", None),
        (no_trunk, CheckName.TRUNK, "no trunk", None),
        (no_agents, CheckName.AGENTS, "0 agents", None),
        (no_number_left, CheckName.NUMBER, "no number left", None),
        (suppressed, CheckName.DO_NOT_CALL, "1 of its 1 numbers", None),
        (later, CheckName.DUE, "due from 2031-03-05 13:00", HOUR),
        (promised, CheckName.CALLBACK, "promised by agent anna", HOUR),
        (no_zone, CheckName.CALLING_HOURS, "not known", None),
        (abandoned, CheckName.RULES, "was abandoned less than", None),
    ],
)
async def test_single_reason_is_named_with_its_end(
    floor: StoredFloor, doing: Doing, name: CheckName, said: str, ends_after: timedelta | None
) -> None:
    """A lead that could be dialed cannot after one change, and that change is what is told first."""
    lead_id = await ready_campaign(floor)
    assert (await explained(floor, lead_id)).is_dialable
    await doing(floor, lead_id)
    explanation = await explained(floor, lead_id)
    failed = [check for check in explanation.checks if not check.is_passed]
    assert {check.name for check in failed} == {name}
    assert any(said in check.text for check in failed)
    if ends_after is not None:
        assert explanation.allowed_at == NOW + ends_after
        assert (await explained(floor, lead_id, NOW + ends_after)).is_dialable


async def test_lead_in_an_attempt_or_a_talk_is_not_dialed_again(floor: StoredFloor) -> None:
    """Who is being called is told, then who owes the word on the talk."""
    lead_id = await ready_campaign(floor)
    dial = floor.dial((await floor.reserve(1))[0])
    await floor.begin(dial)
    explanation = await explained(floor, lead_id)
    assert "being called, since 2031-03-05 12:00:00" in text_of(explanation, CheckName.IN_ATTEMPT)
    await floor.end(ended(dial, None, answered(dial, 1.0), agent=ANNA))
    explanation = await explained(floor, lead_id)
    assert not explanation.is_dialable
    assert "disposition of agent anna" in text_of(explanation, CheckName.DISPOSITION)


async def test_closed_lead_says_when_and_why(floor: StoredFloor) -> None:
    """A closed lead has no place in the queue, and the reason is on record."""
    lead_id = await ready_campaign(floor)
    dial = floor.dial((await floor.reserve(1))[0])
    await floor.begin(dial)
    await floor.end(ended(dial, CLOSED))
    explanation = await explained(floor, lead_id)
    assert "closed at 2031-03-05 12:00:00 UTC: finished" in text_of(explanation, CheckName.CLOSED)
    assert explanation.allowed_at is None


async def test_lead_at_night_says_when_its_zone_opens(floor: StoredFloor) -> None:
    """Every zone of the number is told; the lead waits for the last."""
    await ready_campaign(floor)
    zones = ("Europe/Rome", "America/New_York")
    (lead_id,) = await floor.add(new_lead(number(2, zones)))
    explanation = await explained(floor, lead_id, datetime(2031, 3, 5, 12, 0, tzinfo=UTC))
    hours = [check for check in explanation.checks if check.name is CheckName.CALLING_HOURS]
    assert [check.is_passed for check in hours] == [True, False]
    assert "In America/New_York it is Wednesday 07:00: closed" in hours[1].text
    assert explanation.allowed_at == hours[1].allowed_at


async def test_number_in_an_explanation_is_masked_unless_asked_for(floor: StoredFloor) -> None:
    """A screen that others see does not show whom we call."""
    lead_id = await ready_campaign(floor)
    e164 = number(1).e164
    explanation = await explained(floor, lead_id)
    assert not any(e164 in check.text for check in explanation.checks)
    async with floor.unit_of_work.begin() as connection:
        record = await read_lead_record(connection, lead_id, NOW)
    shown = explain(record, (), NOW, shows_numbers=True)
    assert e164 in text_of(shown, CheckName.NUMBER)


async def test_lead_that_is_not_there_is_refused(floor: StoredFloor) -> None:
    """The message says so in a sentence."""
    async with floor.unit_of_work.begin() as connection:
        with pytest.raises(UnknownLead, match="got 99"):
            await read_lead_record(connection, LeadId(99), NOW)


def text_of(explanation: Explanation, name: CheckName) -> str:
    """What one check says."""
    return next(check.text for check in explanation.checks if check.name is name)
