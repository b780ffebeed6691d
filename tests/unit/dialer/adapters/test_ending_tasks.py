"""Tasks end although the first request to end is lost."""

import asyncio
from contextlib import suppress

from dialer.adapters.ending_tasks import end_tasks

SECONDS_MAX = 5.0


async def lose_a_cancellation() -> None:
    """Do what a library that waits with Python 3.11's `wait_for` may do."""
    with suppress(asyncio.CancelledError):
        await asyncio.Event().wait()
    await asyncio.Event().wait()


async def fail() -> None:
    """End with an error at once."""
    raise ValueError("nobody hears this")


async def test_task_that_loses_a_cancellation_ends_all_the_same() -> None:
    """It is asked again until it has ended."""
    task = asyncio.create_task(lose_a_cancellation())
    await asyncio.wait([task], timeout=0)  # it has begun
    async with asyncio.timeout(SECONDS_MAX):
        await end_tasks(task, again_seconds=0.001)
    assert task.done()


async def test_failed_task_is_ended_and_tells_nobody() -> None:
    """Whoever ends tasks goes on, whatever they end with."""
    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    await end_tasks(task)
    assert isinstance(task.exception(), ValueError)


async def test_no_task_at_all_is_ended_at_once() -> None:
    """Nothing to wait for is no error."""
    await end_tasks()
