"""A small blocking ARI client for tests: requests over HTTP, events over a WebSocket that is only read.

It is written against RFC 6455 and Asterisk's documentation, apart from the product's own client on purpose.
"""

import http.client
import json
import os
import socket
import struct
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode

from asterisk_config.settings import AriUser, AsteriskSettings

SECONDS_MAX = 10.0
TEXT_FRAME = 1
CLOSE_FRAME = 8
GOODBYE_SECONDS_MAX = 3.0
EMPTY_CLOSE = bytes([0x88, 0x80, 0, 0, 0, 0])  # final frame, masked with zeros, without reason
LENGTH_IN_TWO_BYTES = 126
LENGTH_IN_EIGHT_BYTES = 127
Event = Mapping[str, object]


def authorization(user: AriUser) -> str:
    """The header by which a user signs in."""
    return "Basic " + b64encode(f"{user.name}:{user.password}".encode()).decode()


def ask(
    settings: AsteriskSettings, method: str, path: str, *, user: AriUser | None = None, **query: str
) -> tuple[int, str]:
    """Status and text of one request; `path` as `channels/call-1`."""
    connection = http.client.HTTPConnection(settings.http_address, settings.http_port, timeout=SECONDS_MAX)
    try:
        headers = {"Authorization": authorization(user or settings.ari), "Content-Length": "0"}
        connection.request(method, f"/ari/{quote(path)}?{urlencode(query)}", headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


class AriEvents:
    """The events of an application, read one after another as they come."""

    def __init__(self, settings: AsteriskSettings, application: str, *, everything: bool = False) -> None:
        address = (settings.http_address, settings.http_port)
        self._socket = socket.create_connection(address, timeout=SECONDS_MAX)
        self._received = b""
        with ExitStack() as undo:
            undo.callback(self._socket.close)
            self._shake_hands(
                settings, urlencode({"app": application, "subscribeAll": str(everything).lower()})
            )
            undo.pop_all()

    def _shake_hands(self, settings: AsteriskSettings, query: str) -> None:
        lines = (
            f"GET /ari/events?{query} HTTP/1.1",
            f"Host: {settings.http_address}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Authorization: {authorization(settings.ari)}",
            f"Sec-WebSocket-Key: {b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: ari",
        )
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        while b"\r\n\r\n" not in self._received:
            self._receive()
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Say goodbye and wait until Asterisk has hung up: only then has it forgotten this listener.

        A busy Asterisk now and then keeps the socket of a listener it has let go: it is not waited for long.
        """
        with self._socket, suppress(TimeoutError):
            self._socket.settimeout(GOODBYE_SECONDS_MAX)
            self._socket.sendall(EMPTY_CLOSE)
            while self._socket.recv(65536):
                pass

    def wait_for(self, kind: str, is_wanted: Callable[[Event], bool] = lambda event: True) -> Event:
        """The next event of a kind that is wanted; fails after ten seconds without one."""
        until = time.monotonic() + SECONDS_MAX
        seen: list[object] = []
        while time.monotonic() < until:
            try:
                event = self._next(until)
            except TimeoutError:
                break
            if event["type"] == kind and is_wanted(event):
                return event
            seen.append(event["type"])
        raise TimeoutError(f"expected {kind}, came only {seen}")

    def _next(self, until: float) -> Event:
        while True:
            opcode, payload = self._frame(until)
            assert opcode != CLOSE_FRAME, "Asterisk closed the connection"
            if opcode == TEXT_FRAME:
                event: Event = json.loads(payload)
                return event

    def _frame(self, until: float) -> tuple[int, bytes]:
        self._socket.settimeout(max(0.01, until - time.monotonic()))
        first, length = self._take(2)
        if length == LENGTH_IN_TWO_BYTES:
            (length,) = struct.unpack("!H", self._take(2))
        elif length == LENGTH_IN_EIGHT_BYTES:
            (length,) = struct.unpack("!Q", self._take(8))
        return first & 0x0F, self._take(length)

    def _take(self, count: int) -> bytes:
        while len(self._received) < count:
            self._receive()
        taken, self._received = self._received[:count], self._received[count:]
        return taken

    def _receive(self) -> None:
        received = self._socket.recv(65536)
        assert received, "Asterisk ended the connection"
        self._received += received


def channel_of(event: Event) -> Mapping[str, object]:
    """The channel that an event is about."""
    channel = event["channel"]
    assert isinstance(channel, Mapping)
    return channel
