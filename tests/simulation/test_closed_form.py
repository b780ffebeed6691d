"""The engine in the virtual network against closed forms of simple dialing."""

from statistics import mean

import pytest

from simulations.simulation import run_simulation

TALK_SECONDS, WRAP_UP_SECONDS, RING_SECONDS, LIVE_RATIO = 90.0, 15.0, 10.0, 0.3
AGENTS, HOURS, SEEDS = 8, 6.0, range(3)
TALK_RATIO_DEVIATION = 0.0053  # standard error of the mean of these runs, from 40 others


def test_one_line_for_each_idle_agent_has_the_talk_ratio_of_its_closed_form() -> None:
    """In a memoryless world an idle agent waits ring ÷ live ratio, however many others there are.

    A team this small decides after each event, so that nothing is lost to the decision interval.
    """
    cycle_seconds = TALK_SECONDS + WRAP_UP_SECONDS + RING_SECONDS / LIVE_RATIO
    results = [
        run_simulation("markov", method="progressive", agents=AGENTS, hours=HOURS, seed=seed)
        for seed in SEEDS
    ]
    talk_ratio = mean(result.talk_ratio or 0.0 for result in results)
    assert talk_ratio == pytest.approx(TALK_SECONDS / cycle_seconds, abs=4.0 * TALK_RATIO_DEVIATION)
    assert mean(result.abandon_ratio or 0.0 for result in results) < 0.005
