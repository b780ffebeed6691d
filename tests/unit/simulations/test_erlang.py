"""The formulas of traffic theory, against published values and against each other."""

import math

import pytest

from simulations.erlang import erlang_b, erlang_c, mean_wait_seconds, service_level_ratio
from simulations.errors import FigureOutOfRange


def erlang_b_by_definition(load_erlangs: float, servers: int) -> float:
    """The formula as Erlang wrote it, with factorials."""
    terms = [load_erlangs**count / math.factorial(count) for count in range(servers + 1)]
    return terms[-1] / sum(terms)


@pytest.mark.parametrize(("load", "servers"), [(0.5, 1), (10.0, 15), (20.0, 12), (99.0, 110)])
def test_erlang_b_of_any_load_is_its_definition(load: float, servers: int) -> None:
    """The recursion and the factorials agree."""
    assert erlang_b(load, servers) == pytest.approx(erlang_b_by_definition(load, servers))


def test_erlang_c_of_one_server_is_its_load() -> None:
    """In M/M/1 a call waits with probability rho."""
    assert erlang_c(0.7, 1) == pytest.approx(0.7)


def test_mean_wait_of_one_server_is_the_textbooks() -> None:
    """M/M/1: rho / (1 - rho) service times (Kleinrock I, 3.2)."""
    assert mean_wait_seconds(0.07, 10.0, 1) == pytest.approx(0.7 / 0.3 * 10.0)


def test_service_level_begins_at_those_who_do_not_wait_and_ends_at_all() -> None:
    """Within no time: 1 - C; within all time: 1."""
    assert service_level_ratio(0.1, 90.0, 11, 0.0) == pytest.approx(1.0 - erlang_c(9.0, 11))
    assert service_level_ratio(0.1, 90.0, 11, 1e6) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("load", "servers", "named"),
    [(12.0, 12, "below the number of servers"), (-1.0, 3, "load_erlangs"), (1.0, -1, "servers")],
)
def test_load_that_cannot_be_carried_is_named(load: float, servers: int, named: str) -> None:
    """A queue that grows without end has no mean."""
    with pytest.raises(FigureOutOfRange, match=named):
        erlang_c(load, servers)


def test_no_load_loses_nothing() -> None:
    """Nobody calls, nobody is lost; without servers everybody is."""
    assert (erlang_b(0.0, 3), erlang_b(0.0, 0), erlang_b(2.0, 0)) == (0.0, 1.0, 1.0)
