"""Erlang's formulas for a queue of n agents (M/M/n), as far as pacing needs them.

Sources: A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in
automatic telephone exchanges" (1917); the tail of the wait as in
Gans, Koole and Mandelbaum, "Telephone call centers: tutorial, review and research prospects",
M&SOM 5(2), 2003.
"""

import math

BISECTIONS = 40
"""Halvings of the load: 1e-12 of the team, far below what the estimates are worth."""


def blocking_ratio(agents: int, load: float) -> float:
    """Erlang B: share of calls that find all agents busy and are lost; `load` in erlangs.

    >>> round(blocking_ratio(10, 8.0), 4)
    0.1217
    """
    blocked = 1.0
    for agent in range(1, agents + 1):
        blocked = load * blocked / (agent + load * blocked)
    return blocked


def waiting_ratio(agents: int, load: float) -> float:
    """Erlang C: share of calls that must wait when all wait as long as needed; 1 if the load is too large.

    >>> round(waiting_ratio(10, 8.0), 4)
    0.4092
    """
    if load >= agents:
        return 1.0
    blocked = blocking_ratio(agents, load)
    return blocked / (1.0 - load / agents * (1.0 - blocked))


def waiting_longer_ratio(agents: int, load: float, limit_seconds: float, handle_seconds: float) -> float:
    """Share of calls that wait longer than the limit: C(n, a) exp(-(n - a) limit / handle).

    >>> round(waiting_longer_ratio(10, 8.0, 2.0, 105.0), 4)
    0.3939
    """
    if load >= agents:
        return 1.0
    return waiting_ratio(agents, load) * math.exp(-(agents - load) * limit_seconds / handle_seconds)


def load_within_limit(agents: int, limit_ratio: float, limit_seconds: float, handle_seconds: float) -> float:
    """Largest load (erlangs) of which at most `limit_ratio` waits longer than `limit_seconds`.

    >>> round(load_within_limit(10, 0.03, 2.0, 105.0), 2)
    4.93
    """
    low, high = 0.0, float(agents)
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        if waiting_longer_ratio(agents, middle, limit_seconds, handle_seconds) <= limit_ratio:
            low = middle
        else:
            high = middle
    return low
