"""Runs of the predictive pacer on the small independent floor: one row of counts for each scenario and seed.

Figures are made of the rows in `pacer_figures`; nothing is judged here.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pacing import create_pacer
from tests.simulation.pacer_driver import Floor, Outcome, Population

HOUR, HALF_HOUR, MINUTE = 3600.0, 1800.0, 60.0
RING_TIMEOUT_SECONDS = 60.0  # above it, exponential rings of 10 s hardly ever last
EVENTS_AGENTS_MAX = 20  # larger teams decide each second instead of after each event
JUMP_SECONDS = 2400.0
ANSWERS_LEAST = 20  # a half hour with fewer answers has no ratio worth the name

Row = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A floor, for how long, and what is counted of it."""

    agents: int
    hours: float
    count: Callable[["Scenario", int], Row]
    population: Population = field(default_factory=Population)
    method: str = "predictive"


def play(scenario: Scenario, seed: int, *, dial_until_seconds: float = math.inf, **more: bool) -> Outcome:
    """Run a fresh pacer over the scenario."""
    return Floor(
        create_pacer(scenario.method, ring_timeout_seconds=RING_TIMEOUT_SECONDS),
        agents=scenario.agents,
        hours=scenario.hours,
        seed=seed,
        population=scenario.population,
        decide_after_events=scenario.agents <= EVENTS_AGENTS_MAX,
        dial_until_seconds=dial_until_seconds,
        **more,
    ).run()


def count_after_warm_up(scenario: Scenario, seed: int) -> Row:
    """Talk and abandons after the first half hour, and over the whole run."""
    outcome, end = play(scenario, seed), scenario.hours * HOUR
    abandoned, answered = outcome.fates_between(HALF_HOUR, math.inf)
    return {
        "talk_ratio": outcome.talk_ratio_between(HALF_HOUR, end),
        "talk_seconds_mean": sum(last - first for first, last in outcome.talks) / len(outcome.talks),
        "abandoned": abandoned,
        "answered": answered,
        "whole_abandon_ratio": outcome.abandon_ratio,
        "worst_half_hour_ratio": worst_half_hour(outcome),
    }


def count_jump(scenario: Scenario, seed: int) -> Row:
    """What a jump of the live ratio does in 13 minutes, and what it does if nobody dials after it."""
    outcome = play(scenario, seed)
    stopped = play(scenario, seed, dial_until_seconds=JUMP_SECONDS)
    late_abandoned, late_answered = outcome.fates_between(
        JUMP_SECONDS + 3 * MINUTE, JUMP_SECONDS + 13 * MINUTE
    )
    abandoned, answered = outcome.fates_between(JUMP_SECONDS, JUMP_SECONDS + 13 * MINUTE)
    owed, owed_answered = stopped.fates_between(JUMP_SECONDS, math.inf)
    return {
        "late_abandoned": late_abandoned,
        "late_answered": late_answered,
        "abandoned": abandoned,
        "answered": answered,
        "owed": owed,
        "owed_answered": owed_answered,
        "whole_abandon_ratio": outcome.abandon_ratio,
        "talk_ratio": outcome.talk_ratio_between(JUMP_SECONDS + 3 * MINUTE, JUMP_SECONDS + 13 * MINUTE),
    }


def count_cold_start(scenario: Scenario, seed: int) -> Row:
    """The first half hour without any history, and the hour after it."""
    outcome = play(scenario, seed)
    abandoned, answered = outcome.fates_between(0.0, HALF_HOUR)
    return {
        "abandoned": abandoned,
        "answered": answered,
        "talk_ratio": outcome.talk_ratio_between(0.0, HALF_HOUR),
        "later_talk_ratio": outcome.talk_ratio_between(HALF_HOUR, scenario.hours * HOUR),
    }


def count_cost(scenario: Scenario, seed: int) -> Row:
    """Seconds in `observe` and `decide`, for each decision."""
    outcome = play(scenario, seed, is_measured=True)
    return {"decide_seconds": outcome.decide_seconds / outcome.decisions, "decisions": outcome.decisions}


def worst_half_hour(outcome: Outcome) -> float:
    """Largest abandon ratio of any half hour that ends with a fate and holds at least 20 answers."""
    worst, first, abandoned = 0.0, 0, 0
    for place, (instant, is_abandoned) in enumerate(outcome.fates):
        abandoned += is_abandoned
        while outcome.fates[first][0] <= instant - HALF_HOUR:
            abandoned -= outcome.fates[first][1]
            first += 1
        answered = place + 1 - first
        if answered >= ANSWERS_LEAST:
            worst = max(worst, abandoned / answered)
    return worst


STRANGE: Mapping[str, Population] = {
    "steps": Population(live_ratio=lambda now: (0.12, 0.40, 0.25, 0.08)[int(now / 7200.0) % 4]),
    "bursts": Population(live_ratio=lambda now: 0.75 if now % 600.0 < 45.0 else 0.25),
    "lognormal": Population(spread_sigma=1.0),
    "lists": Population(talk_factor=lambda now: 0.5 if int(now / 3600.0) % 2 else 1.8),
    "nearly-all-answer": Population(live_ratio=lambda now: 0.85),
    "hardly-any-answers": Population(live_ratio=lambda now: 0.04),
}

SCENARIOS: Mapping[str, Scenario] = {
    **{
        f"markov-{agents}": Scenario(agents=agents, hours=hours + 0.5, count=count_after_warm_up)
        for agents, hours in ((5, 24.0), (10, 16.0), (20, 10.0))
    },
    "no-wrap-up-100": Scenario(
        agents=100,
        hours=4.5,
        count=count_after_warm_up,
        population=Population(talk_seconds_mean=105.0, wrap_up_seconds_mean=0.0),
    ),
    **{
        f"jump-{agents}": Scenario(
            agents=agents,
            hours=(JUMP_SECONDS + 13 * MINUTE) / HOUR,
            count=count_jump,
            population=Population(
                live_ratio=lambda now: 0.12 if now < JUMP_SECONDS else 0.40, is_ratio_of_answer=True
            ),
        )
        for agents in (10, 25, 100)
    },
    **{
        f"cold-{agents}": Scenario(agents=agents, hours=1.5, count=count_cold_start)
        for agents in (10, 25, 100)
    },
    **{
        f"day-{name}-{agents}": Scenario(
            agents=agents, hours=8.0, count=count_after_warm_up, population=population
        )
        for name, population in STRANGE.items()
        for agents in (3, 10, 25)
    },
    **{
        f"cost-{agents}": Scenario(agents=agents, hours=hours, count=count_cost)
        for agents, hours in ((25, 1.0), (300, 0.3), (1000, 0.2))
    },
}
