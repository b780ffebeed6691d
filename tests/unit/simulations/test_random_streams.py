"""Random streams: a draw belongs to (quantity, list, lead, attempt number), whatever the order of asking."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulations.distributions import Exponential
from simulations.errors import FigureOutOfRange
from simulations.random_streams import LEADS_PER_BLOCK, PartyDraws, Quantity, RandomStreams

PLACES = st.tuples(st.integers(0, 5_000), st.integers(0, 9))


def talks(seed: int = 1, list_index: int = 0) -> PartyDraws:
    """Talk draws of one list, nothing drawn yet."""
    return PartyDraws(RandomStreams(seed), Quantity.TALK, list_index, Exponential(90.0))


@given(st.lists(PLACES, min_size=2, max_size=30), st.randoms(use_true_random=False))
def test_draw_of_a_lead_and_attempt_is_the_same_in_any_order(
    places: list[tuple[int, int]], order: object
) -> None:
    """Two pacing methods that dial in different orders meet the same people."""
    first = talks()
    in_order = {place: first.value(*place) for place in places}
    shuffled = list(reversed(places))
    second = talks()
    assert {place: second.value(*place) for place in shuffled} == in_order


def test_draws_of_other_seeds_lists_attempts_and_quantities_differ() -> None:
    """Each part of the key makes a stream of its own."""
    streams = RandomStreams(1)
    values = {
        talks().value(3, 1),
        talks(seed=2).value(3, 1),
        talks(list_index=1).value(3, 1),
        talks().value(3, 2),
        talks().value(4, 1),
        talks().value(3 + LEADS_PER_BLOCK, 1),
        PartyDraws(streams, Quantity.WRAP_UP, 0, Exponential(90.0)).value(3, 1),
    }
    assert len(values) == 7


def test_draws_of_many_leads_follow_the_distribution() -> None:
    """Blocks are independent draws, not copies of one."""
    draws = talks()
    values = np.array([draws.value(lead, 1) for lead in range(5 * LEADS_PER_BLOCK)])
    assert len(np.unique(values)) == len(values)
    assert float(values.mean()) == pytest.approx(90.0, rel=0.05)


def test_draws_without_distribution_are_uniform() -> None:
    """Choices are drawn as numbers from 0 to below 1."""
    draws = PartyDraws(RandomStreams(5), Quantity.ANSWER, 0)
    values = [draws.value(lead, 1) for lead in range(3_000)]
    assert 0.0 <= min(values) < 0.01
    assert 0.99 < max(values) < 1.0


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_seed_out_of_range_is_named(seed: int) -> None:
    """The range is said."""
    with pytest.raises(FigureOutOfRange, match="seed"):
        RandomStreams(seed)
