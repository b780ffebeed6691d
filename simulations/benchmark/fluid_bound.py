"""The fluid bound: what a team would talk if a client stood ready in the instant in which an agent is free.

No method exceeds it, since a call costs an agent its bridge and its wrap-up beside its talk; large teams come
close. It knows nothing of the abandon limit. Formula: docs/algorithms/bounds.md.
"""

from simulations.called_parties import Population
from simulations.run_ledger import SECONDS_PER_HOUR
from simulations.scenario import Scenario


def fluid_talk_ratio(talk_seconds: float, wrap_up_seconds: float, connect_seconds: float) -> float:
    """Give talk ÷ (talk + wrap-up + bridge), each a mean in seconds.

    >>> round(fluid_talk_ratio(90.0, 15.0, 0.0), 4)
    0.8571
    """
    return talk_seconds / (talk_seconds + wrap_up_seconds + connect_seconds)


def scenario_talk_ratio_max(scenario: Scenario, hours: float) -> float | None:
    """Give the fluid bound of a scenario for a run of so many hours.

    None where talks are not those of one population: several campaigns, callers, machines that reach agents,
    recorded attempts.
    """
    if len(scenario.campaigns) != 1 or scenario.inbound:
        return None
    (campaign,) = scenario.campaigns
    population = campaign.population
    if population.machine_ratio or population.recorded:
        return None
    connect_seconds = scenario.network.connect_seconds
    return sum(
        share
        * fluid_talk_ratio(
            factor * population.talk.mean_seconds, population.wrap_up.mean_seconds, connect_seconds
        )
        for share, factor in _talk_factors(population, hours * SECONDS_PER_HOUR)
    )


def _talk_factors(population: Population, until: float) -> list[tuple[float, float]]:
    """Shares of the run and the factor on talks in each."""
    starts = [start for start, _ in population.talk_profile if start < until]
    ends = [*starts[1:], until]
    factors = [factor for _, factor in population.talk_profile]
    return [
        ((end - start) / until, factor)
        for start, end, factor in zip(starts, ends, factors[: len(starts)], strict=True)
    ]
