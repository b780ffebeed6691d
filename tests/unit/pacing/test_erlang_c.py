"""Erlang's formulas against their definitions as sums."""

import math

import pytest

from pacing.erlang_c import blocking_ratio, load_within_limit, waiting_longer_ratio, waiting_ratio


def erlang_b_sum(agents: int, load: float) -> float:
    """Erlang B as its textbook sum."""
    terms = [load**k / math.factorial(k) for k in range(agents + 1)]
    return terms[-1] / sum(terms)


def erlang_c_sum(agents: int, load: float) -> float:
    """Erlang C as its textbook sum."""
    last = load**agents / math.factorial(agents) * agents / (agents - load)
    return last / (sum(load**k / math.factorial(k) for k in range(agents)) + last)


@pytest.mark.parametrize(("agents", "load"), [(1, 0.3), (3, 2.5), (10, 8.0), (40, 39.0)])
def test_erlang_recursion_equals_the_textbook_sums(agents: int, load: float) -> None:
    """Recursion and definition agree for blocking and for waiting."""
    assert blocking_ratio(agents, load) == pytest.approx(erlang_b_sum(agents, load))
    assert waiting_ratio(agents, load) == pytest.approx(erlang_c_sum(agents, load))


def test_erlang_wait_of_a_team_overloaded_is_certain() -> None:
    """A load of all agents or more makes everybody wait too long."""
    assert waiting_ratio(4, 4.0) == 1.0
    assert waiting_longer_ratio(4, 5.0, 2.0, 100.0) == 1.0


@pytest.mark.parametrize("agents", [1, 7, 60])
def test_erlang_load_within_limit_meets_the_limit_exactly(agents: int) -> None:
    """At the load found, just the limit's share waits too long, by the textbook sum."""
    load = load_within_limit(agents, 0.03, 2.0, 105.0)
    tail = erlang_c_sum(agents, load) * math.exp(-(agents - load) * 2.0 / 105.0)
    assert tail == pytest.approx(0.03, rel=1e-6)
