"""The benchmark over a real Dask cluster of this machine: the same task function, the same figures."""

import pytest
from distributed import LocalCluster

from simulations.benchmark.cluster import ClusterUnusable, over_cluster
from simulations.benchmark.run_task import RunTask
from simulations.benchmark.runner import in_this_process

TASKS = [
    RunTask(scenario="medium", agents=3, hours=0.1, label="progressive", method="progressive", seed=seed)
    for seed in (1, 2)
]


def cluster_with(threads: int) -> LocalCluster:
    """A cluster of one worker inside this process."""
    return LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=1, threads_per_worker=threads, processes=False, dashboard_address=None
    )


def test_tasks_over_a_cluster_give_the_figures_of_this_process() -> None:
    """Where a run takes place does not matter."""
    with cluster_with(threads=1) as cluster:
        over = {task: outcome.figures for task, outcome in over_cluster(cluster.scheduler_address)(TASKS)}
    assert over == {task: outcome.figures for task, outcome in in_this_process(TASKS)}


def test_cluster_whose_workers_time_two_runs_at_once_is_refused() -> None:
    """The clock of the pacers belongs to a process."""
    with cluster_with(threads=2) as cluster:
        carry_out = over_cluster(cluster.scheduler_address)
        with pytest.raises(ClusterUnusable, match="--nthreads 1"):
            list(carry_out(TASKS))
