"""A node's clock against ours: offsets, late messages, nonsense."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.adapters.node_clock import NodeClock

NODE_AHEAD_SECONDS = 1_000_000.0  # POSIX seconds of the node at the engine's zero


def stamp(engine_at: float) -> str:
    """What a node writes at an instant of the engine, in milliseconds as Asterisk does."""
    instant = datetime.fromtimestamp(NODE_AHEAD_SECONDS + engine_at, UTC)
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "+0000")


@given(delays=st.lists(st.floats(0.0, 30.0), min_size=1, max_size=20))
def test_late_messages_do_not_move_the_clock_beyond_the_quickest(delays: list[float]) -> None:
    """The estimate is off by the quickest message's own travel, and never the other way."""
    clock = NodeClock()
    for delay in delays:
        clock.hear(stamp(100.0), 100.0 + delay)
    assert clock.engine_at(stamp(100.0), 1000.0) == pytest.approx(100.0 + min(delays), abs=0.002)
    node_now = clock.node_posix_at(100.0)
    assert node_now == pytest.approx(NODE_AHEAD_SECONDS + 100.0 - min(delays), abs=0.002)


def test_instant_of_an_unknown_or_broken_clock_is_now() -> None:
    """Without a sample, or with a text that is no time, the message is taken for new."""
    clock = NodeClock()
    assert not clock.is_known
    assert clock.node_posix_at(5.0) is None
    assert clock.engine_at(stamp(1.0), 7.0) == 7.0
    clock.hear("yesterday", 7.0)
    assert not clock.is_known
    clock.hear(stamp(7.0), 7.0)
    assert clock.engine_at("yesterday", 9.0) == 9.0


def test_instant_that_seems_to_come_from_the_future_is_now() -> None:
    """A message is never newer than its reading."""
    clock = NodeClock()
    clock.hear(stamp(10.0), 10.0)
    assert clock.engine_at(stamp(99.0), 11.0) == 11.0
