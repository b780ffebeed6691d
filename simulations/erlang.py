"""The formulas of telephone traffic theory that the virtual network is checked against.

Sources: Erlang, "Solution of some problems in the theory of probabilities of significance in automatic
telephone exchanges" (1917); Gans, Koole, Mandelbaum, "Telephone call centers", M&SOM 5 (2003), part 3;
Kleinrock, Queueing Systems I (1975), part 3. Arrivals are Poisson, service is exponential (Erlang B: any
service law of that mean).
"""

import math

from simulations.errors import FigureOutOfRange


def _check(load_erlangs: float, servers: int) -> None:
    if not 0.0 <= load_erlangs < math.inf:
        raise FigureOutOfRange("load_erlangs", load_erlangs, "0 or more")
    if servers < 0:
        raise FigureOutOfRange("servers", servers, "0 or more")


def erlang_b(load_erlangs: float, servers: int) -> float:
    """Give the share of calls lost when all servers are busy (Erlang B), by the stable recursion.

    >>> round(erlang_b(10.0, 15), 5)
    0.0365
    """
    _check(load_erlangs, servers)
    if load_erlangs == 0.0:
        return 0.0 if servers else 1.0
    inverse = 1.0
    for count in range(1, servers + 1):
        inverse = 1.0 + inverse * count / load_erlangs
    return 1.0 / inverse


def erlang_c(load_erlangs: float, servers: int) -> float:
    """Give the share of calls that have to wait when nobody is lost (Erlang C, M/M/n).

    Raises FigureOutOfRange when the servers cannot carry the load: the queue then grows without end.

    >>> round(erlang_c(10.0, 12), 5)
    0.44939
    """
    _check(load_erlangs, servers)
    if load_erlangs >= servers:
        raise FigureOutOfRange("load_erlangs", load_erlangs, f"below the number of servers, {servers}")
    blocked = erlang_b(load_erlangs, servers)
    return servers * blocked / (servers - load_erlangs * (1.0 - blocked))


def mean_wait_seconds(arrivals_per_second: float, service_seconds_mean: float, servers: int) -> float:
    """Give the mean wait of all calls in M/M/n, seconds (those who do not wait count with 0)."""
    load_erlangs = arrivals_per_second * service_seconds_mean
    return erlang_c(load_erlangs, servers) * service_seconds_mean / (servers - load_erlangs)


def service_level_ratio(
    arrivals_per_second: float, service_seconds_mean: float, servers: int, within_seconds: float
) -> float:
    """Give the share of calls that wait at most `within_seconds` in M/M/n."""
    load_erlangs = arrivals_per_second * service_seconds_mean
    decay_per_second = (servers - load_erlangs) / service_seconds_mean
    return 1.0 - erlang_c(load_erlangs, servers) * math.exp(-decay_per_second * within_seconds)
