"""Showing whoever watches over this process that its loop still turns."""

import asyncio
import os

LIVENESS_VARIABLE = "PACELINE_LIVENESS_FD"
LIVENESS_SECONDS = 0.25


async def show_life() -> None:
    """Write to the supervisor's pipe, if there is one, until cancelled."""
    handle = os.environ.get(LIVENESS_VARIABLE)
    if handle is None:
        return
    while True:
        os.write(int(handle), b".")
        await asyncio.sleep(LIVENESS_SECONDS)
