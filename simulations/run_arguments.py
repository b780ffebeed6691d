"""What a run may be asked for: checked once, before anything is built."""

import math

from pacing import list_methods
from simulations.errors import FigureOutOfRange, UnknownName
from simulations.scenario import Scenario

AGENTS_MAX = 10_000
HOURS_MAX = 24.0 * 30


def check_arguments(scenario: Scenario, method: str, agents: int, hours: float) -> None:
    """Refuse a method that does not exist or that the scenario is not about, and absurd sizes.

    Raises UnknownName and FigureOutOfRange, each naming what is allowed.
    """
    if method not in list_methods():
        raise UnknownName("pacing method", method, list_methods())
    fixed = {campaign.fixed_method for campaign in scenario.campaigns}
    if "" not in fixed and method not in fixed:
        raise FigureOutOfRange(
            "method", method, f"{', '.join(sorted(fixed))} (scenario {scenario.name} is about nothing else)"
        )
    if not 0 <= agents <= AGENTS_MAX:
        raise FigureOutOfRange("agents", agents, f"0 to {AGENTS_MAX}")
    if not (math.isfinite(hours) and 0.0 < hours <= HOURS_MAX):
        raise FigureOutOfRange("hours", hours, f"above 0, at most {HOURS_MAX:g}")
