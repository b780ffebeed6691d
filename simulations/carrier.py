"""The carrier behind the trunks: it refuses what exceeds its channels or its calls per second.

The engine is told the contract's limits and must keep them; the carrier's own may be lower for a while
(congestion, a fault). A refusal is never an error here: it is what carriers do.
"""

from collections import deque

from dialer.core.outcomes import EndCause
from dialer.core.settings import TrunkSettings
from dialer.messages import TrunkId


class CarrierTrunk:
    """One trunk as the carrier sees it."""

    __slots__ = ("calls_at", "calls_refused", "channels_used", "congested_ratio", "is_in_service", "settings")

    def __init__(self, settings: TrunkSettings) -> None:
        """Begin in service, with nothing in progress."""
        self.settings = settings
        self.channels_used = 0
        self.calls_at: deque[float] = deque()  # instants of the calls of the last second
        self.is_in_service = True
        self.congested_ratio = 0.0  # share of calls refused beyond the contract, while a fault lasts
        self.calls_refused = 0


class Carrier:
    """All trunks; the limits of each are kept in every window of one second."""

    __slots__ = ("trunks",)

    def __init__(self, trunks: tuple[TrunkSettings, ...]) -> None:
        """Take the contracts."""
        self.trunks: dict[TrunkId, CarrierTrunk] = {
            settings.trunk_id: CarrierTrunk(settings) for settings in trunks
        }

    def refusal(self, trunk_id: TrunkId, now: float, draw: float) -> EndCause | None:
        """Take one call and its channel, or say why not; `draw` (uniform) decides during congestion."""
        trunk = self.trunks[trunk_id]
        calls_at = trunk.calls_at
        while calls_at and now - calls_at[0] >= 1.0:
            calls_at.popleft()
        settings = trunk.settings
        is_refused = (
            not trunk.is_in_service
            or trunk.channels_used >= settings.channels_max
            or len(calls_at) >= max(1.0, settings.calls_per_second_max)
            or draw < trunk.congested_ratio
        )
        if is_refused:
            trunk.calls_refused += 1
            return EndCause.CONGESTION
        trunk.channels_used += 1
        calls_at.append(now)
        return None

    def release(self, trunk_id: TrunkId) -> None:
        """Give one channel back."""
        self.trunks[trunk_id].channels_used -= 1
