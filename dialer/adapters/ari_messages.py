"""What Asterisk says over its WebSocket, as typed values; fields that we do not read are not decoded.

One wide record for all events and answers: decoding into it costs a microsecond.
Source: the resource documents of Asterisk's REST interface (rest-api/api-docs, version 22).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec


class AriCaller(msgspec.Struct, frozen=True):
    """A party of a channel."""

    number: str = ""


class AriDialplan(msgspec.Struct, frozen=True):
    """Where a channel is in the dialplan."""

    exten: str = ""
    app_name: str = ""


class AriChannel(msgspec.Struct, frozen=True):
    """One leg of a call; "peer" is also a word for other things, which have no id."""

    id: str = ""
    name: str = ""
    state: str = ""
    caller: AriCaller = AriCaller()
    dialplan: AriDialplan = AriDialplan()
    protocol_id: str = ""  # SIP's Call-ID

    @property
    def is_in_application(self) -> bool:
        """Whether it has reached an application of ours, and can be bridged."""
        return self.dialplan.app_name == "Stasis"


class AriBridge(msgspec.Struct, frozen=True):
    """A bridge with the ids of the channels in it."""

    id: str
    channels: tuple[str, ...] = ()


class AriPlayback(msgspec.Struct, frozen=True):
    """A playback."""

    id: str


class AriMessage(msgspec.Struct, frozen=True):
    """One message of Asterisk: an event, or the answer to a request."""

    type: str
    timestamp: str = ""
    # events
    channel: AriChannel | None = None
    peer: AriChannel | None = None
    playback: AriPlayback | None = None
    dialstatus: str = ""
    args: tuple[str, ...] = ()
    cause: int = 0
    tech_cause: int = 0
    duration: int = 0  # milliseconds
    eventname: str = ""
    digit: str = ""  # a key that was pressed
    # answers
    request_id: str = ""
    status_code: int = 0
    message_body: str | None = None


class AriPong(msgspec.Struct, frozen=True):
    """Answer of `asterisk/ping`."""

    timestamp: str


decode_message = msgspec.json.Decoder(AriMessage).decode
decode_channels = msgspec.json.Decoder(tuple[AriChannel, ...]).decode
decode_bridges = msgspec.json.Decoder(tuple[AriBridge, ...]).decode
decode_pong = msgspec.json.Decoder(AriPong).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class AriRequest:
    """One request; `uri` without the leading `ari/`."""

    method: str
    uri: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AriAnswer:
    """What came back; status 0: nothing, the link broke or the time was over."""

    status: int
    body: str = ""

    @property
    def is_done(self) -> bool:
        """Whether Asterisk did what it was asked."""
        return 200 <= self.status < 300

    @property
    def is_lost(self) -> bool:
        """Whether nobody knows what became of the request."""
        return self.status == 0


LOST = AriAnswer(status=0)
