"""One run as a task that says everything about itself: it can be repeated, resumed, and sent elsewhere.

`run_task` is the only function that the processes of this machine or of a cluster carry out.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pacing import list_methods, setting_ranges
from simulations.benchmark.replayed_attempts import replay_scenario
from simulations.benchmark.rolling_window import HALF_HOUR_SECONDS
from simulations.benchmark.run_figures import MeasuredSpan, RunFigures, run_figures
from simulations.errors import UnknownName
from simulations.pacing_clock import PacingTime, pacing_clock
from simulations.run_ledger import SECONDS_PER_HOUR
from simulations.scenario import Scenario
from simulations.scenarios import get_scenario
from simulations.simulation import Simulation

SECONDS_PER_MINUTE = 60.0
REPLAY = "replay"  # the scenario made of recorded attempts


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTask:
    """What one run is. Two tasks that are equal give the same figures."""

    scenario: str  # its name; `replay`: made of the attempts in `replay_path`
    agents: int  # at work
    hours: float  # virtual, with the warm-up
    warm_up_minutes: float = 0.0  # not counted
    jumps_at_minutes: tuple[float, ...] = ()  # when the live ratio jumps upwards
    label: str  # what the method with these settings is called in tables
    method: str  # a name of `pacing.list_methods()`
    settings: tuple[tuple[str, float], ...] = ()  # of the method, sorted by name
    seed: int  # everything random follows from it
    replay_path: str = ""  # a file of recorded attempts; empty: none
    replay_digest: str = ""  # SHA-256 of that file, since a file may change

    @property
    def agent_hours(self) -> float:
        """Size of the run, in hours of all agents together."""
        return self.agents * self.hours

    def key(self, code_version: str) -> str:
        """Name the run together with the code that it measures."""
        told = {**asdict(self), "code": code_version}
        del told["replay_path"]  # where a file stands does not change what is in it
        return json.dumps(told, sort_keys=True)

    @property
    def command_line(self) -> str:
        """Give the one line that repeats the run with everything that was measured."""
        words = [
            "paceline benchmark",
            f"--replay '{self.replay_path}'" if self.replay_path else f"--scenarios {self.scenario}",
            f"--methods '{self.label}'",
            f"--agents {self.agents}",
            f"--hours {self.hours:g}",
            f"--first-seed {self.seed} --seeds 1",
        ]
        return " ".join(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTimings:
    """Wall time of one run; it differs from machine to machine and is kept out of the results."""

    total_seconds: float  # of the whole run
    pacing_seconds: float  # inside the pacers
    decisions: int  # of all campaigns
    decide_seconds_mean: float  # of one decision
    decide_seconds_p99: float  # 99 of 100 decisions take no longer


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutcome:
    """What came of a task."""

    figures: RunFigures
    timings: RunTimings


def run_task(task: RunTask) -> RunOutcome:
    """Run one task to its end.

    Raises what `Simulation` raises, and DataFileError for a replay that cannot be read.
    """
    with pacing_clock() as pacing:
        simulation = Simulation(
            _scenario(task),
            method=task.method,
            agents=task.agents,
            hours=task.hours,
            seed=task.seed,
            with_invariants=False,
        )
        span = _run(simulation, task)
    result = simulation.result()
    figures = run_figures(simulation.ledger, span, result.left_early)
    return RunOutcome(figures=figures, timings=_timings(simulation.timings.total_seconds, pacing))


def check_method(method: str, settings: Mapping[str, float]) -> None:
    """Refuse a method or a setting that does not exist, or a setting out of its range.

    Raises UnknownName and FigureError, each naming what is allowed.
    """
    if method not in list_methods():
        raise UnknownName("pacing method", method, list_methods())
    ranges = setting_ranges(method)
    for name, value in settings.items():
        if name not in ranges:
            raise UnknownName(f"setting of {method}", name, ranges)
        ranges[name].check(name, value)


def digest_of(path: Path) -> str:
    """Give the SHA-256 of a file, in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _scenario(task: RunTask) -> Scenario:
    """The scenario with the method's settings in every campaign whose method is the run's."""
    scenario = replay_scenario(Path(task.replay_path)) if task.replay_path else get_scenario(task.scenario)
    settings = dict(task.settings)
    campaigns = tuple(
        plan
        if plan.fixed_method
        else replace(
            plan, settings=replace(plan.settings, pacing_method=task.method, pacing_settings=settings)
        )
        for plan in scenario.campaigns
    )
    return replace(scenario, campaigns=campaigns)


def _run(simulation: Simulation, task: RunTask) -> MeasuredSpan:
    """Go to the end, noting agents' time where something begins or ends to count."""
    until = task.hours * SECONDS_PER_HOUR
    warm_up = min(task.warm_up_minutes * SECONDS_PER_MINUTE, until)
    half_hour = min(HALF_HOUR_SECONDS, until)
    noted = {}
    for instant in sorted({warm_up, half_hour, until}):
        simulation.run_until(instant)
        noted[instant] = simulation.ledger.clock.time_until(instant)
    simulation.drain()
    laws = [settings.policy_pack.abandon_definition for settings in simulation.world.campaign_settings]
    return MeasuredSpan(
        warm_up_seconds=warm_up,
        until=until,
        time_at_warm_up=noted[warm_up],
        time_at_half_hour=noted[half_hour],
        time_at_end=noted[until],
        jumps_at=tuple(minutes * SECONDS_PER_MINUTE for minutes in task.jumps_at_minutes),
        limit_ratio=min(law.limit_ratio for law in laws),
    )


def _timings(total_seconds: float, pacing: PacingTime) -> RunTimings:
    return RunTimings(
        total_seconds=total_seconds,
        pacing_seconds=pacing.seconds,
        decisions=pacing.decisions,
        decide_seconds_mean=pacing.decide_seconds_mean,
        decide_seconds_p99=pacing.decide_seconds_p99,
    )
