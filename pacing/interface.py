"""What goes into a pacing decision and what comes out of it.

These types are public and stable: the dialer, the simulations and other programs use them alone.
New fields may only be added with a neutral default.
The meaning of every quantity: docs/algorithms/pacing.md, part 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ages: TypeAlias = NDArray[np.float64] | Sequence[float]
"""Seconds since something began, one entry each; any order."""


class ObservationKind(StrEnum):
    """What `Pacer.observe` can be told, with the meaning of its value."""

    LIVE_ANSWER = "live_answer"  # seconds from the dial until the answer is known to be a person
    MACHINE = "machine"  # seconds from the dial until the answer is known to be a machine
    BUSY = "busy"  # seconds since the dial
    NO_ANSWER = "no_answer"  # seconds since the dial
    FAILED = "failed"  # seconds since the dial
    CONNECTED = "connected"  # seconds that a live answer waited for its agent
    ABANDONED = "abandoned"  # seconds that a live answer waited in vain
    TALK_END = "talk_end"  # seconds of talk
    WRAP_UP_END = "wrap_up_end"  # seconds of wrap-up
    MACHINE_END = "machine_end"  # seconds that a line was held by a machine, without an agent
    AGENTS_ON = "agents_on"  # agents who came
    AGENTS_OFF = "agents_off"  # agents who went


class BindingConstraint(StrEnum):
    """Why there were no more lines. Each decision names exactly one."""

    AGENT_DIALS = "agent_dials"  # the agent starts each call himself
    NO_AGENTS = "no_agents"  # nobody is logged in
    IDLE_AGENTS = "idle_agents"  # each idle agent has its lines already
    AGENT_LOAD = "agent_load"  # more calls would overload the team in the long run (Erlang)
    ABANDON_RISK = "abandon_risk"  # the next live answer would too probably find no agent
    LINES_PER_AGENT = "lines_per_agent"  # each agent counted has the lines that the method's level gives him
    DIAL_GAP = "dial_gap"  # each agent without a line still looks for the next number (manual-gap)
    AGENTS_FORECAST = "agents_forecast"  # as many lines as agents are forecast to be free for
    CALLS_WAITING = "calls_waiting"  # so many live answers wait that none may be added
    LINES_PER_AGENT_MAX = "lines_per_agent_max"  # as many lines for each agent as the method ever rings
    ABANDON_LIMIT = "abandon_limit"  # the abandon budget is spent: one line per idle agent at most
    INBOUND_WAITING = "inbound_waiting"  # an inbound call waits: agents belong to it
    LINES_MAX = "lines_max"  # all lines of this pacer are in use
    LINES_AVAILABLE = "lines_available"  # no trunk line is free
    DIALS_PER_SECOND_MAX = "dials_per_second_max"  # the carrier takes no more dials per second
    LINES_UNLIMITED = "lines_unlimited"  # agentless with no limit at all: refused, set lines_max
    INVALID_INPUTS = "invalid_inputs"  # the snapshot makes no sense: nothing is dialed on it
    CLOCK_BACKWARDS = "clock_backwards"  # time ran backwards since the last decision


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowBudget:
    """What has been counted in one window that the law names, by that law's definition."""

    name: str  # for example "30 days"
    abandoned: float  # abandoned calls in the window
    answered_live: float  # abandoned calls and live answers that got an agent
    limit_ratio: float  # largest legal abandoned / answered_live


@dataclass(frozen=True, slots=True, kw_only=True)
class PacingInputs:
    """One snapshot of the floor.

    >>> PacingInputs(now=0.0, agents_idle=1, agents_logged_in=2, calls_waiting=0, talk_ages_seconds=[12.5],
    ...              wrap_up_ages_seconds=[], ring_ages_seconds=[]).inbound_waiting
    0
    """

    now: float  # s, monotonic
    agents_idle: int  # agents who could take a call now, without those reserved for one
    agents_logged_in: int  # agents in the team, idle or not
    calls_waiting: int  # live answers that wait for an agent
    talk_ages_seconds: Ages  # one for each agent who talks
    wrap_up_ages_seconds: Ages  # one for each agent in wrap-up: seconds since the talk ended
    ring_ages_seconds: (
        Ages  # one for each line without a human verdict (ringing or in detection): seconds since dial
    )
    agents_leaving: int = 0  # busy agents who will not take another call (announced break or log-out)
    window_budgets: Sequence[WindowBudget] = ()  # every window that the law names
    lines_available: int | None = (
        None  # lines that may be started now as far as trunks go; None: no such limit
    )
    dials_per_second_max: float | None = None  # 1/s; None: no such limit
    live_probabilities_next: Ages | None = (
        None  # live-answer probability of each lead next in the hopper; None: unknown
    )
    inbound_waiting: int = 0  # inbound calls that wait for one of these agents
    inbound_per_second: float = 0.0  # expected inbound arrivals for these agents, 1/s
    agents_reserved: int = 0  # idle agents to keep free for inbound
    idle_ages_seconds: Ages | None = None  # one for each idle agent; None: unknown, all count as rested
    wrap_up_factors: Ages | None = (
        None  # each agent in wrap-up: his mean wrap-up ÷ the team's; None: all alike
    )
    connect_seconds_spent: float = 0.0  # of the connect limit, mean, when the verdict "a person" comes


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLeft:
    """How many more calls may be abandoned in one window before its limit is reached."""

    name: str
    abandoned_allowed: float  # limit_ratio × answered_live − abandoned; negative: over the limit
    abandon_ratio_upper: float | None = None  # upper confidence bound of the window's abandon ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class PacingDecision:
    """How many lines to start now, and why not more. Figures that a method does not compute are None."""

    lines: int  # lines to start now, in addition to those ringing; >= 0
    binding_constraint: BindingConstraint  # a str: why there are no more
    method: str = ""
    lines_wanted: int = 0  # what the method asked for before the limits of trunks and carrier
    expected_abandonment: float | None = None  # abandoned calls expected from the lines of this decision
    next_line_risk_ratio: float | None = (
        None  # probability that a live answer on one more line finds no agent in time
    )
    threshold_ratio: float | None = None  # largest risk that was acceptable for a line (theta)
    live_answer_ratio: float | None = None  # estimated live answers / lines dialed
    abandon_ratio: float | None = None  # abandoned / (abandoned + connected) since the pacer began
    abandon_ratio_upper: float | None = None  # upper confidence bound of it
    horizon_seconds: float | None = None  # the two forecasts below look this far
    agents_free_quantiles: tuple[float, float, float] | None = (
        None  # 10 %, 50 %, 90 %: idle agents, if no call came
    )
    live_answers_quantiles: tuple[float, float, float] | None = (
        None  # 10 %, 50 %, 90 %: answers of lines ringing now
    )
    budgets: tuple[BudgetLeft, ...] = ()
    budget_calls: float | None = None  # left in the tightest window after the reserve for luck
    budget_name: str | None = None  # that window, or "own count"
