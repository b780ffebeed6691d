"""Asterisk's messages to our events: the sequences that were measured, message by message."""

import json

import pytest

from dialer.adapters.ari_events import EVENTS, WANTED_TYPES, translate
from dialer.adapters.ari_messages import decode_message
from dialer.adapters.leg_ids import agent_leg, self_test_leg, third_party
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
from dialer.core.events import (
    AnswerClassified,
    CallEnded,
    CallRinging,
    MessageEnded,
    SpeechEnded,
    SpeechStarted,
    ThirdPartyEnded,
)
from dialer.core.outcomes import EndCause
from dialer.messages import AgentId, AttemptId
from rules.detection import DetectionVerdict

CALL = AttemptId("p1-7")
ANN = AgentId("ann")
LEG = agent_leg(ANN, "p1", 3)
THIRD = third_party(CALL, 1)
CHECK = self_test_leg("a1")


def channel(name: str, state: str = "Up") -> dict[str, object]:
    """A channel as Asterisk writes it, with fields that nobody reads."""
    return {
        "id": name,
        "name": "PJSIP/carrier-00000001",
        "state": state,
        "caller": {"name": "", "number": "15551000"},
        "dialplan": {"context": "answered", "exten": "s", "priority": 1},
        "language": "en",
    }


CASES: dict[str, tuple[dict[str, object], object]] = {
    "rings": ({"type": "Dial", "dialstatus": "RINGING", "peer": channel(CALL)}, CallRinging(attempt_id=CALL)),
    "early media": (
        {"type": "Dial", "dialstatus": "PROGRESS", "peer": channel(CALL)},
        CallRinging(attempt_id=CALL),
    ),
    "dial begins": ({"type": "Dial", "dialstatus": "", "peer": channel(CALL)}, None),
    "dial ends": ({"type": "Dial", "dialstatus": "NOANSWER", "peer": channel(CALL)}, None),
    "agent's telephone rings": ({"type": "Dial", "dialstatus": "RINGING", "peer": channel(LEG)}, None),
    "off-hook": ({"type": "ChannelStateChange", "channel": channel(CALL)}, LegOffHook(attempt_id=CALL)),
    "rings, told twice": ({"type": "ChannelStateChange", "channel": channel(CALL, "Ringing")}, None),
    "reaches us": (
        {"type": "StasisStart", "args": ["answered"], "channel": channel(CALL)},
        CallTaken(attempt_id=CALL),
    ),
    "detected": (
        {
            "type": "StasisStart",
            "args": ["amd", "MACHINE", "LONGGREETING-1500-1500"],
            "channel": channel(CALL),
        },
        AnswerClassified(attempt_id=CALL, verdict=DetectionVerdict.MACHINE),
    ),
    "detector knows no word of it": (
        {"type": "StasisStart", "args": ["amd"], "channel": channel(CALL)},
        AnswerClassified(attempt_id=CALL, verdict=DetectionVerdict.UNSURE),
    ),
    "self-test rings": ({"type": "Dial", "dialstatus": "RINGING", "peer": channel(CHECK)}, None),
    "self-test answered": ({"type": "ChannelStateChange", "channel": channel(CHECK)}, None),
    "self-test gone": ({"type": "ChannelDestroyed", "cause": 16, "channel": channel(CHECK)}, None),
    "caller": (
        {"type": "StasisStart", "args": ["inbound", "0800123"], "channel": channel("1700.5")},
        CallerArrived(attempt_id=AttemptId("1700.5"), caller_id_number="15551000", dialed_number="0800123"),
    ),
    "agent answers": (
        {"type": "StasisStart", "args": ["agent"], "channel": channel(LEG)},
        AgentLegUp(agent_id=ANN, channel_id=LEG),
    ),
    "agent's leg gone": (
        {"type": "ChannelDestroyed", "cause": 16, "channel": channel(LEG)},
        AgentLegGone(agent_id=ANN, channel_id=LEG),
    ),
    "third party answers": (
        {"type": "StasisStart", "args": ["third"], "channel": channel(THIRD)},
        ThirdPartyUp(attempt_id=CALL, channel_id=THIRD),
    ),
    "third party gone": (
        {"type": "ChannelDestroyed", "cause": 16, "channel": channel(THIRD)},
        ThirdPartyEnded(attempt_id=CALL),
    ),
    "busy": (
        {"type": "ChannelDestroyed", "cause": 17, "tech_cause": 486, "channel": channel(CALL, "Ringing")},
        CallEnded(attempt_id=CALL, cause=EndCause.BUSY),
    ),
    "trunk dead": (
        {"type": "ChannelDestroyed", "cause": 18, "tech_cause": 408, "channel": channel(CALL, "Down")},
        CallEnded(attempt_id=CALL, cause=EndCause.FAILED),
    ),
    "hung up without a cause": (
        {"type": "ChannelDestroyed", "cause": 0, "channel": channel(CALL)},
        CallEnded(attempt_id=CALL, cause=EndCause.NORMAL),
    ),
    "speaks": ({"type": "ChannelTalkingStarted", "channel": channel(CALL)}, SpeechStarted(attempt_id=CALL)),
    "is silent": (
        {"type": "ChannelTalkingFinished", "duration": 480, "channel": channel(CALL)},
        SpeechEnded(attempt_id=CALL, seconds=0.48),
    ),
    "message over": (
        {"type": "PlaybackFinished", "playback": {"id": f"message.{CALL}", "state": "done"}},
        MessageEnded(attempt_id=CALL),
    ),
    "greeting over": (
        {"type": "PlaybackFinished", "playback": {"id": "desk.1700.5", "state": "done"}},
        CallerHeardSound(attempt_id=AttemptId("1700.5")),
    ),
    "key": (
        {"type": "ChannelDtmfReceived", "digit": "1", "duration_ms": 160, "channel": channel("1700.5")},
        KeyPressed(attempt_id=AttemptId("1700.5"), key="1"),
    ),
    "another playback over": ({"type": "PlaybackFinished", "playback": {"id": "beep"}}, None),
    "message by the dialplan": (
        {"type": "ChannelUserevent", "eventname": "PacelineSafeHarbour", "channel": channel(CALL)},
        MessageByNode(attempt_id=CALL),
    ),
    "another user event": ({"type": "ChannelUserevent", "eventname": "x", "channel": channel(CALL)}, None),
    "another program": ({"type": "ApplicationReplaced", "application": "paceline"}, TakenOver()),
    "something new": ({"type": "ChannelMoved", "channel": channel(CALL)}, None),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_message_of_any_measured_case_is_what_it_means(case: str) -> None:
    """Each message of the sequences that Asterisk 22 was seen to send."""
    message, expected = CASES[case]
    assert translate(decode_message(json.dumps(message))) == expected


@pytest.mark.parametrize("kind", sorted(EVENTS))
def test_message_without_its_parts_raises_nothing(kind: str) -> None:
    """A bare message of any type is nobody's news and nobody's crash."""
    translate(decode_message(json.dumps({"type": kind})))


def test_filter_lets_through_what_is_translated_and_the_answers() -> None:
    """Asterisk's event filter holds for answers too: without them every request would seem lost."""
    assert set(WANTED_TYPES) == {*EVENTS, "RESTResponse"}
