"""What the predictive rule is worth by itself: in the exact chain, with laws known and theta constant.

`python -m benchmarks.one_step_rule [AGENTS ...]` prints, for each team, the talk ratio at the abandon limit
beside the exact optimum. What a look-ahead could gain at most is the difference.
The chain is that of docs/algorithms/bounds.md; the risk is `pacing.marginal_risk`'s own.
"""

import sys
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from scipy.sparse.linalg import spsolve

from pacing.forecast import MOMENTS, Forecast
from pacing.marginal_risk import line_risks
from simulations.benchmark.markov_optimum import MemorylessTeam, optimal_talk_ratio, waiting_patience_rate

WAITING_MAX = 3
RINGING_MAX = 60
THETAS = np.geomspace(0.008, 0.06, 25)
AGENTS = (3, 5, 10)

State = tuple[int, int, int]
"""Agents busy plus clients waiting, agents in wrap-up, lines ringing: after a decision."""


class OneStepRule:
    """Lines that the rule wants in each state of a memoryless team whose laws it knows."""

    def __init__(self, team: MemorylessTeam, theta: float) -> None:
        self._team = team
        self._theta = theta
        quantiles = (np.arange(MOMENTS) + 0.5) / MOMENTS
        self._moments = -team.ring_seconds * np.log(1.0 - quantiles)
        free = self._moments + team.wait_limit_seconds
        self._answered = team.live_ratio * (1.0 - np.exp(-self._moments / team.ring_seconds))
        self._wrapping = np.exp(-free / team.wrap_up_seconds)
        talk_rate, wrap_up_rate = 1.0 / team.talk_seconds, 1.0 / team.wrap_up_seconds
        self._talking = (
            wrap_up_rate * np.exp(-talk_rate * free) - talk_rate * np.exp(-wrap_up_rate * free)
        ) / (wrap_up_rate - talk_rate)
        self._wanted: dict[tuple[int, int], int] = {}

    def after(self, system: int, wrapping: int, ringing: int) -> State:
        """The state after the decision: as many lines ringing as the rule wants, or more."""
        place = (system, wrapping)
        if place not in self._wanted:
            self._wanted[place] = self._lines(system, wrapping)
        return system, wrapping, max(ringing, self._wanted[place])

    def _lines(self, system: int, wrapping: int) -> int:
        agents = self._team.agents
        busy = min(system, agents)
        ringing = max(0, agents - system)  # one for each idle agent has no risk
        while ringing < RINGING_MAX and self._risk(agents - system, busy, wrapping, ringing) <= self._theta:
            ringing += 1
        return ringing

    def _risk(self, balance: int, busy: int, wrapping: int, ringing: int) -> float:
        """Of one more line where so many ring."""
        terms = np.concatenate(
            (
                np.tile(self._answered, (ringing, 1)),
                np.tile(self._talking, (busy - wrapping, 1)),
                np.tile(self._wrapping, (wrapping, 1)),
            )
        )
        forecast = Forecast(terms=terms, new_line=self._answered, lines_ringing=ringing, agents_busy=busy)
        return float(line_risks(forecast, balance, 1)[0])


def long_run(team: MemorylessTeam, theta: float) -> tuple[float, float]:
    """Give abandon ratio and talk ratio of the rule in the long run, from the chain's stationary law."""
    rule = OneStepRule(team, theta)
    places: dict[State, int] = {rule.after(0, 0, 0): 0}
    rows, columns, rates = [], [], []
    states = list(places)
    lost, answered, talk = [], [], []
    for row, state in enumerate(states):  # grows while it is walked
        counts = [0.0, 0.0]
        for rate, following, is_answer, is_lost in _moves(team, state):
            after = rule.after(*following)
            if after not in places:
                places[after] = len(states)
                states.append(after)
            rows.append(row)
            columns.append(places[after])
            rates.append(rate)
            counts[0] += rate * is_answer
            counts[1] += rate * is_lost
        answered.append(counts[0])
        lost.append(counts[1])
        talk.append((min(state[0], team.agents) - state[1]) / team.agents)
    weights = _stationary(csr_matrix((rates, (rows, columns)), shape=(len(states), len(states))))
    return float(weights @ lost) / float(weights @ answered), float(weights @ talk)


def talk_at_limit(team: MemorylessTeam) -> float:
    """Give the talk ratio at the limit of the best mixture of two thetas (a real pacer moves theta)."""
    points = [long_run(team, float(theta)) for theta in THETAS]
    limit = team.abandon_limit_ratio
    below = [point for point in points if point[0] <= limit]
    above = [point for point in points if point[0] > limit]
    return max(
        low[1] + (high[1] - low[1]) * (limit - low[0]) / (high[0] - low[0]) for low in below for high in above
    )


def _moves(team: MemorylessTeam, state: State) -> Iterator[tuple[float, State, bool, bool]]:
    """Rate (1/s), state before the next decision, whether a client answered, whether one was lost."""
    system, wrapping, ringing = state
    waiting = max(0, system - team.agents)
    talking = min(system, team.agents) - wrapping
    if ringing:
        answer = ringing * team.live_ratio / team.ring_seconds
        is_full = waiting == WAITING_MAX
        yield answer, (system + (not is_full), wrapping, ringing - 1), True, is_full
        yield ringing / team.ring_seconds - answer, (system, wrapping, ringing - 1), False, False
    if talking:
        yield talking / team.talk_seconds, (system, wrapping + 1, ringing), False, False
    release = wrapping / team.wrap_up_seconds
    if wrapping:
        yield release, (system - 1, wrapping - 1, ringing), False, False
    if waiting:
        rate = waiting_patience_rate(release, waiting, team.wait_limit_seconds)
        yield rate, (system - 1, wrapping, ringing), False, True


def _stationary(rates: "csr_matrix[np.float64]") -> NDArray[np.float64]:
    """Solve the balance equations, the first of which is replaced by the sum of one."""
    leaving = np.asarray(rates.sum(axis=1)).ravel()
    balance = (rates - diags(leaving)).T.tolil()
    balance[0, :] = 1.0
    right = np.zeros(len(leaving))
    right[0] = 1.0
    return np.asarray(spsolve(balance.tocsc(), right))


def main(words: Sequence[str]) -> int:
    """Print rule and optimum for each team."""
    for agents in [int(word) for word in words] or AGENTS:
        team = MemorylessTeam(agents=agents)
        rule, optimum = talk_at_limit(team), optimal_talk_ratio(team)
        print(f"{agents} agents: one-step rule {100 * rule:.2f} %, exact optimum {100 * optimum:.2f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
