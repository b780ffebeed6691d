"""The inbound desk: who calls us is looked up, greeted, and put into the queue; or told that we are closed.

The engine hears of a caller when he begins to wait, and decides who takes him. While he waits the desk minds
the clock of the overflow and the key by which he asks to be called back.
"""

import asyncio
import logging
from collections.abc import Callable, Container, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, unique
from typing import Protocol

from dialer.adapters import store
from dialer.adapters.ari_commands import hold_caller, play_to_caller, welcome_requests
from dialer.adapters.ari_messages import AriAnswer
from dialer.adapters.asterisk_node import AsteriskNode
from dialer.adapters.errors import StoreLost
from dialer.adapters.node_news import CallerArrived, CallerHeardSound, KeyPressed
from dialer.adapters.record_writer import Transactions
from dialer.adapters.store import InboundNumber, KnownCaller, OpenAttempt
from dialer.core.commands import ConnectToAgent, HangUp, NetworkCommand, PlaySafeHarbourMessage
from dialer.core.events import CallbackRequested, CallEnded, CallerMoved, Event, InboundCallArrived
from dialer.messages import AttemptId, CampaignId, NodeId
from rules.calling_hours import calling_hours_verdict
from rules.errors import RulesError
from rules.opening_hours import opening_hours

CALLBACK_KEY = "1"

Start = Callable[[Coroutine[object, object, object]], None]
"""Starts a task."""

_log = logging.getLogger(__name__)


@unique
class Stage(Enum):
    """Where a caller is."""

    GREETED = "greeted"  # hears the greeting
    WAITING = "waiting"  # in the queue
    TAKEN = "taken"  # with an agent, or hears his last words by the engine's order
    DISMISSED = "dismissed"  # hears that we are closed; hung up afterwards


@dataclass(slots=True, kw_only=True)
class _Caller:
    """One call that came in."""

    told: CallerArrived
    node_id: NodeId
    number: InboundNumber
    known: KnownCaller | None
    stage: Stage
    overflow: asyncio.TimerHandle | None = None


class InboundBook(Protocol):
    """What the desk has to know and to keep; raises StoreLost while the database is away."""

    async def look_up(self, told: CallerArrived) -> tuple[InboundNumber | None, KnownCaller | None]:
        """What is set for the number that was called, and whom the caller is known as."""
        ...

    async def promise(self, known: KnownCaller, due_at: datetime) -> bool:
        """Put a promise on record; False where it cannot be kept."""
        ...


class StoredInboundBook:
    """The book in the database, read anew for each caller: a change holds at once."""

    def __init__(self, transactions: Transactions) -> None:
        """Take where to read and write."""
        self._transactions = transactions

    async def look_up(self, told: CallerArrived) -> tuple[InboundNumber | None, KnownCaller | None]:
        """What is set for the number that was called, and whom the caller is known as."""
        async with self._transactions.begin() as connection:
            number = await store.find_inbound_number(connection, told.dialed_number)
            known = await store.find_caller(connection, told.caller_id_number)
        return number, known

    async def promise(self, known: KnownCaller, due_at: datetime) -> bool:
        """Put a promise on record; False where it cannot be kept."""
        async with self._transactions.begin() as connection:
            return await store.promise_callback(connection, known, due_at)


class InboundDesk:
    """Takes the calls that come in on any node."""

    def __init__(
        self,
        book: InboundBook,
        nodes: Mapping[NodeId, AsteriskNode],
        tell: Callable[[Event], None],
        wall_clock: Callable[[], float],
        campaigns: Container[CampaignId],
        start: Start,
    ) -> None:
        """Take the book, the nodes, the engine's ear, POSIX seconds, its campaigns, and who starts tasks."""
        self._book = book
        self._nodes = nodes
        self._tell = tell
        self._wall_clock = wall_clock
        self._campaigns = campaigns
        self._start = start
        self._callers: dict[AttemptId, _Caller] = {}
        self._looked_up: set[AttemptId] = set()  # those for whom the database is being asked
        self._loop = asyncio.get_running_loop()

    def caller_arrived(self, node_id: NodeId, told: CallerArrived) -> None:
        """Begin to receive a caller."""
        self._start(self.receive(node_id, told))

    async def receive(self, node_id: NodeId, told: CallerArrived) -> None:
        """Look a caller up, and greet, queue or dismiss him."""
        self._looked_up.add(told.attempt_id)
        try:
            number, known = await self._book.look_up(told)
        except StoreLost:
            number = known = None
            _log.error("node %s: a caller could not be looked up: the database is away", node_id)
        if told.attempt_id not in self._looked_up:
            return  # he has hung up
        self._looked_up.discard(told.attempt_id)
        if number is None or number.campaign_id not in self._campaigns:
            _log.warning("node %s: a caller for whom no campaign is set", node_id)
            self._nodes[node_id].carry_out(HangUp(attempt_id=told.attempt_id))
            return
        caller = _Caller(told=told, node_id=node_id, number=number, known=known, stage=Stage.GREETED)
        self._callers[told.attempt_id] = caller
        is_open = self._is_open(number)
        for request in welcome_requests(told.attempt_id):
            self._nodes[node_id].send(request)
        if not is_open:
            caller.stage = Stage.DISMISSED
            node = self._nodes[node_id]
            self._play(caller, number.closed_sound or node.places.sounds.safe_harbour)
        elif number.greeting_sound:
            self._play(caller, number.greeting_sound)
        else:
            self._queue(caller)

    def heard_sound(self, told: CallerHeardSound) -> None:
        """Go on after a sound: into the queue, or goodbye."""
        caller = self._callers.get(told.attempt_id)
        if caller is None:
            return
        if caller.stage is Stage.GREETED:
            self._queue(caller)
        elif caller.stage is Stage.DISMISSED:
            self._nodes[caller.node_id].carry_out(HangUp(attempt_id=told.attempt_id))

    def key_pressed(self, told: KeyPressed) -> None:
        """Let a waiting caller go who presses the key for a call back, and promise it."""
        caller = self._callers.get(told.attempt_id)
        if caller is None or caller.stage is not Stage.WAITING or told.key != CALLBACK_KEY:
            return
        if not caller.number.offers_callback or caller.known is None:
            return
        self._say_at_last(caller, caller.number.callback_sound)
        self._tell(CallbackRequested(attempt_id=told.attempt_id))
        if self._stage_of(told.attempt_id) is Stage.TAKEN:  # else the engine had another plan for him
            self._start(self.promise(caller.known))

    async def promise(self, known: KnownCaller) -> None:
        """Put a promise on record: due at once, as soon as an agent is free."""
        try:
            is_kept = await self._book.promise(known, self._now())
        except StoreLost:
            is_kept = False
        if not is_kept:
            _log.error("a callback could not be kept for lead %s", known.lead_id)

    def ordered(self, command: NetworkCommand) -> None:
        """Hear what the engine orders: whoever is taken does not wait here any more."""
        caller = self._callers.get(command.attempt_id)
        if caller is not None and isinstance(command, ConnectToAgent | PlaySafeHarbourMessage):
            caller.stage = Stage.TAKEN
            _stop_clock(caller)

    def remember(self, attempts: Iterable[OpenAttempt]) -> None:
        """Note whom the engine before may have let hear music: it ends when somebody takes him."""
        for attempt in attempts:
            if attempt.lead is None and attempt.node_id in self._nodes:
                self._nodes[attempt.node_id].places.on_hold.add(attempt.attempt_id)

    def heard(self, event: Event) -> None:
        """Forget a caller who is gone; the engine is told by whoever tells us."""
        if not isinstance(event, CallEnded):
            return
        self._looked_up.discard(event.attempt_id)
        caller = self._callers.pop(event.attempt_id, None)
        if caller is not None:
            _stop_clock(caller)

    def _is_open(self, number: InboundNumber) -> bool:
        try:
            hours = opening_hours(number.open_hours)
            return calling_hours_verdict(hours, (number.zone,), self._now()).is_open
        except RulesError as error:
            _log.error("open hours of an inbound number cannot be used, it counts as open: %s", error)
            return True

    def _play(self, caller: _Caller, sound: str) -> None:
        attempt_id = caller.told.attempt_id

        def go_on(answer: AriAnswer) -> None:
            if not answer.is_done:  # what cannot be played is over at once
                self.heard_sound(CallerHeardSound(attempt_id=attempt_id))

        self._nodes[caller.node_id].send(play_to_caller(attempt_id, sound), go_on)

    def _queue(self, caller: _Caller) -> None:
        number, told, node = caller.number, caller.told, self._nodes[caller.node_id]
        caller.stage = Stage.WAITING
        node.send(hold_caller(node.places, told.attempt_id))
        self._say_at_last(caller, number.overflow_sound)
        if number.overflow_seconds is not None and number.overflow_campaign_id is not None:
            caller.overflow = self._loop.call_later(number.overflow_seconds, self._overflow, caller)
        self._tell(
            InboundCallArrived(
                attempt_id=told.attempt_id,
                campaign_id=number.campaign_id,
                caller_id_number=told.caller_id_number,
                dialed_number=told.dialed_number,
                node_id=caller.node_id,
                agent_id=caller.known.agent_id if caller.known is not None else None,
            )
        )

    def _overflow(self, caller: _Caller) -> None:
        campaign_id = caller.number.overflow_campaign_id
        if caller.stage is Stage.WAITING and campaign_id is not None and campaign_id in self._campaigns:
            self._tell(CallerMoved(attempt_id=caller.told.attempt_id, campaign_id=campaign_id))

    def _say_at_last(self, caller: _Caller, sound: str) -> None:
        """Choose what the caller hears instead of the node's own message, should the engine let him go."""
        if sound:
            self._nodes[caller.node_id].places.last_words[caller.told.attempt_id] = sound

    def _stage_of(self, attempt_id: AttemptId) -> Stage | None:
        caller = self._callers.get(attempt_id)
        return None if caller is None else caller.stage

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._wall_clock(), UTC)


def _stop_clock(caller: _Caller) -> None:
    if caller.overflow is not None:
        caller.overflow.cancel()


def inbound_desk(
    transactions: Transactions,
    nodes: Mapping[NodeId, AsteriskNode],
    tell: Callable[[Event], None],
    wall_clock: Callable[[], float],
    campaigns: Container[CampaignId],
    start: Start,
) -> InboundDesk:
    """A desk whose book is the database."""
    return InboundDesk(StoredInboundBook(transactions), nodes, tell, wall_clock, campaigns, start)
