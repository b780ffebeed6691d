"""Our commands to Asterisk's requests: one table; nothing behind this file knows Asterisk's words for acts.

The requests of one command go out together, in order; the first one's answer decides what the engine is told.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dialer.adapters.ari_events import DESK_PLAYBACK, MESSAGE_PLAYBACK
from dialer.adapters.ari_messages import AriAnswer, AriRequest
from dialer.adapters.leg_ids import agent_bridge, third_party, transfer_bridge
from dialer.core import commands
from dialer.core.events import (
    AnswerClassified,
    CallConnected,
    CallEnded,
    CallStillUp,
    ConnectFailed,
    DialFailed,
    Event,
    MessageEnded,
    ThirdPartyEnded,
)
from dialer.core.outcomes import EndCause
from dialer.core.settings import Detector
from dialer.messages import AgentId, AttemptId, TrunkId
from rules.detection import DetectionVerdict

NOT_FOUND = 404
ALREADY_THERE = 409
NORMAL_CLEARING = "16"  # Q.850
ANSWERED_CONTEXT = "answered"  # templates/extensions.conf.j2
DETECTION_CONTEXT = "amd"
ANSWER_SECONDS = "PACELINE_ANSWER_SECONDS"
"""Channel variable: an answered call that nobody has taken after so long goes to the message by itself."""

ANSWER_GRACE_SECONDS = 1.0
"""Beyond the engine's own limit: whoever is alive and on time is not overtaken by the dialplan."""

SPEECH_MAGNITUDE_MIN = 256
"""What counts as sound, in mean magnitude of a frame's samples: func_talkdetect's own default."""

CALL_OFF = {"variable": "TIMEOUT(absolute)", "value": "0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounds:
    """Names of the recordings, as Asterisk finds them."""

    safe_harbour: str = "paceline/safe-harbour-message"
    voicemail: str = "paceline/voicemail-message"
    broadcast: str = "paceline/campaign-message"
    agent_tone: str = ""  # to the agent when a client joins; empty: none


@dataclass(slots=True, kw_only=True)
class NodePlaces:
    """Where things are on one node: what the requests need beyond the command itself."""

    application: str
    endpoints: Mapping[TrunkId, str]  # name of each trunk's endpoint
    sounds: Sounds = Sounds()
    agent_legs: dict[AgentId, str] = field(default_factory=dict)  # channel of each agent whose leg is up
    third_parties: dict[AttemptId, str] = field(default_factory=dict)  # channel of each third party
    talking_with: dict[AttemptId, AgentId] = field(default_factory=dict)  # in whose bridge each client is
    listening: set[AttemptId] = field(default_factory=set)  # answered calls of which speech is told
    on_hold: set[AttemptId] = field(default_factory=set)  # clients who hear music
    last_words: dict[AttemptId, str] = field(default_factory=dict)  # instead of the safe-harbour message
    legs_called: int = 0  # third parties so far, to name them


Requests = Callable[[NodePlaces, commands.NetworkCommand], list[AriRequest]]
Conclusion = Callable[[commands.NetworkCommand, AriAnswer], Event | None]


def requests_for(places: NodePlaces, command: commands.NetworkCommand) -> list[AriRequest]:
    """What Asterisk is asked to do."""
    return COMMANDS[type(command)][0](places, command)


def conclude(command: commands.NetworkCommand, answer: AriAnswer) -> Event | None:
    """What the engine is told of the answer to a command's first request; what is lost the resync settles."""
    return None if answer.is_lost else COMMANDS[type(command)][1](command, answer)


# --- requests ----------------------------------------------------------------------------------------------


def _dial(places: NodePlaces, command: commands.Dial) -> list[AriRequest]:
    query = {
        "endpoint": f"PJSIP/{command.e164}@{places.endpoints[command.trunk_id]}",
        "context": ANSWERED_CONTEXT,
        "extension": "s",
        "priority": "1",
        "channelId": command.attempt_id,
        "timeout": str(max(1, round(command.ring_timeout_seconds))),
        "callerId": command.caller_id_number,
    }
    variables = {ANSWER_SECONDS: f"{command.answer_seconds_max + ANSWER_GRACE_SECONDS:g}"}
    return [AriRequest(method="POST", uri="channels", query=query, body={"variables": variables})]


def _detect(places: NodePlaces, command: commands.DetectAnswer) -> list[AriRequest]:
    if command.detector is Detector.SPEECH:
        places.listening.add(command.attempt_id)
        value = f"{round(command.silence_seconds * 1000)},{SPEECH_MAGNITUDE_MIN}"
        return [_variable(command.attempt_id, "TALK_DETECT(set)", value)]
    query = {"context": DETECTION_CONTEXT, "extension": "s", "priority": "1"}
    return [_post(f"channels/{command.attempt_id}/continue", query)]


def _await_beep(places: NodePlaces, command: commands.AwaitBeep) -> list[AriRequest]:
    return [_taken(command.attempt_id)]


def _connect(places: NodePlaces, command: commands.ConnectToAgent) -> list[AriRequest]:
    attempt_id, bridge = command.attempt_id, agent_bridge(command.agent_id)
    asked = [_post(f"bridges/{bridge}/addChannel", {"channel": attempt_id}), _taken(attempt_id)]
    if attempt_id in places.on_hold:
        places.on_hold.discard(attempt_id)
        asked.append(_delete(f"channels/{attempt_id}/moh"))
    asked += _stop_listening(places, attempt_id)
    places.talking_with[attempt_id] = command.agent_id
    leg = places.agent_legs.get(command.agent_id)
    if places.sounds.agent_tone and leg is not None:
        asked.append(_post(f"channels/{leg}/play", {"media": places.sounds.agent_tone}))
    return asked


def _play(places: NodePlaces, sound: str, attempt_id: AttemptId) -> list[AriRequest]:
    query = {"media": f"sound:{sound}", "playbackId": MESSAGE_PLAYBACK + attempt_id}
    asked = [_post(f"channels/{attempt_id}/play", query), _taken(attempt_id)]
    return [*asked, *_stop_listening(places, attempt_id)]


def _stop_listening(places: NodePlaces, attempt_id: AttemptId) -> list[AriRequest]:
    """It is known who answered: nobody need hear when the party speaks."""
    if attempt_id not in places.listening:
        return []
    places.listening.discard(attempt_id)
    return [_variable(attempt_id, "TALK_DETECT(remove)", "")]


def _play_safe_harbour(places: NodePlaces, command: commands.PlaySafeHarbourMessage) -> list[AriRequest]:
    attempt_id = command.attempt_id
    music = [_delete(f"channels/{attempt_id}/moh")] if attempt_id in places.on_hold else []
    places.on_hold.discard(attempt_id)
    sound = places.last_words.pop(attempt_id, places.sounds.safe_harbour)
    return [*_play(places, sound, attempt_id), *music]


def _leave_voicemail(places: NodePlaces, command: commands.LeaveVoicemailMessage) -> list[AriRequest]:
    return _play(places, places.sounds.voicemail, command.attempt_id)


def _play_broadcast(places: NodePlaces, command: commands.PlayCampaignMessage) -> list[AriRequest]:
    return _play(places, places.sounds.broadcast, command.attempt_id)


def _hang_up(places: NodePlaces, command: commands.HangUp) -> list[AriRequest]:
    return [_delete(f"channels/{command.attempt_id}", {"reason_code": NORMAL_CLEARING})]


def _hold(places: NodePlaces, command: commands.HoldCall) -> list[AriRequest]:
    return _leave_bridge(places, command.attempt_id)


def _resume(places: NodePlaces, command: commands.ResumeCall) -> list[AriRequest]:
    attempt_id = command.attempt_id
    agent_id = places.talking_with.get(attempt_id)
    if agent_id is None:
        return []
    places.on_hold.discard(attempt_id)
    asked = [
        _delete(f"channels/{attempt_id}/moh"),
        _post(f"bridges/{agent_bridge(agent_id)}/addChannel", {"channel": attempt_id}),
    ]
    third = places.third_parties.get(attempt_id)
    return [*asked, _delete(f"channels/{third}")] if third is not None else asked


def _release(places: NodePlaces, command: commands.ReleaseAgent) -> list[AriRequest]:
    attempt_id, third = command.attempt_id, places.third_parties.get(command.attempt_id)
    places.talking_with.pop(attempt_id, None)
    if third is None:
        return _leave_bridge(places, attempt_id, agent_id=command.agent_id)
    bridge = transfer_bridge(attempt_id)
    return [
        _post(f"bridges/{bridge}", {"type": "mixing"}),
        _post(f"bridges/{bridge}/addChannel", {"channel": f"{attempt_id},{third}"}),
    ]


def _leave_bridge(
    places: NodePlaces, attempt_id: AttemptId, agent_id: AgentId | None = None
) -> list[AriRequest]:
    """Out of the agent's bridge, and music meanwhile: a person must hear that the line is open."""
    agent_id = agent_id or places.talking_with.get(attempt_id)
    places.on_hold.add(attempt_id)
    music = _post(f"channels/{attempt_id}/moh")
    if agent_id is None:
        return [music]
    return [_post(f"bridges/{agent_bridge(agent_id)}/removeChannel", {"channel": attempt_id}), music]


def _dial_third_party(places: NodePlaces, command: commands.DialThirdParty) -> list[AriRequest]:
    places.legs_called += 1
    channel_id = third_party(command.attempt_id, places.legs_called)
    places.third_parties[command.attempt_id] = channel_id
    endpoint = next(iter(places.endpoints.values()), "")
    query = {
        "endpoint": f"PJSIP/{command.e164}@{endpoint}",
        "app": places.application,
        "appArgs": "third",
        "channelId": channel_id,
        "timeout": str(max(1, round(command.ring_timeout_seconds))),
    }
    held = [] if command.attempt_id in places.on_hold else _leave_bridge(places, command.attempt_id)
    return [_post("channels", query), *held]


def _join(places: NodePlaces, command: commands.JoinParties) -> list[AriRequest]:
    return _resume_without_drop(places, command.attempt_id)


def _resume_without_drop(places: NodePlaces, attempt_id: AttemptId) -> list[AriRequest]:
    agent_id = places.talking_with.get(attempt_id)
    if agent_id is None:
        return []
    places.on_hold.discard(attempt_id)
    bridge = agent_bridge(agent_id)
    return [
        _delete(f"channels/{attempt_id}/moh"),
        _post(f"bridges/{bridge}/addChannel", {"channel": attempt_id}),
    ]


def _drop_third_party(places: NodePlaces, command: commands.DropThirdParty) -> list[AriRequest]:
    channel_id = places.third_parties.pop(command.attempt_id, None)
    return [] if channel_id is None else [_delete(f"channels/{channel_id}")]


def _check(places: NodePlaces, command: commands.CheckCall) -> list[AriRequest]:
    return [AriRequest(method="GET", uri=f"channels/{command.attempt_id}")]


def _post(uri: str, query: Mapping[str, str] | None = None) -> AriRequest:
    return AriRequest(method="POST", uri=uri, query=query or {})


def _delete(uri: str, query: Mapping[str, str] | None = None) -> AriRequest:
    return AriRequest(method="DELETE", uri=uri, query=query or {})


def _taken(attempt_id: AttemptId) -> AriRequest:
    """The call is in good hands: the dialplan's own message is called off."""
    return _variable(attempt_id, CALL_OFF["variable"], CALL_OFF["value"])


def _variable(attempt_id: AttemptId, name: str, value: str) -> AriRequest:
    return _post(f"channels/{attempt_id}/variable", {"variable": name, "value": value})


def welcome_requests(attempt_id: AttemptId) -> list[AriRequest]:
    """Answer a caller, who is in our hands from now on."""
    return [_post(f"channels/{attempt_id}/answer"), _taken(attempt_id)]


def play_to_caller(attempt_id: AttemptId, sound: str) -> AriRequest:
    """Play a sound whose end the inbound desk hears of."""
    query = {"media": f"sound:{sound}", "playbackId": DESK_PLAYBACK + attempt_id}
    return _post(f"channels/{attempt_id}/play", query)


def hold_caller(places: NodePlaces, attempt_id: AttemptId) -> AriRequest:
    """Let a caller hear music until somebody, or a message, takes him."""
    places.on_hold.add(attempt_id)
    return _post(f"channels/{attempt_id}/moh")


def third_party_requests(agent_id: AgentId, channel_id: str) -> list[AriRequest]:
    """Bring a third party who answered into the agent's bridge."""
    return [_post(f"bridges/{agent_bridge(agent_id)}/addChannel", {"channel": channel_id})]


def agent_bridge_requests(agent_id: AgentId) -> list[AriRequest]:
    """Make an agent's bridge, silent and empty, if it is not there."""
    return [_post(f"bridges/{agent_bridge(agent_id)}", {"type": "mixing"})]


def call_agent(application: str, endpoint: str, channel_id: str, ring_seconds_max: float) -> AriRequest:
    """Call an agent's telephone; when it is answered the channel comes to us."""
    query = {
        "endpoint": f"PJSIP/{endpoint}",
        "app": application,
        "appArgs": "agent",
        "channelId": channel_id,
        "timeout": str(max(1, round(ring_seconds_max))),
    }
    return _post("channels", query)


def join_agent(agent_id: AgentId, channel_id: str) -> AriRequest:
    """Put an agent's leg into his bridge, where clients join him."""
    return _post(f"bridges/{agent_bridge(agent_id)}/addChannel", {"channel": channel_id})


def end_agent_leg(channel_id: str) -> AriRequest:
    """Hang up an agent's telephone."""
    return _delete(f"channels/{channel_id}", {"reason_code": NORMAL_CLEARING})


def end_agent_bridge(agent_id: AgentId) -> AriRequest:
    """Remove an agent's bridge; whoever is in it stays on the line."""
    return _delete(f"bridges/{agent_bridge(agent_id)}")


# --- conclusions -------------------------------------------------------------------------------------------


def _dialed(command: commands.Dial, answer: AriAnswer) -> Event | None:
    if answer.is_done or answer.status == ALREADY_THERE:  # asked twice: the first was heard
        return None
    reason = f"Asterisk answered {answer.status} to the dial: {answer.body[:200]}"
    return DialFailed(attempt_id=command.attempt_id, cause=EndCause.FAILED, reason=reason)


def _connected(command: commands.ConnectToAgent, answer: AriAnswer) -> Event | None:
    if answer.is_done:
        return CallConnected(attempt_id=command.attempt_id, agent_id=command.agent_id)
    reason = f"Asterisk answered {answer.status} to the bridge: {answer.body[:200]}"
    return ConnectFailed(attempt_id=command.attempt_id, agent_id=command.agent_id, reason=reason)


def _played(
    command: commands.PlaySafeHarbourMessage | commands.LeaveVoicemailMessage | commands.PlayCampaignMessage,
    answer: AriAnswer,
) -> Event | None:
    return None if answer.is_done else MessageEnded(attempt_id=command.attempt_id)


def _hung_up(command: commands.HangUp, answer: AriAnswer) -> Event | None:
    is_gone = answer.status == NOT_FOUND
    return CallEnded(attempt_id=command.attempt_id, cause=EndCause.NORMAL) if is_gone else None


def _detecting(command: commands.DetectAnswer, answer: AriAnswer) -> Event | None:
    if answer.is_done:
        return None
    return AnswerClassified(attempt_id=command.attempt_id, verdict=DetectionVerdict.UNSURE)


def _called_third_party(command: commands.DialThirdParty, answer: AriAnswer) -> Event | None:
    return None if answer.is_done else ThirdPartyEnded(attempt_id=command.attempt_id)


def _checked(command: commands.CheckCall, answer: AriAnswer) -> Event | None:
    if answer.is_done:
        return CallStillUp(attempt_id=command.attempt_id)
    if answer.status == NOT_FOUND:
        return CallEnded(attempt_id=command.attempt_id, cause=EndCause.FAILED)
    return None


def _nothing(command: commands.NetworkCommand, answer: AriAnswer) -> Event | None:
    return None


# Each pair of functions takes the class of command that it stands beside.
COMMANDS: Mapping[type, tuple[Callable[..., list[AriRequest]], Callable[..., Event | None]]] = {
    commands.Dial: (_dial, _dialed),
    commands.DetectAnswer: (_detect, _detecting),
    commands.AwaitBeep: (_await_beep, _nothing),
    commands.ConnectToAgent: (_connect, _connected),
    commands.PlaySafeHarbourMessage: (_play_safe_harbour, _played),
    commands.LeaveVoicemailMessage: (_leave_voicemail, _played),
    commands.PlayCampaignMessage: (_play_broadcast, _played),
    commands.HangUp: (_hang_up, _hung_up),
    commands.HoldCall: (_hold, _nothing),
    commands.ResumeCall: (_resume, _nothing),
    commands.ReleaseAgent: (_release, _nothing),
    commands.DialThirdParty: (_dial_third_party, _called_third_party),
    commands.JoinParties: (_join, _nothing),
    commands.DropThirdParty: (_drop_third_party, _nothing),
    commands.CheckCall: (_check, _checked),
}
"""How each command is carried out, and what its answer means."""
