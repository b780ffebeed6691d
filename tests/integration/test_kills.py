"""Parts die in the middle of calls: nobody who talks is dropped, nothing is lost, nobody is called twice."""

import signal
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from asterisk_config.lab.population import DigitPopulation
from asterisk_config.lab.tones import Tone
from tests.integration.call_centre import CallCentre, Floor
from tests.integration.harmed_floor import (
    CALLS_UP,
    MIXED,
    OPEN_ATTEMPTS,
    OPEN_LEADS,
    PEOPLE,
    ROUNDS,
    centre_to_harm,
    fill,
    hang_up_everybody,
    new_numbers,
    require_agreement,
    require_half_talk_on,
    rested_floor,
    settle,
    still_up,
)
from tests.integration.real_time import let_pass

CONNECT_LIMIT_SECONDS = 2.0  # of the campaign's law
GRACE_SECONDS = 3.0  # beyond it, while the engine is away


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallCentre]:
    """A call centre whose parts these tests kill one after another."""
    with centre_to_harm(tmp_path_factory.mktemp("centre")) as centre:
        yield centre


@pytest_asyncio.fixture
async def floor(centre: CallCentre) -> AsyncIterator[Floor]:
    """Everybody signed in and at rest."""
    async with rested_floor(centre) as floor:
        yield floor


@pytest.mark.parametrize("round_number", ROUNDS)
@pytest.mark.timeout(150)
async def test_killed_engine_finds_every_talk_again(
    centre: CallCentre, floor: Floor, round_number: int
) -> None:
    """Agents and clients go on talking meanwhile; afterwards dispositions are saved and dialing goes on."""
    numbers, calls = await fill(floor, "engine", round_number)
    centre.kill_engine()
    centre.start_engine()
    await floor.talking(CALLS_UP, 30.0)
    assert still_up(calls, centre.lab.telephones.truth())
    more = new_numbers("engine+", round_number, MIXED, 30)
    await floor.add_leads(more)
    hang_up_everybody(centre)
    await let_pass(0.8)
    centre.kill_engine()  # once more, with lines ringing and dispositions owed
    centre.start_engine()
    await floor.until(OPEN_LEADS, 0, 60.0)
    await floor.until(OPEN_ATTEMPTS, 0)
    await require_agreement(floor, [*numbers, *more])


@pytest.mark.parametrize("round_number", ROUNDS)
@pytest.mark.timeout(150)
async def test_killed_asterisk_ends_every_call_by_name_and_dialing_goes_on(
    centre: CallCentre, floor: Floor, round_number: int
) -> None:
    """All calls are lost with it; each attempt is ended, agents' telephones are called again."""
    numbers, _ = await fill(floor, "asterisk", round_number)
    centre.lab.dialer.kill()
    centre.lab.dialer.start()
    await floor.until(
        "select count(*) from dialer.attempts where ended_at is null and e164 = any("
        + "array['"
        + "','".join(numbers)
        + "'])",
        0,
        30.0,
    )
    reasons = await floor.rows("select distinct reason from dialer.attempts where e164 = any($1)", numbers)
    assert {row["reason"] for row in reasons} == {"node_lost"}
    more = new_numbers("asterisk+", round_number, "012", 20)
    await floor.add_leads(more)
    await floor.until(OPEN_LEADS, 0, 60.0)
    await require_agreement(floor, more)


@pytest.mark.parametrize("round_number", ROUNDS)
@pytest.mark.timeout(150)
async def test_killed_database_stops_dialing_and_gets_everything_when_it_is_back(
    centre: CallCentre, floor: Floor, round_number: int
) -> None:
    """Nobody is dialed meanwhile, nobody who talks is dropped, and every end is written afterwards."""
    numbers, calls = await fill(floor, "database", round_number)
    more = new_numbers("database+", round_number, MIXED, 20)
    await floor.add_leads(more)
    calls_before = len(centre.lab.telephones.truth())
    centre.kill_database()
    await let_pass(1.0)
    await require_half_talk_on(floor, calls, 2.0, calls_before)
    centre.restart_database()
    await let_pass(0.5)
    await settle(floor)
    await require_agreement(floor, [*numbers, *more])


@pytest.mark.parametrize("round_number", ROUNDS)
@pytest.mark.timeout(150)
async def test_frozen_database_delays_records_and_drops_nobody(
    centre: CallCentre, floor: Floor, round_number: int
) -> None:
    """Ten seconds without an answer: the same, and no dial that was decided before is placed after it."""
    numbers, calls = await fill(floor, "frozen", round_number)
    more = new_numbers("frozen+", round_number, MIXED, 20)
    await floor.add_leads(more)
    centre.freeze_database()
    await let_pass(3.0)
    await require_half_talk_on(floor, calls, 7.0, len(centre.lab.telephones.truth()))
    centre.thaw_database()
    await settle(floor)
    await require_agreement(floor, [*numbers, *more])


AWAY_SECONDS = 9.0


@pytest.mark.parametrize("round_number", ROUNDS)
@pytest.mark.parametrize("is_killed", [True, False], ids=["killed", "hung"])
@pytest.mark.timeout(150)
async def test_person_who_answers_while_the_engine_is_away_hears_somebody_in_time(
    centre: CallCentre, floor: Floor, round_number: int, is_killed: bool
) -> None:
    """With twenty ringing: whoever answers hears the message or an agent, and is counted."""
    people = DigitPopulation(ring_seconds=4.0, talk_seconds=8.0)
    centre.lab.telephones.populate(people)
    numbers = new_numbers(f"away{is_killed}", round_number, "0", 20)
    numbers = [f"{number[:-2]}{place % 10}0" for place, number in enumerate(numbers)]
    await floor.add_leads(numbers)
    await floor.at_carrier(len(numbers))
    assert centre.engine is not None
    centre.engine.send_signal(signal.SIGKILL if is_killed else signal.SIGSTOP)
    await let_pass(AWAY_SECONDS)
    if is_killed:
        centre.engine.wait()
        centre.start_engine()
    else:
        centre.engine.send_signal(signal.SIGCONT)
    await floor.until(OPEN_ATTEMPTS, 0, 60.0)
    centre.lab.telephones.populate(PEOPLE)
    ledger = await floor.rows(
        "select a.e164 from dialer.abandon_ledger join dialer.attempts a using (attempt_id)"
        " where a.e164 = any($1)",
        numbers,
    )
    answered = [call for call in centre.lab.telephones.truth() if call.answered_at and call.number in numbers]
    assert len(answered) == len(numbers)
    for call in answered:
        first = min((at for tone, at in call.heard.items() if tone in HEARD), default=None)
        assert call.answered_at is not None
        assert first is not None, f"{call.number} heard nothing"
        assert first - call.answered_at <= CONNECT_LIMIT_SECONDS + GRACE_SECONDS, call
    assert sorted(row["e164"] for row in ledger) == sorted(call.number for call in answered)


HEARD = {Tone.MESSAGE, Tone.AGENT}
