"""A real Asterisk watched over AMI, and its dialplan when no engine takes an answered call."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest

from asterisk_config.lab.laboratory import new_secret, running
from asterisk_config.lab.network import NetworkKind
from asterisk_config.lab.population import Behaviour, Fate, FixedPopulation
from asterisk_config.lab.program import AsteriskProgram
from asterisk_config.lab.sip_laboratory import SipLaboratory, prepare_sip_laboratory
from asterisk_config.lab.tones import Tone
from asterisk_config.modules import modules_needed
from asterisk_config.renderer import render
from asterisk_config.settings import AsteriskSettings
from dialer.adapters.ami_link import AmiAddress, AmiLink, AmiListener
from dialer.adapters.ari_events import translate
from dialer.adapters.ari_messages import decode_message
from dialer.adapters.errors import AmiRefused
from dialer.adapters.node_check import NodeExpectation, check_node
from dialer.adapters.node_news import MessageByNode
from tests.integration.ari_link import AriEvents, Event, ask, channel_of

SECONDS_MAX = 10.0
ANSWER_SECONDS = 0.7
PRECISION_SECONDS = 0.3
PATIENT = "+999555001"
UNQUALIFIED, DEAD = "never-asked", "dead"
STATES_OF_TRUNKS = {"carrier": True, UNQUALIFIED: True, DEAD: False}


@pytest.fixture(scope="module")
def lab(
    network: NetworkKind, program: AsteriskProgram, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SipLaboratory]:
    """An Asterisk with a trunk that signs in, one that is never asked, one that is dead, and two phones."""
    patient = Behaviour(fate=Fate.HUMAN, ring_seconds=0.1, talk_seconds=60.0)
    lab = prepare_sip_laboratory(
        tmp_path_factory.mktemp("watch"),
        program,
        agents=2,
        population=FixedPopulation(behaviours={PATIENT: patient}),
        registers=True,
    )
    with running(with_more_trunks(lab)) as lab:
        lab.telephones.wait_until_registered()
        yield lab


def with_more_trunks(lab: SipLaboratory) -> SipLaboratory:
    """The laboratory with two more trunks."""
    (trunk,) = lab.dialer_settings.trunks
    unqualified = replace(
        trunk, name=UNQUALIFIED, registration=None, qualify_seconds=0, networks=("127.0.0.3",)
    )
    dead = replace(trunk, name=DEAD, registration=None, port=9, networks=("127.0.0.4",))
    settings = replace(lab.dialer_settings, trunks=(trunk, unqualified, dead))
    lab.dialer.texts = render(settings)
    return replace(lab, dialer_settings=settings)


@pytest.fixture(scope="module")
def events(lab: SipLaboratory) -> Iterator[AriEvents]:
    """The engine's connection, subscribed to everything as the rendered files say."""
    settings = lab.dialer_settings
    with AriEvents(settings, settings.application, everything=True) as events:
        yield events


def address_of(settings: AsteriskSettings) -> AmiAddress:
    """Where the manager interface is."""
    return AmiAddress(
        host=settings.ami_address,
        port=settings.ami_port,
        user_name=settings.ami.name,
        password=settings.ami.password,
    )


@asynccontextmanager
async def linked(lab: SipLaboratory, listener: AmiListener | None = None) -> AsyncIterator[AmiLink]:
    """A link that has told its first states."""
    connected = asyncio.Event()
    listener = listener or AmiListener()
    listener.connected = connected.set
    trunks = {trunk.name: trunk.registration is not None for trunk in lab.dialer_settings.trunks}
    endpoints = [agent.name for agent in lab.dialer_settings.agents]
    link = AmiLink(address_of(lab.dialer_settings), trunks=trunks, endpoints=endpoints, listener=listener)
    task = asyncio.create_task(link.run())
    try:
        async with asyncio.timeout(SECONDS_MAX):
            await connected.wait()
        yield link
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def is_about(channel_id: str) -> Callable[[Event], bool]:
    """A question whether an event is about a channel."""
    return lambda event: channel_of(event)["id"] == channel_id


def beat(settings: AsteriskSettings) -> None:
    """Be an engine that lives, and gives itself little time for each call."""
    set_variable(settings, "asterisk", "PACELINE_HEARTBEAT", str(int(time.time())))
    # Before the call a variable can only be given in a body; a global one means the same to the dialplan.
    set_variable(settings, "asterisk", "PACELINE_ANSWER_SECONDS", str(ANSWER_SECONDS))


def call(lab: SipLaboratory, channel_id: str) -> None:
    """Place a call as the engine does, with a fresh heartbeat."""
    beat(lab.dialer_settings)
    status, text = ask(
        lab.dialer_settings,
        "POST",
        "channels",
        endpoint=f"PJSIP/{PATIENT}@carrier",
        context="answered",
        extension="s",
        priority="1",
        channelId=channel_id,
        timeout="5",
    )
    assert status == 200, text


def set_variable(settings: AsteriskSettings, place: str, name: str, value: str) -> None:
    """Set a variable of a channel, or of the whole Asterisk."""
    assert ask(settings, "POST", f"{place}/variable", variable=name, value=value)[0] == 204


async def test_call_that_nobody_takes_in_time_hears_the_message_is_on_record_and_told(
    lab: SipLaboratory, events: AriEvents
) -> None:
    """An engine that hangs holds nobody in silence, and learns of it when it wakes."""
    call(lab, "p1-1")
    call_id = str(channel_of(events.wait_for("StasisStart", is_about("p1-1")))["protocol_id"])
    told = events.wait_for("ChannelUserevent", is_about("p1-1"))
    assert told["eventname"] == "PacelineSafeHarbour"
    assert events.wait_for("ChannelDestroyed", is_about("p1-1"))["cause"] == 16
    async with linked(lab) as link:
        record = (await link.read_safe_harbour())["p1-1"]
        assert record.answered_at is not None
        assert abs(record.message_at - record.answered_at - ANSWER_SECONDS) < PRECISION_SECONDS
        await link.clear_safe_harbour(["p1-1", "p1-1"])
        assert "p1-1" not in await link.read_safe_harbour()
    (party,) = [each for each in lab.telephones.truth() if each.sip_call_id == call_id]
    assert party.answered_at is not None
    assert Tone.MESSAGE in party.heard
    assert abs(party.answered_at - record.answered_at) < PRECISION_SECONDS
    # The Fourier transform wants some packets before it believes in a tone.
    assert party.heard[Tone.MESSAGE] - party.answered_at < ANSWER_SECONDS + 2 * PRECISION_SECONDS


def test_event_of_the_message_means_to_the_engine_what_happened() -> None:
    """The dialplan's word and the engine's are one."""
    text = '{"type":"ChannelUserevent","eventname":"PacelineSafeHarbour","channel":{"id":"p1-1"}}'
    assert isinstance(translate(decode_message(text)), MessageByNode)


def test_call_that_sits_in_a_bridge_leaves_it_for_the_message_too(
    lab: SipLaboratory, events: AriEvents
) -> None:
    """A bridge alone does not prove that somebody speaks with him."""
    settings = lab.dialer_settings
    call(lab, "p1-2")
    events.wait_for("StasisStart", is_about("p1-2"))
    assert ask(settings, "POST", "bridges/lonely", type="mixing")[0] == 200
    assert ask(settings, "POST", "bridges/lonely/addChannel", channel="p1-2")[0] == 204
    events.wait_for("ChannelUserevent", is_about("p1-2"))
    assert events.wait_for("ChannelDestroyed", is_about("p1-2"))["cause"] == 16
    assert ask(settings, "DELETE", "bridges/lonely")[0] == 204


def test_call_that_was_taken_stays_as_long_as_it_likes(lab: SipLaboratory, events: AriEvents) -> None:
    """Whoever takes a call calls the message off; another one's message, placed later, is heard before."""
    settings = lab.dialer_settings
    call(lab, "p1-3")
    events.wait_for("StasisStart", is_about("p1-3"))
    set_variable(settings, "channels/p1-3", "TIMEOUT(absolute)", "0")
    call(lab, "p1-4")
    events.wait_for("ChannelDestroyed", is_about("p1-4"))
    assert ask(settings, "GET", "channels/p1-3")[0] == 200
    assert ask(settings, "DELETE", "channels/p1-3")[0] == 204
    events.wait_for("ChannelDestroyed", is_about("p1-3"))


async def test_caller_whom_nobody_takes_in_time_hears_the_message_too(
    lab: SipLaboratory, events: AriEvents
) -> None:
    """Who calls us is answered by the message, and on record."""
    settings = lab.dialer_settings
    beat(settings)
    status, text = ask(
        settings,
        "POST",
        "channels",
        endpoint="Local/+15550100@from-trunk/n",
        channelId="caller-1",
        otherChannelId="caller-2",
        app=settings.application,
    )
    assert status == 200, text
    assert events.wait_for("StasisStart", is_about("caller-2"))["args"] == ["inbound", "+15550100"]
    events.wait_for("ChannelUserevent", is_about("caller-2"))
    async with linked(lab) as link:
        assert "caller-2" in await link.read_safe_harbour()
    ask(settings, "DELETE", "channels/caller-1")


async def test_state_of_each_trunk_and_telephone_is_told_at_every_login(lab: SipLaboratory) -> None:
    """A trunk that signs in, one that is never asked and one that is dead; phones that are signed in."""
    trunks: dict[str, bool] = {}
    phones: dict[str, bool] = {}
    carrier_is_up = asyncio.Event()

    def tell_trunk(name: str, is_up: bool) -> None:
        trunks[name] = is_up
        if trunks.get("carrier"):
            carrier_is_up.set()

    listener = AmiListener(trunk_state=tell_trunk, endpoint_state=phones.__setitem__)
    async with linked(lab, listener) as link:
        async with asyncio.timeout(SECONDS_MAX):
            await carrier_is_up.wait()
        assert trunks == STATES_OF_TRUNKS
        assert phones == {"agent-1": True, "agent-2": True}
        assert await link.read_trunk_states() == STATES_OF_TRUNKS
        assert await link.read_endpoint_states() == phones


async def test_telephone_that_vanishes_is_told_when_asterisk_notices(lab: SipLaboratory) -> None:
    """An event of Asterisk is enough; nobody has to ask."""
    changes: asyncio.Queue[tuple[str, bool]] = asyncio.Queue()
    listener = AmiListener(endpoint_state=lambda name, is_up: changes.put_nowait((name, is_up)))
    async with linked(lab, listener) as link, asyncio.timeout(SECONDS_MAX):
        assert {await changes.get(), await changes.get()} == {("agent-1", True), ("agent-2", True)}
        lab.telephones.vanish_phone("agent-2")
        await link.ask("PJSIPQualify", {"Endpoint": "agent-2"})
        assert await changes.get() == ("agent-2", False)
        lab.telephones.bring_back_phone("agent-2")
        await link.ask("PJSIPQualify", {"Endpoint": "agent-2"})
        assert await changes.get() == ("agent-2", True)


async def test_questions_about_the_program_are_answered(lab: SipLaboratory) -> None:
    """Version, modules, a reload, the dialplan: within the user's rights, and no more."""
    async with linked(lab) as link:
        core = await link.read_core()
        assert core.version.startswith(lab.dialer.program.version_text)
        assert core.started.startswith("20")
        assert await link.find_missing_modules(["app_mixmonitor", "res_not_there"]) == ["res_not_there"]
        await link.reload("res_musiconhold")
        with pytest.raises(AmiRefused, match="No such module"):
            await link.reload("res_not_there")
        with pytest.raises(AmiRefused, match="Permission denied"):
            await link.ask("UserEvent", {"UserEvent": "Anything"})


async def test_check_of_a_good_node_finds_nothing(lab: SipLaboratory) -> None:
    """What the rendered files promise, the running Asterisk has."""
    settings = lab.dialer_settings
    expected = NodeExpectation(application=settings.application, modules=modules_needed(settings))
    assert await check_node(address_of(settings), expected) == ()


async def test_check_of_a_bad_node_names_each_fault_with_its_fix(lab: SipLaboratory) -> None:
    """Too old, a module missing, another application's name: all at once."""
    expected = NodeExpectation(application="other", modules=("res_not_there",), version_min=99)
    problems = await check_node(address_of(lab.dialer_settings), expected)
    assert [problem.expected for problem in problems] == [
        "Asterisk 99 or newer",
        "res_not_there.so running",
        "Stasis(other,…) in the context answered",
        "Stasis(other,…) in the context from-trunk",
    ]
    assert problems[2].came == "Stasis(paceline,answered)"
    assert all(problem.fix for problem in problems)


async def test_check_with_a_wrong_password_or_port_names_it_without_the_password(lab: SipLaboratory) -> None:
    """The first obstacle is told alone: behind it nothing can be seen."""
    address = address_of(lab.dialer_settings)
    secret = new_secret()
    expected = NodeExpectation(application="paceline", modules=())
    (refused,) = await check_node(replace(address, password=secret), expected)
    assert "watch to be let in" in refused.expected
    assert "Authentication failed" in refused.came
    (away,) = await check_node(replace(address, port=1), expected)
    assert away.expected == "Asterisk's manager interface at 127.0.0.1:1"
    assert secret not in repr((refused, away))
