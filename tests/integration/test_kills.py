"""Parts die in the middle of calls: nobody who talks is dropped, nothing is lost, nobody is called twice."""

import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from asterisk_config.lab.carrier_call import CarrierCall
from asterisk_config.lab.network import private_network
from asterisk_config.lab.packages import get_asterisk
from asterisk_config.lab.population import DigitPopulation
from asterisk_config.lab.tones import Tone
from dialer.core.events import CampaignStatus
from dialer.core.settings import DEFAULT_RETRY_RULES, RetryRule
from tests.integration.call_centre import AREA, SALE, CallCentre, Floor, call_centre, floor_of
from tests.integration.real_time import let_pass

ROUNDS = (1, 2, 3)
CALLS_UP = 50
PEOPLE = DigitPopulation(ring_seconds=0.4, talk_seconds=1.5)
STAYS = "3"  # last digit of a person who stays until we hang up
MIXED = "0125678"
CONNECT_LIMIT_SECONDS = 2.0  # of the campaign's law
GRACE_SECONDS = 3.0  # beyond it, while the engine is away
OPEN_ATTEMPTS = "select count(*) from dialer.open_attempts"
OPEN_LEADS = "select count(*) from dialer.dial_queue"
AGAIN = RetryRule(delay_seconds=0.5, attempts_max=20, tries_next_number=False)
RULES = {
    **{outcome: RetryRule(is_final=True) for outcome in (*DEFAULT_RETRY_RULES, SALE)},
    "failed": AGAIN,  # a part of ours was away: the party was not reached, and is tried again
}


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallCentre]:
    """A call centre with as many agents as there are to be calls."""
    program = get_asterisk()
    root = tmp_path_factory.mktemp("centre")
    with private_network(), call_centre(root, program, agents=CALLS_UP, population=PEOPLE) as centre:
        centre.start_engine()
        yield centre


@pytest_asyncio.fixture
async def floor(centre: CallCentre) -> AsyncIterator[Floor]:
    """Everybody signed in and at rest, the campaign running with an empty list."""
    async with floor_of(centre) as floor:
        await floor.campaign((), status=CampaignStatus.RUNNING, retry_rules=RULES, ring_timeout_seconds=15.0)
        await floor.order(CampaignStatus.RUNNING)
        await floor.sign_in(CALLS_UP)
        await floor.until(OPEN_ATTEMPTS, 0)
        centre.lab.telephones.reset()
        yield floor
        await floor.order(CampaignStatus.STOPPED)
        hang_up_everybody(centre)
        await floor.until(OPEN_ATTEMPTS, 0, 30.0)


def new_numbers(kind: str, round_number: int, digits: str, count: int) -> list[str]:
    """Numbers that no other test calls, ending in these digits in turn."""
    area = f"{AREA}{sum(map(ord, kind)) % 1000:03}{round_number}"
    return [f"{area}{place:03}5{digits[place % len(digits)]}" for place in range(count)]


def hang_up_everybody(centre: CallCentre) -> None:
    """Every client who is still there goes."""
    for call in centre.lab.telephones.truth():
        if call.ended_at is None:
            centre.lab.telephones.hang_up_call(call.sip_call_id)


async def require_agreement(floor: Floor, numbers: list[str]) -> None:
    """Program and carrier agree call by call: none lost, none doubled, every lead at its end."""
    rows = await floor.rows(
        "select e164, reason, outcome, ended_at from dialer.attempts where e164 = any($1)", numbers
    )
    assert all(row["ended_at"] is not None for row in rows)
    recorded = Counter(row["e164"] for row in rows)
    never_placed = Counter(row["e164"] for row in rows if row["outcome"] == "failed")
    placed = Counter(call.number for call in floor.centre.lab.telephones.truth() if call.number in recorded)
    assert set(recorded) == set(numbers)
    for number in numbers:
        assert recorded[number] - never_placed[number] <= placed[number] <= recorded[number], number
    reached = Counter(row["e164"] for row in rows if row["outcome"] != "failed")
    assert reached == Counter(numbers), "each party was reached once"


def still_up(before: list[CarrierCall], after: list[CarrierCall]) -> bool:
    """Whether every call of `before` lives."""
    up = {call.sip_call_id for call in after if call.ended_at is None}
    return all(call.sip_call_id in up for call in before)


async def fill(floor: Floor, kind: str, round_number: int) -> tuple[list[str], list[CarrierCall]]:
    """Bring every agent into a talk that lasts; gives the numbers and the calls."""
    numbers = new_numbers(kind, round_number, STAYS, CALLS_UP)
    await floor.add_leads(numbers)
    await floor.talking(CALLS_UP, 40.0)
    return numbers, [call for call in floor.centre.lab.telephones.truth() if call.ended_at is None]


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
    hang_up_everybody_but(centre, keep=calls[: CALLS_UP // 2])
    await let_pass(2.0)
    truth = centre.lab.telephones.truth()
    assert len(truth) == calls_before, "somebody was dialed while the database was away"
    assert still_up(calls[: CALLS_UP // 2], truth)
    centre.restart_database()
    await let_pass(0.5)
    hang_up_everybody(centre)
    await floor.until(OPEN_LEADS, 0, 60.0)
    await floor.until(OPEN_ATTEMPTS, 0)
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
    hang_up_everybody_but(centre, keep=calls[: CALLS_UP // 2])
    calls_before = len(centre.lab.telephones.truth())
    await let_pass(7.0)
    truth = centre.lab.telephones.truth()
    assert len(truth) == calls_before, "somebody was dialed while the database was away"
    assert still_up(calls[: CALLS_UP // 2], truth)
    centre.thaw_database()
    hang_up_everybody(centre)
    await floor.until(OPEN_LEADS, 0, 60.0)
    await floor.until(OPEN_ATTEMPTS, 0)
    await require_agreement(floor, [*numbers, *more])


def hang_up_everybody_but(centre: CallCentre, keep: list[CarrierCall]) -> None:
    """Every client goes, except these."""
    kept = {call.sip_call_id for call in keep}
    for call in centre.lab.telephones.truth():
        if call.ended_at is None and call.sip_call_id not in kept:
            centre.lab.telephones.hang_up_call(call.sip_call_id)


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
