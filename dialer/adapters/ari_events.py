"""Asterisk's events to ours: one table; nothing behind this file knows Asterisk's words for what happens.

The sequence of events for each SIP answer was measured; the table of causes is in `hangup_causes`.
Everything here is stateless: a channel's name tells whose it is (`leg_ids`).
"""

from collections.abc import Callable, Mapping

from dialer.adapters.ari_messages import AriChannel, AriMessage
from dialer.adapters.hangup_causes import end_cause
from dialer.adapters.leg_ids import (
    agent_of,
    attempt_of_third_party,
    is_house_leg,
)
from dialer.adapters.node_news import (
    AgentLegGone,
    AgentLegUp,
    CallerArrived,
    CallerHeardSound,
    CallTaken,
    KeyPressed,
    LegOffHook,
    MessageByNode,
    News,
    TakenOver,
    ThirdPartyUp,
)
from dialer.core.events import (
    AnswerClassified,
    CallEnded,
    CallRinging,
    Event,
    MessageEnded,
    SpeechEnded,
    SpeechStarted,
    ThirdPartyEnded,
)
from dialer.messages import AttemptId
from rules.detection import DetectionVerdict

Told = Event | News | None
Translator = Callable[[AriMessage], Told]

UP = "Up"
RINGING = "Ringing"
HEARD_OF_FAR_END = frozenset({"RINGING", "PROGRESS"})
"""Ringing, or early media: the far end's network plays something, mostly a ringing tone."""

MESSAGE_PLAYBACK = "message."
"""Playbacks whose end the engine waits for are named by this and the attempt id."""

DESK_PLAYBACK = "desk."
"""Playbacks whose end the inbound desk waits for are named by this and the attempt id."""

SAFE_HARBOUR_EVENT = "PacelineSafeHarbour"
"""User event by which the dialplan tells that it plays the message (templates/extensions.conf.j2)."""

AMD_VERDICTS = {
    "HUMAN": DetectionVerdict.HUMAN,
    "MACHINE": DetectionVerdict.MACHINE,
    "NOTSURE": DetectionVerdict.UNSURE,
}
"""AMDSTATUS of app_amd."""


def translate(message: AriMessage) -> Told:
    """What a message tells us; None: nothing."""
    translator = EVENTS.get(message.type)
    return None if translator is None else translator(message)


def _dial(message: AriMessage) -> Told:
    peer = message.peer
    if peer is None or message.dialstatus not in HEARD_OF_FAR_END or is_house_leg(peer.id):
        return None
    return CallRinging(attempt_id=AttemptId(peer.id))


def _state_changed(message: AriMessage) -> Told:
    channel = _channel(message)
    if channel.state != UP or is_house_leg(channel.id):
        return None  # of ringing we hear by "Dial"
    return LegOffHook(attempt_id=AttemptId(channel.id))


def _stasis_started(message: AriMessage) -> Told:
    arrival = ARRIVALS.get(message.args[0]) if message.args else None
    return None if arrival is None else arrival(message)


def _answered(message: AriMessage) -> Told:
    return CallTaken(attempt_id=AttemptId(_channel(message).id))


def _classified(message: AriMessage) -> Told:
    verdict = AMD_VERDICTS.get(message.args[1] if len(message.args) > 1 else "", DetectionVerdict.UNSURE)
    return AnswerClassified(attempt_id=AttemptId(_channel(message).id), verdict=verdict)


def _called_in(message: AriMessage) -> Told:
    channel = _channel(message)
    return CallerArrived(
        attempt_id=AttemptId(channel.id),
        caller_id_number=channel.caller.number,
        dialed_number=message.args[1] if len(message.args) > 1 else channel.dialplan.exten,
    )


def _agent_answered(message: AriMessage) -> Told:
    channel = _channel(message)
    agent_id = agent_of(channel.id)
    return None if agent_id is None else AgentLegUp(agent_id=agent_id, channel_id=channel.id)


def _third_party_answered(message: AriMessage) -> Told:
    channel = _channel(message)
    attempt_id = attempt_of_third_party(channel.id)
    return None if attempt_id is None else ThirdPartyUp(attempt_id=attempt_id, channel_id=channel.id)


ARRIVALS: Mapping[str, Translator] = {
    "answered": _answered,
    "amd": _classified,
    "inbound": _called_in,
    "agent": _agent_answered,
    "third": _third_party_answered,
}
"""By the first word with which the dialplan, or an order of ours, sends a channel to us."""


def _destroyed(message: AriMessage) -> Told:
    channel = _channel(message)
    agent_id = agent_of(channel.id)
    if agent_id is not None:
        return AgentLegGone(agent_id=agent_id, channel_id=channel.id)
    attempt_id = attempt_of_third_party(channel.id)
    if attempt_id is not None:
        return ThirdPartyEnded(attempt_id=attempt_id)
    if is_house_leg(channel.id):
        return None
    cause = end_cause(
        message.cause,
        message.tech_cause,
        was_answered=channel.state == UP,
        has_rung=channel.state == RINGING,
    )
    return CallEnded(attempt_id=AttemptId(channel.id), cause=cause)


def _playback_finished(message: AriMessage) -> Told:
    if message.playback is None:
        return None
    if message.playback.id.startswith(DESK_PLAYBACK):
        return CallerHeardSound(attempt_id=AttemptId(message.playback.id.removeprefix(DESK_PLAYBACK)))
    if not message.playback.id.startswith(MESSAGE_PLAYBACK):
        return None
    # Also one that failed: there is nothing more to wait for.
    return MessageEnded(attempt_id=AttemptId(message.playback.id.removeprefix(MESSAGE_PLAYBACK)))


def _speaks(message: AriMessage) -> Told:
    return SpeechStarted(attempt_id=AttemptId(_channel(message).id))


def _is_silent(message: AriMessage) -> Told:
    return SpeechEnded(attempt_id=AttemptId(_channel(message).id), seconds=message.duration / 1000.0)


def _key_pressed(message: AriMessage) -> Told:
    return KeyPressed(attempt_id=AttemptId(_channel(message).id), key=message.digit)


def _user_event(message: AriMessage) -> Told:
    if message.eventname != SAFE_HARBOUR_EVENT or message.channel is None:
        return None
    return MessageByNode(attempt_id=AttemptId(message.channel.id))


def _replaced(message: AriMessage) -> Told:
    return TakenOver()


def _channel(message: AriMessage) -> AriChannel:
    """The channel of an event that always has one; one without is treated as of nobody."""
    return message.channel or NOBODY


NOBODY = AriChannel(id="")

EVENTS: Mapping[str, Translator] = {
    "Dial": _dial,
    "ChannelStateChange": _state_changed,
    "StasisStart": _stasis_started,
    "ChannelDestroyed": _destroyed,
    "ChannelTalkingStarted": _speaks,
    "ChannelTalkingFinished": _is_silent,
    "ChannelDtmfReceived": _key_pressed,
    "PlaybackFinished": _playback_finished,
    "ChannelUserevent": _user_event,
    "ApplicationReplaced": _replaced,
}
"""By type of Asterisk's event; every other type is filtered out at its source (`WANTED_TYPES`)."""

WANTED_TYPES = (*sorted(EVENTS), "RESTResponse")
"""What is let through at the source; the filter holds for answers as well as for events."""
