"""The runner: one asyncio loop in which the engine is told what happens and its commands are carried out.

It decides nothing. It alone may catch every exception: it logs, counts and ends that one attempt.
A command that fails comes back as an event; events of one instant are told in the order in which they came.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import get_args

from dialer.adapters.engine_clock import Alarm, RunningClock
from dialer.adapters.record_writer import Begun, RecordWriter
from dialer.core.commands import (
    Command,
    Dial,
    HangUp,
    NetworkCommand,
    RecordAttemptEnded,
    RecordCommand,
    ReleaseLeads,
    ReserveLeads,
    ScreenCommand,
)
from dialer.core.engine import Engine
from dialer.core.events import AgentLoggedIn, DialFailed, Event, InboundCallArrived
from dialer.core.outcomes import EndCause
from dialer.messages import AttemptId, NodeId

_log = logging.getLogger(__name__)

NETWORK = frozenset(get_args(NetworkCommand))
RECORDS = frozenset(get_args(RecordCommand))
SCREENS = frozenset(get_args(ScreenCommand))


@dataclass(slots=True, kw_only=True)
class Hands:
    """Who carries out what; every one of them returns at once."""

    carry_out: Callable[[NodeId, NetworkCommand], None]
    hang_up_anywhere: Callable[[HangUp], None]  # a leg that no attempt of ours stands behind
    reserve: Callable[[ReserveLeads], None]
    show: Callable[[ScreenCommand], None]
    recorded: Callable[[RecordCommand], None]  # also told to consoles and to the agents' legs
    handled: Callable[[str, float], None]  # kind of an event, seconds the engine took
    commanded: Callable[[Command], None]  # counted
    stumbled: Callable[[], None]  # a mistake of ours was caught


class Runner:
    """Feeds one engine; call everything from the loop's own thread."""

    def __init__(
        self, engine: Engine, writer: RecordWriter, hands: Hands, clock: RunningClock | None = None
    ) -> None:
        """Take the engine, who writes, who carries out, and the engine's clock; none: the loop's own."""
        self._engine = engine
        self._writer = writer
        self._hands = hands
        self._clock: RunningClock = clock or asyncio.get_running_loop()
        self._events: deque[Event] = deque()
        self._is_telling = False
        self._alarm: Alarm | None = None
        self._alarm_at: float | None = None
        self._node_of: dict[AttemptId, NodeId] = {}
        self.failures: Counter[str] = Counter()  # exceptions at the edge, by kind of event or command

    def tell(self, event: Event) -> None:
        """Tell the engine of an event now, or right after the one it is being told of."""
        self._events.append(event)
        if self._is_telling:
            return
        self._is_telling = True
        try:
            while self._events:
                self._tell_one(self._events.popleft())
        finally:
            self._is_telling = False
        self._set_alarm()

    def remember(self, nodes: Mapping[AttemptId, NodeId]) -> None:
        """Learn where the attempts of the engine before are."""
        self._node_of.update(nodes)

    def dial(self, command: Dial) -> None:
        """Originate an attempt that is on record."""
        if command.attempt_id in self._node_of:  # else the engine has ended it meanwhile
            self._carry_out(command)

    def refuse_dial(self, command: Dial, reason: str) -> None:
        """Tell the engine that an attempt will not be originated."""
        self.tell(DialFailed(attempt_id=command.attempt_id, cause=EndCause.FAILED, reason=reason))

    def stop(self) -> None:
        """Wake up no more."""
        if self._alarm is not None:
            self._alarm.cancel()

    # --- telling -------------------------------------------------------------------------------------------

    def _tell_one(self, event: Event) -> None:
        began_at = self._clock.time()
        try:
            if isinstance(event, InboundCallArrived):
                self._node_of[event.attempt_id] = event.node_id
                self._writer.add(Begun(what=event, at=began_at))
            elif isinstance(event, AgentLoggedIn):
                self._writer.add(event)
            commands = self._engine.handle(event, began_at)
        except Exception as error:  # noqa: BLE001 - the edge: one event must not end the shift
            commands = self._stumble(type(event).__name__, error, getattr(event, "attempt_id", None))
        self._hands.handled(type(event).__name__, self._clock.time() - began_at)
        self._carry_out_all(commands, began_at)

    def _tick(self) -> None:
        self._alarm = self._alarm_at = None
        now = self._clock.time()
        self._is_telling = True
        try:
            commands = self._engine.tick(now)
            self._hands.handled("tick", self._clock.time() - now)
            self._carry_out_all(commands, now)
            while self._events:
                self._tell_one(self._events.popleft())
        except Exception as error:  # noqa: BLE001 - the edge
            self._carry_out_all(self._stumble("tick", error, None), now)
        finally:
            self._is_telling = False
        self._set_alarm()

    def _stumble(self, kind: str, error: Exception, attempt_id: AttemptId | None) -> list[Command]:
        """Log and count a mistake of ours, and end the one attempt that it was about."""
        self.failures[kind] += 1
        self._hands.stumbled()
        _log.error("engine: %s raised %s", kind, type(error).__name__, exc_info=error)
        return [] if attempt_id is None else [HangUp(attempt_id=attempt_id)]

    def _set_alarm(self) -> None:
        wakeup = self._engine.next_wakeup()
        if wakeup == self._alarm_at:
            return
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm_at = wakeup
        self._alarm = None if wakeup is None else self._clock.call_at(wakeup, self._tick)

    # --- carrying out --------------------------------------------------------------------------------------

    def _carry_out_all(self, commands: list[Command], now: float) -> None:
        for command in commands:
            self._hands.commanded(command)
            try:
                self._dispatch(command, now)
            except Exception as error:  # noqa: BLE001 - the edge: the next command is somebody else's call
                self.failures[type(command).__name__] += 1
                self._hands.stumbled()
                _log.error("command %s failed", type(command).__name__, exc_info=error)

    def _dispatch(self, command: Command, now: float) -> None:
        kind = type(command)
        if isinstance(command, Dial):
            self._node_of[command.attempt_id] = command.node_id
            self._writer.add(Begun(what=command, at=now))
        elif kind in NETWORK:
            self._carry_out(command)  # type: ignore[arg-type]  # the set says so
        elif kind in RECORDS:
            self._record(command)  # type: ignore[arg-type]  # the set says so
        elif isinstance(command, ReserveLeads):
            self._hands.reserve(command)
        elif isinstance(command, ReleaseLeads):
            self._writer.add(command)
        else:
            assert kind in SCREENS, f"no hands for {kind.__name__}"
            self._hands.show(command)  # type: ignore[arg-type]  # the set says so

    def _carry_out(self, command: NetworkCommand) -> None:
        node_id = self._node_of.get(command.attempt_id)
        if node_id is not None:
            self._hands.carry_out(node_id, command)
        elif isinstance(command, HangUp):
            self._hands.hang_up_anywhere(command)

    def _record(self, command: RecordCommand) -> None:
        self._writer.add(command)
        if isinstance(command, RecordAttemptEnded):
            self._node_of.pop(command.attempt_id, None)
        self._hands.recorded(command)
