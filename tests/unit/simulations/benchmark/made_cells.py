"""Summaries of cells without runs, for tests of what is concluded from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulations.benchmark.result_tables import FinishedRun
from simulations.benchmark.run_task import RunTask
from simulations.benchmark.summaries import CellSummary, summarise
from tests.unit.simulations.benchmark.made_outcomes import outcome_of

ANSWERS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is told of one method: talk ratios by seed, and how many of 1,000 answers were abandoned."""

    talk: Sequence[float]
    abandoned: Sequence[int] = ()  # by seed; none: 20 each
    worst_half_hour: float = 0.05


def runs_of(
    methods: Mapping[str, Told],
    *,
    scenario: str = "medium",
    agents: int = 10,
    first_seed: int = 1,
    is_held_out: bool = False,
) -> list[FinishedRun]:
    """Runs of one cell, seeds in turn."""
    finished = []
    for label, told in methods.items():
        for index, talk in enumerate(told.talk):
            seed = first_seed + index
            task = RunTask(
                scenario=scenario, agents=agents, hours=8.0, label=label, method="ratio", seed=seed
            )
            abandoned = told.abandoned[index] if told.abandoned else 20
            outcome = outcome_of(
                task,
                talk_ratio=talk,
                answers=ANSWERS,
                abandoned=abandoned,
                abandon_ratio=abandoned / ANSWERS,
                worst_half_hour_ratio=told.worst_half_hour,
            )
            finished.append(FinishedRun(task=task, outcome=outcome, is_held_out=is_held_out))
    return finished


def cell_of(methods: Mapping[str, Told], *, scenario: str = "medium", agents: int = 10) -> CellSummary:
    """The summary of one cell."""
    (cell,) = summarise(runs_of(methods, scenario=scenario, agents=agents))
    return cell
