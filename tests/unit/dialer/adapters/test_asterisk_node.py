"""One node: calls wait for their turn, and one that is ended meanwhile is never placed."""

import asyncio
from dataclasses import replace
from typing import Any

from dialer.adapters.ari_messages import AriChannel, AriMessage, AriRequest
from dialer.adapters.asterisk_node import AsteriskNode, NodeListener, NodeSettings
from dialer.core.commands import Dial, HangUp
from dialer.core.events import CallAnswered, CallEnded, DialFailed, Event
from dialer.messages import AttemptId, NodeId
from tests.unit.dialer.adapters.test_ari_commands import DIAL, TRUNK


class OpenSocket:
    """A link that notes which calls were placed."""

    is_open = True

    def __init__(self) -> None:
        self.placed: list[str] = []
        self.has_placed = asyncio.Event()

    def send(self, request: AriRequest, on_answer: object) -> None:
        """Note a call."""
        if request.uri == "channels":
            self.placed.append(request.query["channelId"])
            self.has_placed.set()


def node_that_tells(told: list[Event]) -> AsteriskNode:
    """A node whose events are kept, and whose other news is of no interest here."""

    def ignore(*words: Any) -> None:
        """News that these tests are not about."""

    listener = NodeListener(
        tell=told.append,
        caller_arrived=ignore,
        caller_heard_sound=ignore,
        key_pressed=ignore,
        agent_leg_up=ignore,
        agent_leg_gone=ignore,
        resynchronised=ignore,
        bridged=ignore,
    )
    settings = NodeSettings(node_id=NodeId("dialer"), application="paceline", endpoints={TRUNK: "carrier"})
    return AsteriskNode(settings, listener)


def heard(kind: str, attempt_id: str, state: str, **more: Any) -> AriMessage:
    """A message of Asterisk about a channel."""
    channel = AriChannel(id=attempt_id, state=state)
    return AriMessage(type=kind, timestamp="2026-11-23T12:00:00.000+0000", channel=channel, **more)


async def test_answer_that_never_reaches_us_is_told_before_the_end() -> None:
    """Who answers in the instant in which ringing is given up was answered, for the ledger too."""
    told: list[Event] = []
    node = node_that_tells(told)
    node._held_back = None
    node._hear(heard("ChannelStateChange", "p1-1", "Up"))
    node._hear(heard("ChannelDestroyed", "p1-1", "Up", cause=19))
    assert [type(event) for event in told] == [CallAnswered, CallEnded]


async def test_answer_that_reached_us_is_told_once() -> None:
    """The end of an answered call says nothing of the answer again."""
    told: list[Event] = []
    node = node_that_tells(told)
    node._held_back = None
    node._hear(heard("ChannelStateChange", "p1-1", "Up"))
    node._hear(heard("StasisStart", "p1-1", "Up", args=["answered"]))
    node._hear(heard("ChannelDestroyed", "p1-1", "Up", cause=16))
    assert [type(event) for event in told] == [CallAnswered, CallEnded]


async def test_call_that_is_ended_while_it_waits_for_its_turn_is_never_placed() -> None:
    """Nobody is rung up for an attempt that is over; the engine hears that it never became a call."""
    told: list[Event] = []
    node = node_that_tells(told)
    link = OpenSocket()
    node._socket = link  # type: ignore[assignment]  # a stand-in
    dials: list[Dial] = [replace(DIAL, attempt_id=AttemptId(f"p1-{place}")) for place in (1, 2, 3)]
    for dial in dials:
        node.carry_out(dial)
    node.carry_out(HangUp(attempt_id=dials[1].attempt_id))
    assert [event.attempt_id for event in told if isinstance(event, DialFailed)] == ["p1-2"]
    while len(link.placed) < 2:
        link.has_placed.clear()
        await asyncio.wait_for(link.has_placed.wait(), 5.0)
    assert link.placed == ["p1-1", "p1-3"]
