"""Messages as bytes and back: `{"type": "AgentPaused", "body": {...}}`, for whatever leaves the process.

A closed list of frozen dataclasses, nothing else; bytes are data and never code. What does not fit its class
to the last field is refused: a process of another version is noticed here, not three rooms further.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import get_args

import msgspec

from dialer.adapters.errors import WireError
from dialer.core.agent_events import AgentEvent, CallRequest
from dialer.core.commands import (
    RecordAgentState,
    RecordAttemptEnded,
    RecordCampaignStatus,
    RecordDisposition,
    ScreenCommand,
)
from dialer.messages import (
    Accepted,
    Alarm,
    CampaignChanged,
    FloorRequested,
    FloorSnapshot,
    LeadsWithdrawn,
    NumbersSuppressed,
    RecordingAsked,
    SignInRequested,
    SignOutRequested,
)

MESSAGE_BYTES_MAX = 1_000_000
"""Below the 1 MiB that a NATS server takes by default, with room for the subject and headers."""

WIRE_TYPES: tuple[type, ...] = (
    Accepted,
    Alarm,
    CampaignChanged,
    FloorRequested,
    FloorSnapshot,
    LeadsWithdrawn,
    NumbersSuppressed,
    RecordingAsked,
    SignInRequested,
    SignOutRequested,
    *get_args(AgentEvent),
    *get_args(CallRequest),
    *get_args(ScreenCommand),
    RecordAgentState,
    RecordAttemptEnded,
    RecordCampaignStatus,
    RecordDisposition,
)
"""Everything that may travel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Envelope:
    type: str  # name of the message's class
    body: msgspec.Raw


_encoder = msgspec.json.Encoder(order="deterministic")
_envelopes = msgspec.json.Decoder(_Envelope)
_decoders: Mapping[str, msgspec.json.Decoder[object]] = {
    kind.__name__: msgspec.json.Decoder(kind) for kind in WIRE_TYPES
}
assert len(_decoders) == len(WIRE_TYPES), "two messages share a name"


def encode(message: object) -> bytes:
    """Bytes of a message.

    Raises:
        WireError: it is none of ours, holds what its class does not allow, or is too long.
    """
    kind = type(message).__name__
    if type(message) not in WIRE_TYPES:
        raise WireError(
            f"expected a message of `wire.WIRE_TYPES`, got {kind}: add it there if it is to travel"
        )
    try:
        body = _encoder.encode(message)
        # What is no number, and whatever else JSON cannot say, becomes null: it must come back as it was.
        if b"null" in body and _decoders[kind].decode(body) != message:
            raise WireError(f"{kind}: expected finite numbers")
    except (msgspec.MsgspecError, TypeError, OverflowError, UnicodeError) as error:
        raise WireError(f"{kind} cannot be said: {error}") from error
    data = b'{"type":"%s","body":%s}' % (kind.encode("ascii"), body)
    if len(data) > MESSAGE_BYTES_MAX:
        raise WireError(
            f"{kind}: expected at most {MESSAGE_BYTES_MAX} bytes, got {len(data)}: say it in parts"
        )
    return data


def decode(data: bytes) -> object:
    """The message that the bytes hold.

    Raises:
        WireError: too long, no envelope, an unknown type, a field missing, one too many, or of another type.
    """
    if len(data) > MESSAGE_BYTES_MAX:
        raise WireError(f"expected at most {MESSAGE_BYTES_MAX} bytes, got {len(data)}")
    try:
        envelope = _envelopes.decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise WireError(f"expected an object with `type` and `body`: {error}") from error
    decoder = _decoders.get(envelope.type)
    if decoder is None:
        raise WireError(f"expected the name of a known message, got {envelope.type[:80]!r}: another version?")
    try:
        message = decoder.decode(envelope.body)
        _check_fields(message, msgspec.json.decode(envelope.body), envelope.type)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise WireError(f"{envelope.type}: {error}") from error
    return message


def _check_fields(value: object, raw: object, place: str) -> None:
    """Refuse fields that the class lacks, and the silent use of a default: both are another version."""
    if isinstance(raw, dict):
        assert is_dataclass(value)
        expected = [field.name for field in fields(value)]
        if set(expected) != raw.keys():
            raise WireError(f"{place}: expected the fields {expected}, got {sorted(raw)}")
        for name in expected:
            _check_fields(getattr(value, name), raw[name], f"{place}.{name}")
    elif isinstance(raw, list) and isinstance(value, tuple):
        for index, (part, raw_part) in enumerate(zip(value, raw, strict=True)):
            if isinstance(raw_part, dict | list):
                _check_fields(part, raw_part, f"{place}[{index}]")
