"""How long a simulated shift takes, with engine and pacing time apart, and how much memory."""

import multiprocessing
from dataclasses import dataclass

from benchmarks.figure import Figure, memory_megabytes_max
from simulations.pacing_clock import pacing_clock
from simulations.simulation import run_simulation

SCENARIO, METHOD, SEED = "medium", "predictive", 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCost:
    """What one run cost."""

    total_seconds: float
    engine_seconds: float  # without the pacers
    pacing_seconds: float
    watch_seconds: float
    network_seconds: float
    decisions: int
    decide_seconds_mean: float
    memory_megabytes: float
    talk_ratio: float
    abandon_ratio: float


def run_cost(agents: int, hours: float) -> RunCost:
    """Run once in a fresh process, so that its memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_run, (agents, hours))


def measure(agents: int, hours: float, seconds_goal: float, megabytes_goal: float | None) -> Figure:
    """Measure one run against its goal."""
    cost = run_cost(agents, hours)
    is_small = megabytes_goal is None or cost.memory_megabytes <= megabytes_goal
    goal = f"<= {seconds_goal:g} s" + (f", <= {megabytes_goal:g} MB" if megabytes_goal else "")
    return Figure(
        what=f"{agents:,} agents x {hours:g} h, predictive, real engine, one core",
        goal=goal,
        measured=(
            f"{cost.total_seconds:.1f} s "
            f"(engine {cost.engine_seconds:.1f}, pacing {cost.pacing_seconds:.1f}, "
            f"invariants {cost.watch_seconds:.1f}, network {cost.network_seconds:.1f}), "
            f"{cost.memory_megabytes:.0f} MB"
        ),
        is_met=cost.total_seconds <= seconds_goal and is_small,
        conditions=(
            f"{SCENARIO}, seed {SEED}, invariants on; {cost.decisions:,} decisions at "
            f"{1e6 * cost.decide_seconds_mean:.0f} µs; talk {100 * cost.talk_ratio:.1f} %, "
            f"abandoned {100 * cost.abandon_ratio:.2f} %"
        ),
    )


def _run(agents: int, hours: float) -> RunCost:
    with pacing_clock() as pacing:
        result = run_simulation(SCENARIO, method=METHOD, agents=agents, hours=hours, seed=SEED)
    timings = result.timings
    return RunCost(
        total_seconds=timings.total_seconds,
        engine_seconds=timings.handle_seconds + timings.tick_seconds - pacing.seconds,
        pacing_seconds=pacing.seconds,
        watch_seconds=timings.watch_seconds,
        network_seconds=timings.network_seconds,
        decisions=pacing.decisions,
        decide_seconds_mean=pacing.decide_seconds_mean,
        memory_megabytes=memory_megabytes_max(),
        talk_ratio=result.talk_ratio or 0.0,
        abandon_ratio=result.abandon_ratio or 0.0,
    )
