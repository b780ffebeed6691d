"""Person or machine on a real Asterisk: who answers is heard there and judged in the core."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from asterisk_config.lab.carrier_call import CarrierCall
from asterisk_config.lab.network import private_network
from asterisk_config.lab.packages import get_asterisk
from asterisk_config.lab.population import Behaviour, Fate, RandomPopulation
from dialer.core.events import CampaignStatus
from dialer.core.settings import MachineAction, RetryRule
from tests.integration.call_centre import AREA, SALE, CallCentre, call_centre, floor_of

AGENTS = 4
LIMIT_SECONDS = 2.0  # of the pack, from the end of the greeting
BEEP_SECONDS = 0.3
MESSAGE_WITHIN_SECONDS = 2.5  # of the beep's end: 1.5 of silence, and the way of the news
ONCE = RetryRule(is_final=True)
NUMBERS = tuple(f"{AREA}{place:03}" for place in range(14))
POPULATION = RandomPopulation(
    seed=5,
    human_ratio=0.55,
    machine_ratio=0.3,
    silence_ratio=0.15,
    busy_ratio=0.0,
    not_found_ratio=0.0,
    congestion_ratio=0.0,
    rejected_ratio=0.0,
    hangs_up_early_ratio=0.0,
    talk_seconds_mean=30.0,
    time_divisor=10.0,
)
LEDGER = """
    select attempts.e164, attempts.outcome, ledger.*
    from dialer.abandon_ledger ledger join dialer.attempts using (attempt_id)
"""
OPEN_LEADS = "select count(*) from dialer.dial_queue"
OPEN_ATTEMPTS = "select count(*) from dialer.open_attempts"


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[CallCentre]:
    """A call centre whose engine runs."""
    program = get_asterisk()
    with private_network(), call_centre(tmp_path, program, agents=AGENTS, population=POPULATION) as centre:
        centre.start_engine()
        yield centre


async def test_people_reach_agents_in_time_and_machines_get_the_message(
    centre: CallCentre, record_property: Callable[[str, object], None]
) -> None:
    """Everybody is judged rightly; nobody waits beyond the limit; no message over a greeting."""
    async with floor_of(centre) as floor:
        await floor.campaign(
            NUMBERS,
            status=CampaignStatus.STOPPED,
            answer_detection=True,
            machine_action=MachineAction.LEAVE_MESSAGE,
            retry_rules=dict.fromkeys(("live", "machine", "no_answer", SALE), ONCE),
        )
        await floor.sign_in(AGENTS)
        await floor.order(CampaignStatus.RUNNING)
        await floor.until(OPEN_LEADS, 0, 60.0)
        await floor.until(OPEN_ATTEMPTS, 0)
        rows = await floor.rows(LEDGER)
    truth = {call.number: call for call in centre.lab.telephones.truth()}
    assert len(rows) == len(NUMBERS)
    seconds: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        behaviour = POPULATION.behaviour(row["e164"], 0)
        if row["verdict_at"] is None:  # gone before it could be judged
            assert behaviour.talk_seconds < behaviour.greeting_seconds + 1.0, f"{behaviour} {row}"
            continue
        judge_row(row, behaviour, truth[row["e164"]])
        seconds[behaviour.fate.value].append((row["verdict_at"] - row["answered_at"]).total_seconds())
    for fate, figures in seconds.items():
        record_property(f"{fate}: seconds from answer to verdict", sorted(figures))
    assert set(seconds) == {"human", "machine", "silence"}


def judge_row(row: asyncpg.Record, behaviour: Behaviour, call: CarrierCall) -> None:
    """Compare one call's ledger row with what the party really was and did."""
    words = f"{behaviour} {dict(row)} {call}"
    is_machine = behaviour.fate is Fate.MACHINE
    assert (row["verdict"] == "machine") == is_machine, words
    if is_machine:
        assert call.answered_at is not None
        greeting_seconds = behaviour.greeting_seconds + BEEP_SECONDS
        begun_after = row["message_started_at"].timestamp() - call.answered_at
        assert greeting_seconds < begun_after < greeting_seconds + MESSAGE_WITHIN_SECONDS, words
    elif row["bridged_at"] is None:
        assert row["client_gone_at"] is not None, words
    else:
        clock_at = row["greeting_ended_at"] or row["answered_at"]
        assert (row["bridged_at"] - clock_at).total_seconds() <= LIMIT_SECONDS, words
        assert (row["verdict"] == "human") == (behaviour.fate is Fate.HUMAN), words
