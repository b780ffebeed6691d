"""The virtual network's clock as the runner knows clocks: nothing else tells the time in a rehearsal."""

from collections.abc import Callable

from simulations.event_list import EventList


class NetworkAlarm:
    """One instant at which the engine wants to be woken."""

    def __init__(self, at: float, callback: Callable[[], object]) -> None:
        """Take the instant (s, virtual clock) and whom to call."""
        self.at = at
        self.callback = callback
        self.is_cancelled = False

    def cancel(self) -> None:
        """Call nobody any more."""
        self.is_cancelled = True


class NetworkClock:
    """Goes as the network goes; holds the one alarm that the runner sets."""

    def __init__(self, events: EventList) -> None:
        """Take the network's event list."""
        self._events = events
        self._alarm: NetworkAlarm | None = None

    def time(self) -> float:
        """The present instant, s."""
        return self._events.now

    def call_at(self, when: float, callback: Callable[[], object], /) -> NetworkAlarm:
        """Call when that instant has come; the alarm before must have been cancelled or have rung."""
        assert self.alarm_at is None, "the runner has one alarm"
        self._alarm = NetworkAlarm(when, callback)
        return self._alarm

    @property
    def alarm_at(self) -> float | None:
        """The instant of the alarm; None when none is set."""
        alarm = self._alarm
        return None if alarm is None or alarm.is_cancelled else alarm.at

    def ring(self) -> None:
        """Let the alarm's instant come, and call."""
        alarm = self._alarm
        assert alarm is not None
        self._alarm = None
        self._events.advance(alarm.at)
        alarm.callback()
