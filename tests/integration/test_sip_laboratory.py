"""Our carrier and phones against a real Asterisk: every fate, two-way speech, restarts, misbehaviour."""

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest

from asterisk_config.lab.carrier_call import CarrierCall, EndedBy
from asterisk_config.lab.laboratory import new_secret, running
from asterisk_config.lab.network import NetworkKind, free_ports
from asterisk_config.lab.population import Behaviour, Fate, FixedPopulation, Misbehaviour
from asterisk_config.lab.program import AsteriskProgram
from asterisk_config.lab.sip_laboratory import SipLaboratory, prepare_sip_laboratory
from asterisk_config.lab.telephones import PhoneAccount
from asterisk_config.lab.telephones_process import TelephonesProcess
from asterisk_config.lab.tones import Tone
from tests.integration.ari_link import AriEvents, Event, ask, channel_of

SECONDS_MAX = 10.0
AGENTS = 3
CALLER_ID = "15559999"
HUMAN = Behaviour(fate=Fate.HUMAN, ring_seconds=0.05, talk_seconds=30.0, greeting_seconds=5.0)
QUICK = replace(HUMAN, talk_seconds=0.3)
NO_ANSWER = Behaviour(fate=Fate.NO_ANSWER, ring_seconds=60.0)
MISBEHAVIOURS = {
    "4001": replace(HUMAN, misbehaviours=frozenset({Misbehaviour.IGNORES_BYE})),
    "4002": replace(NO_ANSWER, misbehaviours=frozenset({Misbehaviour.ANSWERS_AFTER_CANCEL})),
    "4003": replace(QUICK, misbehaviours=frozenset({Misbehaviour.ANSWERS_TWICE})),
    "4004": replace(QUICK, misbehaviours=frozenset({Misbehaviour.BYE_WITHOUT_REASON})),
    "4005": replace(QUICK, misbehaviours=frozenset({Misbehaviour.SENDS_GARBAGE})),
    "4006": replace(QUICK, misbehaviours=frozenset({Misbehaviour.SENDS_NO_RTP})),
}
# Cause (ITU-T Q.850) and SIP status that Asterisk reports for each fate, as measured with another carrier.
FATES: dict[str, tuple[Behaviour, int, int | None]] = {
    "3001": (QUICK, 16, None),
    "3002": (replace(QUICK, fate=Fate.MACHINE), 16, None),
    "3003": (replace(QUICK, fate=Fate.SILENCE), 16, None),
    "3004": (replace(QUICK, fate=Fate.HANGS_UP_EARLY), 16, None),
    "3005": (Behaviour(fate=Fate.BUSY, ring_seconds=0.05), 17, 486),
    "3006": (NO_ANSWER, 19, 480),
    "3007": (Behaviour(fate=Fate.TRYING_ONLY, ring_seconds=60.0), 19, 480),
    "3008": (Behaviour(fate=Fate.NOT_FOUND, ring_seconds=0.0), 1, 404),
    "3009": (Behaviour(fate=Fate.CONGESTION, ring_seconds=0.0), 34, 503),
    "3010": (Behaviour(fate=Fate.REJECTED, ring_seconds=0.05), 21, 603),
    "3011": (Behaviour(fate=Fate.EARLY_MEDIA_THEN_404, ring_seconds=0.2), 1, 404),
    "3012": (Behaviour(fate=Fate.REJECTED, status=484), 28, 484),
    "3013": (Behaviour(fate=Fate.REJECTED, status=408), 18, 408),
    "3014": (Behaviour(fate=Fate.REJECTED, status=403), 21, 403),
    "3015": (Behaviour(fate=Fate.REJECTED, status=699), 127, 699),
}
BEHAVIOURS = {
    "3000": HUMAN,
    **MISBEHAVIOURS,
    **{number: behaviour for number, (behaviour, _, _) in FATES.items()},
}


@pytest.fixture(scope="module")
def lab(
    network: NetworkKind, program: AsteriskProgram, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SipLaboratory]:
    """An Asterisk, our carrier with a behaviour for each number, and agents' phones that are signed in."""
    lab = prepare_sip_laboratory(
        tmp_path_factory.mktemp("lab"),
        program,
        agents=AGENTS,
        population=FixedPopulation(behaviours=BEHAVIOURS),
    )
    with running(lab):
        lab.telephones.wait_until_registered()
        yield lab


@pytest.fixture(scope="module")
def events(lab: SipLaboratory) -> Iterator[AriEvents]:
    """The engine's connection."""
    settings = lab.dialer_settings
    with AriEvents(settings, settings.application, everything=True) as events:
        yield events


def is_about(channel_id: str) -> Callable[[Event], bool]:
    """A question whether an event is about a channel."""
    return lambda event: channel_of(event)["id"] == channel_id


def place(lab: SipLaboratory, endpoint: str, channel_id: str, *, timeout: int = 5) -> None:
    """Place a call that goes straight to the test."""
    status, text = ask(
        lab.dialer_settings,
        "POST",
        "channels",
        endpoint=f"PJSIP/{endpoint}",
        app=lab.dialer_settings.application,
        channelId=channel_id,
        callerId=CALLER_ID,
        timeout=str(timeout),
    )
    assert status == 200, text


def beat(lab: SipLaboratory, at: float) -> None:
    """Write the engine's heartbeat of an instant."""
    status, _ = ask(
        lab.dialer_settings, "POST", "asterisk/variable", variable="PACELINE_HEARTBEAT", value=str(int(at))
    )
    assert status == 204


def join(lab: SipLaboratory, bridge: str, *channels: str) -> None:
    """Put channels into a new bridge."""
    assert ask(lab.dialer_settings, "POST", f"bridges/{bridge}", type="mixing")[0] == 200
    joined = ask(lab.dialer_settings, "POST", f"bridges/{bridge}/addChannel", channel=",".join(channels))
    assert joined[0] == 204, joined


def hang_up(lab: SipLaboratory, events: AriEvents, channel_id: str) -> None:
    """End a channel and wait for its end."""
    assert ask(lab.dialer_settings, "DELETE", f"channels/{channel_id}")[0] == 204
    events.wait_for("ChannelDestroyed", is_about(channel_id))


def wait_for(is_so: Callable[[], bool], what: str) -> None:
    """Ask until it is so."""
    until = time.monotonic() + SECONDS_MAX
    while not is_so():
        assert time.monotonic() < until, what


def calls_of(lab: SipLaboratory) -> Mapping[str, CarrierCall]:
    """The latest call of every number."""
    return {call.number: call for call in lab.telephones.truth()}


def ended_call(lab: SipLaboratory, number: str) -> CarrierCall:
    """The truth about a number's latest call, once it is over."""
    wait_for(
        lambda: number in calls_of(lab) and calls_of(lab)[number].ended_at is not None, f"{number} ended"
    )
    return calls_of(lab)[number]


def test_call_of_every_fate_ends_with_the_cause_that_asterisk_is_known_to_report(
    lab: SipLaboratory, events: AriEvents
) -> None:
    """All fates at once; cause and SIP status at Asterisk, and the truth at the carrier, are as expected."""
    for number, (behaviour, _, _) in FATES.items():
        waits = behaviour.fate in {Fate.NO_ANSWER, Fate.TRYING_ONLY}
        place(lab, f"{number}@carrier", f"fate-{number}", timeout=1 if waits else 5)
    left = {f"fate-{number}" for number in FATES}
    seen: dict[str, tuple[object, object]] = {}
    while left:
        event = events.wait_for("ChannelDestroyed", lambda event: str(channel_of(event)["id"]) in left)
        name = str(channel_of(event)["id"])
        left.discard(name)
        seen[name.removeprefix("fate-")] = (event["cause"], event.get("tech_cause"))
    assert seen == {number: (cause, status) for number, (_, cause, status) in FATES.items()}
    for number, (behaviour, cause, status) in FATES.items():
        call = ended_call(lab, number)
        assert (call.fate, call.caller_id_number) == (behaviour.fate, CALLER_ID)
        if behaviour.is_answered:
            assert (call.status, call.ended_by) == (200, EndedBy.CLIENT)
            assert call.answered_at is not None
            assert call.acknowledged_at is not None
        elif cause == 19:
            assert (call.status, call.ended_by) == (487, EndedBy.CANCELLED)
        else:
            assert (call.status, call.ended_by) == (status, EndedBy.REFUSED)


def test_agent_and_client_in_one_bridge_hear_each_other(lab: SipLaboratory, events: AriEvents) -> None:
    """The phone hears the client's tone and the client the agent's; both know it is over."""
    place(lab, "agent-1", "agent-leg")
    events.wait_for("StasisStart", is_about("agent-leg"))
    place(lab, "3000@carrier", "client-leg")
    events.wait_for("StasisStart", is_about("client-leg"))
    join(lab, "talk", "agent-leg", "client-leg")
    wait_for(lambda: lab.telephones.phones()["agent-1"].hears is Tone.CLIENT, "the client at the phone")
    wait_for(lambda: Tone.AGENT in calls_of(lab)["3000"].heard, "the agent at the carrier")
    hang_up(lab, events, "client-leg")
    wait_for(lambda: lab.telephones.phones()["agent-1"].hears is Tone.SILENCE, "nobody at the phone")
    hang_up(lab, events, "agent-leg")
    call = ended_call(lab, "3000")
    assert call.ended_by is EndedBy.DIALER
    assert set(call.heard) == {Tone.AGENT}
    assert call.answered_at is not None
    assert call.first_sound_at is not None
    assert call.first_sound_at > call.answered_at
    (leg,) = lab.telephones.phone_truth("agent-1")
    assert (leg.ended_by, set(leg.heard)) == (EndedBy.DIALER, {Tone.CLIENT})


def test_answer_without_an_engine_hears_the_safe_harbour_message(
    lab: SipLaboratory, events: AriEvents
) -> None:
    """The truth tells the message from an agent."""
    beat(lab, 0)
    status, text = ask(
        lab.dialer_settings,
        "POST",
        "channels",
        endpoint="PJSIP/3000@carrier",
        context="answered",
        extension="s",
        priority="1",
        channelId="unheard",
        timeout="5",
    )
    assert status == 200, text
    events.wait_for("ChannelDestroyed", is_about("unheard"))
    call = ended_call(lab, "3000")
    assert set(call.heard) == {Tone.MESSAGE}
    assert call.ended_by is EndedBy.DIALER


def test_phone_that_hangs_up_ends_the_agents_leg(lab: SipLaboratory, events: AriEvents) -> None:
    """The leg's channel ends with a normal cause."""
    place(lab, "agent-2", "second-leg")
    events.wait_for("StasisStart", is_about("second-leg"))
    lab.telephones.hang_up_phone("agent-2")
    assert events.wait_for("ChannelDestroyed", is_about("second-leg"))["cause"] == 16
    assert lab.telephones.phone_truth("agent-2")[-1].ended_by is EndedBy.CLIENT


def test_phone_that_vanishes_is_ended_by_its_silence(lab: SipLaboratory, events: AriEvents) -> None:
    """Asterisk ends the leg after the time without speech, cause 44; the phone that is back works again."""
    place(lab, "agent-3", "third-leg")
    events.wait_for("StasisStart", is_about("third-leg"))
    lab.telephones.vanish_phone("agent-3")
    assert events.wait_for("ChannelDestroyed", is_about("third-leg"))["cause"] == 44
    lab.telephones.bring_back_phone("agent-3")
    lab.telephones.wait_until_registered()
    place(lab, "agent-3", "fourth-leg")
    events.wait_for("StasisStart", is_about("fourth-leg"))
    hang_up(lab, events, "fourth-leg")


def test_call_into_the_dialer_is_known_by_its_numbers_and_answered(
    lab: SipLaboratory, events: AriEvents
) -> None:
    """A person calls in, reaches the engine, hears an agent, and hangs up when the talk is over."""
    beat(lab, time.time())
    name = lab.telephones.place_call(number="15550000", caller_id_number="15551234", talk_seconds=0.5)
    arrived = events.wait_for("StasisStart", lambda event: "inbound" in str(event["args"]))
    assert arrived["args"] == ["inbound", "15550000"]
    channel = channel_of(arrived)
    caller = channel["caller"]
    assert isinstance(caller, Mapping)
    assert caller["number"] == "15551234"
    assert ask(lab.dialer_settings, "POST", f"channels/{channel['id']}/answer")[0] == 204
    assert events.wait_for("ChannelDestroyed", is_about(str(channel["id"])))["cause"] == 16
    call = ended_call(lab, "15550000")
    assert (call.sip_call_id, call.is_inbound, call.status) == (name, True, 200)
    assert call.ended_by is EndedBy.CLIENT


def test_call_into_the_dialer_that_nobody_answers_is_given_up(lab: SipLaboratory, events: AriEvents) -> None:
    """A person who hangs up before an answer cancels the call."""
    beat(lab, time.time())
    name = lab.telephones.place_call(number="15550001", caller_id_number="15551234")
    channel = channel_of(events.wait_for("StasisStart", lambda event: "inbound" in str(event["args"])))
    assert lab.telephones.hang_up_call(name)
    events.wait_for("ChannelDestroyed", is_about(str(channel["id"])))
    call = ended_call(lab, "15550001")
    assert (call.ended_by, call.status, call.answered_at) == (EndedBy.CANCELLED, 487, None)


def test_phone_with_another_secret_is_refused(lab: SipLaboratory) -> None:
    """Asterisk takes no agent's phone without his secret."""
    (port,) = free_ports(1, kind=socket.SOCK_DGRAM)
    stranger = PhoneAccount(name="agent-1", password=new_secret())
    settings = replace(lab.telephones.settings, carrier_port=port, phones=(stranger,))
    process = TelephonesProcess(settings=settings, log=lab.dialer.root / "stranger.log")
    process.start()
    try:
        wait_for(lambda: process.phones()["agent-1"].register_status == 401, "the refusal")
        assert process.phones()["agent-1"].registrations == 0
    finally:
        process.stop()


def test_party_that_misbehaves_leaves_no_call_behind(lab: SipLaboratory, events: AriEvents) -> None:
    """Asterisk ends every such call, and the carrier's truth says what really happened."""
    for number in MISBEHAVIOURS:
        place(lab, f"{number}@carrier", f"odd-{number}", timeout=1 if number == "4002" else 5)
    events.wait_for("StasisStart", is_about("odd-4001"))
    hang_up(lab, events, "odd-4001")
    wait_for(
        lambda: all(calls_of(lab)[number].ended_at is not None for number in MISBEHAVIOURS), "all calls ended"
    )
    ended = {number: calls_of(lab)[number].ended_by for number in MISBEHAVIOURS}
    late = {"4001", "4002"}  # whom the dialer hung up on
    assert ended == {number: EndedBy.DIALER if number in late else EndedBy.CLIENT for number in MISBEHAVIOURS}
    wait_for(lambda: ask(lab.dialer_settings, "GET", "channels")[1] == "[]", "no channel left")


def test_trunk_that_signs_in_with_our_carrier_is_registered(
    network: NetworkKind, program: AsteriskProgram, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The carrier accepts the dialer's sign-in, as far as Asterisk can tell."""
    with running(prepare_sip_laboratory(tmp_path_factory.mktemp("trunk"), program, registers=True)) as lab:
        wait_for(lambda: " Registered" in lab.dialer.console("pjsip show registrations"), "the sign-in")


def test_asterisk_that_is_killed_and_started_anew_has_its_phones_back(
    network: NetworkKind, program: AsteriskProgram, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Legs of the killed one end as lost, at phone and carrier; phones sign in with the new one."""
    lab = prepare_sip_laboratory(
        tmp_path_factory.mktemp("killed"), program, agents=1, population=FixedPopulation(otherwise=HUMAN)
    )
    settings = lab.dialer_settings
    with running(lab):
        lab.telephones.wait_until_registered()
        with AriEvents(settings, settings.application, everything=True) as events:
            place(lab, "agent-1", "agent-leg")
            events.wait_for("StasisStart", is_about("agent-leg"))
            place(lab, "3000@carrier", "client-leg")
            events.wait_for("StasisStart", is_about("client-leg"))
            lab.dialer.kill()
        before = lab.telephones.phones()["agent-1"].registrations
        lab.dialer.start()
        assert ended_call(lab, "3000").ended_by is EndedBy.LOST
        wait_for(lambda: lab.telephones.phones()["agent-1"].legs_up == 0, "no leg left")
        assert lab.telephones.phone_truth("agent-1")[-1].ended_by is EndedBy.LOST
        wait_for(lambda: lab.telephones.phones()["agent-1"].registrations > before, "a new sign-in")
        with AriEvents(settings, settings.application, everything=True) as events:
            place(lab, "agent-1", "agent-leg")
            events.wait_for("StasisStart", is_about("agent-leg"))
