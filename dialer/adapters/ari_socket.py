"""One WebSocket with an Asterisk: events come in, requests go out, answers find their request.

Asterisk carries out the requests of one socket one after another, in order, so several may be sent at once.
Events are handed over in the order in which they came, as soon as they are read, with nothing awaited.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Protocol

import msgspec
from aiohttp import WSMessage, WSMsgType

from dialer.adapters.ari_messages import LOST, AriAnswer, AriMessage, AriRequest, decode_message
from dialer.adapters.ending_tasks import end_tasks

ANSWER_SECONDS_MAX = 5.0
"""A request without an answer for so long is given up: Asterisk answers in milliseconds, or hangs."""

OnAnswer = Callable[[AriAnswer], None]

_encode = msgspec.json.Encoder().encode
_log = logging.getLogger(__name__)


class WebSocket(Protocol):
    """The end of a WebSocket, whoever opened it."""

    async def send_str(self, data: str) -> None:
        """Send a text."""

    async def receive(self) -> WSMessage:
        """Wait for the next message."""

    async def close(self) -> bool:
        """Say goodbye."""


class AriSocket:
    """Requests and events over one WebSocket; `run` lasts as long as the link does."""

    def __init__(self, socket: WebSocket, hear: Callable[[AriMessage], None]) -> None:
        """Take an open WebSocket and whoever hears the events."""
        self._socket = socket
        self._hear = hear
        self._requests = 0
        self._waiting: dict[str, tuple[OnAnswer, float]] = {}  # by request id: whom to tell, given up at
        self._outgoing: deque[str] = deque()
        self._has_outgoing = asyncio.Event()
        self._ended = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self.is_open = True

    def send(self, request: AriRequest, on_answer: OnAnswer) -> None:
        """Send a request; `on_answer` is called once, with `LOST` if the link breaks or time is over."""
        if not self.is_open:
            on_answer(LOST)
            return
        self._requests += 1
        request_id = str(self._requests)
        self._waiting[request_id] = (on_answer, self._loop.time() + ANSWER_SECONDS_MAX)
        self._outgoing.append(_request_text(request, request_id))
        self._has_outgoing.set()

    async def ask(self, request: AriRequest) -> AriAnswer:
        """Send a request and wait for its answer."""
        answered: asyncio.Future[AriAnswer] = self._loop.create_future()

        def take(answer: AriAnswer) -> None:
            if not answered.done():
                answered.set_result(answer)

        self.send(request, take)
        return await answered

    def end(self) -> None:
        """Let `run` end."""
        self._ended.set()

    async def run(self) -> None:
        """Read and write until the link ends; whoever still waits is told that his request is lost."""
        works = (self._read(), self._write(), self._give_up_late(), self._ended.wait())
        tasks: list[asyncio.Task[object]] = [asyncio.create_task(work) for work in works]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.is_open = False
            await end_tasks(*tasks)
            await self._socket.close()
            self._tell_lost(list(self._waiting))

    async def _read(self) -> None:
        while True:
            received = await self._socket.receive()
            if received.type is not WSMsgType.TEXT:
                return
            try:
                message = decode_message(received.data)
            except msgspec.DecodeError:
                _log.warning("ari: a message that is none of Asterisk's was ignored")
                continue
            if message.type == "RESTResponse":
                self._take_answer(message)
            else:
                self._hear(message)

    async def _write(self) -> None:
        while True:
            await self._has_outgoing.wait()
            self._has_outgoing.clear()
            while self._outgoing:
                try:
                    await self._socket.send_str(self._outgoing.popleft())
                except (ConnectionError, RuntimeError):
                    return

    async def _give_up_late(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            now = self._loop.time()
            self._tell_lost([request_id for request_id, (_, until) in self._waiting.items() if until < now])

    def _take_answer(self, message: AriMessage) -> None:
        waiting = self._waiting.pop(message.request_id, None)
        if waiting is not None:
            waiting[0](AriAnswer(status=message.status_code, body=message.message_body or ""))

    def _tell_lost(self, request_ids: list[str]) -> None:
        for request_id in request_ids:
            on_answer, _ = self._waiting.pop(request_id)
            on_answer(LOST)


def _request_text(request: AriRequest, request_id: str) -> str:
    """A request as Asterisk's REST over WebSocket expects it."""
    told: dict[str, object] = {
        "type": "RESTRequest",
        "request_id": request_id,
        "method": request.method,
        "uri": request.uri,
    }
    if request.query:
        told["query_strings"] = [{"name": name, "value": value} for name, value in request.query.items()]
    if request.body is not None:
        told["content_type"] = "application/json"
        told["message_body"] = _encode(request.body).decode()
    return _encode(told).decode()
