"""The rendered configuration on a real Asterisk 22, with a second one as carrier, on loopback."""

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from asterisk_config.config_file import read_config
from asterisk_config.lab.instance import AsteriskInstance, ari_status, folders_in
from asterisk_config.lab.keeper import bring_down, find_note
from asterisk_config.lab.laboratory import Laboratory, new_secret, prepare_laboratory, running
from asterisk_config.lab.network import NetworkKind
from asterisk_config.lab.program import VERSION_MIN, AsteriskProgram
from asterisk_config.renderer import render
from asterisk_config.running_check import check_running
from asterisk_config.settings import Agent, AriUser, Phone
from tests.integration.ari_link import AriEvents, Event, ask, channel_of
from tests.integration.listening import listeners_of
from tests.unit.asterisk_config.sample_settings import full_settings

PACELINE = (sys.executable, "-m", "app")
ANSWERS_AT_ONCE = "100600"  # a person who answers without ringing and stays for a minute
HEARTBEAT = "PACELINE_HEARTBEAT"
SECONDS_MAX = 10.0
PACKETS_MIN = 5  # of 20 ms each
# Every mark that a secret may hold and that means something in Asterisk's files.
ODD_SECRET = ">;a\\;b = #[x](!) \"'${y},|%;--q;\\"


@pytest.fixture(scope="module")
def lab(
    network: NetworkKind, program: AsteriskProgram, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Laboratory]:
    """A dialer's Asterisk with an agent of each kind, and a carrier."""
    agents = tuple(Agent(name=f"agent-{phone.value}", password=new_secret(), phone=phone) for phone in Phone)
    root = tmp_path_factory.mktemp("lab")
    with running(prepare_laboratory(root, program, agents=agents)) as lab:
        yield lab


@pytest.fixture(scope="module")
def events(lab: Laboratory) -> Iterator[AriEvents]:
    """The engine's connection, one for all tests: a second one too soon after it is deaf."""
    settings = lab.dialer_settings
    with AriEvents(settings, settings.application, everything=True) as events:
        yield events


def is_about(channel_id: str) -> Callable[[Event], bool]:
    """A question whether an event is about a channel."""
    return lambda event: channel_of(event)["id"] == channel_id


def first_step(events: AriEvents, channel_id: str) -> object:
    """Where the dialplan leads a channel to: its message or the engine."""
    wanted = {"Playback", "Stasis"}
    event = events.wait_for(
        "ChannelDialplan", lambda event: is_about(channel_id)(event) and event["dialplan_app"] in wanted
    )
    return event["dialplan_app"]


def beat(lab: Laboratory, seconds_ago: int) -> None:
    """Write the engine's heartbeat, as if its last one had been so long ago."""
    value = str(int(time.time()) - seconds_ago)
    status, _ = ask(lab.dialer_settings, "POST", "asterisk/variable", variable=HEARTBEAT, value=value)
    assert status == 204


def call(lab: Laboratory, channel_id: str) -> None:
    """Place a call to somebody who answers at once, for the engine to receive."""
    status, text = ask(
        lab.dialer_settings,
        "POST",
        "channels",
        endpoint=f"PJSIP/{ANSWERS_AT_ONCE}@carrier",
        context="answered",
        extension="s",
        priority="1",
        channelId=channel_id,
        timeout="5",
    )
    assert status == 200, text


def loaded_modules(instance: AsteriskInstance) -> set[str]:
    """Modules that are to be loaded according to the files."""
    sections = read_config("modules.conf", instance.texts["modules.conf"])
    return {item.value for section in sections for item in section.items if item.name == "load"}


def is_over(process_id: int) -> bool:
    """Whether a process ends within the limit; asks the kernel, which tells at once."""
    try:
        handle = os.pidfd_open(process_id)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], SECONDS_MAX)[0])
    finally:
        os.close(handle)


def test_asterisk_on_rendered_files_is_new_enough_and_soon_ready(lab: Laboratory) -> None:
    """Both instances are Asterisk 22 or newer and came up."""
    assert lab.dialer.program.version[0] >= VERSION_MIN
    assert "Asterisk " + lab.dialer.program.version_text in lab.dialer.console("core show version")
    assert 0 < lab.dialer.ready_seconds < SECONDS_MAX
    assert 0 < lab.carrier.ready_seconds < SECONDS_MAX


def test_module_of_rendered_files_runs_in_every_case(lab: Laboratory) -> None:
    """Each module that is named is loaded and running, at the dialer and at the carrier."""
    for instance in (lab.dialer, lab.carrier):
        shown = instance.console("module show").splitlines()
        running_now = {line.split()[0] for line in shown if " Running " in line}
        assert loaded_modules(instance) <= running_now


def test_endpoint_of_every_kind_is_known_to_asterisk(lab: Laboratory) -> None:
    """The trunk and both agents are there, and nobody else: no anonymous endpoint."""
    shown = lab.dialer.console("pjsip show endpoints")
    names = {name.split("/")[0] for name in re.findall(r"^ Endpoint:\s+(\S+)", shown, re.MULTILINE)}
    assert names - {"<Endpoint"} == {"carrier", "agent-sip", "agent-webrtc"}


def test_ari_with_another_password_refuses(lab: Laboratory) -> None:
    """Only the right user with the right secret is answered."""
    settings = lab.dialer_settings
    assert ari_status(settings, settings.ari) == 200
    assert ari_status(settings, AriUser(name=settings.ari.name, password=new_secret())) == 401
    assert ari_status(settings, AriUser(name="nobody", password=settings.ari.password)) == 401


def test_monitoring_user_who_places_a_call_is_refused(lab: Laboratory) -> None:
    """AMI answers its user, and refuses him an originate."""
    settings = lab.dialer_settings
    login = f"Action: Login\r\nUsername: {settings.ami.name}\r\nSecret: {settings.ami.password}\r\n\r\n"
    originate = (
        f"Action: Originate\r\nActionID: o1\r\nChannel: PJSIP/{ANSWERS_AT_ONCE}@carrier\r\n"
        "Application: Wait\r\nData: 1\r\n\r\n"
    )
    with socket.create_connection((settings.ami_address, settings.ami_port), timeout=SECONDS_MAX) as link:
        link.sendall((login + originate).encode())
        said = ""
        while "ActionID: o1\r\n" not in said or not said.endswith("\r\n\r\n"):
            said += link.recv(4096).decode()
    assert "Authentication accepted" in said
    assert "Permission denied" in said


def test_socket_of_either_asterisk_is_reachable_from_this_machine_only(lab: Laboratory) -> None:
    """Whatever serves somebody is on loopback; only PJSIP's name resolver keeps two sockets to ask from."""
    for instance, settings in ((lab.dialer, lab.dialer_settings), (lab.carrier, lab.carrier_settings)):
        assert instance.process_id is not None
        listeners = listeners_of(instance.process_id)
        served = {("tcp", settings.http_port), ("tcp", settings.ami_port), ("udp", settings.sip_port)}
        assert served <= {(each.protocol, each.port) for each in listeners if each.is_local}
        open_wide = [each for each in listeners if not each.is_local]
        assert all(each.protocol == "udp" for each in open_wide)
        assert not [each for each in open_wide if settings.rtp.first <= each.port <= settings.rtp.last]
        assert len(open_wide) <= 2, open_wide


def test_stranger_who_calls_in_is_refused(lab: Laboratory) -> None:
    """A call from an address that is no trunk's reaches no dialplan."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.settimeout(SECONDS_MAX)
        here = f"127.0.0.1:{stranger.getsockname()[1]}"
        there = f"127.0.0.1:{lab.dialer_settings.sip_port}"
        lines = (
            f"INVITE sip:15551234@{there} SIP/2.0",
            f"Via: SIP/2.0/UDP {here};branch=z9hG4bKstranger",
            "Max-Forwards: 70",
            f"From: <sip:stranger@{here}>;tag=1",
            f"To: <sip:15551234@{there}>",
            "Call-ID: stranger-1",
            "CSeq: 1 INVITE",
            f"Contact: <sip:stranger@{here}>",
            "Content-Length: 0",
        )
        stranger.sendto(
            ("\r\n".join(lines) + "\r\n\r\n").encode(), ("127.0.0.1", lab.dialer_settings.sip_port)
        )
        answer = stranger.recv(4096).decode()
    assert answer.startswith("SIP/2.0 401 ")


@pytest.mark.parametrize(
    "seconds_ago", [3600, 60, -60], ids=["engine away", "engine hung", "heartbeat of the future"]
)
def test_answered_call_without_a_fresh_heartbeat_hears_the_message_and_is_on_record(
    lab: Laboratory, events: AriEvents, seconds_ago: int
) -> None:
    """An engine that is silent gets no call though it is connected; the call waits to be counted."""
    beat(lab, seconds_ago=seconds_ago)
    name = f"unheard{seconds_ago}"
    call(lab, name)
    assert first_step(events, name) == "Playback"
    assert events.wait_for("ChannelDestroyed", is_about(name))["cause"] == 16
    assert f"/paceline-safe-harbour/{name} " in lab.dialer.console("database show paceline-safe-harbour")


def test_answered_call_with_a_fresh_heartbeat_is_bridged_with_a_second_leg(
    lab: Laboratory, events: AriEvents
) -> None:
    """Two calls to the carrier are answered, reach the engine and are joined; packets flow on both."""
    settings = lab.dialer_settings
    legs = ("leg-1", "leg-2")
    for name in legs:
        beat(lab, seconds_ago=0)
        call(lab, name)
        arrived = events.wait_for("StasisStart", is_about(name))
        assert arrived["args"] == ["answered"]
        assert channel_of(arrived)["state"] == "Up"
    assert ask(settings, "POST", "bridges/pair", type="mixing")[0] == 200
    assert ask(settings, "POST", "bridges/pair/addChannel", channel=",".join(legs))[0] == 204
    for _ in legs:
        events.wait_for("ChannelEnteredBridge")
    assert sorted(json.loads(ask(settings, "GET", "bridges/pair")[1])["channels"]) == list(legs)
    for name in legs:
        assert packets_received(lab, name) >= PACKETS_MIN
        assert ask(settings, "DELETE", f"channels/{name}")[0] == 204
        events.wait_for("ChannelDestroyed", is_about(name))


def packets_received(lab: Laboratory, channel_id: str) -> int:
    """Packets of speech that a channel received, asked until there are enough or time is up."""
    until = time.monotonic() + SECONDS_MAX
    count = 0
    while count < PACKETS_MIN and time.monotonic() < until:
        _, text = ask(lab.dialer_settings, "GET", f"channels/{channel_id}/rtp_statistics")
        count = int(json.loads(text)["rxcount"])
    return count


def test_secret_of_odd_characters_is_the_one_that_asterisk_takes(
    network: NetworkKind, program: AsteriskProgram, tmp_path: Path
) -> None:
    """What is escaped in the file means the same to Asterisk, character by character."""
    odd = AriUser(name="engine", password=ODD_SECRET)
    spare = prepare_laboratory(tmp_path / "spare", program).dialer_settings
    settings = replace(spare, ari=odd, trunks=(), folders=folders_in(tmp_path / "odd", program))
    instance = AsteriskInstance(name="odd", root=tmp_path / "odd", program=program, texts=render(settings))
    instance.start()
    try:
        assert ari_status(settings, odd) == 200
        assert ari_status(settings, AriUser(name="engine", password=ODD_SECRET.replace("\\;", ";"))) == 401
    finally:
        instance.stop()


def test_trunk_that_registers_is_let_in_and_its_call_is_answered(
    network: NetworkKind, program: AsteriskProgram, tmp_path: Path
) -> None:
    """The dialer signs in; a call comes up there, and hears the message as long as no engine is connected."""
    with running(prepare_laboratory(tmp_path, program, registers=True)) as lab:
        until = time.monotonic() + SECONDS_MAX
        shown = ""
        while " Registered" not in shown and time.monotonic() < until:
            shown = lab.dialer.console("pjsip show registrations")
        assert " Registered" in shown
        beat(lab, seconds_ago=0)
        with AriEvents(lab.dialer_settings, "watcher", everything=True) as events:
            call(lab, "nobody-connected")
            assert first_step(events, "nobody-connected") == "Stasis"
            assert first_step(events, "nobody-connected") == "Playback"
        beat(lab, seconds_ago=0)
        with AriEvents(lab.dialer_settings, lab.dialer_settings.application) as events:
            call(lab, "signed-in")
            assert channel_of(events.wait_for("StasisStart", is_about("signed-in")))["state"] == "Up"


def test_running_check_of_good_files_finds_nothing(program: AsteriskProgram) -> None:
    """A configuration with one of everything starts without a complaint, in folders of its own."""
    assert check_running(render(full_settings()), program) == ()


def test_running_check_of_bad_files_names_what_asterisk_refused(program: AsteriskProgram) -> None:
    """A module that is not there and a codec that does not exist are found on the real program."""
    texts = render(full_settings())
    texts["modules.conf"] += "load = res_not_there.so\n"
    texts["pjsip.conf"] = texts["pjsip.conf"].replace("allow = alaw,ulaw", "allow = smoke", 1)
    findings = check_running(texts, program)
    expected = {finding.expected for finding in findings}
    assert "res_not_there.so running" in expected
    assert "endpoint by-address known to Asterisk" in expected


def test_laboratory_from_the_command_line_comes_up_and_goes_down(tmp_path: Path) -> None:
    """`lab up`, `status` and `down` start, find and end the same laboratory, and leave no process."""
    folder = ("--folder", str(tmp_path))
    for command, exit_code in (("up", 0), ("status", 0), ("down", 0), ("status", 1)):
        ended = subprocess.run(
            [*PACELINE, "lab", command, *folder], capture_output=True, text=True, check=False
        )
        assert ended.returncode == exit_code, ended.stdout + ended.stderr
        if command == "up":
            note = find_note(tmp_path)
            assert note is not None
            assert note.ari_password not in ended.stdout + repr(note)
            processes = [
                int((tmp_path / name / "run/asterisk.pid").read_text()) for name in ("dialer", "carrier")
            ]
    assert all(is_over(process) for process in processes)


def test_laboratory_with_our_own_people_comes_up_with_phones_and_goes_down(tmp_path: Path) -> None:
    """`--people sip --agents 2` is told by `status`, and nothing of it is left after `down`."""
    folder = ("--folder", str(tmp_path))
    said = {}
    for words in (("up", "--people", "sip", "--agents", "2"), ("status",), ("down",)):
        ended = subprocess.run(
            [*PACELINE, "lab", *words, *folder], capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        said[words[0]] = ended.stdout
        if words == ("status",):
            process = int((tmp_path / "dialer/run/asterisk.pid").read_text())
    assert "phones: 2, signed in as agent-1 to agent-2" in said["status"]
    assert is_over(process)
    assert find_note(tmp_path) is None


def test_asterisk_whose_keeper_is_killed_ends_with_it(tmp_path: Path) -> None:
    """A crash of whoever started it leaves no Asterisk behind."""
    subprocess.run([*PACELINE, "lab", "up", "--folder", str(tmp_path)], check=True, capture_output=True)
    note = find_note(tmp_path)
    assert note is not None
    processes = [int((tmp_path / name / "run/asterisk.pid").read_text()) for name in ("dialer", "carrier")]
    os.kill(note.process_id, signal.SIGKILL)
    assert all(is_over(process) for process in processes)
    assert bring_down(tmp_path) is False
