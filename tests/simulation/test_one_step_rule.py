"""The predictive pacer's rule in the exact chain of a small team (docs/algorithms/pacing.md, part 8)."""

import pytest

from benchmarks.one_step_rule import long_run, talk_at_limit
from simulations.benchmark.markov_optimum import MemorylessTeam, optimal_talk_ratio


def test_one_step_rule_of_a_small_team_leaves_nothing_to_a_look_ahead() -> None:
    """With laws known and theta constant it reaches the exact optimum, and never exceeds it."""
    team = MemorylessTeam(agents=3)
    optimum = optimal_talk_ratio(team)
    assert optimum - 5e-4 < talk_at_limit(team) < optimum + 5e-5


def test_rule_that_accepts_no_risk_abandons_nobody() -> None:
    """It is progressive then, whose abandons are none and whose talk ratio is known: 65 %."""
    abandoned, talk = long_run(MemorylessTeam(agents=3), 0.0)
    assert abandoned == pytest.approx(0.0, abs=1e-12)
    assert talk == pytest.approx(0.6506, abs=5e-4)
