"""Populations answer the same whenever they are asked the same, and in the shares they promise."""

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from asterisk_config.lab.carrier_call import CarrierCall, EndedBy, call_words, read_call
from asterisk_config.lab.population import (
    Behaviour,
    DigitPopulation,
    Fate,
    FixedPopulation,
    Misbehaviour,
    RandomPopulation,
)
from asterisk_config.lab.population_words import AnyPopulation, population_words, read_population
from asterisk_config.lab.tones import Tone

NUMBERS = st.from_regex(r"\+?[0-9]{1,15}", fullmatch=True)
CALLS = st.lists(st.tuples(NUMBERS, st.integers(min_value=0, max_value=9)), min_size=1, max_size=12)


@given(CALLS, st.randoms(use_true_random=False), st.integers(min_value=0, max_value=2**32))
def test_random_population_in_any_order_does_the_same(
    calls: list[tuple[str, int]], order: random.Random, seed: int
) -> None:
    """What a call meets depends on seed, number and attempt, not on who was called before."""
    first = RandomPopulation(seed=seed)
    met = {call: first.behaviour(*call) for call in calls}
    order.shuffle(calls)
    second = RandomPopulation(seed=seed)
    assert {call: second.behaviour(*call) for call in calls} == met


def test_random_population_has_the_shares_that_it_promises() -> None:
    """Of ten thousand numbers about as many are human, machine, busy and silent as asked for."""
    population = RandomPopulation(seed=1, human_ratio=0.5, machine_ratio=0.2, busy_ratio=0.1)
    fates = Counter(population.behaviour(str(number), 0).fate for number in range(10_000))
    assert abs(fates[Fate.HUMAN] / 10_000 - 0.5) < 0.02
    assert abs(fates[Fate.MACHINE] / 10_000 - 0.2) < 0.02
    assert abs(fates[Fate.BUSY] / 10_000 - 0.1) < 0.02
    assert abs(fates[Fate.NO_ANSWER] / 10_000 - 0.07) < 0.02


def test_random_population_with_a_divisor_is_that_much_quicker() -> None:
    """Ring and talk are divided by the factor, and whoever answers is the same."""
    slow, quick = RandomPopulation(seed=2), RandomPopulation(seed=2, time_divisor=10.0)
    humans = [str(number) for number in range(200) if slow.behaviour(str(number), 0).fate is Fate.HUMAN]
    assert humans
    for number in humans:
        one, other = slow.behaviour(number, 0), quick.behaviour(number, 0)
        assert other.fate is Fate.HUMAN
        assert abs(one.ring_seconds - 10 * other.ring_seconds) < 1e-6
        assert one.talk_seconds >= 600.0 or abs(one.talk_seconds - 10 * other.talk_seconds) < 1e-6


def test_another_attempt_or_seed_draws_another_lot() -> None:
    """A number that was busy is not busy for ever."""
    population = RandomPopulation(seed=3)
    assert len({population.behaviour("15550000", attempt).talk_seconds for attempt in range(5)}) == 5
    assert population.behaviour("15550000", 0) != RandomPopulation(seed=4).behaviour("15550000", 0)


def test_digit_population_is_the_table_in_its_description() -> None:
    """The last digit decides, the one before varies; the same for every attempt."""
    population = DigitPopulation()
    fates = [population.behaviour(f"155500{digit}", 0).fate.value for digit in range(9)]
    assert fates == [*["human"] * 4, "machine", "busy", "no_answer", "not_found", "congestion"]
    rare = [population.behaviour(f"15550{ten}9", 3) for ten in range(10)]
    assert [each.fate.value for each in rare[1:5]] == [
        "early_media_then_404",
        "trying_only",
        "silence",
        "hangs_up_early",
    ]
    assert [each.refusal_status for each in (rare[0], *rare[5:])] == [603, 480, 403, 408, 484, 699]
    assert population.behaviour("15550090", 0).talk_seconds > population.behaviour("15550000", 0).talk_seconds
    assert population.behaviour("anybody", 0).fate is Fate.NOT_FOUND


def test_population_of_each_kind_survives_json() -> None:
    """The process that plays it plays the same."""
    odd = Behaviour(fate=Fate.REJECTED, status=699, misbehaviours=frozenset({Misbehaviour.IGNORES_BYE}))
    populations: tuple[AnyPopulation, ...] = (
        DigitPopulation(ring_seconds=2.0),
        RandomPopulation(seed=5, time_divisor=30.0),
        FixedPopulation(behaviours={"1": odd}, otherwise=Behaviour(fate=Fate.BUSY)),
    )
    for population in populations:
        assert read_population(population_words(population)) == population


def test_record_of_a_call_survives_json() -> None:
    """What the process says about a call is what it knows."""
    call = CarrierCall(
        sip_call_id="a",
        number="1",
        caller_id_number="2",
        attempt=3,
        fate=Fate.HUMAN,
        invited_at=1.5,
        answered_at=2.5,
        status=200,
        ended_by=EndedBy.LOST,
        heard={Tone.AGENT: 3.5},
    )
    assert read_call(call_words(call)) == call
    unknown = CarrierCall(
        sip_call_id="a",
        number="1",
        caller_id_number="",
        attempt=0,
        fate=None,
        is_inbound=True,
        invited_at=0.0,
    )
    assert read_call(call_words(unknown)) == unknown
