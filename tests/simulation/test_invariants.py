"""Each invariant, alone, in a run that lives through what could break it.

A planted fault in the engine must be found by the invariant that it belongs to, and not by another one that
happens to notice it first: therefore each run listens for one invariant only.
"""

from dataclasses import dataclass, replace

import pytest

from simulations.invariant_watcher import InvariantWatcher
from simulations.invariants import INVARIANTS
from simulations.scenario import Scenario
from simulations.scenarios import get_scenario
from simulations.simulation import Simulation

SECONDS_PER_HOUR = 3600.0


def households() -> Scenario:
    """A list on which two leads share each number, under a law with a rest after abandoned calls."""
    medium = get_scenario("medium")
    (campaign,) = medium.campaigns
    leads = replace(campaign.leads, household_ratio=1.0)
    return replace(medium, campaigns=(replace(campaign, leads=leads),))


def chaos_with(**acts_per_hour: float) -> Scenario:
    """The scenario with every feature, and more of some acts of the house."""
    chaos = get_scenario("chaos")
    house = replace(chaos.house, **acts_per_hour)
    return replace(chaos, house=house)


def few_channels() -> Scenario:
    """The scenario with every feature, and trunks that are always full."""
    chaos = get_scenario("chaos")
    trunks = tuple(replace(trunk, channels_min=4, channels_per_agent=0.0) for trunk in chaos.trunks)
    return replace(chaos, trunks=trunks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run that lives through what an invariant is about."""

    scenario: Scenario | None = None  # None: chaos
    method: str = "ratio"
    agents: int = 20
    hours: float = 0.5
    seeds: tuple[int, ...] = (1,)
    faults: str = "all"


RUNS = {
    "rest_after_abandon_kept": Run(
        scenario=households(), method="predictive", agents=10, faults="none", seeds=(2, 3, 4)
    ),
    "agent_moves_on_table": Run(seeds=(2, 3, 4)),
    "callback_not_early": Run(faults="clock_jump=20"),
    "attempt_caps_kept": Run(hours=1.0, faults="none"),
    "nothing_waits_forever": Run(faults="node_restart=8,stream_cut=8"),
    "trunk_channels_kept": Run(scenario=few_channels()),
    "trunk_in_service": Run(faults="node_restart=8,trunk_lost=8"),
    "do_not_call_kept": Run(scenario=chaos_with(withdrawals_per_hour=600.0)),
    "campaign_limits_kept": Run(scenario=chaos_with(campaign_pauses_per_hour=60.0)),
    "counters_agree": Run(faults="none"),
    "engine_goes_on": Run(hours=0.05, faults="none"),
}
"""Where the usual run (chaos with all faults) is not the one that matters."""


@pytest.mark.parametrize("name", [invariant.name for invariant in INVARIANTS])
def test_engine_in_a_rough_half_hour_keeps_invariant(name: str) -> None:
    """Nothing else is listened for, and nothing is heard."""
    run = RUNS.get(name, Run())
    for seed in run.seeds:
        simulation = Simulation(
            run.scenario or "chaos",
            method=run.method,
            agents=run.agents,
            hours=run.hours,
            seed=seed,
            faults=run.faults,
            watcher=InvariantWatcher(only={name}),
        )
        simulation.run_until(run.hours * SECONDS_PER_HOUR)
        simulation.drain()
        assert simulation.engine_events > 100
