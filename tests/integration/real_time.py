"""The one place where tests wait: real parts take real time, and that nothing happens shows only in time."""

import asyncio
import time
from collections.abc import Awaitable, Callable

POLL_SECONDS = 0.02


async def let_pass(seconds: float) -> None:
    """Let real time go by."""
    await asyncio.sleep(seconds)


async def wait_until(is_so: Callable[[], Awaitable[bool]], seconds_max: float) -> bool:
    """Ask again and again until it is so; False when the time is over."""
    until = time.monotonic() + seconds_max
    while not await is_so():
        if time.monotonic() > until:
            return False
        await asyncio.sleep(POLL_SECONDS)
    return True
