"""Many seeds of the scenario with every feature, under every fault: no invariant ever breaks."""

import pytest

from benchmarks.fault_sweep import SweepOutcome, sweep
from simulations.faults import list_faults

SEEDS = 200  # of 20 agents for an hour each; `python -m benchmarks --all` sweeps 1,000


@pytest.mark.timeout(1200)
def test_sweep_over_every_fault_breaks_no_invariant() -> None:
    """Not one violation, and every kind of fault did happen: a fault that never comes proves nothing."""
    outcome: SweepOutcome = sweep(range(SEEDS))
    assert not outcome.violations, "\n".join(outcome.violations)
    assert outcome.seeds == SEEDS
    assert {kind for kind in list_faults() if outcome.faults[kind] > 0} == set(list_faults())
    assert outcome.attempts > 1000 * SEEDS / 2
