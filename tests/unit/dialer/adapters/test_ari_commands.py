"""Our commands to Asterisk's requests, and what its answers mean."""

from dataclasses import fields
from typing import Any, get_args

import pytest

from dialer.adapters.ari_commands import COMMANDS, NodePlaces, conclude, requests_for
from dialer.adapters.ari_messages import LOST, AriAnswer
from dialer.adapters.leg_ids import agent_bridge
from dialer.core import commands
from dialer.core.events import (
    AnswerClassified,
    CallConnected,
    CallEnded,
    CallStillUp,
    ConnectFailed,
    DialFailed,
    MessageEnded,
    ThirdPartyEnded,
)
from dialer.core.settings import Detector
from dialer.messages import AgentId, AttemptId, CampaignId, LeadId, NodeId, TrunkId

CALL, ANN, TRUNK = AttemptId("p1-7"), AgentId("ann"), TrunkId("carrier")
DIAL = commands.Dial(
    attempt_id=CALL,
    campaign_id=CampaignId("sales"),
    lead_id=LeadId(1),
    e164="+999100020",
    number_index=0,
    trunk_id=TRUNK,
    node_id=NodeId("dialer"),
    caller_id_number="+9990000",
    ring_timeout_seconds=22.0,
    answer_seconds_max=2.0,
)
CONNECT = commands.ConnectToAgent(
    attempt_id=CALL, agent_id=ANN, campaign_id=CampaignId("sales"), lead_id=LeadId(1)
)
DONE, REFUSED, GONE = AriAnswer(status=204), AriAnswer(status=500), AriAnswer(status=404)


@pytest.fixture
def places() -> NodePlaces:
    """A node with one trunk, where Ann's leg is up."""
    return NodePlaces(application="paceline", endpoints={TRUNK: "carrier"}, agent_legs={ANN: "leg.1"})


def any_command(kind: type) -> Any:
    """A command of a kind."""
    values = {"attempt_id": CALL, "agent_id": ANN, "e164": "+999", "ring_timeout_seconds": 20.0}
    if kind is commands.Dial:
        return DIAL
    if kind is commands.ConnectToAgent:
        return CONNECT
    return kind(
        **{name: value for name, value in values.items() if name in {each.name for each in fields(kind)}}
    )


def said(places: NodePlaces, command: commands.NetworkCommand) -> list[str]:
    """The requests of a command, shortened to method and address."""
    return [f"{request.method} {request.uri}" for request in requests_for(places, command)]


def test_table_holds_every_command_for_the_network() -> None:
    """No order of the engine is without a hand, and none is carried out that it cannot give."""
    assert set(COMMANDS) == set(get_args(commands.NetworkCommand))


def test_dial_names_the_channel_after_the_attempt_and_arms_the_dialplan(places: NodePlaces) -> None:
    """The attempt id is the channel id; an answer that nobody takes goes to the message by itself."""
    (request,) = requests_for(places, DIAL)
    assert request.query["channelId"] == CALL
    assert request.query["endpoint"] == "PJSIP/+999100020@carrier"
    assert request.query["timeout"] == "22"
    assert request.query["context"] == "answered"
    assert request.body == {"variables": {"PACELINE_ANSWER_SECONDS": "3"}}


def test_connection_is_one_request_and_calls_the_dialplans_message_off(places: NodePlaces) -> None:
    """The client joins the agent's bridge first; everything else comes after it."""
    assert said(places, CONNECT) == [
        f"POST bridges/{agent_bridge(ANN)}/addChannel",
        f"POST channels/{CALL}/variable",
    ]
    assert places.talking_with == {CALL: ANN}


def test_answer_is_listened_to_until_it_is_known_whose_it_is(places: NodePlaces) -> None:
    """Speech is told until an agent or a message takes the call; the bridge is asked for first."""
    (listen,) = requests_for(places, commands.DetectAnswer(attempt_id=CALL, silence_seconds=0.4))
    assert listen.query == {"variable": "TALK_DETECT(set)", "value": "400,256"}
    asked = requests_for(places, CONNECT)
    assert asked[0].uri.endswith("addChannel")
    assert asked[-1].query == {"variable": "TALK_DETECT(remove)", "value": ""}
    assert "TALK_DETECT(remove)" not in str(requests_for(places, CONNECT))


def test_machine_that_is_waited_for_keeps_the_dialplan_silent(places: NodePlaces) -> None:
    """Its greeting may last longer than an answered person may wait."""
    (request,) = requests_for(places, commands.AwaitBeep(attempt_id=CALL))
    assert request.query == {"variable": "TIMEOUT(absolute)", "value": "0"}


def test_answer_is_left_to_asterisks_own_detector_where_the_campaign_says_so(places: NodePlaces) -> None:
    """The call goes to the dialplan, which tells the verdict."""
    order = commands.DetectAnswer(attempt_id=CALL, detector=Detector.APP_AMD)
    assert said(places, order) == [f"POST channels/{CALL}/continue"]
    assert places.listening == set()


def test_client_on_hold_hears_music_until_he_is_taken_back(places: NodePlaces) -> None:
    """Out of the bridge and music; back into it and no music."""
    requests_for(places, CONNECT)
    assert said(places, commands.HoldCall(attempt_id=CALL)) == [
        f"POST bridges/{agent_bridge(ANN)}/removeChannel",
        f"POST channels/{CALL}/moh",
    ]
    assert said(places, commands.ResumeCall(attempt_id=CALL)) == [
        f"DELETE channels/{CALL}/moh",
        f"POST bridges/{agent_bridge(ANN)}/addChannel",
    ]


def test_client_handed_on_loses_his_music_when_the_next_agent_takes_him(places: NodePlaces) -> None:
    """A released client waits with music; the connection to the next agent ends it."""
    requests_for(places, CONNECT)
    requests_for(places, commands.ReleaseAgent(attempt_id=CALL, agent_id=ANN))
    assert f"DELETE channels/{CALL}/moh" in said(places, CONNECT)
    assert f"DELETE channels/{CALL}/moh" not in said(places, CONNECT)


def test_parties_left_to_themselves_get_a_bridge_of_their_own(places: NodePlaces) -> None:
    """The agent's bridge is his: client and third party leave it together."""
    requests_for(places, CONNECT)
    requests_for(places, any_command(commands.DialThirdParty))
    third = places.third_parties[CALL]
    requests = requests_for(places, commands.ReleaseAgent(attempt_id=CALL, agent_id=ANN))
    assert requests[-1].query == {"channel": f"{CALL},{third}"}
    assert requests[-1].uri == f"bridges/transfer.{CALL}/addChannel"


CONCLUSIONS: dict[type, dict[int, type | None]] = {
    commands.Dial: {200: None, 409: None, 500: DialFailed},
    commands.DetectAnswer: {204: None, 409: AnswerClassified},
    commands.ConnectToAgent: {204: CallConnected, 409: ConnectFailed},
    commands.PlaySafeHarbourMessage: {201: None, 404: MessageEnded},
    commands.LeaveVoicemailMessage: {201: None, 404: MessageEnded},
    commands.PlayCampaignMessage: {201: None, 404: MessageEnded},
    commands.HangUp: {204: None, 404: CallEnded, 500: None},
    commands.CheckCall: {200: CallStillUp, 404: CallEnded, 500: None},
    commands.DialThirdParty: {200: None, 500: ThirdPartyEnded},
}


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
def test_answer_to_any_command_is_told_as_it_is(kind: type) -> None:
    """What could not be done comes back as an event; what nobody knows is left to the resync."""
    command = any_command(kind)
    assert conclude(command, LOST) is None
    for status, expected in CONCLUSIONS.get(kind, {204: None, 404: None}).items():
        event = conclude(command, AriAnswer(status=status))
        assert (None if event is None else type(event)) is expected, f"{kind.__name__}: {status}"
