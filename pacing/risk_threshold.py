"""The largest risk that one more line may carry, steered by what was really abandoned.

Forecasts are never quite right; this feedback makes the abandon ratio come out at its limit anyway.
The state is a log-odds and a budget; the forecasts it corrects live elsewhere.
Theory: docs/algorithms/pacing.md, part 6.
"""

import math
from collections.abc import Sequence

from pacing.interface import WindowBudget
from pacing.state import State, StateReader

GAIN_PER_CALL = 0.15
"""Change of the log-odds for each call of savings or debt."""

DEBT_GAIN_PER_CALL = 1.0
"""Additional change for each call of debt: a budget that is spent is a wall, not a slope."""

DRIFT_GAIN = 0.03 * GAIN_PER_CALL * GAIN_PER_CALL / 4.0
"""Slow integral of the budget: it makes the pair of gains critically damped (docs, part 6)."""

OWN_COUNT = "own count"
"""Name of the pacer's own count beside the windows of the law."""

SAVINGS_CALLS_MAX = 3.0
"""Beyond the reserve: what was saved in one hour may not come back as a bad other one."""

DEBT_CALLS_MAX = 40.0

BUDGET_SIGMA_CALLS = 0.9
"""What chance makes of the budget, for a team of one, in calls: it grows with the root of the team.

Measured ends of whole shifts deviate by about 0.6 times that root (docs, part 6); the rest is for the worst
of some hundred."""

BUDGET_MEMORY_ANSWERS = 440.0
"""Answers after which the budget's chance deviation is about forgotten: the time constant of the gains."""

LARGE_TEAM_AGENTS = 50.0
SMALL_TEAM_AGENTS = 10
BURST_FREE_AGENTS = 25.0
LOG_ODDS_MIN = math.log(1e-5)
LOG_ODDS_MAX = 0.0
CENTRE_MIN = math.log(0.005)
CENTRE_MAX = math.log(0.4)


class RiskThreshold:
    """Turns the fates of live answers into the threshold theta."""

    def __init__(self, abandon_limit_ratio: float) -> None:
        self._limit_ratio = abandon_limit_ratio
        self._centre_start = _log_odds(min(0.4, max(0.005, abandon_limit_ratio)))
        self._centre = self._centre_start
        self._balance = 0.0  # calls that may still be abandoned, within bounds
        self._answered_live = 0.0

    def observe(self, *, is_abandoned: bool, agents: int, is_at_risk: bool) -> None:
        """One live answer met its fate. `is_at_risk`: this threshold limited the lines lately."""
        self._answered_live += 1.0
        earned = self._limit_ratio - (1.0 if is_abandoned else 0.0)
        savings_max = _reserve(self._answered_live, agents) + SAVINGS_CALLS_MAX * _burst_factor(agents)
        self._balance = min(savings_max, max(-max(DEBT_CALLS_MAX, agents), self._balance + earned))
        # Anti-windup: what was saved while other limits held the lines down says nothing about the forecast.
        budget = self.budget_calls(agents)
        if is_at_risk or budget < 0.0:
            drift = DRIFT_GAIN * _team_gain(agents) * budget
            self._centre = min(CENTRE_MAX, max(CENTRE_MIN, self._centre + drift))

    def budget_calls(self, agents: int) -> float:
        """Calls that may still be abandoned since the beginning, less the reserve."""
        return self._balance - _reserve(self._answered_live, agents)

    def budget_left(self, agents: int, window_budgets: Sequence[WindowBudget]) -> tuple[float, str]:
        """Calls that may still be abandoned in the window with the least left, less its reserve; its name."""
        budget, name = self.budget_calls(agents), OWN_COUNT
        for window in window_budgets:
            allowed = window.limit_ratio * window.answered_live
            left = allowed - window.abandoned - _reserve(window.answered_live, agents)
            if left < budget:
                budget, name = max(-DEBT_CALLS_MAX, left), window.name
        return budget, name

    def theta(self, agents: int, budget_calls: float) -> float:
        """Largest acceptable probability that the next line's live answer finds no agent in time."""
        if self._limit_ratio <= 0.0:
            return 0.0
        log_odds = self._centre + GAIN_PER_CALL * _team_gain(agents) * budget_calls
        if budget_calls < 0.0:
            log_odds += DEBT_GAIN_PER_CALL * budget_calls
        log_odds = min(LOG_ODDS_MAX, max(LOG_ODDS_MIN, log_odds))
        return 1.0 / (1.0 + math.exp(-log_odds))

    def state(self) -> State:
        """Log-odds, balance and count."""
        return {"centre": self._centre, "balance": self._balance, "answered_live": self._answered_live}

    def restore(self, state: StateReader) -> None:
        """Take back what `state` gave; raises PacerStateError and then changes nothing."""
        centre = state.number("centre", lowest=CENTRE_MIN, highest=CENTRE_MAX)
        balance = state.number("balance", lowest=-1e6, highest=1e6)
        answered_live = state.number("answered_live")
        self._centre, self._balance, self._answered_live = centre, balance, answered_live


def _log_odds(ratio: float) -> float:
    return math.log(ratio / (1.0 - ratio))


def _team_gain(agents: int) -> float:
    """Large teams abandon in bursts and answer between dial and fate: less gain for each call."""
    return math.sqrt(LARGE_TEAM_AGENTS / max(LARGE_TEAM_AGENTS, agents))


def _burst_factor(agents: int) -> float:
    """Calls are abandoned in bursts, whose size grows with the team."""
    return math.sqrt(max(1.0, agents / BURST_FREE_AGENTS))


def _reserve(answered_live: float, agents: int) -> float:
    """Calls kept back so that luck alone does not break the limit at any moment of the window.

    The largest of k independent normal deviations is about sigma sqrt(2 ln k); k grows with the answers.
    """
    looks = 1.0 + answered_live / BUDGET_MEMORY_ANSWERS
    return BUDGET_SIGMA_CALLS * math.sqrt(2.0 * math.log(looks) * max(SMALL_TEAM_AGENTS, agents))
