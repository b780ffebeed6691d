"""Carries out tasks over processes of this machine or over a cluster, and keeps each result as it comes.

Tasks know nothing of each other: results do not depend on how many run at once, nor on where.
The longest go first, so that no processor waits for the last one.
"""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

from simulations.benchmark.results_file import ResultsFile
from simulations.benchmark.run_task import RunOutcome, RunTask, run_task

Carrier = Callable[[Sequence[RunTask]], Iterator[tuple[RunTask, RunOutcome]]]
"""Carries tasks out, giving each result as soon as it is there, in any order."""


def run_missing(
    tasks: Iterable[RunTask], results: ResultsFile, carry_out: Carrier, on_run: Callable[[RunTask], None]
) -> None:
    """Run what has not been run, keeping each result at once; `on_run` hears of each finished run."""
    missing = sorted(results.missing(tasks), key=lambda task: -task.agent_hours)
    if not missing:
        return
    for task, outcome in carry_out(missing):
        results.add(task, outcome)
        on_run(task)


def in_this_process(tasks: Sequence[RunTask]) -> Iterator[tuple[RunTask, RunOutcome]]:
    """Carry tasks out one after the other, here."""
    for task in tasks:
        yield task, run_task(task)


def over_processes(jobs: int) -> Carrier:
    """Carry tasks out over so many processes of this machine; one: here."""
    if jobs == 1:
        return in_this_process

    def carry_out(tasks: Sequence[RunTask]) -> Iterator[tuple[RunTask, RunOutcome]]:
        context = multiprocessing.get_context("spawn")  # a fork would copy threads' locks
        with ProcessPoolExecutor(max_workers=jobs, mp_context=context) as pool:
            futures = {pool.submit(run_task, task): task for task in tasks}
            try:
                for future in as_completed(futures):
                    yield futures[future], future.result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    return carry_out
