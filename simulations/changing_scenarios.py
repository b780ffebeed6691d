"""Scenarios whose answers or talks change during the shift: drift, jumps, bursts, another list.

They break methods that trust yesterday's figures (docs/algorithms/simulation.md).
"""

import math
from dataclasses import replace

from simulations.called_parties import Population
from simulations.scenario import Scenario
from simulations.scenario_parts import CONSUMERS, HOUR, plain_scenario

MINUTE = 60.0
SHIFT_HOURS = 8  # the changes repeat no longer than this

BURST_EVERY_SECONDS = 10 * MINUTE
BURST_SECONDS = 45.0
BURST_FACTOR = 3.0

JUMP_AT_SECONDS = 0.5 * HOUR
LOW_LIVE_RATIO, HIGH_LIVE_RATIO = 0.12, 0.40
STEPS = (1.0, HIGH_LIVE_RATIO / LOW_LIVE_RATIO)
"""Factors on the live ratio, in turn, each for an hour."""

TALK_FACTORS = (1.0, 0.5, 1.8, 0.7, 1.4, 0.5, 1.8, 1.0)
"""Talk of each hour's list, as a factor."""


def jump() -> Scenario:
    """The live ratio jumps from 0.12 to 0.40 within the first hour."""
    profile = ((0.0, 1.0), (JUMP_AT_SECONDS, HIGH_LIVE_RATIO / LOW_LIVE_RATIO))
    return _changing("jump", "live answers jump from 0.12 to 0.40 after half an hour", profile)


def steps() -> Scenario:
    """The live ratio jumps up and down, an hour each."""
    profile = tuple((hour * HOUR, STEPS[hour % 2]) for hour in range(SHIFT_HOURS))
    return _changing("steps", "live answers 0.12 and 0.40 in turn, an hour each", profile)


def drift() -> Scenario:
    """The live ratio moves from 0.12 to 0.40 and back, twice a shift, a little every minute."""
    middle, swing = (LOW_LIVE_RATIO + HIGH_LIVE_RATIO) / 2, (HIGH_LIVE_RATIO - LOW_LIVE_RATIO) / 2
    period = SHIFT_HOURS / 2 * HOUR
    profile = tuple(
        (at, (middle - swing * math.cos(2 * math.pi * at / period)) / LOW_LIVE_RATIO)
        for at in (minute * MINUTE for minute in range(SHIFT_HOURS * 60))
    )
    return _changing("drift", "live answers drift from 0.12 to 0.40 and back in four hours", profile)


def bursts() -> Scenario:
    """Three times as many people answer for 45 seconds in every ten minutes."""
    population = replace(CONSUMERS, live_ratio=0.20, profile=burst_profile(SHIFT_HOURS), retry_factor=1.0)
    return plain_scenario("bursts", "live answers 0.20, and 0.60 for 45 s in every ten minutes", population)


def list_changes() -> Scenario:
    """Each hour another list: talks last half as long, or almost twice."""
    talks = tuple((hour * HOUR, factor) for hour, factor in enumerate(TALK_FACTORS))
    population = replace(CONSUMERS, talk_profile=talks)
    return plain_scenario("list_changes", "a new list each hour: talks 0.5 to 1.8 times as long", population)


def burst_profile(hours: int) -> tuple[tuple[float, float], ...]:
    """Give the factors of a shift with bursts: the middle of every ten minutes."""
    starts = [
        (index + 0.5) * BURST_EVERY_SECONDS for index in range(round(hours * HOUR / BURST_EVERY_SECONDS))
    ]
    changes = [change for at in starts for change in ((at, BURST_FACTOR), (at + BURST_SECONDS, 1.0))]
    return ((0.0, 1.0), *changes)


def _changing(name: str, summary: str, profile: tuple[tuple[float, float], ...]) -> Scenario:
    population: Population = replace(CONSUMERS, live_ratio=LOW_LIVE_RATIO, profile=profile, retry_factor=1.0)
    return plain_scenario(name, summary, population)
