"""One connection to Asterisk's manager interface (AMI), spoken by panoramisk.

panoramisk keeps what was not answered and sends it again after a reconnect, waits for ever, and lets a line
break in a value begin an order of its own (each measured). Here a connection is used once and thrown away,
every wait ends, and no value with a control character leaves the house. Calls are never placed over AMI.
"""

import asyncio
import codecs
import logging
from collections.abc import Callable, Mapping
from types import MappingProxyType

from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol

from dialer.adapters.errors import AmiLost, AmiRefused, AmiValueUnsafe

CONNECT_SECONDS_MAX = 3.0
ANSWER_SECONDS_MAX = 3.0
"""Asterisk answers in milliseconds, or hangs."""

UNREAD_BYTES_MAX = 1 << 20
"""A message that is longer is none of Asterisk's."""

FORBIDDEN = frozenset({"originate", "command", "aocmessage", "redirect"})
"""Orders that place or move calls, or could: never sent, whatever the user's rights are."""

AmiMessage = Mapping[str, str]
"""An answer or an event: its fields by name in lower case; of a repeated field the last one."""

# It writes whole messages into its log, secrets among them.
_silent = logging.getLogger(f"{__name__}.panoramisk")
_silent.setLevel(logging.CRITICAL + 1)
_log = logging.getLogger(__name__)


class AmiTransport:
    """One connection from its opening to its end; `ended` tells when that is."""

    def __init__(self, hear: Callable[[AmiMessage], None]) -> None:
        """Take whoever hears the events; to be made inside the loop."""
        self.ended = asyncio.Event()
        self._hear = hear
        self._waiting: set[asyncio.Future[object]] = set()
        self._protocol: _Protocol | None = None

    async def open(self, host: str, port: int) -> None:
        """Connect; raises AmiLost."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_SECONDS_MAX):
                _, self._protocol = await loop.create_connection(lambda: _Protocol(self), host, port)
        except (OSError, TimeoutError) as error:
            raise AmiLost(f"expected AMI at {host}:{port}, got {type(error).__name__}") from error

    async def ask(
        self, action: str, fields: Mapping[str, str] | None = None, *, seconds_max: float = ANSWER_SECONDS_MAX
    ) -> list[AmiMessage]:
        """Put a question and give the answer, of a list all its messages.

        Raises AmiRefused with Asterisk's reason, AmiLost where no answer came, AmiValueUnsafe.
        """
        order = Action({"Action": action, **checked(action, fields or {})})
        if self._protocol is None or self.ended.is_set():
            raise AmiLost(f"{action}: the connection has ended")
        # None: a list is known by its beginning. The library's default takes every answer for a single one.
        answered: asyncio.Future[object] = self._protocol.send(order, as_list=None)
        self._waiting.add(answered)
        try:
            async with asyncio.timeout(seconds_max):
                came = await answered
        except TimeoutError as error:
            raise AmiLost(f"{action}: expected an answer in {seconds_max:g} s, got none") from error
        finally:
            self._waiting.discard(answered)
            self._protocol.responses.pop(order.id, None)
        messages = [plain(each) for each in (came if isinstance(came, list) else [came])]
        if messages[0].get("response", "") not in {"Success", "Goodbye"}:
            raise AmiRefused(f"{action}: {messages[0].get('message', 'refused without a reason')}")
        return messages

    def close(self) -> None:
        """End the connection at once; whoever waits is told that his answer is lost."""
        if self._protocol is not None and not self._protocol.closed:
            self._protocol.closed = True
            self._protocol.transport.abort()
        self.end()

    # --- what panoramisk's protocol calls ------------------------------------------------------------------

    def dispatch(self, message: object) -> None:
        """Hear an event."""
        self._hear(plain(message))

    def connection_lost(self, error: object) -> None:
        """Note the end."""
        self.end()

    def end(self) -> None:
        """Tell everybody that nothing more will come."""
        self.ended.set()
        for answered in self._waiting:
            if not answered.done():
                answered.set_exception(AmiLost("the connection broke before the answer"))
        self._waiting.clear()


class _Protocol(AMIProtocol):  # type: ignore[misc]  # ships no types
    """panoramisk's protocol for one connection: nothing is kept for a later one."""

    def __init__(self, owner: AmiTransport) -> None:
        self._owner = owner
        self.closed = False
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, and our own ways for the library's."""
        super().connection_made(transport)
        self.factory = self._owner
        self.encoding = "utf-8"
        self.log = _silent

    def data_received(self, data: bytes) -> None:
        """Hand over whole characters: the library would lose one that is split between two packets."""
        try:
            super().data_received(self._decoder.decode(data).encode())
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            _log.warning("ami: a message that is none of Asterisk's (%s)", type(error).__name__)
            self._owner.close()
        if sum(map(len, self.queue)) > UNREAD_BYTES_MAX:
            _log.warning("ami: a message without an end")
            self._owner.close()

    def close(self) -> None:
        """End; the library would keep what is unanswered for the next connection."""
        if not self.closed:
            self.closed = True
            self.transport.close()


def checked(action: str, fields: Mapping[str, str]) -> Mapping[str, str]:
    """The fields, if every value stays in its line; raises AmiValueUnsafe.

    >>> checked("Ping", {"Key": "a"})
    {'Key': 'a'}
    """
    if action.lower() in FORBIDDEN:
        raise AmiValueUnsafe(f"{action} is never sent over AMI: calls are placed over ARI, once")
    for name, value in (("Action", action), *fields.items()):
        if not (name.isascii() and name.isalpha()):
            raise AmiValueUnsafe(f"{action}: expected a field's name of letters, got {name!r}")
        if not value.isprintable():
            raise AmiValueUnsafe(f"{action}: {name} has a line break or another control character")
    return fields


def plain(message: object) -> AmiMessage:
    """A message of the library as a plain mapping."""
    assert isinstance(message, Mapping)
    named = ((str(name).lower(), value) for name, value in message.items())
    return MappingProxyType(
        {name: str(value[-1] if isinstance(value, list) else value) for name, value in named}
    )
