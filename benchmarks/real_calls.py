"""What the program adds to a call: waits, rates and CPU through a real Asterisk, beside the bare script's.

Laboratory, program, database and bus share this machine; phones and carrier are a process of their own.
A wait is measured from Asterisk's own instant of the answer to our hearing that the bridge is made.
"""

import asyncio
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from asterisk_config.lab.network import private_network
from asterisk_config.lab.packages import get_asterisk
from asterisk_config.lab.population import DigitPopulation, RandomPopulation
from asterisk_config.lab.population_words import AnyPopulation
from benchmarks.bare_script import BareScript
from benchmarks.figure import Figure
from dialer.core.events import CampaignStatus
from dialer.core.settings import DEFAULT_RETRY_RULES, RetryRule
from tests.integration.call_centre import AREA, SALE, CallCentre, call_centre, floor_of

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
ONCE = {outcome: RetryRule(is_final=True) for outcome in (*DEFAULT_RETRY_RULES, SALE)}
TALK_SECONDS = 4.0
RING_SECONDS = 1.5
OPEN_LEADS = "select count(*) from dialer.dial_queue"
OPEN_ATTEMPTS = "select count(*) from dialer.open_attempts"
WAITS = """select extract(epoch from bridged_at - answered_at)::float8 as wait, answered_at
    from dialer.abandon_ledger where answered_at >= $1 order by answered_at"""
RATES = (40.0, 50.0, 60.0)
HELD_P99_MS_MAX = 100.0
HELD_SECONDS = 60.0
HELD_TALK_SECONDS = 2.0  # shorter, since the laboratory has taken 300 telephones at most
HELD_TRUNK_FACTOR = 1.15  # or the trunk's own limit would be what is measured
HELD_SHARE_MIN = 0.95
"""A rate is held where so much of it was really placed and answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One run of the program."""

    waits: tuple[float, ...]  # seconds, sorted
    answered: int
    abandoned: int  # by the law's own definition
    seconds: float  # from the first call to the last end, the longest talk included
    answers_per_second: float  # between the first answer and the last
    engine_cpu_seconds: float
    database_cpu_seconds: float
    asterisk_cpu_seconds: float

    def share(self, ratio: float) -> float:
        """A quantile of the waits, ms."""
        return quantile(self.waits, ratio)


def quantile(waits: Sequence[float], ratio: float) -> float:
    """A quantile of sorted seconds, in ms."""
    return waits[min(len(waits) - 1, int(len(waits) * ratio))] * 1000.0 if waits else float("nan")


@contextmanager
def lab(agents: int, people: AnyPopulation, calls_per_second: float) -> Iterator[CallCentre]:
    """A call centre whose trunk takes calls at this rate."""
    program = get_asterisk()
    with TemporaryDirectory(prefix="paceline-") as name:
        root = Path(name)
        root.chmod(0o755)
        with (
            private_network(),
            call_centre(
                root, program, agents=agents, population=people, calls_per_second_max=calls_per_second
            ) as centre,
        ):
            yield centre


def numbers_of(run: int, count: int) -> list[str]:
    """Numbers of people who answer and hang up after the usual talk."""
    return [f"{AREA}{run}{place:05}50" for place in range(count)]


async def load_program(
    centre: CallCentre, run: int, agents: int, count: int, *, has_detection: bool = False
) -> Load:
    """Let the program dial so many people, all of whom answer."""
    centre.start_engine()
    async with floor_of(centre) as floor:
        floor.agents.wrap_up_seconds = 0.05
        if not await floor.rows("select 1 from dialer.campaigns"):
            await floor.campaign(
                (), status=CampaignStatus.STOPPED, retry_rules=ONCE, answer_detection=has_detection
            )
        await floor.sign_in(agents)
        await floor.add_leads(numbers_of(run, count))
        assert centre.engine is not None
        processes = {
            "engine": [centre.engine.pid],
            "database": [centre.database.process_id],
            "asterisk": [centre.lab.dialer.process_id or 0],
        }
        before = {name: cpu_seconds(ids) for name, ids in processes.items()}
        began, began_at = datetime.now(UTC), time.monotonic()
        await floor.order(CampaignStatus.RUNNING)
        await floor.until(OPEN_LEADS, 0, 600.0)
        seconds = time.monotonic() - began_at
        spent = {name: cpu_seconds(ids) - before[name] for name, ids in processes.items()}
        rows = await floor.rows(WAITS, began)
        waits = [row["wait"] for row in rows]
        span_seconds = (rows[-1]["answered_at"] - rows[0]["answered_at"]).total_seconds()
        abandoned = sum(campaign.abandoned for campaign in (await floor.floor()).campaigns)
        await floor.order(CampaignStatus.STOPPED)
    centre.stop_engine()
    return Load(
        waits=tuple(sorted(wait for wait in waits if wait is not None)),
        answered=len(waits),
        answers_per_second=len(waits) / span_seconds,
        abandoned=abandoned,
        seconds=seconds,
        engine_cpu_seconds=spent["engine"],
        database_cpu_seconds=spent["database"],
        asterisk_cpu_seconds=spent["asterisk"],
    )


def cpu_seconds(process_ids: list[int]) -> float:
    """CPU that processes, their children and their ended children have used."""
    total = 0.0
    for process_id in process_ids:
        children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()
        for each in (process_id, *map(int, children)):
            words = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, words[11:15])) / TICKS_PER_SECOND
    return total


def measure_idle(count: int = 200) -> Figure:
    """Answer to bridge when nothing else happens."""
    with lab(2, DigitPopulation(ring_seconds=0.1, talk_seconds=0.2), 5.0) as centre:
        load = asyncio.run(load_program(centre, 1, 2, count))
    p50, p99 = load.share(0.5), load.share(0.99)
    return Figure(
        what="answered -> client and agent in one bridge, program idle",
        goal="p50 <= 4 ms, p99 <= 15 ms",
        measured=f"p50 {p50:.1f} ms, p99 {p99:.1f} ms",
        is_met=p50 <= 4.0 and p99 <= 15.0,
        conditions=f"{len(load.waits)} calls of {count}, 2 agents, 5 calls/s at most, no detection",
    )


def talkers(talk_seconds: float = TALK_SECONDS) -> RandomPopulation:
    """People who all answer, after different times, and talk about so long."""
    return RandomPopulation(
        seed=1,
        human_ratio=1.0,
        machine_ratio=0.0,
        busy_ratio=0.0,
        not_found_ratio=0.0,
        congestion_ratio=0.0,
        rejected_ratio=0.0,
        silence_ratio=0.0,
        hangs_up_early_ratio=0.0,
        ring_seconds_mean=RING_SECONDS,
        ring_seconds_min=0.5,
        talk_seconds_mean=talk_seconds,
    )


def agents_for(rate: float, talk_seconds: float = TALK_SECONDS) -> int:
    """As many as talk at once or wait for a line that rings, and some more: one line for each idle agent."""
    return int(rate * (talk_seconds + RING_SECONDS + 0.8)) + 10


def run_bare(centre: CallCentre, run: int, rate: float, seconds: float) -> tuple[float, ...]:
    """Waits of the bare script on the same legs, sorted; an answer without an agent has waited for ever."""
    names = [agent.name for agent in centre.lab.dialer_settings.agents]
    bare = BareScript(settings=centre.lab.dialer_settings, agents=names)
    asyncio.run(bare.run(numbers_of(run, int(rate * seconds)), rate))
    lost = bare.calls - len(bare.waits)
    return (*sorted(bare.waits), *(float("inf"),) * lost)


def measure_load(rate: float = 25.0, seconds: float = 60.0) -> list[Figure]:
    """Waits and CPU at a steady rate of answered calls, the bare script first on the same legs."""
    agents = agents_for(rate)
    with lab(agents, talkers(), rate) as centre:
        bare_waits = run_bare(centre, 2, rate, seconds)
        load = asyncio.run(load_program(centre, 3, agents, int(rate * seconds)))
    p50, p99, bare_p99 = load.share(0.5), load.share(0.99), quantile(bare_waits, 0.99)
    late = sum(1 for wait in load.waits if wait > 2.0) + load.abandoned
    conditions = (
        f"{load.answered} answered calls at {load.answers_per_second:.1f}/s, talk about {TALK_SECONDS:g} s, "
        f"{agents} agents, no detection, no recording; bare script: {len(bare_waits)} calls, "
        f"p50 {quantile(bare_waits, 0.5):.1f}, p99 {bare_p99:.1f} ms"
    )
    per_call, database, asterisk = (
        seconds / load.answered * 1000.0
        for seconds in (load.engine_cpu_seconds, load.database_cpu_seconds, load.asterisk_cpu_seconds)
    )
    return [
        Figure(
            what=f"{rate:g} answered calls/s: answered -> bridged",
            goal="p99 <= 2.5 x the bare script's and <= 60 ms; none over the policy limit",
            measured=f"p50 {p50:.1f} ms, p99 {p99:.1f} ms = {p99 / bare_p99:.2f} x; {late} over the limit",
            is_met=p99 <= 2.5 * bare_p99 and p99 <= 60.0 and late == 0,
            conditions=conditions,
        ),
        Figure(
            what="Python CPU per answered call, all answered",
            goal="<= 6 ms",
            measured=f"{per_call:.2f} ms (PostgreSQL {database:.2f} ms, Asterisk {asterisk:.2f} ms)",
            is_met=per_call <= 6.0,
            conditions=conditions,
        ),
    ]


def measure_detection(rate: float = 25.0, seconds: float = 60.0) -> Figure:
    """The same rate with answering-machine detection: what the law counts as abandoned."""
    agents = agents_for(rate * 1.3)  # the detection's seconds are a line's too
    with lab(agents, talkers(), rate) as centre:
        load = asyncio.run(load_program(centre, 3, agents, int(rate * seconds), has_detection=True))
    return Figure(
        what=f"{rate:g} answered calls/s with detection on",
        goal="none over the policy limit",
        measured=f"{load.abandoned} over the limit; answered -> bridged, greeting and verdict included: "
        f"p50 {load.share(0.5) / 1000.0:.2f} s, p99 {load.share(0.99) / 1000.0:.2f} s",
        is_met=load.abandoned == 0 and len(load.waits) > 0,
        conditions=f"{load.answered} answered calls at {load.answers_per_second:.1f}/s, "
        f"{len(load.waits)} talks, {agents} agents, no recording",
    )


def is_held(waits: Sequence[float], answers_per_second: float, rate: float) -> bool:
    """Whether a run was at its rate with its waits in bounds."""
    return quantile(waits, 0.99) <= HELD_P99_MS_MAX and answers_per_second >= HELD_SHARE_MIN * rate


def measure_highest_rate() -> Figure:
    """The highest rate that the bare script and the program hold, each up to its first failure."""
    tried: list[str] = []
    highest = {"bare script": 0.0, "program": 0.0}
    failed: set[str] = set()
    for run, rate in enumerate(RATES):
        agents = agents_for(rate * HELD_TRUNK_FACTOR, HELD_TALK_SECONDS)
        with lab(agents, talkers(HELD_TALK_SECONDS), rate * HELD_TRUNK_FACTOR) as centre:
            if "bare script" not in failed:
                waits = run_bare(centre, 10 + run, rate, HELD_SECONDS)
                _note("bare script", rate, waits, len(waits) / HELD_SECONDS, highest, failed, tried)
            if "program" not in failed:
                load = asyncio.run(load_program(centre, 30 + run, agents, int(rate * HELD_SECONDS)))
                waits = (*load.waits, *(float("inf"),) * (load.answered - len(load.waits)))
                _note("program", rate, waits, load.answers_per_second, highest, failed, tried)
        if len(failed) == 2:
            break
    ratio = highest["program"] / max(1e-9, highest["bare script"])
    return Figure(
        what=f"highest rate held for {HELD_SECONDS:g} s with p99 <= {HELD_P99_MS_MAX:g} ms",
        goal=">= 0.85 of the bare script's",
        measured=f"{highest['program']:g}/s against {highest['bare script']:g}/s = {ratio:.2f}",
        is_met=ratio >= 0.85,
        conditions=f"talk about {HELD_TALK_SECONDS:g} s; " + "; ".join(tried),
    )


def _note(
    who: str,
    rate: float,
    waits: Sequence[float],
    answers_per_second: float,
    highest: dict[str, float],
    failed: set[str],
    tried: list[str],
) -> None:
    tried.append(f"{who} at {rate:g}/s: {answers_per_second:.1f}/s, p99 {quantile(waits, 0.99):.1f} ms")
    print(tried[-1], flush=True)
    if is_held(waits, answers_per_second, rate):
        highest[who] = rate
    else:
        failed.add(who)


MEASUREMENTS: Mapping[str, Callable[[], Sequence[Figure]]] = {
    "idle": lambda: (measure_idle(),),
    "load": measure_load,
    "detection": lambda: (measure_detection(),),
    "rate": lambda: (measure_highest_rate(),),
}


def main(words: Sequence[str]) -> None:
    """Make the measurements that are named, or all."""
    for name in words or MEASUREMENTS:
        for figure in MEASUREMENTS[name]():
            print(
                f"{figure.what}\n  goal {figure.goal}\n  {figure.measured}\n  {figure.conditions}", flush=True
            )


if __name__ == "__main__":
    main(sys.argv[1:])
