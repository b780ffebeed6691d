"""Chunks of rows through worker processes, in order, with no more in flight than there is work for."""

import asyncio
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing.connection import wait

from dialer.adapters.list_import.faults import ListFileUnusable
from dialer.adapters.list_import.lead_rows import PreparedChunk, RowPlan, prepare_chunk
from dialer.adapters.list_import.table import RowChunk

WORKERS_MAX = 4
NICENESS = 10  # of 19: a list may wait, a decision of the engine may not
CHUNKS_IN_FLIGHT = 2  # for each worker: one in work, one waiting


async def prepared_chunks(
    plan: RowPlan, chunks: Iterator[RowChunk], workers: int | None = None
) -> AsyncIterator[PreparedChunk]:
    """Prepare chunks and give them in their order.

    Raises:
        ListFileUnusable: a worker process was ended from outside.
    """
    count = workers or min(WORKERS_MAX, os.cpu_count() or 1)
    loop = asyncio.get_running_loop()
    # Spawned, not forked: the database connection and its locks stay with us alone.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, context, initializer=_begin_worker)
    waiting: deque[asyncio.Future[PreparedChunk]] = deque()
    try:
        for chunk in chunks:
            waiting.append(loop.run_in_executor(pool, partial(prepare_chunk, plan, chunk)))
            if len(waiting) >= CHUNKS_IN_FLIGHT * count:
                yield await waiting.popleft()
        while waiting:
            yield await waiting.popleft()
    except BrokenProcessPool:
        raise ListFileUnusable("a worker process was ended from outside: import the list again") from None
    finally:
        for each in waiting:
            each.cancel()
        pool.shutdown(wait=True, cancel_futures=True)


def _begin_worker() -> None:
    """Let the engine go first, and end with the parent: a killed one's pipes alone would keep us for ever."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()


def _watch(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
