"""What came of a run: one value object, and its JSON, the same bytes for the same seed.

Definitions are the glossary's; no wall time is in it. Theory: docs/algorithms/simulation.md.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

import numpy as np

from dialer.core.outcomes import Outcome
from rules.abandon_ledger import AbandonClass
from simulations.agent_clock import AgentTime
from simulations.run_ledger import SECONDS_PER_HOUR, HourBook, RunLedger
from simulations.timings import Timings

WILSON_SCORE = 1.959963984540054  # normal quantile of 0.975: 95 % intervals
DECIMALS = 6


def wilson_interval(successes: int, trials: int) -> tuple[float, float] | None:
    """Give the 95 % score interval of a ratio; None without trials.

    Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).

    >>> low, high = wilson_interval(3, 100)
    >>> round(low, 4), round(high, 4)
    (0.0103, 0.0845)
    """
    if trials == 0:
        return None
    ratio, squared = successes / trials, WILSON_SCORE**2
    middle = (ratio + squared / (2 * trials)) / (1 + squared / trials)
    spread = (
        WILSON_SCORE
        / (1 + squared / trials)
        * math.sqrt(ratio * (1 - ratio) / trials + squared / (4 * trials * trials))
    )
    return max(0.0, middle - spread), min(1.0, middle + spread)


@dataclass(frozen=True, slots=True, kw_only=True)
class HourResult:
    """One hour of a run; attempts and their classes by the hour in which they were dialed."""

    hour: int  # from 0
    attempts: int
    answered_live: int
    connected: int
    abandoned: int
    abandon_ratio: float | None
    talk_ratio: float | None
    occupancy: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationResult:
    """Everything measured of one run. Ratios are 0..1, durations in seconds; None: nothing to measure."""

    scenario: str
    method: str
    seed: int
    agents: int
    hours: float
    talk_ratio: float | None  # talk ÷ logged-in seconds
    utilisation: float | None  # (talk + hold + wrap-up) ÷ logged-in seconds
    occupancy: float | None  # (talk + hold + wrap-up) ÷ (talk + hold + wrap-up + wait)
    abandon_ratio: float | None  # abandoned ÷ (abandoned + connected), by each campaign's own definition
    abandon_ratio_low: float | None  # 95 % score interval
    abandon_ratio_high: float | None
    answered_live: int  # connected + abandoned + left early
    connected: int
    abandoned: int
    left_early: int  # people who hung up before the time was over
    attempts: int
    outcomes: Mapping[str, int]  # attempts by outcome
    calls_handled: int  # talks with a disposition, inbound ones too
    inbound_calls: int
    inbound_blocked: int  # callers who found all channels taken
    wait_seconds_mean: float | None  # idle and available, for each call handled
    answer_to_agent_seconds_p50: float | None
    answer_to_agent_seconds_p95: float | None
    answer_to_agent_seconds_p99: float | None
    talk_seconds: float
    logged_in_seconds: float
    per_hour: tuple[HourResult, ...]
    engine_events: int  # events handled and ticks
    faults: Mapping[str, int]  # what really happened, by kind
    invariants_checked: int  # invariants watched; 0: none
    timings: Timings = field(compare=False, repr=False)  # wall time; never in the JSON

    def to_json(self) -> str:
        """Give one JSON object; the same run gives the same bytes."""
        fields = asdict(self)
        del fields["timings"]
        return json.dumps(_rounded(fields), allow_nan=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What a run was, and what is known of it beside its books."""

    scenario: str  # its name
    method: str  # the pacing method compared
    seed: int  # everything random follows from it
    agents: int  # at work
    hours: float  # measured, virtual
    inbound_blocked: int  # callers who found all channels taken
    engine_events: int  # events handled and ticks
    faults: Mapping[str, int]  # what really happened, by kind
    invariants_checked: int  # invariants watched


def measured(ledger: RunLedger, facts: RunFacts, timings: Timings) -> SimulationResult:
    """Compute the result of a run whose books are closed."""
    connected = ledger.entries[AbandonClass.CONNECTED]
    abandoned = ledger.entries[AbandonClass.ABANDONED]
    left_early = ledger.entries[AbandonClass.CLIENT_LEFT_EARLY]
    low, high = wilson_interval(abandoned, abandoned + connected) or (None, None)
    time = ledger.hour_marks[-1]
    p50, p95, p99 = _quantiles(ledger.answer_delays)
    return SimulationResult(
        scenario=facts.scenario,
        method=facts.method,
        seed=facts.seed,
        agents=facts.agents,
        hours=facts.hours,
        talk_ratio=time.talk_ratio,
        utilisation=time.utilisation,
        occupancy=time.occupancy,
        abandon_ratio=_ratio(abandoned, abandoned + connected),
        abandon_ratio_low=low,
        abandon_ratio_high=high,
        answered_live=connected + abandoned + left_early,
        connected=connected,
        abandoned=abandoned,
        left_early=left_early,
        attempts=ledger.attempts,
        outcomes={outcome.value: ledger.outcomes[outcome] for outcome in Outcome},
        calls_handled=ledger.talks,
        inbound_calls=ledger.inbound_calls,
        inbound_blocked=facts.inbound_blocked,
        wait_seconds_mean=_ratio(time.wait_seconds, ledger.talks),
        answer_to_agent_seconds_p50=p50,
        answer_to_agent_seconds_p95=p95,
        answer_to_agent_seconds_p99=p99,
        talk_seconds=time.talk_seconds,
        logged_in_seconds=time.logged_in_seconds,
        per_hour=tuple(_hour_results(ledger, facts.hours)),
        engine_events=facts.engine_events,
        faults=dict(sorted(facts.faults.items())),
        invariants_checked=facts.invariants_checked,
        timings=timings,
    )


def _hour_results(ledger: RunLedger, hours: float) -> list[HourResult]:
    results = []
    nothing = AgentTime(
        talk_seconds=0.0, hold_seconds=0.0, wrap_up_seconds=0.0, wait_seconds=0.0, logged_in_seconds=0.0
    )
    before = nothing
    for index, until in enumerate(ledger.hour_marks):
        within = AgentTime(
            talk_seconds=until.talk_seconds - before.talk_seconds,
            hold_seconds=until.hold_seconds - before.hold_seconds,
            wrap_up_seconds=until.wrap_up_seconds - before.wrap_up_seconds,
            wait_seconds=until.wait_seconds - before.wait_seconds,
            logged_in_seconds=until.logged_in_seconds - before.logged_in_seconds,
        )
        before = until
        if index * SECONDS_PER_HOUR >= hours * SECONDS_PER_HOUR:
            break
        book = ledger.hours.get(index) or HourBook()
        results.append(
            HourResult(
                hour=index,
                attempts=book.attempts,
                answered_live=book.connected + book.abandoned + book.left_early,
                connected=book.connected,
                abandoned=book.abandoned,
                abandon_ratio=_ratio(book.abandoned, book.abandoned + book.connected),
                talk_ratio=within.talk_ratio,
                occupancy=within.occupancy,
            )
        )
    return results


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _quantiles(values: list[float]) -> tuple[float | None, float | None, float | None]:
    if not values:
        return None, None, None
    p50, p95, p99 = np.quantile(np.array(values), (0.5, 0.95, 0.99))
    return float(p50), float(p95), float(p99)


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value
