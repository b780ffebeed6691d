"""Messages as bytes: every kind comes back as it was, and nothing else is taken for a message."""

import json
from dataclasses import fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialer.adapters.errors import WireError
from dialer.adapters.wire import MESSAGE_BYTES_MAX, WIRE_TYPES, decode, encode
from dialer.core.agent_events import AgentPaused, DispositionSaved
from dialer.core.commands import Dial
from dialer.messages import (
    AgentFloor,
    AgentId,
    AttemptId,
    CampaignId,
    FloorSnapshot,
    LeadId,
    LeadsWithdrawn,
    SignInRequested,
)

PAUSED = AgentPaused(agent_id=AgentId("anna"), reason="lunch")
FLOOR = FloorSnapshot(
    sequence=1,
    at_seconds=2.5,
    agents=(AgentFloor(agent_id=AgentId("anna"), status="paused", state="idle", state_seconds=1.0),),
    campaigns=(),
)

PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    NoneType: st.none(),
    bool: st.booleans(),
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
}


def body_of(message: object) -> dict[str, Any]:
    """The body as it travels."""
    body: dict[str, Any] = json.loads(encode(message))["body"]
    return body


def as_bytes(kind: str, body: object) -> bytes:
    """An envelope as a stranger could write it."""
    return json.dumps({"type": kind, "body": body}).encode()


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type that JSON can hold: finite numbers, whole characters, integers of 64 bits."""
    if kind in PLAIN:
        return PLAIN[kind]
    if isinstance(kind, NewType):
        return values_of(kind.__supertype__)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(kind, **{field.name: values_of(hints[field.name]) for field in fields(kind)})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    origin, parts = get_origin(kind), get_args(kind)
    if origin is tuple:
        assert parts[1:] == (...,), f"no strategy for {kind}"
        return st.lists(values_of(parts[0]), max_size=3).map(tuple)
    if origin is frozenset:
        return st.frozensets(values_of(parts[0]), max_size=3)
    assert origin in (Union, UnionType), f"no strategy for {kind}"
    return st.one_of(*(values_of(part) for part in parts))


@settings(max_examples=25)
@given(st.data())
@pytest.mark.parametrize("kind", WIRE_TYPES, ids=lambda kind: kind.__name__)
def test_message_of_any_kind_comes_back_as_it_was(kind: type, data: st.DataObject) -> None:
    """What is said is what is heard; with a field less it is another version's message, default or not."""
    message = data.draw(values_of(kind))
    heard = decode(encode(message))
    assert heard == message
    assert type(heard) is kind
    body = body_of(message)
    for name in body:
        less = {other: value for other, value in body.items() if other != name}
        with pytest.raises(WireError, match=rf"{kind.__name__}.*{name}"):
            decode(as_bytes(kind.__name__, less))


def test_message_with_a_field_too_many_is_refused_at_any_depth() -> None:
    """An unknown field is not dropped silently: its sender meant something by it."""
    with pytest.raises(WireError, match="AgentPaused: expected the fields"):
        decode(as_bytes("AgentPaused", {**body_of(PAUSED), "until": 5}))
    floor = body_of(FLOOR)
    floor["agents"][0]["name"] = "Anna"
    with pytest.raises(WireError, match=r"FloorSnapshot\.agents\[0\]: expected the fields"):
        decode(as_bytes("FloorSnapshot", floor))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("AgentPaused", {"agent_id": 7, "reason": "lunch"}),
        ("AgentPaused", {"agent_id": "anna", "reason": None}),
        ("AgentPaused", ["anna", "lunch"]),
        ("AgentPaused", None),
        ("FloorSnapshot", {**body_of(FLOOR), "sequence": "1"}),
        ("FloorSnapshot", {**body_of(FLOOR), "sequence": True}),
        ("FloorSnapshot", {**body_of(FLOOR), "agents": [1]}),
        ("RecordAgentState", {"status": "asleep"}),
    ],
)
def test_message_with_a_value_of_another_type_is_refused(kind: str, body: object) -> None:
    """Nothing is converted: a text is no number, and an unknown state is no state."""
    with pytest.raises(WireError, match=f"{kind}: "):
        decode(as_bytes(kind, body))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b'{"type": "AgentPaused"}',
        b'{"body": {}}',
        b'{"type": 5, "body": {}}',
        b"\xff\xfe",
        b'{"type": "AgentPaused", "body": {"agent_id": "\xff", "reason": ""}}',
        b'{"type": "AgentPaused", "body": ' + b"[" * 100_000,
        b"x" * (MESSAGE_BYTES_MAX + 1),
    ],
)
def test_bytes_that_are_no_message_are_refused(data: bytes) -> None:
    """Anything may arrive on a bus, and only one thing happens to it."""
    with pytest.raises(WireError, match=r"expected|AgentPaused"):
        decode(data)


@pytest.mark.parametrize(
    "name", ["Dial", "HangUp", "CallAnswered", "object", "WireError", "__import__", "os.system"]
)
def test_name_of_anything_but_a_listed_message_is_unknown(name: str) -> None:
    """The list is closed: no name makes the program look for a class, ours or another."""
    with pytest.raises(WireError, match="expected the name of a known message"):
        decode(as_bytes(name, {}))


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_raise_nothing_but_wire_error(data: bytes) -> None:
    """A listener lives on, whatever it hears."""
    with pytest.raises(WireError):
        decode(data)


def test_message_that_is_not_listed_is_not_said() -> None:
    """An order to dial never travels: only the engine gives it, to its own runner."""
    dial = Dial(
        attempt_id=AttemptId("a"),
        campaign_id=CampaignId("c"),
        lead_id=LeadId(1),
        e164="+15550100",
        number_index=0,
        trunk_id="t",  # type: ignore[arg-type]  # it is never looked at
        node_id="n",  # type: ignore[arg-type]  # it is never looked at
        caller_id_number="",
        ring_timeout_seconds=20.0,
    )
    with pytest.raises(WireError, match="got Dial"):
        encode(dial)


def test_number_that_is_none_is_not_said_as_nothing() -> None:
    """JSON has no word for what is no number, and a promise without an instant would be the result."""
    saved = DispositionSaved(
        agent_id=AgentId("anna"),
        attempt_id=AttemptId("a"),
        disposition="callback",
        callback_at=float("nan"),
    )
    with pytest.raises(WireError, match="finite"):
        encode(saved)


def test_message_that_is_too_long_is_refused_by_its_sender() -> None:
    """The server would drop it and nobody would know."""
    many = LeadsWithdrawn(
        campaign_id=CampaignId("c"),
        lead_ids=tuple(LeadId(10**9 + n) for n in range(100_000)),
        reason="undone",
    )
    with pytest.raises(WireError, match="say it in parts"):
        encode(many)


def test_same_message_is_always_the_same_bytes() -> None:
    """Sets are said in order, so that two runs can be compared."""
    skills = [f"skill-{number}" for number in range(20)]
    one, other = (
        SignInRequested(agent_id=AgentId("a"), campaign_ids=(), endpoint="e", skills=frozenset(order))
        for order in (skills, skills[::-1])
    )
    assert encode(one) == encode(other)
    assert body_of(one)["skills"] == sorted(skills)
