"""What a cell says of each method: means with intervals, pooled ratios, and differences on equal people.

Every method of a cell met the same called parties seed by seed, so that differences are taken seed by seed
("paired"): Law, Simulation Modeling and Analysis, 5th ed., part 10.2.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from simulations.benchmark.result_tables import FinishedRun
from simulations.benchmark.run_figures import RunFigures
from simulations.measures import wilson_interval

CONFIDENCE = 0.95
REFERENCE = "predictive"
"""The label that all other methods are compared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean over runs with its interval; the ends are the mean where there is one run."""

    mean: float  # over the runs
    low: float  # of the 95 % interval
    high: float  # of the 95 % interval


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledRatio:
    """A ratio of counts over all runs together, with its 95 % score interval."""

    ratio: float  # 0..1
    low: float  # of the 95 % interval
    high: float  # of the 95 % interval
    count: int  # the divisor: answers


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodSummary:
    """One method in one cell. None: nothing to measure."""

    label: str  # of the method with its settings
    runs: int  # one for each seed
    limit_ratio: float  # largest abandon ratio that the law allows
    talk_ratio: Estimate | None  # talk ÷ logged-in seconds
    abandon: PooledRatio | None  # abandoned ÷ answers, all runs together
    abandon_ratio_max: float | None  # of the worst run
    seeds_over: tuple[int, ...]  # of the runs whose abandon ratio exceeds the limit
    hours_over: PooledRatio | None  # hours over the limit ÷ hours with 20 answers or more
    days_over: int  # days over the limit
    days_counted: int  # days with 500 answers or more
    worst_half_hour_mean: float | None  # over runs, of each run's worst
    worst_half_hour_max: float | None  # of all runs
    wait_seconds_mean: Estimate | None  # of agents' idle waits
    wait_seconds_p95: Estimate | None  # 95 of 100 waits are no longer, mean over runs
    wait_seconds_max: float | None  # the longest of all runs
    wait_fairness: Estimate | None  # Jain's index between agents
    answer_to_agent_seconds_p50: Estimate | None  # mean over runs
    answer_to_agent_seconds_p99: Estimate | None  # mean over runs
    calls_per_agent_hour: Estimate | None  # connected ÷ logged-in hours
    dials_per_connect: Estimate | None  # attempts ÷ connected
    recovery: PooledRatio | None  # minutes 3 to 13 after a jump: abandoned ÷ answers
    jump_excess: float | None  # abandoned beyond the limit's share in minutes 0 to 13, for each jump run
    jump_blind: float | None  # abandoned on lines dialed before the jump could be seen, for each run
    first_half_hour: PooledRatio | None  # abandoned ÷ answers of the first half hour
    first_talk_share: float | None  # talk ratio of the first half hour ÷ that of the rest
    decide_seconds_mean: float  # wall time of a decision
    decide_seconds_p99: float  # mean over runs
    difference: Estimate | None  # talk ratio minus that of the reference, seed by seed
    common_seeds: int  # of that difference; one alone gives an interval without width

    @property
    def runs_over(self) -> int:
        """Count the runs whose abandon ratio exceeds the limit."""
        return len(self.seeds_over)

    @property
    def keeps_limit(self) -> bool:
        """Whether no run exceeded the limit."""
        return self.runs_over == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSummary:
    """All methods of one cell, the best first: those that keep the limit in every run before the others."""

    scenario: str  # its name
    agents: int  # at work
    hours: float  # virtual, with the warm-up
    is_held_out: bool  # nobody tunes on it
    command: str  # that repeats the cell
    methods: tuple[MethodSummary, ...]

    @property
    def name(self) -> str:
        """Name the cell: scenario and team size."""
        return f"{self.scenario} {self.agents}"

    def find(self, label: str) -> MethodSummary | None:
        """Find the summary of one method."""
        return next((method for method in self.methods if method.label == label), None)

    def best_other(self) -> MethodSummary | None:
        """Give the method with most talk among those but the reference that keep the limit in every run."""
        legal = (one for one in self.methods if one.keeps_limit and one.talk_ratio is not None)
        return next((one for one in legal if one.label != REFERENCE), None)


def summarise(runs: Iterable[FinishedRun]) -> list[CellSummary]:
    """Summarise all runs, cell by cell, in the order of the runs."""
    cells: dict[tuple[str, int], dict[str, list[FinishedRun]]] = {}
    for run in runs:
        cells.setdefault((run.task.scenario, run.task.agents), {}).setdefault(run.task.label, []).append(run)
    return [_cell_summary(methods) for methods in cells.values()]


def estimate(values: Sequence[float | None]) -> Estimate | None:
    """Give the mean with its 95 % interval by Student's t; None without values.

    >>> two = estimate([1.0, 3.0])
    >>> two.mean, round(two.high - two.mean, 3)
    (2.0, 12.706)
    """
    known = [value for value in values if value is not None]
    if not known:
        return None
    mean = float(np.mean(known))
    if len(known) == 1:
        return Estimate(mean=mean, low=mean, high=mean)
    score = float(stats.t.ppf((1.0 + CONFIDENCE) / 2.0, len(known) - 1))
    half = score * float(np.std(known, ddof=1)) / math.sqrt(len(known))
    return Estimate(mean=mean, low=mean - half, high=mean + half)


def _cell_summary(methods: dict[str, list[FinishedRun]]) -> CellSummary:
    reference = {run.task.seed: run.outcome.figures.talk_ratio for run in methods.get(REFERENCE, [])}
    summaries = [_method_summary(label, runs, reference) for label, runs in methods.items()]
    summaries.sort(key=lambda one: (not one.keeps_limit, -(one.talk_ratio.mean if one.talk_ratio else 0.0)))
    first = next(iter(methods.values()))[0]
    seeds = sorted(run.task.seed for run in next(iter(methods.values())))
    return CellSummary(
        scenario=first.task.scenario,
        agents=first.task.agents,
        hours=first.task.hours,
        is_held_out=first.is_held_out,
        command=_command(first, seeds),
        methods=tuple(summaries),
    )


def _command(first: FinishedRun, seeds: Sequence[int]) -> str:
    task = first.task
    what = f"--replay '{task.replay_path}'" if task.replay_path else f"--scenarios {task.scenario}"
    return (
        f"paceline benchmark {what} --agents {task.agents} --hours {task.hours:g} "
        f"--first-seed {seeds[0]} --seeds {len(seeds)}"
    )


class _Pool:
    """The figures of one method's runs, to be averaged or added up."""

    def __init__(self, runs: Sequence[FinishedRun]) -> None:
        self.figures = [run.outcome.figures for run in runs]

    def mean(self, figure: Callable[[RunFigures], float | None]) -> Estimate | None:
        """Give the mean of one figure over the runs."""
        return estimate([figure(figures) for figures in self.figures])

    def total(self, figure: Callable[[RunFigures], int]) -> int:
        """Add up one count of all runs."""
        return sum(figure(figures) for figures in self.figures)

    def known(self, figure: Callable[[RunFigures], float | None]) -> list[float]:
        """Give one figure of each run that has it."""
        return [value for value in map(figure, self.figures) if value is not None]

    def ratio(
        self, part: Callable[[RunFigures], int], whole: Callable[[RunFigures], int]
    ) -> PooledRatio | None:
        """Give the ratio of two counts of all runs together."""
        return pooled(self.total(part), self.total(whole))


def _method_summary(
    label: str, runs: Sequence[FinishedRun], reference: dict[int, float | None]
) -> MethodSummary:
    pool = _Pool(runs)
    limit = pool.figures[0].limit_ratio
    ratios = pool.known(lambda one: one.abandon_ratio)
    worst = pool.known(lambda one: one.worst_half_hour_ratio)
    decisions = [run.outcome.timings for run in runs]
    differences = _differences(runs, reference)
    jump_excess, jump_blind = _jump_calls(pool, limit)
    return MethodSummary(
        label=label,
        runs=len(runs),
        limit_ratio=limit,
        talk_ratio=pool.mean(lambda one: one.talk_ratio),
        abandon=pool.ratio(lambda one: one.abandoned, lambda one: one.answers),
        abandon_ratio_max=max(ratios, default=None),
        seeds_over=_seeds_over(runs),
        hours_over=pool.ratio(lambda one: one.hours_over, lambda one: one.hours_counted),
        days_over=pool.total(lambda one: one.days_over),
        days_counted=pool.total(lambda one: one.days_counted),
        worst_half_hour_mean=float(np.mean(worst)) if worst else None,
        worst_half_hour_max=max(worst, default=None),
        wait_seconds_mean=pool.mean(lambda one: one.wait_seconds_mean),
        wait_seconds_p95=pool.mean(lambda one: one.wait_seconds_p95),
        wait_seconds_max=max(pool.known(lambda one: one.wait_seconds_max), default=None),
        wait_fairness=pool.mean(lambda one: one.wait_fairness),
        answer_to_agent_seconds_p50=pool.mean(lambda one: one.answer_to_agent_seconds_p50),
        answer_to_agent_seconds_p99=pool.mean(lambda one: one.answer_to_agent_seconds_p99),
        calls_per_agent_hour=pool.mean(lambda one: one.calls_per_agent_hour),
        dials_per_connect=pool.mean(lambda one: one.dials_per_connect),
        recovery=pool.ratio(lambda one: one.recovery_abandoned, lambda one: one.recovery_answers),
        jump_excess=jump_excess,
        jump_blind=jump_blind,
        first_half_hour=pool.ratio(
            lambda one: one.first_half_hour_abandoned, lambda one: one.first_half_hour_answers
        ),
        first_talk_share=_first_talk_share(pool.figures),
        decide_seconds_mean=float(np.mean([one.decide_seconds_mean for one in decisions])),
        decide_seconds_p99=float(np.mean([one.decide_seconds_p99 for one in decisions])),
        difference=estimate(differences) if label != REFERENCE else None,
        common_seeds=len(differences),
    )


def _jump_calls(pool: _Pool, limit_ratio: float) -> tuple[float | None, float | None]:
    """Calls of a run that were abandoned after jumps: beyond the limit's share, and on blind lines."""
    answers = pool.total(lambda one: one.jump_answers)
    if not answers:
        return None, None
    runs = len(pool.figures)
    abandoned = pool.total(lambda one: one.jump_abandoned)
    blind = pool.total(lambda one: one.jump_blind_abandoned)
    return (abandoned - limit_ratio * answers) / runs, blind / runs


def pooled(part: int, whole: int) -> PooledRatio | None:
    """Give the ratio of two counts with its interval; None without anything to divide by."""
    interval = wilson_interval(part, whole)
    if interval is None:
        return None
    return PooledRatio(ratio=part / whole, low=interval[0], high=interval[1], count=whole)


def _first_talk_share(all_figures: Sequence[RunFigures]) -> float | None:
    shares = [
        one.first_half_hour_talk_ratio / one.later_talk_ratio
        for one in all_figures
        if one.first_half_hour_talk_ratio is not None and one.later_talk_ratio
    ]
    return float(np.mean(shares)) if shares else None


def _seeds_over(runs: Sequence[FinishedRun]) -> tuple[int, ...]:
    """The seeds of the runs over the limit; exactly at the limit is allowed."""
    told = [(run.task.seed, run.outcome.figures) for run in runs]
    return tuple(
        sorted(
            seed
            for seed, one in told
            if one.abandon_ratio is not None and one.abandon_ratio > one.limit_ratio
        )
    )


def _differences(runs: Sequence[FinishedRun], reference: dict[int, float | None]) -> list[float]:
    differences = []
    for run in runs:
        own, other = run.outcome.figures.talk_ratio, reference.get(run.task.seed)
        if own is not None and other is not None:
            differences.append(own - other)
    return differences
