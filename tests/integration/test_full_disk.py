"""The database's disk is full in the middle of calls: no new dials, nobody dropped, nothing lost."""

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import pytest
import pytest_asyncio

from dialer.adapters.errors import StoreLost
from tests.integration.call_centre import CallCentre, Floor
from tests.integration.harmed_floor import (
    MIXED,
    ROUNDS,
    centre_to_harm,
    fill,
    new_numbers,
    require_agreement,
    require_half_talk_on,
    rested_floor,
    settle,
)
from tests.integration.real_time import let_pass

DISK_BYTES_MAX = 600_000_000
LOG_ONLY = "select pg_logical_emit_message(false, 'ballast', repeat('x', 8000000))"
"""Eight megabytes of the server's log and of nothing else: it leaves no table behind."""

STATEMENTS_MAX = 200


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallCentre]:
    """A call centre whose database has a small disk of its own."""
    with centre_to_harm(tmp_path_factory.mktemp("full"), disk_bytes_max=DISK_BYTES_MAX) as centre:
        yield centre


@pytest_asyncio.fixture
async def floor(centre: CallCentre) -> AsyncIterator[Floor]:
    """Everybody signed in and at rest."""
    async with rested_floor(centre) as floor:
        yield floor


async def use_up_the_log(floor: Floor) -> bool:
    """Write until the server cannot go on; whether it gave up."""
    for _ in range(STATEMENTS_MAX):
        with suppress(StoreLost):
            await floor.rows(LOG_ONLY)
            continue
        return True
    return False


@pytest.mark.parametrize("round_number", ROUNDS)
@pytest.mark.timeout(150)
async def test_full_disk_of_the_database_stops_dialing_and_loses_nothing(
    centre: CallCentre, floor: Floor, round_number: int
) -> None:
    """The server gives up when its log cannot grow; what happened meanwhile is written afterwards."""
    numbers, calls = await fill(floor, "disk", round_number)
    with centre.full_disk():
        assert await use_up_the_log(floor)
        await let_pass(1.0)
        calls_before = len(centre.lab.telephones.truth())
        await require_half_talk_on(floor, calls, 3.0, calls_before)
    centre.restart_database()
    more = new_numbers("disk+", round_number, MIXED, 20)
    await floor.add_leads(more)
    await settle(floor)
    await require_agreement(floor, [*numbers, *more])
