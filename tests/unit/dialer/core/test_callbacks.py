"""Callbacks: whose they are, until when, and that they are kept before the list."""

import pytest

from dialer.core.events import (
    AgentBecameAvailable,
    AgentPaused,
    DispositionSaved,
)
from dialer.core.leads import Callback
from dialer.messages import AgentId, AttemptId
from tests.unit.dialer.core.dialing_floor import NOON_AT, Floor, a_lead

ANN, BOB, CYD = AgentId("ann"), AgentId("bob"), AgentId("cyd")


@pytest.fixture
def floor() -> Floor:
    """A floor with one trunk."""
    floor = Floor()
    floor.trunk()
    return floor


def finish_talk(floor: Floor, attempt_id: AttemptId, agent_id: AgentId) -> None:
    """Let a client leave, and the agent declare the result at once."""
    floor.end(attempt_id)
    floor.tell(DispositionSaved(agent_id=agent_id, attempt_id=attempt_id, disposition="not_interested"))


def test_callback_of_an_agent_is_dialed_for_him_alone(floor: Floor) -> None:
    """The promise binds Bob; Ann, idle longer, does not get it."""
    floor.campaign()
    floor.agent("ann")
    floor.agent("bob")
    floor.give(a_lead(1, callback=Callback(due_at=NOON_AT - 1.0, agent_id=BOB)))
    (dial,) = floor.dials()
    assert (dial.lead_id, dial.agent_id) == (1, BOB)
    floor.answer(dial.attempt_id)
    assert floor.offered_to(dial.attempt_id) == BOB


def test_callback_of_an_agent_waits_until_he_is_free(floor: Floor) -> None:
    """Bob talks; his promise is dialed when he is ready again, and nobody else dials it before."""
    floor.campaign()
    floor.agent("bob")
    talk = floor.talk(9)
    floor.agent("ann")
    floor.give(a_lead(1, callback=Callback(due_at=NOON_AT - 1.0, agent_id=BOB)))
    floor.pass_time(60.0)
    assert len(floor.dials()) == 1
    finish_talk(floor, talk, BOB)
    assert (floor.dials()[-1].lead_id, floor.dials()[-1].agent_id) == (1, BOB)


def test_callback_whose_agent_does_not_come_falls_back_to_anyone(floor: Floor) -> None:
    """After the fallback time the promise is everybody's."""
    floor.campaign(callback_fallback_seconds=60.0)
    floor.agent("ann")
    floor.give(a_lead(1, callback=Callback(due_at=NOON_AT, agent_id=BOB)))
    floor.pass_time(59.0)
    assert floor.dials() == []
    floor.pass_time(3.0)
    (dial,) = floor.dials()
    assert dial.agent_id is None
    floor.answer(dial.attempt_id)
    assert floor.offered_to(dial.attempt_id) == ANN


def test_callback_for_anyone_goes_before_the_list(floor: Floor) -> None:
    """A promise is kept first."""
    floor.campaign()
    floor.agent("ann")
    floor.trunk(channels=0)
    floor.give(a_lead(1), a_lead(2, callback=Callback(due_at=NOON_AT - 1.0)))
    floor.trunk(channels=1)
    floor.pass_time(1.0)
    assert floor.dials()[0].lead_id == 2


def test_callback_reaches_its_agent_while_he_is_counted_for_another_campaign(floor: Floor) -> None:
    """He works for both campaigns: the promise of the second is dialed for him as soon as it comes."""
    floor.campaign("sales")
    floor.campaign("extra")
    floor.agent("bob", "sales", "extra")
    floor.give(a_lead(1, callback=Callback(due_at=NOON_AT - 1.0, agent_id=BOB)), campaign="extra")
    assert [dial.agent_id for dial in floor.dials()] == [BOB]


def test_callback_without_a_free_line_stays_with_its_agent(floor: Floor) -> None:
    """A promise that could not be dialed just now does not become everybody's."""
    floor.campaign()
    floor.trunk(channels=0)
    floor.agent("bob")
    floor.give(a_lead(1, callback=Callback(due_at=NOON_AT - 1.0, agent_id=BOB)))
    floor.tell(AgentPaused(agent_id=BOB, reason="lunch"))
    floor.agent("ann")
    floor.trunk(channels=5)
    floor.pass_time(5.0)
    assert floor.dials() == []
    floor.tell(AgentBecameAvailable(agent_id=BOB))
    assert [dial.agent_id for dial in floor.dials()] == [BOB]


def test_callback_without_a_free_line_is_dialed_when_one_is_free(floor: Floor) -> None:
    """Its agent stays idle; the next decision tries again."""
    floor.campaign()
    floor.trunk(channels=0)
    floor.agent("bob")
    floor.give(a_lead(1, callback=Callback(due_at=NOON_AT - 1.0, agent_id=BOB)))
    floor.pass_time(5.0)
    floor.trunk(channels=5)
    floor.pass_time(5.0)
    assert [dial.agent_id for dial in floor.dials()] == [BOB]


def test_callback_that_fell_back_still_prefers_its_agent(floor: Floor) -> None:
    """Anyone may dial it now, but who promised takes it when he is idle."""
    floor.campaign(callback_fallback_seconds=60.0)
    floor.agent("ann")
    floor.agent("bob", wants_calls=False)
    floor.give(a_lead(1, callback=Callback(due_at=NOON_AT, agent_id=BOB)))
    floor.pass_time(62.0)
    (dial,) = floor.dials()
    floor.tell(AgentBecameAvailable(agent_id=BOB))
    floor.answer(dial.attempt_id)
    assert floor.offered_to(dial.attempt_id) == BOB
