"""Scenarios with answering machines: a detector that errs, one that is late as well, one that is exact, none.

Ratios of machines and errors: docs/algorithms/simulation.md.
"""

from dataclasses import replace

from dialer.core.settings import CampaignSettings, Detector
from rules.policy_packs import get_policy_pack
from simulations.answer_detection import DetectorQuality
from simulations.called_parties import Population
from simulations.distributions import Lognormal, Uniform
from simulations.network_plan import NetworkPlan
from simulations.scenario import Scenario
from simulations.scenario_parts import CONSUMERS, campaign_settings, plain_scenario

VERDICT_DELAY = Uniform(0.6, 1.7)
"""Seconds: a detector set up for a limit of two seconds decides before it."""

MACHINES = replace(
    CONSUMERS,
    live_ratio=0.20,
    machine_ratio=0.36,
    machine_ring=Lognormal(14.0, 0.25),
    machine_greeting=Uniform(4.0, 14.0),
    detector=DetectorQuality(
        delay=VERDICT_DELAY, false_machine_ratio=0.06, false_human_ratio=0.08, unsure_ratio=0.05
    ),
)

LATE = replace(MACHINES.detector, delay=Lognormal(1.3, 0.35))

EXACT = DetectorQuality(delay=VERDICT_DELAY, false_machine_ratio=0.0, false_human_ratio=0.0, unsure_ratio=0.0)


def machines() -> Scenario:
    """A list full of machines, with a detector that errs."""
    return _detecting(
        "machines", "more machines than people; detection with delay and errors in both directions", MACHINES
    )


def machines_exact() -> Scenario:
    """The same list, with a detector that never errs but needs its time."""
    population = replace(MACHINES, detector=EXACT)
    return _detecting(
        "machines_exact", "more machines than people; detection with delay, no errors", population
    )


def machines_late() -> Scenario:
    """The same list, with a detector whose verdict would often come when the two seconds are over."""
    population = replace(MACHINES, detector=LATE)
    return _detecting("machines_late", "more machines than people; a detector that decides late", population)


def machines_undetected() -> Scenario:
    """The same list without a detector: every machine reaches an agent."""
    return plain_scenario("machines_undetected", "more machines than people, and agents get both", MACHINES)


def low_answers() -> Scenario:
    """Few people, many machines, and a detector that errs: one live answer in sixteen attempts."""
    population = replace(MACHINES, live_ratio=0.06, machine_ratio=0.45)
    return _detecting(
        "low_answers", "0.06 people, 0.45 machines; detection with errors in both directions", population
    )


def _detecting(name: str, summary: str, population: Population) -> Scenario:
    settings: CampaignSettings = campaign_settings(
        answer_detection=True, detector=Detector.APP_AMD, policy_pack=get_policy_pack("us_federal")
    )
    network = NetworkPlan(reports_greeting_end=True)
    return plain_scenario(name, summary, population, settings=settings, network=network)
