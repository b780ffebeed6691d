"""One Asterisk as the runner sees it: news in, commands out, the truth after every (re)connection.

It keeps the heartbeat that lets answered calls in, and follows its agents' legs.
While the link is down nothing is queued for it: a late dial is a call that nobody is ready for.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dialer.adapters.ari_commands import NodePlaces, Sounds, conclude, requests_for, third_party_requests
from dialer.adapters.ari_events import WANTED_TYPES, translate
from dialer.adapters.ari_messages import (
    LOST,
    AriAnswer,
    AriMessage,
    AriRequest,
    decode_bridges,
    decode_channels,
    decode_pong,
)
from dialer.adapters.ari_socket import AriSocket, WebSocket
from dialer.adapters.ending_tasks import end_tasks
from dialer.adapters.node_clock import NodeClock
from dialer.adapters.node_memory import NodeMemory, NodeTruth, called_parties
from dialer.adapters.node_news import (
    AgentLegGone,
    AgentLegUp,
    CallerArrived,
    CallerHeardSound,
    CallTaken,
    KeyPressed,
    LegOffHook,
    MessageByNode,
    TakenOver,
    ThirdPartyUp,
)
from dialer.core.commands import ConnectToAgent, Dial, HangUp, NetworkCommand
from dialer.core.events import (
    CallAnswered,
    CallEnded,
    ConnectFailed,
    DialFailed,
    Event,
    NodeLost,
    NodeResynchronised,
    SafeHarbourStarted,
    ThirdPartyAnswered,
    ThirdPartyEnded,
)
from dialer.core.outcomes import EndCause
from dialer.messages import AttemptId, NodeId, TrunkId

HEARTBEAT = "PACELINE_HEARTBEAT"
HEARTBEAT_SECONDS = 1.0
DIAL_GAP_SECONDS = 0.01
"""Between two originates: Asterisk works off a socket in order, and a bridge must not wait behind a burst."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSettings:
    """One node, as the runner needs to know it."""

    node_id: NodeId
    application: str
    endpoints: Mapping[TrunkId, str]  # name of each trunk's endpoint
    sounds: Sounds = field(default_factory=Sounds)


@dataclass(slots=True, kw_only=True)
class NodeListener:
    """Whom a node tells what."""

    tell: Callable[[Event], None]  # the engine
    caller_arrived: Callable[[NodeId, CallerArrived], None]
    caller_heard_sound: Callable[[CallerHeardSound], None]
    key_pressed: Callable[[KeyPressed], None]
    agent_leg_up: Callable[[NodeId, AgentLegUp], None]
    agent_leg_gone: Callable[[NodeId, AgentLegGone], None]
    resynchronised: Callable[[NodeId, NodeTruth], None]
    bridged: Callable[[ConnectToAgent, float], None]  # seconds from the answer to the bridge


class AsteriskNode:
    """One Asterisk; `serve_link` lasts as long as one link to it."""

    def __init__(self, settings: NodeSettings, listener: NodeListener) -> None:
        """Begin without a link."""
        self.settings = settings
        self.places = NodePlaces(
            application=settings.application, endpoints=settings.endpoints, sounds=settings.sounds
        )
        self.clock = NodeClock()
        self.truth: asyncio.Future[NodeTruth] = asyncio.get_running_loop().create_future()
        self._listener = listener
        self._socket: AriSocket | None = None
        self._loop = asyncio.get_running_loop()
        self._off_hook_at: dict[AttemptId, float] = {}  # of answered calls, engine clock
        self._in_hand: set[AttemptId] = set()  # calls that reached us or, without us, the message
        self._dials: deque[Dial] = deque()  # waiting for their turn
        self._dial_not_before = 0.0
        self._has_turn = False  # the next of them is about to be placed
        self._held_back: list[AriMessage] | None = []  # until the engine knows what lived before; then None

    @property
    def is_connected(self) -> bool:
        """Whether commands reach it now."""
        return self._socket is not None and self._socket.is_open

    # --- the link ------------------------------------------------------------------------------------------

    async def serve_link(self, transport: WebSocket) -> None:
        """Work over a WebSocket until it ends."""
        socket = AriSocket(transport, self._hear)
        self._socket = socket
        running = asyncio.create_task(socket.run())
        beating = asyncio.create_task(self._beat(socket))
        try:
            await self._learn_truth(socket)
            await running
        finally:
            await end_tasks(running, beating)
            if self._socket is socket:
                self._socket = None
                self._listener.tell(NodeLost(node_id=self.settings.node_id))

    async def wait_for_truth(self) -> None:
        """Wait until it has connected for the first time."""
        await asyncio.shield(self.truth)

    def release_news(self) -> None:
        """Hand over what was held back until the engine had been told what lives."""
        held_back, self._held_back = self._held_back or [], None
        for message in held_back:
            self._hear(message)

    def memory(self, recorded: Mapping[AttemptId, float]) -> NodeMemory:
        """What this node knows at a restart: its truth, and what happened while no engine listened.

        `recorded` are the messages on its own record, with the answers' instants.
        """
        ends: dict[AttemptId, EndCause] = {}
        answers: dict[AttemptId, float] = {}
        messages: dict[AttemptId, float] = dict(recorded)
        for message in self._held_back or ():
            match translate(message):
                case CallEnded(attempt_id=attempt_id, cause=cause):
                    ends[attempt_id] = cause
                case LegOffHook(attempt_id=attempt_id):
                    answers[attempt_id] = self._at(message)
                case MessageByNode(attempt_id=attempt_id):
                    messages[attempt_id] = self._at(message)
        truth = self.truth.result() if self.truth.done() else None
        return NodeMemory(truth=truth, ends=ends, answers=answers, messages=messages)

    def send(self, request: AriRequest, on_answer: Callable[[AriAnswer], None] | None = None) -> None:
        """Ask something beside the engine's commands; without a link the answer is `LOST`."""
        on_answer = on_answer or _forget
        if self._socket is None:
            on_answer(LOST)
        else:
            self._socket.send(request, on_answer)

    async def _learn_truth(self, socket: AriSocket) -> None:
        """Learn the node's clock, choose the events that we want, and learn what lives here."""
        application = f"applications/{self.settings.application}"
        allowed = [{"type": kind} for kind in WANTED_TYPES]
        # The first answer stands behind all the news that waited for us; the second has travelled alone.
        await socket.ask(AriRequest(method="GET", uri="asterisk/ping"))
        pinged = await socket.ask(AriRequest(method="GET", uri="asterisk/ping"))
        if pinged.is_done:
            self.clock.hear(decode_pong(pinged.body).timestamp, self._loop.time())
        await socket.ask(
            AriRequest(method="PUT", uri=f"{application}/eventFilter", body={"allowed": allowed})
        )
        taken_at = self._loop.time()
        asked = [AriRequest(method="GET", uri=uri) for uri in ("channels", "bridges")]
        answers = await asyncio.gather(*(socket.ask(request) for request in asked))
        if not all(answer.is_done for answer in answers):
            _log.warning("node %s: could not be asked what it has", self.settings.node_id)
            socket.end()
            return
        truth = NodeTruth(
            taken_at=taken_at,
            channels=decode_channels(answers[0].body),
            bridges=decode_bridges(answers[1].body),
        )
        self._take_truth(truth)

    def _take_truth(self, truth: NodeTruth) -> None:
        if self._held_back is not None:
            if not self.truth.done():
                self.truth.set_result(truth)
            return
        alive = called_parties(truth)
        self._off_hook_at = {attempt: at for attempt, at in self._off_hook_at.items() if attempt in alive}
        self._in_hand &= alive.keys()
        self._listener.resynchronised(self.settings.node_id, truth)
        self._listener.tell(
            NodeResynchronised(
                node_id=self.settings.node_id,
                attempt_ids=tuple(alive),
                answered_ids=tuple(each for each, channel in alive.items() if channel.is_in_application),
                taken_at=truth.taken_at,
            )
        )

    async def _beat(self, socket: AriSocket) -> None:
        """Let answered calls in, second by second, by the node's own clock."""
        while True:
            now = self._loop.time()
            posix = self.clock.node_posix_at(now)
            if posix is not None:
                query = {"variable": HEARTBEAT, "value": str(int(posix))}
                socket.send(AriRequest(method="POST", uri="asterisk/variable", query=query), _forget)
                socket.send(AriRequest(method="GET", uri="asterisk/ping"), self._hear_pong)
            await asyncio.sleep(HEARTBEAT_SECONDS if posix is not None else HEARTBEAT_SECONDS / 50)

    def _hear_pong(self, answer: AriAnswer) -> None:
        if answer.is_done:
            self.clock.hear(decode_pong(answer.body).timestamp, self._loop.time())

    # --- commands ------------------------------------------------------------------------------------------

    def carry_out(self, command: NetworkCommand) -> None:
        """Ask Asterisk to do what the engine ordered."""
        socket = self._socket
        if socket is None or not socket.is_open:
            self._refuse(command)
            return
        if isinstance(command, ConnectToAgent) and command.agent_id not in self.places.agent_legs:
            self._fail_connection(command, "his telephone is not on this node")
        elif isinstance(command, Dial):
            self._dials.append(command)
            self._set_turn()
        elif not (isinstance(command, HangUp) and self._take_back(command.attempt_id)):
            self._send_requests(socket, command)

    def _take_back(self, attempt_id: AttemptId) -> bool:
        """Drop a call that still waits for its turn; gives whether there was one."""
        waiting = next((dial for dial in self._dials if dial.attempt_id == attempt_id), None)
        if waiting is None:
            return False
        self._dials.remove(waiting)
        reason = "it was ended before it was placed"
        self._listener.tell(DialFailed(attempt_id=attempt_id, cause=EndCause.FAILED, reason=reason))
        return True

    def _set_turn(self) -> None:
        if not self._has_turn:
            self._has_turn = True
            self._loop.call_at(max(self._dial_not_before, self._loop.time()), self._originate)

    def _originate(self) -> None:
        """Place the next of the calls that wait for their turn."""
        self._has_turn = False
        if not self._dials:
            return
        command = self._dials.popleft()
        self._dial_not_before = self._loop.time() + DIAL_GAP_SECONDS
        if self._dials:
            self._set_turn()
        if self._socket is None or not self._socket.is_open:
            self._refuse(command)
        else:
            self._send_requests(self._socket, command)

    def _send_requests(self, socket: AriSocket, command: NetworkCommand) -> None:
        requests = requests_for(self.places, command)
        for index, request in enumerate(requests):
            socket.send(request, self._conclusion_of(command) if index == 0 else _forget)

    def _conclusion_of(self, command: NetworkCommand) -> Callable[[AriAnswer], None]:
        def take(answer: AriAnswer) -> None:
            if isinstance(command, ConnectToAgent) and answer.is_done:
                self._measure(command)
            event = conclude(command, answer)
            if event is not None:
                self._listener.tell(event)

        return take

    def _measure(self, command: ConnectToAgent) -> None:
        off_hook_at = self._off_hook_at.get(command.attempt_id)
        if off_hook_at is not None:
            self._listener.bridged(command, self._loop.time() - off_hook_at)

    def _refuse(self, command: NetworkCommand) -> None:
        """Tell the engine what cannot be done without a link; the rest the next resync settles."""
        if isinstance(command, Dial):
            reason = f"node {self.settings.node_id} is not connected"
            self._listener.tell(
                DialFailed(attempt_id=command.attempt_id, cause=EndCause.FAILED, reason=reason)
            )
        elif isinstance(command, ConnectToAgent):
            self._fail_connection(command, f"node {self.settings.node_id} is not connected")

    def _fail_connection(self, command: ConnectToAgent, reason: str) -> None:
        self._listener.tell(
            ConnectFailed(attempt_id=command.attempt_id, agent_id=command.agent_id, reason=reason)
        )

    # --- news ----------------------------------------------------------------------------------------------

    def _hear(self, message: AriMessage) -> None:
        if self._held_back is not None:
            self._held_back.append(message)
            return
        told = translate(message)
        if told is None:
            return
        match told:
            case LegOffHook():
                self._off_hook_at[told.attempt_id] = self._at(message)
            case CallTaken():
                self._in_hand.add(told.attempt_id)
                at = self._off_hook_at.get(told.attempt_id, self._at(message))
                self._listener.tell(CallAnswered(attempt_id=told.attempt_id, answered_at=at))
            case MessageByNode():
                self._in_hand.add(told.attempt_id)
                at = self._off_hook_at.get(told.attempt_id, self._at(message))
                self._listener.tell(SafeHarbourStarted(attempt_id=told.attempt_id, answered_at=at))
            case CallerArrived():
                self._in_hand.add(told.attempt_id)
                self._listener.caller_arrived(self.settings.node_id, told)
            case CallerHeardSound():
                self._listener.caller_heard_sound(told)
            case KeyPressed():
                self._listener.key_pressed(told)
            case AgentLegUp():
                self.places.agent_legs[told.agent_id] = told.channel_id
                self._listener.agent_leg_up(self.settings.node_id, told)
            case AgentLegGone():
                if self.places.agent_legs.get(told.agent_id) == told.channel_id:
                    del self.places.agent_legs[told.agent_id]
                self._listener.agent_leg_gone(self.settings.node_id, told)
            case ThirdPartyUp():
                self._join_third_party(told)
            case TakenOver():
                _log.error("node %s: another program has taken our place", self.settings.node_id)
            case _:
                self._tell_answer_of_ended(told)
                self._forget_ended(told)
                self._listener.tell(told)

    def _tell_answer_of_ended(self, event: Event) -> None:
        """Whoever answers as ringing is given up never reaches us, and counts all the same."""
        if isinstance(event, CallEnded) and event.attempt_id not in self._in_hand:
            answered_at = self._off_hook_at.get(event.attempt_id)
            if answered_at is not None:
                self._listener.tell(CallAnswered(attempt_id=event.attempt_id, answered_at=answered_at))

    def _at(self, message: AriMessage) -> float:
        return self.clock.engine_at(message.timestamp, self._loop.time())

    def _forget_ended(self, event: Event) -> None:
        if isinstance(event, CallEnded):
            attempt_id = event.attempt_id
            self._off_hook_at.pop(attempt_id, None)
            self._in_hand.discard(attempt_id)
            self.places.talking_with.pop(attempt_id, None)
            self.places.on_hold.discard(attempt_id)
            self.places.listening.discard(attempt_id)
            self.places.last_words.pop(attempt_id, None)
        elif isinstance(event, ThirdPartyEnded):
            self.places.third_parties.pop(event.attempt_id, None)

    def _join_third_party(self, told: ThirdPartyUp) -> None:
        """Bring a third party into the bridge of the agent who called it."""
        agent_id = self.places.talking_with.get(told.attempt_id)
        if agent_id is None or self._socket is None:
            return
        for request in third_party_requests(agent_id, told.channel_id):
            self._socket.send(request, _forget)
        self._listener.tell(ThirdPartyAnswered(attempt_id=told.attempt_id))


def _forget(answer: AriAnswer) -> None:
    """Nothing depends on this answer."""
