"""Whatever happens, in whatever order: what must never be never is, and in the end everything has ended."""

from typing import get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialer.core import Engine, EngineSettings, events
from dialer.core.commands import Command
from dialer.core.errors import UnknownCampaign
from dialer.core.events import Event
from tests.unit.dialer.core.rough_day import RoughDay

STEPS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 255), st.integers(0, 255)), min_size=40, max_size=120
)
DAYS = settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def replayed(log: list[tuple[Event | None, float]], epoch: str) -> list[Command]:
    """Tell a new engine the same events at the same instants; gives what it orders."""
    engine = Engine(EngineSettings(epoch=epoch))
    ordered: list[Command] = []
    for event, now in log:
        try:
            ordered += engine.tick(now) if event is None else engine.handle(event, now)
        except UnknownCampaign:
            continue
    return ordered


def check_everything_has_ended(day: RoughDay) -> None:
    """Every attempt, lead, number, channel and wrap-up of the day."""
    day.close()
    witness, world = day.witness, day.engine._world
    assert witness.rows == {}, "an attempt never ended"
    assert witness.leads_owed == {}, "a lead was never decided"
    assert witness.leases == {}, "a lead was never given back"
    assert witness.with_agent == {}, "an agent is on a call that is over"
    assert (world.attempts, world.leads_in_progress, world.numbers_in_progress) == ({}, set(), set())
    assert [trunk.channels_used for trunk in world.trunks.by_id.values()] == [0, 0]
    for campaign in day.engine.snapshot(day.now).campaigns:
        assert (campaign.status, campaign.lines_ringing, campaign.calls_waiting) == ("stopped", 0, 0)


@DAYS
@given(STEPS)
def test_any_day_keeps_every_promise_and_ends_everything(steps: list[tuple[int, int, int]]) -> None:
    """Nobody on two calls, no lead in two attempts, no channel too many, one end for each attempt."""
    day = RoughDay()
    day.run(steps)
    check_everything_has_ended(day)


@DAYS
@given(STEPS)
def test_any_day_lived_twice_gives_the_same_commands(steps: list[tuple[int, int, int]]) -> None:
    """The engine draws no lots and reads no clock."""
    day = RoughDay()
    day.run(steps)
    assert list(map(repr, replayed(day.log, "e1"))) == list(map(repr, day.ordered))


@DAYS
@given(STEPS, STEPS)
def test_any_day_with_a_restart_keeps_every_promise(
    before: list[tuple[int, int, int]], after: list[tuple[int, int, int]]
) -> None:
    """A new engine, rebuilt from what a store has on record, goes on as if nothing had been."""
    day = RoughDay()
    day.run(before)
    day.restart()
    day.run(after)
    check_everything_has_ended(day)


def test_rough_day_can_tell_every_kind_of_event() -> None:
    """The days above leave no event out."""
    day = RoughDay()
    told = {type(day.any_event(kind, choice)) for choice in range(4) for kind in get_args(Event)}
    assert told == set(get_args(Event))
    assert events.StateRestored in told
