"""A floor with every agent in a talk, for whoever takes a part away in mid-call, and what must hold after."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from asterisk_config.lab.carrier_call import CarrierCall
from asterisk_config.lab.network import private_network
from asterisk_config.lab.packages import get_asterisk
from asterisk_config.lab.population import DigitPopulation
from dialer.core.events import CampaignStatus
from dialer.core.settings import DEFAULT_RETRY_RULES, RetryRule
from tests.integration.call_centre import AREA, SALE, CallCentre, Floor, call_centre, floor_of
from tests.integration.real_time import let_pass

ROUNDS = (1, 2, 3)
CALLS_UP = 50
PEOPLE = DigitPopulation(ring_seconds=0.4, talk_seconds=1.5)
STAYS = "3"  # last digit of a person who stays until we hang up
MIXED = "0125678"
OPEN_ATTEMPTS = "select count(*) from dialer.open_attempts"
OPEN_LEADS = "select count(*) from dialer.dial_queue"
AGAIN = RetryRule(delay_seconds=0.5, attempts_max=20, tries_next_number=False)
RULES = {
    **{outcome: RetryRule(is_final=True) for outcome in (*DEFAULT_RETRY_RULES, SALE)},
    "failed": AGAIN,  # a part of ours was away: the party was not reached, and is tried again
}


@contextmanager
def centre_to_harm(
    root: Path, *, agents: int = CALLS_UP, disk_bytes_max: int | None = None
) -> Iterator[CallCentre]:
    """A call centre with as many agents as there are to be calls, its engine running."""
    program = get_asterisk()
    with (
        private_network(),
        call_centre(root, program, agents=agents, population=PEOPLE, disk_bytes_max=disk_bytes_max) as centre,
    ):
        centre.start_engine()
        yield centre


@asynccontextmanager
async def rested_floor(centre: CallCentre, agents: int = CALLS_UP) -> AsyncIterator[Floor]:
    """Everybody signed in and at rest, the campaign running with an empty list."""
    async with floor_of(centre) as floor:
        await floor.campaign((), status=CampaignStatus.RUNNING, retry_rules=RULES, ring_timeout_seconds=15.0)
        await floor.order(CampaignStatus.RUNNING)
        await floor.sign_in(agents)
        await floor.until(OPEN_ATTEMPTS, 0)
        centre.lab.telephones.reset()
        try:
            yield floor
        finally:  # also after a failure, or the next test would find agents whom nobody wraps up
            await floor.order(CampaignStatus.STOPPED)
            hang_up_everybody(centre)
            await floor.until(OPEN_ATTEMPTS, 0, 30.0)
            assert await floor.wrapped_up(), "dispositions are still owed"


def new_numbers(kind: str, round_number: int, digits: str, count: int) -> list[str]:
    """Numbers that no other test calls, ending in these digits in turn."""
    area = f"{AREA}{sum(map(ord, kind)) % 1000:03}{round_number}"
    return [f"{area}{place:03}5{digits[place % len(digits)]}" for place in range(count)]


def hang_up_everybody(centre: CallCentre) -> None:
    """Every client who is still there goes."""
    for call in centre.lab.telephones.truth():
        if call.ended_at is None:
            centre.lab.telephones.hang_up_call(call.sip_call_id)


async def settle(floor: Floor) -> None:
    """Everybody hangs up, and the list is dialed to its end."""
    hang_up_everybody(floor.centre)
    await floor.until(OPEN_LEADS, 0, 60.0)
    await floor.until(OPEN_ATTEMPTS, 0)


async def require_half_talk_on(floor: Floor, calls: list[CarrierCall], seconds: float, dialed: int) -> None:
    """Half of the clients go while a part is away: nobody is dialed in their place, the others talk on."""
    hang_up_everybody_but(floor.centre, keep=calls[: CALLS_UP // 2])
    await let_pass(seconds)
    truth = floor.centre.lab.telephones.truth()
    assert len(truth) == dialed, "somebody was dialed while a part was away"
    assert still_up(calls[: CALLS_UP // 2], truth)


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


def hang_up_everybody_but(centre: CallCentre, keep: list[CarrierCall]) -> None:
    """Every client goes, except these."""
    kept = {call.sip_call_id for call in keep}
    for call in centre.lab.telephones.truth():
        if call.ended_at is None and call.sip_call_id not in kept:
            centre.lab.telephones.hang_up_call(call.sip_call_id)
