"""Whether new attempts may go over a trunk: its carrier answers, and a database is there to record them."""

from collections.abc import Callable, Iterable

from dialer.core.events import Event, TrunkLost, TrunkReturned
from dialer.messages import TrunkId

DATABASE = "database"
CARRIER = "carrier"
"""Who may hold a trunk back; it is in service when nobody does."""


class TrunkService:
    """Keeps the reasons why each trunk is out of service, and tells the engine of the changes."""

    def __init__(self, trunk_ids: Iterable[TrunkId], tell: Callable[[Event], None]) -> None:
        """Begin with every trunk in service."""
        self._reasons: dict[TrunkId, set[str]] = {trunk_id: set() for trunk_id in trunk_ids}
        self._tell = tell

    def hold_back_all(self, reason: str) -> None:
        """Take every trunk out of service, for a reason."""
        for trunk_id in self._reasons:
            self.set_held_back(trunk_id, reason, is_held_back=True)

    def let_go_all(self, reason: str) -> None:
        """Drop a reason for every trunk."""
        for trunk_id in self._reasons:
            self.set_held_back(trunk_id, reason, is_held_back=False)

    def set_held_back(self, trunk_id: TrunkId, reason: str, *, is_held_back: bool) -> None:
        """Set or drop one reason of one trunk; the engine hears of it only when the sum changes."""
        reasons = self._reasons.get(trunk_id)
        if reasons is None:
            return
        was_in_service = not reasons
        if is_held_back:
            reasons.add(reason)
        else:
            reasons.discard(reason)
        if was_in_service and reasons:
            self._tell(TrunkLost(trunk_id=trunk_id))
        elif not was_in_service and not reasons:
            self._tell(TrunkReturned(trunk_id=trunk_id))
