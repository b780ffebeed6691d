"""A witness beside the engine: how long each caller waited, from the events alone."""

from dialer.core import commands, events
from dialer.core.commands import Command
from dialer.core.engine import Engine
from dialer.core.events import Event
from dialer.core.settings import EngineSettings
from dialer.messages import AttemptId


class QueueWitness:
    """Counts callers and their waits, from arrival to bridge."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self.waits_seconds: list[float] = []

    def engine(self, settings: EngineSettings) -> Engine:
        """Build the real engine with this witness listening."""
        return _WitnessedEngine(settings, self)

    @property
    def calls(self) -> int:
        """Count the callers who were bridged."""
        return len(self.waits_seconds)

    @property
    def waiting_ratio(self) -> float:
        """Give the share of callers who had to wait at all."""
        return sum(wait > 1e-9 for wait in self.waits_seconds) / self.calls

    @property
    def wait_seconds_mean(self) -> float:
        """Give the mean wait of all callers, those who did not wait included."""
        return sum(self.waits_seconds) / self.calls

    def service_level_ratio(self, within_seconds: float) -> float:
        """Give the share of callers who waited at most so long."""
        return sum(wait <= within_seconds for wait in self.waits_seconds) / self.calls


class _WitnessedEngine(Engine):
    def __init__(self, settings: EngineSettings, witness: QueueWitness) -> None:
        super().__init__(settings)
        self._witness = witness
        self._arrived_at: dict[AttemptId, float] = {}

    def handle(self, event: Event, now: float) -> list[Command]:
        if isinstance(event, events.InboundCallArrived):
            self._arrived_at[event.attempt_id] = now
        orders = super().handle(event, now)
        for order in orders:
            if isinstance(order, commands.ConnectToAgent) and order.attempt_id in self._arrived_at:
                self._witness.waits_seconds.append(now - self._arrived_at.pop(order.attempt_id))
        return orders
