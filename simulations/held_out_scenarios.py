"""Scenarios that nobody tunes on: a pacer is run on them once, when it is finished, and reported apart.

Rule: no constant of a pacing method is chosen by looking at these.
Each mixes what the other scenarios have one by one. Figures: docs/algorithms/simulation.md.
"""

from dataclasses import replace

from dialer.core.settings import Detector
from rules.policy_packs import get_policy_pack
from simulations.agent_behaviour import AgentBehaviour, GroupBreak
from simulations.answer_detection import DetectorQuality
from simulations.called_parties import Population
from simulations.changing_scenarios import burst_profile
from simulations.distributions import Constant, Exponential, Lognormal, Mixture, Uniform
from simulations.network_plan import NetworkPlan
from simulations.scenario import Scenario
from simulations.scenario_parts import CONSUMERS, HOUR, campaign_settings, plain_scenario


def held_out_business() -> Scenario:
    """Firms: a switchboard answers at once, somebody is fetched, talks are long and alike."""
    population = Population(
        live_ratio=0.52,
        busy_ratio=0.12,
        rejected_ratio=0.02,
        profile=((0.0, 0.8), (1 * HOUR, 1.1), (3 * HOUR, 0.5), (4 * HOUR, 1.15)),  # everybody eats at noon
        post_dial_delay=Uniform(0.5, 2.0),
        ring=Mixture(((0.7, Lognormal(3.0, 0.3)), (0.3, Lognormal(12.0, 0.3)))),
        talk=Lognormal(150.0, 0.35),
        wrap_up=Mixture(((0.5, Constant(5.0)), (0.5, Lognormal(45.0, 0.4)))),
        patience=Lognormal(8.0, 0.4),
    )
    return plain_scenario(
        "held_out_business", "firms by day: half answer, long talks, a noon pause", population
    )


def held_out_evening() -> Scenario:
    """Households after work: answers climb by the quarter of an hour, refusals are very short."""
    profile = tuple((quarter * 900.0, 0.5 + 0.04 * min(quarter, 24)) for quarter in range(32))
    population = replace(
        CONSUMERS,
        live_ratio=0.30,
        profile=profile,
        ring=Lognormal(11.0, 0.6),
        talk=Mixture(((0.80, Lognormal(9.0, 0.7)), (0.20, Lognormal(240.0, 0.8)))),
        wrap_up=Exponential(8.0),
        patience=Lognormal(2.5, 0.5),
    )
    behaviour = AgentBehaviour(arrives_late=Uniform(0.0, 600.0), break_every=Exponential(HOUR))
    return plain_scenario(
        "held_out_evening",
        "households: answers rise all shift, refusals of 9 s",
        population,
        behaviour=behaviour,
    )


def held_out_relay() -> Scenario:
    """Two lists in turn every forty minutes, a slow network, a detector that errs, and group breaks."""
    turns = tuple((turn * 2400.0, (1.0, 2.2, 0.6)[turn % 3]) for turn in range(12))
    population = replace(
        CONSUMERS,
        live_ratio=0.16,
        machine_ratio=0.25,
        profile=turns,
        talk_profile=tuple((turn * 2400.0, (1.0, 0.6, 1.5)[turn % 3]) for turn in range(12)),
        detector=DetectorQuality(delay=Uniform(0.4, 1.6), false_machine_ratio=0.04, false_human_ratio=0.12),
    )
    behaviour = AgentBehaviour(
        group_breaks=(
            GroupBreak(at_seconds=1.2 * HOUR, lasts_seconds=900.0, share_ratio=0.4),
            GroupBreak(at_seconds=4.1 * HOUR, lasts_seconds=2400.0, share_ratio=0.8),
        )
    )
    settings = campaign_settings(
        answer_detection=True, detector=Detector.APP_AMD, policy_pack=get_policy_pack("us_federal")
    )
    return plain_scenario(
        "held_out_relay",
        "lists in turn, detection with errors, a slow bridge, group breaks",
        population,
        settings=settings,
        behaviour=behaviour,
        network=NetworkPlan(connect_seconds=0.3, reports_greeting_end=True),
    )


def held_out_storm() -> Scenario:
    """Bursts on top of a fall and a rise, with talks that nobody can foresee."""
    base = 0.22
    falls = ((0.0, 1.0), (2 * HOUR, 0.35), (4 * HOUR, 1.3), (6 * HOUR, 0.8))
    profile = tuple(
        (at, factor * max(change for since, change in falls if since <= at and since > at - 2 * HOUR))
        for at, factor in burst_profile(8)
    )
    population = replace(
        CONSUMERS,
        live_ratio=base,
        profile=profile,
        retry_factor=1.0,
        ring=Mixture(((0.5, Uniform(1.0, 5.0)), (0.5, Uniform(12.0, 20.0)))),
        talk=Lognormal(40.0, 1.2),
    )
    return plain_scenario("held_out_storm", "bursts, falls and rises, talks of any length", population)
