"""People who call us, through a real Asterisk: agent, closed hours, overflow, callback."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from asterisk_config.lab.carrier_call import CarrierCall
from asterisk_config.lab.network import private_network
from asterisk_config.lab.packages import get_asterisk
from asterisk_config.lab.population import DigitPopulation
from asterisk_config.lab.tones import Tone
from dialer.adapters import store
from dialer.adapters.store import InboundNumber
from dialer.core.events import AgentPaused, CampaignStatus
from dialer.core.settings import CampaignSettings, RetryRule
from dialer.messages import AgentId, CampaignChanged, CampaignId
from rules.opening_hours import DAYS
from tests.integration.call_centre import AREA, CAMPAIGN, SALE, CallCentre, Floor, call_centre, floor_of
from tests.integration.real_time import wait_until

AGENTS = 2
CLIENT = f"{AREA}0010"
NIGHT_SHIFT = CampaignId("night shift")  # nobody works for it
SALES, CLOSED, OVERFLOWING, CALLING_BACK = "800100", "800200", "800300", "800400"
OVERFLOW_SECONDS = 1.5
QUEUED_SECONDS = 7.0  # longer than the dialplan lets a call wait that nobody has taken
CALLERS = "select * from dialer.attempts where lead_id is null order by dialed_at"


@pytest.fixture
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallCentre]:
    """A call centre whose engine runs."""
    program = get_asterisk()
    population = DigitPopulation(ring_seconds=0.3, talk_seconds=1.0)
    root = tmp_path_factory.mktemp("centre")
    with private_network(), call_centre(root, program, agents=AGENTS, population=population) as centre:
        centre.start_engine()
        yield centre


async def test_callers_reach_whom_they_should_and_are_told_what_is_the_case(centre: CallCentre) -> None:
    """The agent who called, the closed hours, another campaign's agents, and a promised call."""
    async with floor_of(centre) as floor:
        agent_ids = await _open_the_house(floor)
        (called_by,) = await _call_client(floor)

        call = await _call_in(floor, SALES, talk_seconds=2.0)
        (row,) = await floor.rows(CALLERS)
        assert Tone.AGENT in call.heard, call
        assert (row["agent_id"], row["reason"]) == (called_by, "client_hung_up"), (
            "who called him is preferred"
        )

        call = await _call_in(floor, CLOSED, talk_seconds=30.0)
        assert Tone.MESSAGE in call.heard, call
        assert Tone.AGENT not in call.heard, call
        assert len(await floor.rows(CALLERS)) == 1

        call = await _call_in(floor, OVERFLOWING, talk_seconds=OVERFLOW_SECONDS + 2.0)
        assert call.answered_at is not None
        assert call.heard[Tone.AGENT] - call.answered_at >= OVERFLOW_SECONDS, call

        for agent_id in agent_ids:
            await floor.ask(AgentPaused(agent_id=agent_id, reason="lunch"))
        call = await _call_in(floor, CALLING_BACK, talk_seconds=60.0, presses_after=QUEUED_SECONDS)
        assert {Tone.OTHER, Tone.MESSAGE} <= set(call.heard), f"music, then the message: {call}"
        assert (await floor.rows(CALLERS))[-1]["reason"] == "callback_promised"
        await floor.until("select callback_agent_id from dialer.leads", called_by)
        await floor.until("select count(*) from dialer.dial_queue where priority = 9", 1)


async def _open_the_house(floor: Floor) -> list[AgentId]:
    """Campaigns, numbers and agents."""
    rules = dict.fromkeys(("live", SALE), RetryRule(is_final=True))
    await floor.campaign([CLIENT], status=CampaignStatus.STOPPED, retry_rules=rules)
    now = datetime.now(UTC)
    other_day = DAYS[(now.weekday() + 3) % len(DAYS)]
    numbers = (
        InboundNumber(number=SALES, campaign_id=CAMPAIGN, greeting_sound="beep"),
        InboundNumber(number=CLOSED, campaign_id=CAMPAIGN, open_hours=f"{other_day} 09:00-17:00"),
        InboundNumber(
            number=OVERFLOWING,
            campaign_id=NIGHT_SHIFT,
            overflow_seconds=OVERFLOW_SECONDS,
            overflow_campaign_id=CAMPAIGN,
        ),
        InboundNumber(number=CALLING_BACK, campaign_id=CAMPAIGN, offers_callback=True),
    )
    async with floor.unit_of_work.begin() as connection:
        await store.create_campaign(connection, NIGHT_SHIFT)
        await store.save_campaign_settings(
            connection, CampaignSettings(campaign_id=NIGHT_SHIFT, trunk_ids=()), now
        )
        for number in numbers:
            await store.save_inbound_number(connection, number)
    await floor.ask(CampaignChanged(campaign_id=NIGHT_SHIFT))
    return await floor.sign_in(AGENTS)


async def _call_client(floor: Floor) -> list[str]:
    """Call the one lead; gives the agent who talked with him."""
    await floor.order(CampaignStatus.RUNNING)
    await floor.until("select count(*) from dialer.dispositions", 1)
    return [row["agent_id"] for row in await floor.rows("select agent_id from dialer.dispositions")]


async def _call_in(
    floor: Floor, number: str, *, talk_seconds: float, presses_after: float | None = None
) -> CarrierCall:
    """Let the client call us until one of the two hangs up; gives the call as he knows it."""
    telephones = floor.centre.lab.telephones
    name = telephones.place_call(number=number, caller_id_number=CLIENT, talk_seconds=talk_seconds)

    def call() -> CarrierCall:
        return next(each for each in telephones.truth() if each.sip_call_id == name)

    async def has_waited() -> bool:
        answered_at = call().answered_at
        return answered_at is not None and datetime.now(UTC).timestamp() - answered_at > (presses_after or 0)

    async def is_over() -> bool:
        return call().ended_at is not None

    if presses_after is not None:
        assert await wait_until(has_waited, presses_after + 5.0), call()
        assert telephones.press_key(name, "1"), f"he should still wait: {call()}"
    assert await wait_until(is_over, talk_seconds + 10.0), f"{call()}\n{floor.centre.engine_log()[-4000:]}"
    await floor.until("select count(*) from dialer.open_attempts", 0)
    return call()
