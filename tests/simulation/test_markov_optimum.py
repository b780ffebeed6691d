"""The exact optimum against an independent solution, and what must be true of it."""

import pytest

from simulations.benchmark.markov_optimum import MemorylessTeam, optimal_talk_ratio

INDEPENDENT = {5: 0.702, 10: 0.735}
"""Talk ratios of another program's exact solution, to three digits."""


@pytest.mark.parametrize("agents", sorted(INDEPENDENT))
def test_optimum_of_a_small_team_is_that_of_an_independent_solution(agents: int) -> None:
    """Talk 90 s, wrap-up 15 s, ring 10 s, 0.3 live answers, at most 3 % lost after 2 s."""
    assert optimal_talk_ratio(MemorylessTeam(agents=agents)) == pytest.approx(INDEPENDENT[agents], abs=0.0025)


def test_optimum_of_a_stricter_limit_is_lower() -> None:
    """Less abandonment costs talk."""
    strict = optimal_talk_ratio(MemorylessTeam(agents=3, abandon_limit_ratio=0.01))
    lenient = optimal_talk_ratio(MemorylessTeam(agents=3, abandon_limit_ratio=0.05))
    assert strict < optimal_talk_ratio(MemorylessTeam(agents=3)) < lenient
