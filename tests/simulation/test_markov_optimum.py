"""The exact optimum against an independent solution, and what must be true of it."""

import pytest

from simulations.benchmark.markov_optimum import MemorylessTeam, optimal_talk_ratio

NO_WRAP_UP = MemorylessTeam(agents=100, talk_seconds=105.0, wrap_up_seconds=0.0, is_patience_exponential=True)
INDEPENDENT = (
    (MemorylessTeam(agents=5, is_patience_exponential=True), 0.702),
    (MemorylessTeam(agents=10, is_patience_exponential=True), 0.735),
    (NO_WRAP_UP, 0.967),
)
"""Talk ratios of another program's exact solution, with an exponential patience of mean 2 s."""


@pytest.mark.parametrize(("team", "expected"), INDEPENDENT, ids=["5", "10", "100 without wrap-up"])
def test_optimum_of_a_team_is_that_of_an_independent_solution(team: MemorylessTeam, expected: float) -> None:
    """Ring 10 s, 0.3 live answers, at most 3 % lost, to the digit that is known."""
    assert optimal_talk_ratio(team) == pytest.approx(expected, abs=0.0006)


def test_optimum_under_a_constant_limit_is_above_that_of_an_exponential_patience() -> None:
    """Nobody leaves before the limit, so that more are served; for a small team it is almost the same."""
    constant = optimal_talk_ratio(MemorylessTeam(agents=5))
    assert 0.702 < constant < 0.703


def test_optimum_of_a_stricter_limit_is_lower() -> None:
    """Less abandonment costs talk."""
    strict = optimal_talk_ratio(MemorylessTeam(agents=3, abandon_limit_ratio=0.01))
    lenient = optimal_talk_ratio(MemorylessTeam(agents=3, abandon_limit_ratio=0.05))
    assert strict < optimal_talk_ratio(MemorylessTeam(agents=3)) < lenient
