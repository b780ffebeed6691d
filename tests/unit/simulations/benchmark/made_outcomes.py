"""Outcomes without a simulation, for tests of what is done with them."""

from simulations.benchmark.run_figures import RunFigures
from simulations.benchmark.run_task import RunOutcome, RunTask, RunTimings

COUNTS = (
    "answers", "abandoned", "attempts", "left_early", "hours_over", "hours_counted",
    "days_over", "days_counted",
    "first_half_hour_answers", "first_half_hour_abandoned", "recovery_answers", "recovery_abandoned",
    "jump_answers", "jump_abandoned", "jump_blind_abandoned",
)  # fmt: skip


def outcome_of(task: RunTask, **figures: float) -> RunOutcome:
    """Figures that tell their task, with these changed; all others are nothing."""
    told: dict[str, float | None] = dict.fromkeys(RunFigures.__dataclass_fields__)
    told |= dict.fromkeys(COUNTS, 0)
    told |= {"talk_ratio": task.seed / 100, "answers": task.seed, "limit_ratio": 0.03, **figures}
    timings = RunTimings(
        total_seconds=0.5,
        pacing_seconds=0.1,
        decisions=7,
        decide_seconds_mean=0.01,
        decide_seconds_p99=0.02,
    )
    return RunOutcome(figures=RunFigures(**told), timings=timings)  # type: ignore[arg-type]
