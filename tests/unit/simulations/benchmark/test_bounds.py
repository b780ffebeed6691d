"""Bounds: parts that are known in closed form."""

import math

import numpy as np
import pytest

from simulations.benchmark.fluid_bound import fluid_talk_ratio, scenario_talk_ratio_max
from simulations.benchmark.markov_optimum import MemorylessTeam, optimal_talk_ratio, waiting_patience_rate
from simulations.errors import FigureOutOfRange
from simulations.scenarios import get_scenario


def barrer_loss_ratio(arrivals: float, services: float, patience: float) -> float:
    """Loss of one server with a constant patience: Barrer, Operations Research 5 (1957)."""
    drift = services - arrivals
    served = arrivals * (1.0 - math.exp(-drift * patience)) / drift
    lost = arrivals * math.exp(-drift * patience) / services
    return lost / (1.0 + served + lost)


@pytest.mark.parametrize(("arrivals", "patience"), [(0.3, 2.0), (0.9, 2.0), (2.5, 0.7)])
def test_loss_rates_of_a_constant_patience_give_barrers_loss(arrivals: float, patience: float) -> None:
    """A birth-death process with these rates loses as many as the queue does."""
    services = 1.0
    waiting = range(1, 60)
    rates = np.array([waiting_patience_rate(services, count, patience) for count in waiting])
    weights = np.concatenate(([1.0, arrivals / services], np.ones(len(rates))))
    for index, rate in enumerate(rates, start=2):
        weights[index] = weights[index - 1] * arrivals / (services + rate)
    lost = float((rates * weights[2:]).sum() / weights.sum() / arrivals)
    assert lost == pytest.approx(barrer_loss_ratio(arrivals, services, patience), rel=1e-6)


def test_patience_without_releases_ends_at_the_limit_on_average() -> None:
    """Nobody is freed: each waiting person is lost after the limit."""
    assert waiting_patience_rate(0.0, 3, 2.0) == 1.5


def test_optimum_without_a_limit_is_close_below_the_fluid_bound() -> None:
    """Whoever may abandon almost everybody keeps his one agent busy all the time."""
    team = MemorylessTeam(agents=1, abandon_limit_ratio=0.95, wrap_up_seconds=0.0, ring_seconds=2.0)
    reached = optimal_talk_ratio(team)
    assert 0.97 < reached < 1.0


def test_fluid_bound_of_a_changing_list_is_the_mean_over_the_run() -> None:
    """An hour of talks as usual, an hour of half as long ones."""
    scenario = get_scenario("list_changes")
    population = scenario.campaigns[0].population
    talk, wrap_up = population.talk.mean_seconds, population.wrap_up.mean_seconds
    bridge = scenario.network.connect_seconds
    expected = (fluid_talk_ratio(talk, wrap_up, bridge) + fluid_talk_ratio(talk / 2, wrap_up, bridge)) / 2
    assert scenario_talk_ratio_max(scenario, 2.0) == pytest.approx(expected)


@pytest.mark.parametrize("name", ["machines", "two_campaigns", "blended"])
def test_fluid_bound_of_mixed_talks_does_not_exist(name: str) -> None:
    """Machines and callers talk otherwise than the list's people."""
    assert scenario_talk_ratio_max(get_scenario(name), 8.0) is None


@pytest.mark.parametrize("changes", [{"agents": 0}, {"live_ratio": 0.0}, {"talk_seconds": -1.0}])
def test_team_that_cannot_exist_is_refused(changes: dict[str, float]) -> None:
    """With the range that is allowed."""
    with pytest.raises(FigureOutOfRange):
        MemorylessTeam(**{"agents": 5, **changes})  # type: ignore[arg-type]
