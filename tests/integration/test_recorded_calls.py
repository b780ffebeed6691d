"""A whole call centre: the self-test calls beside it, and talks are recorded though its engine dies."""

from collections.abc import Iterator

import pytest

from app.check_call import TestCall, check_call
from app.check_results import CheckState
from app.node_wiring import ari_address
from asterisk_config.lab.network import private_network
from asterisk_config.lab.packages import get_asterisk
from asterisk_config.lab.population import DigitPopulation
from dialer.core.events import CampaignStatus
from dialer.core.settings import RecordingRule, RetryRule
from dialer.messages import Accepted, AttemptId, RecordingAsked, RecordingWish
from tests.integration.call_centre import AREA, SALE, CallCentre, call_centre, floor_of

TALK_SECONDS = 3.0
ONCE = RetryRule(is_final=True)
STORED = "select count(*) from dialer.recordings where state = 'stored'"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallCentre]:
    """A call centre whose engine runs; people talk for three seconds."""
    population = DigitPopulation(ring_seconds=0.2, talk_seconds=TALK_SECONDS)
    root, program = tmp_path_factory.mktemp("recorded"), get_asterisk()
    with private_network(), call_centre(root, program, agents=1, population=population) as centre:
        centre.start_engine()
        yield centre


async def test_talk_is_recorded_to_its_end_though_the_engine_dies_in_the_middle(centre: CallCentre) -> None:
    """The first talk is paused and resumed by its agent; the second outlives its engine. Both are kept."""
    async with floor_of(centre) as floor:
        rules = {"live": ONCE, SALE: ONCE}
        numbers = [f"{AREA}5{place}50" for place in range(2)]
        await floor.campaign(
            numbers, status=CampaignStatus.STOPPED, retry_rules=rules, recording=RecordingRule.ALL
        )
        (agent_id,) = await floor.sign_in(1)
        await floor.order(CampaignStatus.RUNNING)
        await floor.talking(1)
        attempt_id = AttemptId((await floor.rows("select attempt_id from dialer.open_attempts"))[0][0])
        for wish in (RecordingWish.PAUSE, RecordingWish.RESUME):
            asked = RecordingAsked(attempt_id=attempt_id, agent_id=agent_id, wish=wish)
            assert await floor.ask(asked) == Accepted()
        await floor.until(STORED, 1)
        await floor.talking(1)
        centre.kill_engine()
        centre.start_engine()
        await floor.until(STORED, 2)
        rows = await floor.rows("select * from dialer.recordings order by started_at")
        attempts = {row[0] for row in await floor.rows("select attempt_id from dialer.attempts")}
    assert {row["attempt_id"] for row in rows} == attempts
    assert [row["recording_id"] for row in rows] == [row["attempt_id"] for row in rows]
    for row in rows:
        assert abs(row["seconds"] - TALK_SECONDS) < 1.0
        assert (centre.root / "home/recordings" / row["path"]).stat().st_size == row["bytes"]


async def test_self_test_calls_beside_an_engine_that_leaves_the_call_alone(centre: CallCentre) -> None:
    """The engine hears of every channel, and takes this one for none of its own that it must hang up."""
    async with floor_of(centre) as floor:
        await floor.floor()
        call = TestCall(trunk="carrier", number=f"{AREA}003")
        results = await check_call(ari_address(centre.lab.dialer_settings), call)
    assert [result.state for result in results] == [CheckState.GOOD] * 3, results
