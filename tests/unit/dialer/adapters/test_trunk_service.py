"""A trunk is in service when nobody holds it back."""

from dialer.adapters.trunk_service import CARRIER, DATABASE, TrunkService
from dialer.core.events import Event, TrunkLost, TrunkReturned
from dialer.messages import TrunkId

ONE, TWO = TrunkId("one"), TrunkId("two")


def test_trunk_held_back_twice_returns_when_both_let_go() -> None:
    """The engine hears of the sum, not of each reason."""
    told: list[Event] = []
    service = TrunkService((ONE, TWO), told.append)
    service.set_held_back(ONE, CARRIER, is_held_back=True)
    service.hold_back_all(DATABASE)
    service.hold_back_all(DATABASE)
    assert told == [TrunkLost(trunk_id=ONE), TrunkLost(trunk_id=TWO)]
    told.clear()
    service.let_go_all(DATABASE)
    assert told == [TrunkReturned(trunk_id=TWO)]
    service.set_held_back(ONE, CARRIER, is_held_back=False)
    assert told[-1] == TrunkReturned(trunk_id=ONE)


def test_trunk_that_nobody_knows_changes_nothing() -> None:
    """News of another program's trunk is not ours."""
    told: list[Event] = []
    TrunkService((ONE,), told.append).set_held_back(TWO, CARRIER, is_held_back=True)
    assert told == []
