"""Faults as data: what the command line may say, and plans that depend on the seed alone."""

import pytest

from simulations.errors import FigureOutOfRange, UnknownName
from simulations.faults import FaultKind, FaultRates, list_faults, parse_faults, plan_faults
from simulations.random_streams import RandomStreams


def test_words_of_the_command_line_are_read() -> None:
    """None, all, names with their usual rate, names with a rate of their own."""
    assert not parse_faults("none")
    assert set(parse_faults("all").per_hour) == set(FaultKind)
    rates = parse_faults("stream_cut, clock_jump=7.5").per_hour
    assert rates == {FaultKind.STREAM_CUT: 2.0, FaultKind.CLOCK_JUMP: 7.5}


def test_unknown_fault_lists_those_that_exist() -> None:
    """With the two words that name no kind."""
    with pytest.raises(UnknownName) as refused:
        parse_faults("earthquake")
    for name in (*list_faults(), "none", "all"):
        assert name in str(refused.value)


@pytest.mark.parametrize("rate", ["often", "-1", "nan", "99999"])
def test_rate_that_is_none_is_named(rate: str) -> None:
    """With the allowed range."""
    with pytest.raises(FigureOutOfRange, match="stream_cut"):
        parse_faults(f"stream_cut={rate}")


def test_plan_of_a_seed_is_always_the_same_and_of_another_seed_differs() -> None:
    """A fault is replayed with its seed."""
    rates = parse_faults("all")
    plan = plan_faults(rates, 3.0, RandomStreams(4))
    assert plan == plan_faults(rates, 3.0, RandomStreams(4))
    assert plan != plan_faults(rates, 3.0, RandomStreams(5))
    assert list(plan) == sorted(plan, key=lambda fault: fault.at_seconds)


def test_plan_holds_about_as_many_faults_as_its_rates_say() -> None:
    """A Poisson number of each kind, within the hours of the run."""
    plan = plan_faults(FaultRates(per_hour={FaultKind.TRUNK_LOST: 20.0}), 50.0, RandomStreams(1))
    assert len(plan) == pytest.approx(1000, abs=130)
    assert all(0.0 <= fault.at_seconds <= 50.0 * 3600.0 for fault in plan)


def test_kind_of_fault_keeps_its_moments_whatever_else_happens() -> None:
    """Each kind has a stream of its own: adding one does not move the others."""
    alone = plan_faults(parse_faults("clock_jump=5"), 2.0, RandomStreams(9))
    among = plan_faults(parse_faults("stream_cut,clock_jump=5"), 2.0, RandomStreams(9))
    assert alone == tuple(fault for fault in among if fault.kind is FaultKind.CLOCK_JUMP)
