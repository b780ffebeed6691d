"""Scenarios about the floor and its lines: breaks, shifts, impatient people, few trunks, a whole month.

Theory and figures: docs/algorithms/simulation.md.
"""

from dataclasses import replace

from simulations.agent_behaviour import AgentBehaviour, GroupBreak, WorkingWeek
from simulations.distributions import Constant, Exponential, Lognormal, Mixture, Uniform
from simulations.lead_list import LeadListPlan
from simulations.network_plan import NetworkPlan
from simulations.scenario import Scenario, TrunkPlan
from simulations.scenario_parts import CONSUMERS, HOUR, NODE, TRUNK, plain_scenario


def breaks() -> Scenario:
    """Whole groups go and come back at once."""
    behaviour = AgentBehaviour(
        arrives_late=Uniform(0.0, 120.0),
        break_every=Exponential(2 * HOUR),
        break_seconds=Uniform(240.0, 600.0),
        group_breaks=(
            GroupBreak(at_seconds=0.5 * HOUR, lasts_seconds=600.0, share_ratio=0.5),
            GroupBreak(at_seconds=1.5 * HOUR, lasts_seconds=900.0, share_ratio=0.6),
            GroupBreak(at_seconds=3.0 * HOUR, lasts_seconds=1800.0, share_ratio=1.0),
            GroupBreak(at_seconds=5.5 * HOUR, lasts_seconds=900.0, share_ratio=0.5),
        ),
    )
    return plain_scenario(
        "breaks", "breaks of one agent and of half the team at once", CONSUMERS, behaviour=behaviour
    )


def shifts() -> Scenario:
    """The team grows in the morning and shrinks in the afternoon."""
    behaviour = AgentBehaviour(
        arrives_late=Mixture(((0.5, Uniform(0.0, 60.0)), (0.25, Constant(HOUR)), (0.25, Constant(2 * HOUR)))),
        group_breaks=(
            GroupBreak(at_seconds=3.5 * HOUR, lasts_seconds=1800.0, share_ratio=0.5),
            GroupBreak(at_seconds=6.0 * HOUR, lasts_seconds=24 * HOUR, share_ratio=0.3),
            GroupBreak(at_seconds=7.0 * HOUR, lasts_seconds=24 * HOUR, share_ratio=0.6),
        ),
    )
    return plain_scenario(
        "shifts",
        "half the team comes one or two hours later, some leave earlier",
        CONSUMERS,
        behaviour=behaviour,
    )


def early_hang_ups() -> Scenario:
    """People who hear silence hang up at once, and the bridge takes its time."""
    population = replace(CONSUMERS, patience=Lognormal(1.5, 0.6))
    return plain_scenario(
        "early_hang_ups",
        "people bear silence for a median of 1.5 s, and a bridge takes 0.8 s",
        population,
        network=NetworkPlan(connect_seconds=0.8),
    )


def scarce_trunks() -> Scenario:
    """Fewer lines than a free hand would dial, and few calls per second."""
    trunk = TrunkPlan(
        trunk_id=TRUNK,
        node_id=NODE,
        channels_min=2,
        channels_per_agent=1.3,
        calls_per_second_min=1.0,
        calls_per_second_per_agent=0.02,
    )
    return plain_scenario(
        "scarce_trunks", "1.3 lines for each agent, few calls per second", CONSUMERS, trunk=trunk
    )


def month() -> Scenario:
    """Working days of eight hours from Monday to Friday; a run of 720 h is thirty days."""
    behaviour = AgentBehaviour(
        arrives_late=Uniform(0.0, 60.0),
        break_every=Exponential(2 * HOUR),
        break_seconds=Uniform(240.0, 600.0),
        working_week=WorkingWeek(shift_seconds=8 * HOUR, first_weekday=1),
    )
    # 176 working hours in 720: the list is as long as those need.
    leads = LeadListPlan(leads_per_agent_hour=60.0)
    return plain_scenario(
        "month",
        "shifts of eight hours, Monday to Friday, nights and week-ends off",
        CONSUMERS,
        leads=leads,
        behaviour=behaviour,
    )
