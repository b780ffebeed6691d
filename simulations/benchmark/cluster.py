"""Carries tasks out over the machines of a Dask cluster: the same task function, sent to its workers.

Whoever reaches a cluster's port runs code on it: keep it on a private network, or give it certificates
(docs/howto/benchmark-on-a-cluster.md). The workers need this very version of the program, which is checked.
"""

import importlib.util
from collections.abc import Iterator, Sequence

from simulations.benchmark.code_version import code_version
from simulations.benchmark.run_task import RunOutcome, RunTask, run_task
from simulations.benchmark.runner import Carrier
from simulations.errors import SimulationError

CONNECT_SECONDS = 10.0  # until the scheduler must have answered


class ClusterUnusable(SimulationError):
    """The cluster cannot be used; the message says what is missing and what to do."""


def over_cluster(address: str) -> Carrier:
    """Carry tasks out over the cluster whose scheduler is at that address (`tcp://host:8786`).

    Raises ClusterUnusable if Dask is not installed, nobody answers, or a worker has other code.
    """
    if importlib.util.find_spec("distributed") is None:
        raise ClusterUnusable(
            "a cluster needs the package distributed: expected it installed, found none; "
            "install Paceline with its extra: pip install 'paceline[cluster]'"
        )

    def carry_out(tasks: Sequence[RunTask]) -> Iterator[tuple[RunTask, RunOutcome]]:
        from distributed import Client, as_completed

        try:
            client = Client(address, timeout=CONNECT_SECONDS)  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as error:
            raise ClusterUnusable(
                f"expected a Dask scheduler at {address}, got: {error}; start one with `dask scheduler`, "
                "and workers with `dask worker`"
            ) from error
        with client:
            _check_workers(client.run(code_version), client.nthreads())  # type: ignore[no-untyped-call]
            futures = {client.submit(run_task, task, pure=False): task for task in tasks}
            for future in as_completed(futures):  # type: ignore[no-untyped-call]
                yield futures[future], future.result()

    return carry_out


def _check_workers(versions: dict[str, str], threads: dict[str, int]) -> None:
    """Refuse workers whose code would measure something else, and those that time two runs at once."""
    if not versions:
        raise ClusterUnusable(
            "the cluster has no workers: expected one or more; start them with `dask worker`"
        )
    wrong = sorted(worker for worker, version in versions.items() if version != code_version())
    if wrong:
        raise ClusterUnusable(
            f"expected workers with the code version {code_version()}, {wrong[0]} has {versions[wrong[0]]}; "
            "install the same version on every machine"
        )
    many = sorted(worker for worker, count in threads.items() if count != 1)
    if many:
        raise ClusterUnusable(
            f"expected workers of one thread, {many[0]} has {threads[many[0]]}: the clock of the pacers "
            "belongs to a process; start them with `dask worker --nthreads 1 --nworkers CORES`"
        )
