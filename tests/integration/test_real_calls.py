"""A list dialed through a real Asterisk to real telephones, and what is on record of it afterwards."""

import csv
from collections import Counter
from collections.abc import Iterator

import pytest

from asterisk_config.lab.network import private_network
from asterisk_config.lab.packages import get_asterisk
from asterisk_config.lab.population import DigitPopulation
from asterisk_config.lab.tones import Tone
from dialer.core.events import CampaignStatus
from dialer.core.settings import RetryRule
from tests.integration.call_centre import AREA, SALE, CallCentre, call_centre, floor_of

AGENTS = 3
ONCE = RetryRule(is_final=True)
OUTCOME_BY_DIGIT = {
    "0": "live",
    "1": "live",
    "2": "live",
    "5": "busy",
    "6": "no_answer",
    "7": "invalid_number",
    "8": "congestion",
}
OPEN_ATTEMPTS = "select count(*) from dialer.open_attempts"
OPEN_LEADS = "select count(*) from dialer.dial_queue"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallCentre]:
    """A call centre whose engine runs."""
    program = get_asterisk()
    population = DigitPopulation(ring_seconds=0.3, talk_seconds=1.0)
    root = tmp_path_factory.mktemp("centre")
    with private_network(), call_centre(root, program, agents=AGENTS, population=population) as centre:
        centre.start_engine()
        yield centre


async def test_list_is_dialed_to_its_end_and_every_record_agrees(centre: CallCentre) -> None:
    """Each lead gets its party's outcome, each answered one an agent; program, Asterisk, carrier agree."""
    numbers = [f"{AREA}{place:02}{digit}" for digit in OUTCOME_BY_DIGIT for place in range(4)]
    async with floor_of(centre) as floor:
        rules = dict.fromkeys((*OUTCOME_BY_DIGIT.values(), SALE), ONCE)
        await floor.campaign(
            numbers, status=CampaignStatus.STOPPED, ring_timeout_seconds=15.0, retry_rules=rules
        )
        await floor.sign_in(AGENTS)
        await floor.order(CampaignStatus.RUNNING)
        await floor.until(OPEN_LEADS, 0, 90.0)
        await floor.until(OPEN_ATTEMPTS, 0)
        attempts = await floor.rows("select * from dialer.attempts")
        dispositions = await floor.rows("select * from dialer.dispositions")
        ledger = await floor.rows("select * from dialer.abandon_ledger")
    assert {row["e164"]: row["outcome"] for row in attempts} == {
        number: OUTCOME_BY_DIGIT[number[-1]] for number in numbers
    }
    assert len(attempts) == len(numbers)
    answered = {row["attempt_id"] for row in attempts if row["outcome"] == "live"}
    assert {row["attempt_id"] for row in dispositions} == answered
    assert {row["attempt_id"] for row in ledger if row["bridged_at"] is not None} == answered
    truth = centre.lab.telephones.truth()
    assert Counter(call.number for call in truth) == Counter(number.lstrip("+") for number in numbers) or (
        Counter(call.number for call in truth) == Counter(numbers)
    )
    for call in truth:
        if call.answered_at is not None:
            assert Tone.AGENT in call.heard, f"{call} did not hear the agent"
    with (centre.lab.dialer.root / "log/cdr-csv/Master.csv").open() as file:
        recorded = Counter(row[-1] for row in csv.reader(file))
    assert {row["attempt_id"] for row in attempts} <= set(recorded)
