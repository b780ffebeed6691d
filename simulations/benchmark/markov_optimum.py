"""The exact limit of pacing for a memoryless team: what no method can exceed, however clever.

A constrained Markov decision process: most talk time under a limit on abandoned ÷ answered calls. By Lagrange
duality the optimum is the least, over the price of an abandoned call, of the best average reward at it; each
price gives an upper bound, so that a rough search errs on the safe side only.
The wait limit is a constant; its abandonments enter by the state-dependent rate that is exact for a constant
patience (Brandt and Brandt). Formulas, checks and sources: docs/algorithms/bounds.md.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from simulations.errors import FigureOutOfRange

Values = NDArray[np.float64]

GAIN_TOLERANCE = 2e-5  # of the talk ratio, between the two bounds on the best average reward
PRICE_TOLERANCE = 0.02  # of the price, relative: the optimum is flat around the best price
SWEEPS_MAX = 200_000
SWEEPS_PER_CHECK = 50
PRICE_GUESSES = (1.0, 6.0)  # talk seconds ÷ talk seconds of one call: what an abandoned call is worth
WAITING_MAX = 8  # clients waiting at once, beyond those who find an agent; more are lost
AGENTS_MAX = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class MemorylessTeam:
    """A team whose times are all exponential; means in seconds."""

    agents: int  # at work
    live_ratio: float = 0.3  # of lines, answered by a person
    ring_seconds: float = 10.0  # until a line is answered or given up
    talk_seconds: float = 90.0  # of a connected call
    wrap_up_seconds: float = 15.0  # after it; 0: none
    wait_limit_seconds: float = 2.0  # an answered person waits no longer
    abandon_limit_ratio: float = 0.03  # abandoned ÷ answered
    is_patience_exponential: bool = False  # patience of that mean instead of exactly the limit

    def __post_init__(self) -> None:
        """Refuse figures that no team has."""
        for name in ("ring_seconds", "talk_seconds", "wait_limit_seconds"):
            if not 0.0 < getattr(self, name) < math.inf:
                raise FigureOutOfRange(name, getattr(self, name), "above 0")
        if not 1 <= self.agents <= AGENTS_MAX:
            raise FigureOutOfRange("agents", self.agents, f"1 to {AGENTS_MAX}")
        if not 0.0 < self.live_ratio <= 1.0 or not 0.0 <= self.abandon_limit_ratio < 1.0:
            raise FigureOutOfRange("ratios", (self.live_ratio, self.abandon_limit_ratio), "0 to 1")
        if not 0.0 <= self.wrap_up_seconds < math.inf:
            raise FigureOutOfRange("wrap_up_seconds", self.wrap_up_seconds, "0 or more")


def optimal_talk_ratio(team: MemorylessTeam) -> float:
    """Give the highest talk ratio that any method can hold, in the long run, within the abandon limit."""
    process = _DecisionProcess(team)
    low, high = PRICE_GUESSES
    found = minimize_scalar(
        process.best_reward, bracket=(low, high), method="brent", options={"xtol": PRICE_TOLERANCE}
    )
    return float(found.fun)


def waiting_patience_rate(release_per_second: float, waiting: int, limit_seconds: float) -> float:
    """Give the rate (1/s) at which one of `waiting` clients loses a patience of exactly `limit_seconds`.

    With releases at a constant rate m, M(n)/M(n)/s with a constant patience D has the stationary law of a
    birth-death process whose rate of losses at j waiting is j φ(j-1) ÷ φ(j) - m, with
    φ(j) = ∫₀^D t^j e^(-mt) dt + D^j e^(-mD) / m (Brandt, Brandt, "Asymptotic results and a Markovian
    approximation for the M(n)/M(n)/s+GI system", Queueing Systems 41, 2002).

    One client alone is lost with probability e^(-mD), as he must be:

    >>> rate = waiting_patience_rate(0.5, 1, 2.0)
    >>> round(rate / (rate + 0.5), 6) == round(math.exp(-1.0), 6)
    True
    """
    if release_per_second <= 1e-9:
        return waiting / limit_seconds
    before = _patience_moment(release_per_second, waiting - 1, limit_seconds)
    now = _patience_moment(release_per_second, waiting, limit_seconds)
    return waiting * before / now - release_per_second


def _patience_moment(release: float, exponent: int, limit: float) -> float:
    """φ(exponent), by integration by parts: φ(0) = 1/m, φ(j) = j/m ∫₀^D t^(j-1) e^(-mt) dt."""
    if exponent == 0:
        return 1.0 / release
    # ∫₀^D t^(j-1) e^(-mt) dt as a series of positive terms: stable for any m × D.
    term = limit**exponent / exponent
    total = term
    for step in range(1, 400):
        term *= release * limit / (exponent + step)
        total += term
        if term < 1e-15 * total:
            break
    return exponent / release * math.exp(-release * limit) * total


class _DecisionProcess:
    """The team as a process of states [system, wrapping up, ringing] after a decision.

    `system` counts busy agents and waiting clients: up to the number of agents nobody waits, above it
    everybody is busy. A decision adds lines: it moves a state to one with more ringing, at once and free.
    """

    def __init__(self, team: MemorylessTeam) -> None:
        self._team = team
        agents, waiting = team.agents, _waiting_max(team)
        self._system = np.arange(agents + waiting + 1)
        self._wrapping = np.arange(agents + 1 if team.wrap_up_seconds else 1)
        self._ringing = np.arange(_ringing_max(team) + 1)
        self._values: Values = np.zeros((len(self._system), len(self._wrapping), len(self._ringing)))
        self._set_rates()

    def _set_rates(self) -> None:
        """Rates of each state, 1/s, as arrays that broadcast over the values."""
        team = self._team
        system = self._system[:, None, None].astype(float)
        wrapping = self._wrapping[None, :, None].astype(float)
        ringing = self._ringing[None, None, :].astype(float)
        busy = np.minimum(system, team.agents)
        talking = np.maximum(busy - wrapping, 0.0)
        self._is_state = (wrapping <= busy) & (ringing >= 0.0)
        self._answer = ringing * team.live_ratio / team.ring_seconds + 0.0 * busy
        self._failure = ringing * (1.0 - team.live_ratio) / team.ring_seconds + 0.0 * busy
        self._talk_end = talking / team.talk_seconds
        self._wrap_up_end = wrapping / team.wrap_up_seconds if team.wrap_up_seconds else 0.0 * wrapping
        self._loss = self._loss_rates()
        self._is_full = system == self._system[-1]
        total = self._answer + self._failure + self._talk_end + self._wrap_up_end + self._loss
        self._step_seconds = 0.999 / float(np.where(self._is_state, total, 0.0).max())
        self._stay = 1.0 - total * self._step_seconds
        self._talk_reward = talking / team.agents + 0.0 * ringing
        lost = self._loss + self._answer * self._is_full
        self._excess = (lost - team.abandon_limit_ratio * self._answer) * team.talk_seconds / team.agents

    def _loss_rates(self) -> Values:
        """Rate at which waiting clients are lost, by state: the released agents decide who is served."""
        team = self._team
        rates = np.zeros((len(self._system), len(self._wrapping), 1))
        for waiting in range(1, len(self._system) - team.agents):
            for wrapping in self._wrapping:
                release = team.agents / team.talk_seconds
                if team.wrap_up_seconds:
                    release = float(wrapping) / team.wrap_up_seconds
                rate = waiting_patience_rate(release, waiting, team.wait_limit_seconds)
                if team.is_patience_exponential:
                    rate = waiting / team.wait_limit_seconds
                rates[team.agents + waiting, wrapping, 0] = rate
        return rates

    def best_reward(self, price: float) -> float:
        """Give the best average of talk ratio less `price` for each talk's worth of excess abandonment.

        Relative value iteration; what it gives is never below the true value, and above it by no more than
        the tolerance (Puterman, Markov Decision Processes, 1994, theorem 8.5.6).
        """
        reward = (self._talk_reward - abs(price) * self._excess) * self._step_seconds
        values = self._values
        upper = math.inf
        for sweep in range(SWEEPS_MAX):
            following = self._sweep(values) + reward
            if sweep % SWEEPS_PER_CHECK == 0:
                change = (following - values)[self._is_state] / self._step_seconds
                lower, upper = float(change.min()), float(change.max())
                if upper - lower < GAIN_TOLERANCE:
                    break
            values = following - following[0, 0, 0]
        self._values = values
        return upper

    def _sweep(self, values: Values) -> Values:
        """Expected value after one step, with the best decision after whatever happens."""
        best = np.maximum.accumulate(values[:, :, ::-1], axis=2)[:, :, ::-1]
        expected: Values = self._stay * best
        fewer = np.concatenate((best[:, :, :1], best[:, :, :-1]), axis=2)  # one line rings no more
        expected += self._step_seconds * self._failure * fewer
        answered = np.concatenate((fewer[1:], fewer[-1:]))
        expected += self._step_seconds * self._answer * answered
        expected += self._step_seconds * self._talk_end * self._after_talk(best)
        if self._team.wrap_up_seconds:
            freed = np.concatenate((best[:1], best[:-1]))
            freed = np.concatenate((freed[:, :1], freed[:, :-1]), axis=1)
            expected += self._step_seconds * self._wrap_up_end * freed
        expected += self._step_seconds * self._loss * np.concatenate((best[:1], best[:-1]))
        return expected

    def _after_talk(self, best: Values) -> Values:
        """Value after the end of a talk: wrap-up begins, or an agent is free."""
        if self._team.wrap_up_seconds:
            return np.concatenate((best[:, 1:], best[:, -1:]), axis=1)
        return np.concatenate((best[:1], best[:-1]))


def _waiting_max(team: MemorylessTeam) -> int:
    """So many clients can wait before the next one's wait would hardly be served: the rest is lost."""
    released = team.agents / (team.talk_seconds + team.wrap_up_seconds) * team.wait_limit_seconds
    return min(WAITING_MAX, 3 + math.ceil(released + 2.0 * math.sqrt(released)))


def _ringing_max(team: MemorylessTeam) -> int:
    """More lines than the best method ever rings: twice what keeps the team busy, and some for each agent."""
    calls_per_second = team.agents / (team.talk_seconds + team.wrap_up_seconds)
    busy = calls_per_second * team.ring_seconds / team.live_ratio
    return math.ceil(2.0 * busy + 4.0 * math.sqrt(busy) + 4.0 / team.live_ratio)
