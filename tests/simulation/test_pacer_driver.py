"""Pacers on a small independent floor: short versions of the runs in docs/algorithms/pacing.md, part 8."""

import pytest

from pacing import create_pacer
from tests.simulation.pacer_driver import Floor, Outcome, Population

RING_TIMEOUT_SECONDS = 60.0
STEADY = Population()


def floor_of(
    method: str,
    *,
    agents: int = 10,
    hours: float = 1.0,
    seed: int = 1,
    population: Population = STEADY,
    decide_after_events: bool = False,
) -> Floor:
    """A floor with a fresh pacer of that method."""
    return Floor(
        create_pacer(method, ring_timeout_seconds=RING_TIMEOUT_SECONDS),
        agents=agents,
        hours=hours,
        seed=seed,
        population=population,
        decide_after_events=decide_after_events,
    )


def compare(agents: int, hours: float, population: Population = STEADY) -> tuple[Outcome, Outcome]:
    """Predictive and progressive on the same called parties."""
    predictive, progressive = (
        floor_of(method, agents=agents, hours=hours, population=population).run()
        for method in ("predictive", "progressive")
    )
    return predictive, progressive


def test_progressive_on_a_markovian_floor_talks_as_theory_says() -> None:
    """A cycle of talk, wrap-up and the wait for an answer: about 65 % talk, nothing abandoned."""
    result = floor_of("progressive", agents=20, hours=1.5, decide_after_events=True).run()
    # One line at a time is answered live after 10 s / 0.3 of ringing, by as many lines as it takes.
    assert result.talk_ratio == pytest.approx(90.0 / (90.0 + 15.0 + 10.0 / 0.3), abs=0.015)
    assert result.abandoned == 0


@pytest.mark.parametrize(("agents", "hours", "margin"), [(5, 2.0, 0.01), (20, 1.5, 0.08), (100, 1.0, 0.15)])
def test_predictive_keeps_the_limit_and_talks_more_than_progressive(
    agents: int, hours: float, margin: float
) -> None:
    """At most 3 % abandoned over the run, from the first minute on, and a clear gain in talk."""
    predictive, progressive = compare(agents, hours)
    assert predictive.abandon_ratio <= 0.03
    assert predictive.talk_ratio >= progressive.talk_ratio + margin


def test_predictive_with_two_agents_keeps_the_limit_and_gains() -> None:
    """A team of two is served, too."""
    result = floor_of("predictive", agents=2, hours=2.0, decide_after_events=True).run()
    assert result.abandon_ratio <= 0.03
    assert result.talk_ratio >= 0.65


STRANGE: dict[str, Population] = {
    "jump of the live ratio": Population(live_ratio=lambda now: 0.12 if now < 2400.0 else 0.40),
    "bursts": Population(live_ratio=lambda now: 0.75 if now % 600.0 < 45.0 else 0.25),
    "lognormal durations": Population(spread_sigma=1.0),
    "lists of other talks": Population(talk_factor=lambda now: 0.5 if int(now / 1200.0) % 2 else 1.8),
    "nearly all answer": Population(live_ratio=lambda now: 0.85),
}


@pytest.mark.parametrize("name", sorted(STRANGE))
def test_predictive_on_a_strange_population_keeps_the_limit(name: str) -> None:
    """Steps, bursts and other laws than it was tuned on: the limit holds, the gain remains."""
    predictive, progressive = compare(25, 1.33, STRANGE[name])
    assert predictive.abandon_ratio <= 0.03
    assert predictive.talk_ratio >= progressive.talk_ratio + 0.02


def test_thousand_agents_starting_at_once_are_not_flooded() -> None:
    """The first ten minutes of a large team without any history abandon no more than the limit."""
    outcome = floor_of("predictive", agents=1000, hours=1 / 6).run()
    assert outcome.abandon_ratio <= 0.03
    assert outcome.talk_ratio >= 0.75


def test_same_seed_gives_the_same_run_and_another_seed_another() -> None:
    """A run is a function of its seed."""
    first, again, other = (floor_of("predictive", hours=0.5, seed=seed).run() for seed in (3, 3, 4))
    assert first == again
    assert first.fates != other.fates


def test_called_parties_are_the_same_for_every_method() -> None:
    """The n-th party dialed answers, rings, talks and is written up alike, whoever dials it."""
    floors = [floor_of(method, hours=0.5) for method in ("progressive", "predictive")]
    for floor in floors:
        floor.run()
    fewer, more = sorted((floor.parties for floor in floors), key=len)
    assert len(fewer) > 200
    assert more[: len(fewer)] == fewer


def test_parties_of_one_quantity_do_not_move_another() -> None:
    """Another talk law leaves answers and ring times as they were: one stream for each quantity."""
    plain = floor_of("progressive", hours=0.3)
    skewed = floor_of("progressive", hours=0.3, population=Population(spread_sigma=0.7))
    for floor in (plain, skewed):
        floor.run()
    pairs = list(zip(plain.parties, skewed.parties, strict=False))
    assert len(pairs) > 100
    assert all(one[:2] == other[:2] for one, other in pairs)
    assert plain.parties[0][2] != skewed.parties[0][2]
