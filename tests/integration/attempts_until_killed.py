"""A program that begins and ends attempts as fast as it can, and says on its output what was committed.

The test that starts it kills the server under it. Each line is a word (begun, ended) and an attempt id.
"""

import asyncio
import sys

from app.unit_of_work import UnitOfWork, open_pool
from dialer.adapters.errors import StoreLost
from tests.integration.stored_floor import StoredFloor, answered, ended, new_lead, number, retry_in

BATCH = 20


def say(word: str, attempt_ids: frozenset[str]) -> None:
    """Tell what is committed, at once."""
    sys.stdout.writelines(f"{word} {attempt_id}\n" for attempt_id in attempt_ids)
    sys.stdout.flush()


async def work(url: str) -> None:
    """Begin attempts batch by batch, and end half of each."""
    async with open_pool(url) as pool:
        floor = StoredFloor(UnitOfWork(pool))
        await floor.set_up()
        await floor.add(*(new_lead(number(index)) for index in range(5000)))
        while leads := await floor.reserve(BATCH):
            dials = [floor.dial(lead) for lead in leads]
            say("begun", await floor.begin(*dials))
            ends = [ended(dial, retry_in(3600.0), answered(dial, 1.0)) for dial in dials[: BATCH // 2]]
            say("ended", await floor.end(*ends))


if __name__ == "__main__":
    try:
        asyncio.run(work(sys.argv[1]))
    except StoreLost:
        sys.exit(0)  # the server was killed: that is what we are here for
