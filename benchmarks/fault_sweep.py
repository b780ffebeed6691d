"""Many seeds of the scenario with every feature, under every fault: does an invariant ever break?"""

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from benchmarks.figure import Figure
from simulations.errors import InvariantViolated
from simulations.faults import ALL_FAULTS, list_faults
from simulations.simulation import run_simulation

SCENARIO, AGENTS, HOURS = "chaos", 20, 1.0
METHODS = ("predictive", "ratio", "progressive", "erlang", "preview", "manual")
"""Seeds take the methods in turn."""

PROCESSES = 2


@dataclass(slots=True)
class SweepOutcome:
    """What came of a sweep."""

    seeds: int = 0
    attempts: int = 0
    faults: Counter[str] = field(default_factory=Counter)  # what really happened, by kind
    violations: list[str] = field(default_factory=list)  # each with the command that reproduces it


def sweep(seeds: Iterable[int]) -> SweepOutcome:
    """Run every seed, in two processes."""
    outcome = SweepOutcome()
    with ProcessPoolExecutor(PROCESSES) as pool:
        for attempts, faults, violation in pool.map(_run, seeds, chunksize=4):
            outcome.seeds += 1
            outcome.attempts += attempts
            outcome.faults.update(faults)
            if violation:
                outcome.violations.append(violation)
    return outcome


def measure(seeds: int) -> Figure:
    """Sweep the first so many seeds."""
    outcome = sweep(range(seeds))
    missing = [kind for kind in list_faults() if not outcome.faults[kind]]
    happened = ", ".join(f"{kind} {outcome.faults[kind]:,}" for kind in sorted(outcome.faults))
    return Figure(
        what=f"fault sweep, {seeds:,} seeds x {AGENTS} agents x {HOURS:g} h",
        goal="0 invariant violations, each kind of fault > 0",
        measured=f"{len(outcome.violations)} violations in {outcome.attempts:,} attempts; {happened}",
        is_met=not outcome.violations and not missing,
        conditions=f"{SCENARIO}, faults {ALL_FAULTS}; methods in turn: {', '.join(METHODS)}"
        + "".join(f"; {line}" for line in outcome.violations[:5]),
    )


def _run(seed: int) -> tuple[int, dict[str, int], str]:
    method = METHODS[seed % len(METHODS)]
    try:
        result = run_simulation(
            SCENARIO, method=method, agents=AGENTS, hours=HOURS, seed=seed, faults=ALL_FAULTS
        )
    except InvariantViolated as violated:
        return 0, {}, str(violated)
    return result.attempts, dict(result.faults), ""
