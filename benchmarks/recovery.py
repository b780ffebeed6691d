"""How fast the program is itself again after a part was killed with fifty calls up."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figure import Figure
from tests.integration.call_centre import CallCentre, Floor
from tests.integration.harmed_floor import (
    CALLS_UP,
    MIXED,
    ROUNDS,
    centre_to_harm,
    fill,
    new_numbers,
    rested_floor,
    settle,
    still_up,
)
from tests.integration.real_time import wait_until

IDLE_AGENTS = 5
ATTEMPTS_OPEN_OF = "select count(*) from dialer.attempts where ended_at is null and e164 = any($1)"
SECONDS_MAX = 30.0


async def seconds_until(is_so: Callable[[], Awaitable[bool]]) -> float:
    """How long it takes until it is so."""
    began_at = time.monotonic()
    assert await wait_until(is_so, SECONDS_MAX)
    return time.monotonic() - began_at


async def restart_engine(floor: Floor, round_number: int) -> tuple[float, float]:
    """Kill the engine in mid-call; seconds from its start to its first new call, and calls lost."""
    centre = floor.centre
    _, calls = await fill(floor, "engine", round_number)
    centre.kill_engine()
    more = new_numbers("engine+", round_number, MIXED, IDLE_AGENTS)
    await floor.add_leads(more)
    before = len(centre.lab.telephones.truth())
    centre.start_engine()

    async def has_dialed() -> bool:
        return len(centre.lab.telephones.truth()) > before

    seconds = await seconds_until(has_dialed)
    await floor.talking(CALLS_UP, SECONDS_MAX)
    lost = 0.0 if still_up(calls, centre.lab.telephones.truth()) else 1.0
    await settle(floor)
    return seconds, lost


async def kill_asterisk(floor: Floor, round_number: int) -> tuple[float, float]:
    """Kill Asterisk in mid-call; seconds from when it is back until every attempt has a named end."""
    numbers, _ = await fill(floor, "asterisk", round_number)
    floor.centre.lab.dialer.kill()
    floor.centre.lab.dialer.start()

    async def is_ended() -> bool:
        return bool((await floor.rows(ATTEMPTS_OPEN_OF, numbers))[0][0] == 0)

    seconds = await seconds_until(is_ended)
    rows = await floor.rows("select outcome from dialer.attempts where e164 = any($1)", numbers)
    await settle(floor)
    return seconds, float(sum(1 for row in rows if row["outcome"] is None))


async def measure_rounds(
    centre: CallCentre, harm: Callable[[Floor, int], Awaitable[tuple[float, float]]]
) -> list[tuple[float, float]]:
    """Every round on a floor that has rested."""
    rounds = []
    for round_number in ROUNDS:
        async with rested_floor(centre, CALLS_UP + IDLE_AGENTS) as floor:
            rounds.append(await harm(floor, round_number))
    return rounds


def measure() -> list[Figure]:
    """Both recoveries, three rounds each."""
    with TemporaryDirectory(prefix="paceline-") as name:
        root = Path(name)
        root.chmod(0o755)
        with centre_to_harm(root, agents=CALLS_UP + IDLE_AGENTS) as centre:
            engine = asyncio.run(measure_rounds(centre, restart_engine))
            asterisk = asyncio.run(measure_rounds(centre, kill_asterisk))
    conditions = f"{CALLS_UP} talks up, {IDLE_AGENTS} agents idle, {len(ROUNDS)} rounds"
    return [
        _figure(
            "engine killed: from its new start to its first new call at the carrier",
            "<= 3 s",
            3.0,
            engine,
            f"{conditions}; talks that ended: {sum(lost for _, lost in engine):g}",
        ),
        _figure(
            "Asterisk killed: from when it is back until every attempt has a named end",
            "<= 5 s",
            5.0,
            asterisk,
            f"{conditions}; attempts without an outcome: {sum(lost for _, lost in asterisk):g}",
        ),
    ]


def _figure(
    what: str, goal: str, seconds_max: float, rounds: Sequence[tuple[float, float]], conditions: str
) -> Figure:
    return Figure(
        what=what,
        goal=goal,
        measured=", ".join(f"{seconds:.1f}" for seconds, _ in rounds) + " s",
        is_met=all(seconds <= seconds_max and lost == 0.0 for seconds, lost in rounds),
        conditions=conditions,
    )


if __name__ == "__main__":
    for figure in measure():
        print(f"{figure.what}\n  goal {figure.goal}\n  {figure.measured}\n  {figure.conditions}")
    sys.exit(0)
