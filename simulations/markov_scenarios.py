"""Scenarios that are memoryless in everything, for which exact optima exist (docs/algorithms/bounds.md).

Their policy pack never closes, since a run may last a day; there are no retries: each call is a new draw.
"""

from dataclasses import replace
from datetime import time

from dialer.core.settings import DEFAULT_RETRY_RULES
from rules.calling_hours import CallingHours, DailyWindow
from rules.policy_packs import get_policy_pack
from simulations.agent_behaviour import AgentBehaviour
from simulations.called_parties import Population
from simulations.distributions import Constant, Exponential
from simulations.lead_list import LeadListPlan
from simulations.network_plan import NetworkPlan
from simulations.scenario import Scenario
from simulations.scenario_parts import HOUR, campaign_settings, plain_scenario

ALWAYS = (DailyWindow(opens=time(0), closes=time(0)),)
NEVER_CLOSED = replace(
    get_policy_pack("strict_generic"),
    name="never_closed",
    calling_hours=CallingHours(windows_by_weekday=(ALWAYS,) * 7, source="none: a mathematical model"),
)

MEMORYLESS = Population(
    live_ratio=0.3,
    busy_ratio=0.7,
    post_dial_delay=Exponential(10.0),
    ring=Constant(0.0),
    talk=Exponential(90.0),
    wrap_up=Exponential(15.0),
)


def markov() -> Scenario:
    """Memoryless in everything: what exact solutions exist for."""
    summary = "exponential talk (90 s), wrap-up (15 s) and ring (10 s), 0.3 live answers, waits up to 2 s"
    return _memoryless("markov", summary, MEMORYLESS)


def markov_no_wrap_up() -> Scenario:
    """The same without wrap-up: an agent is free when the talk ends."""
    summary = "exponential talk (105 s) and ring (10 s), no wrap-up, 0.3 live answers, waits up to 2 s"
    population = replace(MEMORYLESS, talk=Exponential(105.0), wrap_up=Constant(0.0))
    return _memoryless("markov_no_wrap_up", summary, population)


def _memoryless(name: str, summary: str, population: Population) -> Scenario:
    no_retries = {outcome: replace(rule, is_final=True) for outcome, rule in DEFAULT_RETRY_RULES.items()}
    return plain_scenario(
        name,
        summary,
        population,
        settings=campaign_settings(
            ring_timeout_seconds=120.0,
            wrap_up_seconds_max=HOUR,
            retry_rules=no_retries,
            policy_pack=NEVER_CLOSED,
        ),
        leads=LeadListPlan(leads_per_agent_hour=400.0),
        behaviour=AgentBehaviour(),
        network=NetworkPlan(connect_seconds=0.0, hang_up_seconds=0.0),
    )
