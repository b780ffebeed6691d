"""A talk recorded by a real Asterisk: both parties are heard, a pause is silence, and the file is kept."""

import asyncio
import math
import struct
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from app.unit_of_work import UnitOfWork
from asterisk_config.lab.laboratory import running
from asterisk_config.lab.packages import get_asterisk
from asterisk_config.lab.population import Behaviour, Fate, FixedPopulation
from asterisk_config.lab.program import AsteriskProgram
from asterisk_config.lab.sip_laboratory import SipLaboratory, prepare_sip_laboratory
from asterisk_config.lab.tones import AGENT_HERTZ, CLIENT_HERTZ
from asterisk_config.settings import AsteriskSettings
from dialer.adapters.ami_link import AmiAddress, AmiLink, AmiListener
from dialer.adapters.recording_filing import RecordingFiling, RecordingSettings
from dialer.adapters.recordings import NodeMonitor, Recorder
from dialer.core.settings import CampaignSettings, RecordingRule
from dialer.messages import Alarm, AttemptId, NodeId
from tests.integration.ari_link import AriEvents, Event, ask, channel_of
from tests.integration.stored_floor import CAMPAIGN, StoredFloor

SECONDS_MAX = 15.0
CLIENT = "+999555001"
NODE = NodeId("dialer")
CALL, LEG = AttemptId("p1-1"), "leg.61.p1-1"
SAMPLES_PER_SECOND = 8000
HEADER_BYTES = 44
PART_SECONDS = 1.2
WINDOW_SAMPLES = 800  # a tenth of a second
LOUD = 1000.0  # of 32767; a tone of the laboratory has 8000, silence nothing


@pytest.fixture(scope="module")
def program() -> AsteriskProgram:
    """A real Asterisk; where none can be had, every test here fails and says why."""
    return get_asterisk()


@pytest.fixture(scope="module")
def lab(program: AsteriskProgram, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SipLaboratory]:
    """An Asterisk, a client who talks for long, and an agent's phone; beside the database, on free ports."""
    talker = Behaviour(
        fate=Fate.HUMAN, ring_seconds=0.1, talk_seconds=60.0, greeting_seconds=30.0, pause_seconds=0.1
    )
    population = FixedPopulation(behaviours={CLIENT: talker})
    lab = prepare_sip_laboratory(
        tmp_path_factory.mktemp("recorded"), program, agents=1, population=population
    )
    with running(lab):
        lab.telephones.wait_until_registered()
        yield lab


def is_about(channel_id: str) -> Callable[[Event], bool]:
    """A question whether an event is about a channel."""
    return lambda event: channel_of(event)["id"] == channel_id


def connect(lab: SipLaboratory, events: AriEvents) -> None:
    """Bring a client and an agent into one bridge."""
    settings = lab.dialer_settings
    for channel_id, endpoint in ((CALL, f"PJSIP/{CLIENT}@carrier"), (LEG, "PJSIP/agent-1")):
        status, text = ask(
            settings, "POST", "channels", endpoint=endpoint, app=settings.application, channelId=channel_id
        )
        assert status == 200, text
        events.wait_for("StasisStart", is_about(channel_id))
    assert ask(settings, "POST", "bridges/talk", type="mixing")[0] == 200
    assert ask(settings, "POST", "bridges/talk/addChannel", channel=f"{CALL},{LEG}")[0] == 204


def loudness(samples: Sequence[int], hertz: float) -> float:
    """How loud one tone is among samples: the amplitude of its bin of the Fourier transform."""
    turn = 2.0 * math.pi * hertz / SAMPLES_PER_SECOND
    real = sum(sample * math.cos(turn * at) for at, sample in enumerate(samples))
    imaginary = sum(sample * math.sin(turn * at) for at, sample in enumerate(samples))
    return 2.0 * math.hypot(real, imaginary) / len(samples)


def windows(path: Path) -> list[tuple[bool, bool]]:
    """For each tenth of a second, whether the client and the agent are heard."""
    data = path.read_bytes()[HEADER_BYTES:]
    samples = struct.unpack(f"<{len(data) // 2}h", data)
    parts = [
        samples[at : at + WINDOW_SAMPLES]
        for at in range(0, len(samples) - WINDOW_SAMPLES + 1, WINDOW_SAMPLES)
    ]
    return [(loudness(part, CLIENT_HERTZ) > LOUD, loudness(part, AGENT_HERTZ) > LOUD) for part in parts]


async def time_passes(seconds: float) -> None:
    """Let the talk go on: what is recorded is real time."""
    await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=seconds)


def link_to(settings: AsteriskSettings, connected: Callable[[], None]) -> AmiLink:
    """A link that watches nothing."""
    address = AmiAddress(
        host=settings.ami_address,
        port=settings.ami_port,
        user_name=settings.ami.name,
        password=settings.ami.password,
    )
    return AmiLink(address, trunks={}, listener=AmiListener(connected=connected))


@asynccontextmanager
async def recording(
    lab: SipLaboratory, unit_of_work: UnitOfWork, storage: Path
) -> AsyncIterator[tuple[Recorder, list[Alarm]]]:
    """A recorder at work on a real Asterisk; its alarms."""
    connected = asyncio.Event()
    link = link_to(lab.dialer_settings, connected.set)
    campaign = CampaignSettings(campaign_id=CAMPAIGN, trunk_ids=(), recording=RecordingRule.ALL)
    campaigns = {CAMPAIGN: campaign}
    monitor = lab.dialer.root / "spool" / "monitor"
    settings = RecordingSettings(storage=storage, free_bytes_min=0)
    filing = RecordingFiling(settings, unit_of_work, {NODE: monitor}, campaigns)
    alarms: list[Alarm] = []
    monitors = {NODE: NodeMonitor(link=link, folder=monitor)}
    recorder = Recorder(monitors, campaigns, filing, alarms.append, time.time)
    await recorder.prepare()
    tasks = [asyncio.create_task(link.run()), asyncio.create_task(recorder.run())]
    try:
        await asyncio.gather(connected.wait(), recorder.watched.wait())
        yield recorder, alarms
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def test_talk_has_both_parties_and_its_pause_is_silence_of_the_same_length(
    lab: SipLaboratory, floor: StoredFloor, unit_of_work: UnitOfWork, tmp_path: Path
) -> None:
    """Sound, silence where it was paused, sound again; moved to the storage and on record."""
    settings = lab.dialer_settings
    async with asyncio.timeout(SECONDS_MAX), recording(lab, unit_of_work, tmp_path) as (recorder, alarms):
        with AriEvents(settings, settings.application, everything=True) as events:
            connect(lab, events)
            recorder.talk_began(CALL, CAMPAIGN, CALL, NODE)
            await time_passes(PART_SECONDS)
            recorder.pause(CALL)
            await time_passes(PART_SECONDS)
            recorder.resume(CALL)
            await time_passes(PART_SECONDS)
            recorder.talk_ended(CALL)
            await recorder.settle()
            for channel_id in (CALL, LEG):
                ask(settings, "DELETE", f"channels/{channel_id}")
    assert alarms == []
    async with unit_of_work.begin() as connection:
        row = await connection.fetchrow("select state, path, seconds from dialer.recordings")
    assert row is not None
    assert row["state"] == "stored"
    assert abs(row["seconds"] - 3 * PART_SECONDS) < 0.5
    heard = windows(tmp_path / row["path"])
    begin, pause, end = heard[1:9], heard[16:20], heard[28:34]
    assert begin == [(True, True)] * len(begin)
    assert pause == [(False, False)] * len(pause)
    assert end == [(True, True)] * len(end)
