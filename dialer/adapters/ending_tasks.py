"""End tasks for good: one request to end may be lost."""

import asyncio

AGAIN_SECONDS = 5.0  # longer than any of ours takes to end, so that nobody's last work is broken off


async def end_tasks(*tasks: "asyncio.Task[object]", again_seconds: float = AGAIN_SECONDS) -> None:
    """Cancel tasks and wait until they have ended, whatever they end with.

    Up to Python 3.11 `asyncio.wait_for`, which libraries wait in, loses a cancellation that comes together
    with what it waits for (python/cpython issue 86296): its task lives on, and who waits for its end waits
    for ever. So it is said again.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        ended, left = await asyncio.wait(left, timeout=again_seconds)
        await asyncio.gather(*ended, return_exceptions=True)  # nobody is told of a failure now
