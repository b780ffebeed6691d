"""Records talks: begun when client and agent are connected, paused for card data, filed when they end.

No talk waits for its recording: every verb returns at once and raises nothing; whatever goes wrong with a
recording is an alarm and a row that says why. Asterisk writes the file (MixMonitor, over AMI; it costs half
of what a recorded bridge does), `recording_filing` brings it into the storage folder.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Protocol

from dialer.adapters.errors import AmiError, AmiLost, AmiRefused
from dialer.adapters.recording_files import ENDING
from dialer.adapters.recording_filing import FiledWork, RecordingFiling
from dialer.adapters.store.recordings import BegunRecording, RunningRecording
from dialer.core.settings import CampaignSettings, RecordingRule
from dialer.messages import Alarm, AttemptId, CampaignId, NodeId

ORDERS_MAX = 10_000
CHECK_SECONDS = 5.0  # between two looks at the disks
SWEEP_SECONDS = 60.0
LINK_ALARM = "recording.link"
DISK_ALARM = "recording.disk"

_log = logging.getLogger(__name__)


class MixMonitors(Protocol):
    """Who lets an Asterisk record: `AmiLink`."""

    async def start_mix_monitor(self, channel_id: str, file_name: str) -> None:
        """Begin; raises AmiError."""

    async def stop_mix_monitor(self, channel_id: str) -> None:
        """End; raises AmiError."""

    async def mute_mix_monitor(self, channel_id: str, *, is_muted: bool) -> None:
        """Write silence, or sound; raises AmiError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeMonitor:
    """One node that records."""

    link: MixMonitors
    folder: (
        Path  # its monitor folder, as we see it: `spool/monitor`, mounted where the node is another machine
    )


class _Verb(Enum):
    """What is asked of Asterisk."""

    START = "start"
    MUTE = "mute"
    UNMUTE = "unmute"
    STOP = "stop"


@dataclass(slots=True, kw_only=True)
class _Talk:
    """One talk that is, or may be, recorded."""

    recording: RunningRecording
    channel_id: str
    has_consent: bool
    is_started: bool  # asked of Asterisk
    is_muted: bool = False


class Recorder:
    """All recordings of all nodes; `run` does the work until cancelled."""

    def __init__(
        self,
        monitors: Mapping[NodeId, NodeMonitor],
        campaigns: Mapping[CampaignId, CampaignSettings],
        filing: RecordingFiling,
        raise_alarm: Callable[[Alarm], None],
        wall_clock: Callable[[], float],
    ) -> None:
        """Take nodes, the campaigns' settings as they are now, who files, who hears alarms, POSIX seconds."""
        self._monitors = monitors
        self._campaigns = campaigns
        self._filing = filing
        self._raise_alarm = raise_alarm
        self._wall_clock = wall_clock
        self._orders: asyncio.Queue[tuple[_Verb, _Talk]] = asyncio.Queue(ORDERS_MAX)
        self._talks: dict[AttemptId, _Talk] = {}
        self._parts: Counter[AttemptId] = Counter()
        self._is_full = False
        self._alarms: set[str] = set()
        self.watched = asyncio.Event()  # set after each look at the disks
        self.failures = 0  # orders that Asterisk did not carry out

    # --- what the runner says; nothing here waits or raises ------------------------------------------------

    def talk_began(
        self, attempt_id: AttemptId, campaign_id: CampaignId, channel_id: str, node_id: NodeId
    ) -> None:
        """Client and agent are connected: record, if the campaign says so. Said again it changes nothing."""
        settings = self._campaigns.get(campaign_id)
        is_recorded = settings is not None and settings.recording is not RecordingRule.NONE
        if settings is None or not is_recorded or attempt_id in self._talks:
            return
        self._parts[attempt_id] += 1
        recording = RunningRecording(
            recording_id=recording_id(attempt_id, self._parts[attempt_id]),
            attempt_id=attempt_id,
            campaign_id=campaign_id,
            node_id=node_id,
            started_at=datetime.fromtimestamp(self._wall_clock(), UTC),
        )
        talk = _Talk(recording=recording, channel_id=channel_id, has_consent=False, is_started=False)
        self._talks[attempt_id] = talk
        if settings.recording is RecordingRule.ALL:
            self._begin(talk)

    def consent_given(self, attempt_id: AttemptId) -> None:
        """The client agreed to be recorded: begin, where the campaign waited for it."""
        talk = self._talks.get(attempt_id)
        if talk is not None and not talk.is_started:
            talk.has_consent = True
            talk.recording = replace(
                talk.recording, started_at=datetime.fromtimestamp(self._wall_clock(), UTC)
            )
            self._begin(talk)

    def pause(self, attempt_id: AttemptId) -> None:
        """Write silence from now on (card data, PCI DSS 3.3.1)."""
        self._mute(attempt_id, is_muted=True)

    def resume(self, attempt_id: AttemptId) -> None:
        """Write sound again."""
        self._mute(attempt_id, is_muted=False)

    def talk_ended(self, attempt_id: AttemptId) -> None:
        """Client and agent are apart: end the recording and file it."""
        talk = self._talks.pop(attempt_id, None)
        if talk is not None and talk.is_started:
            self._order(_Verb.STOP, talk)

    def attempt_ended(self, attempt_id: AttemptId) -> None:
        """The call is over for good."""
        self.talk_ended(attempt_id)
        self._parts.pop(attempt_id, None)

    def sweep(self, now: float) -> None:
        """Delete what was kept long enough at `now` (POSIX seconds), and file what was left behind."""
        self._filing.ask_sweep(now, frozenset(talk.recording.recording_id for talk in self._talks.values()))

    # --- at work -------------------------------------------------------------------------------------------

    async def prepare(self) -> None:
        """Know the recordings of the engine before; to be awaited before any talk begins."""
        await self._filing.prepare()
        await self._take_over()

    async def run(self) -> None:
        """Carry out orders and keep the storage in order, until cancelled; after `prepare`."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._obey())
            tasks.create_task(self._filing.run())
            tasks.create_task(self._sweep_often())
            tasks.create_task(self._watch_disks())

    async def _take_over(self) -> None:
        """Know the recordings of the engine before, which go on by themselves."""
        for recording in await self._filing.read_running():
            if recording.node_id in self._monitors and recording.attempt_id not in self._talks:
                self._parts[recording.attempt_id] = part_of(recording.recording_id)
                self._talks[recording.attempt_id] = _Talk(
                    recording=recording,
                    channel_id=recording.attempt_id,
                    has_consent=False,
                    is_started=True,
                )

    def forget_ended(self, live: "set[AttemptId]") -> None:
        """After a restart: end the recordings of calls that do not live any more."""
        for attempt_id in [attempt_id for attempt_id in self._talks if attempt_id not in live]:
            self.attempt_ended(attempt_id)

    async def settle(self) -> None:
        """Wait until everything that was asked so far is done, as before an end."""
        await self._orders.join()
        await self._filing.settle()

    async def _obey(self) -> None:
        while True:
            verb, talk = await self._orders.get()
            monitor = self._monitors[talk.recording.node_id]
            try:
                await self._carry_out(verb, talk, monitor)
                self._set_alarm(LINK_ALARM, is_on=False, text="Talks are recorded again.")
            except AmiLost as error:
                self._fail(verb, talk, monitor, error)
                self._set_alarm(LINK_ALARM, is_on=True, text=f"Talks are not recorded: {error}")
            except AmiError as error:
                self._fail(verb, talk, monitor, error)
            finally:
                self._orders.task_done()

    async def _carry_out(self, verb: _Verb, talk: _Talk, monitor: NodeMonitor) -> None:
        link, channel_id = monitor.link, talk.channel_id
        if verb is _Verb.START:
            await link.start_mix_monitor(channel_id, talk.recording.recording_id + ENDING)
        elif verb is _Verb.STOP:
            with suppress(AmiRefused):  # it hung up: Asterisk ended the file by itself
                await link.stop_mix_monitor(channel_id)
            self._filing.add(FiledWork(recording=talk.recording, folder=monitor.folder))
        else:
            await link.mute_mix_monitor(channel_id, is_muted=verb is _Verb.MUTE)

    def _fail(self, verb: _Verb, talk: _Talk, monitor: NodeMonitor, error: AmiError) -> None:
        self.failures += 1
        _log.warning("recording: %s failed (%s)", verb.value, error)
        if verb is _Verb.STOP:
            self._filing.add(FiledWork(recording=talk.recording, folder=monitor.folder))
        elif verb is _Verb.START:
            talk.is_started = False
            self._filing.add(FiledWork(recording=talk.recording, lost_because=str(error)))
        elif verb is _Verb.MUTE:
            # Card data must not be heard later: rather no recording than this one.
            self._order(_Verb.STOP, talk)

    def _begin(self, talk: _Talk) -> None:
        if talk.recording.node_id not in self._monitors:
            return
        why_not = "the disk or the quota is full" if self._is_full else ""
        recording = talk.recording
        self._filing.add(
            BegunRecording(
                recording_id=recording.recording_id,
                attempt_id=recording.attempt_id,
                campaign_id=recording.campaign_id,
                node_id=recording.node_id,
                has_consent=talk.has_consent,
                started_at=recording.started_at,
                why_not=why_not,
            )
        )
        if not why_not:
            talk.is_started = True
            self._order(_Verb.START, talk)
            if talk.is_muted:
                self._order(_Verb.MUTE, talk)

    def _mute(self, attempt_id: AttemptId, *, is_muted: bool) -> None:
        talk = self._talks.get(attempt_id)
        if talk is None or talk.is_muted is is_muted:
            return
        talk.is_muted = is_muted
        if talk.is_started:
            self._order(_Verb.MUTE if is_muted else _Verb.UNMUTE, talk)

    def _order(self, verb: _Verb, talk: _Talk) -> None:
        try:
            self._orders.put_nowait((verb, talk))
        except asyncio.QueueFull:
            self.failures += 1

    # --- disks and retention -------------------------------------------------------------------------------

    async def _watch_disks(self) -> None:
        while True:
            why = ""
            if any(each.recording is not RecordingRule.NONE for each in self._campaigns.values()):
                folders = [monitor.folder for monitor in self._monitors.values()]
                why = await self._filing.find_shortage(folders)
            self._is_full = bool(why)
            self._set_alarm(
                DISK_ALARM,
                is_on=self._is_full,
                text=f"New talks are not recorded, calls go on: {why}" if why else "There is room again.",
            )
            self.watched.set()
            await asyncio.sleep(CHECK_SECONDS)

    async def _sweep_often(self) -> None:
        while True:
            self.sweep(self._wall_clock())
            await asyncio.sleep(SWEEP_SECONDS)

    def _set_alarm(self, name: str, *, is_on: bool, text: str) -> None:
        if is_on is (name in self._alarms):
            return
        self._alarms ^= {name}
        self._raise_alarm(Alarm(name=name, is_on=is_on, text=text))


def recording_id(attempt_id: AttemptId, part: int) -> str:
    """The name of a recording; a call that is transferred and comes back has several.

    >>> recording_id(AttemptId("p1-7"), 1), recording_id(AttemptId("p1-7"), 2)
    ('p1-7', 'p1-7_2')
    """
    return attempt_id if part == 1 else f"{attempt_id}_{part}"


def part_of(recording: str) -> int:
    """Which part of its call a recording is.

    >>> part_of("p1-7"), part_of("p1-7_2")
    (1, 2)
    """
    _, mark, number = recording.rpartition("_")
    return int(number) if mark and number.isdecimal() else 1
