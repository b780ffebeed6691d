"""Files recordings: rows in the index, files into the storage folder, and out of it when their time is over.

It works through its orders one after another and repeats what the database could not take. A file whose order
was lost (a crash, a full queue) is found by the next sweep: the monitor folders hold nothing that is filed.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from dialer.adapters import recording_files
from dialer.adapters.connection import Connection
from dialer.adapters.errors import StoreLost
from dialer.adapters.leg_ids import is_attempt
from dialer.adapters.record_writer import Transactions
from dialer.adapters.recording_files import ENDING
from dialer.adapters.sealed_file import SealingKey
from dialer.adapters.store.recordings import (
    BegunRecording,
    RunningRecording,
    StoredRecording,
    begin_recording,
    count_stored_bytes,
    delete_recordings,
    find_due_recordings,
    lose_recording,
    read_running_recordings,
    store_recording,
)
from dialer.core.settings import CampaignSettings
from dialer.messages import AttemptId, CampaignId, NodeId

WORKS_MAX = 20_000
WHOLE_SECONDS_MAX = 3.0  # for Asterisk to end a file after it was told to
THERE_SECONDS_MAX = 0.3  # for a file to be there at all: Asterisk makes it as it begins
POLL_SECONDS = 0.05
LEFT_BEHIND_SECONDS = 60.0  # a whole file that nobody filed for so long
BROKEN_SECONDS = 3600.0  # a file that is not whole and was not written to for so long
DELETED_AT_ONCE = 500
RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingSettings:
    """Where recordings are kept, and how many."""

    storage: Path  # files lie in YYYY/MM/DD below it
    quota_bytes: int = 50_000_000_000  # together; about 870 hours of talk
    free_bytes_min: int = 1_000_000_000  # with less on a disk no new recording begins
    days: int = 90  # of a recording whose campaign is not known
    key: SealingKey | None = None  # with which they are sealed; None: they are not


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledWork:
    """A recording that has ended: its file is in the folder, or it came to nothing."""

    recording: RunningRecording
    folder: Path | None = None
    lost_because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sweep:
    """A look through everything."""

    now: float
    running: frozenset[str]


_Work = BegunRecording | FiledWork | _Sweep


class RecordingFiling:
    """One task that files; `add` and `ask_sweep` never wait."""

    def __init__(
        self,
        settings: RecordingSettings,
        transactions: Transactions,
        folders: Mapping[NodeId, Path],
        campaigns: Mapping[CampaignId, CampaignSettings],
    ) -> None:
        """Take where to keep what, the database, each node's monitor folder, the campaigns as they are."""
        self._campaigns = campaigns
        self._settings = settings
        self._transactions = transactions
        self._folders = folders
        self._works: asyncio.Queue[_Work] = asyncio.Queue(WORKS_MAX)
        self._stored_bytes = 0
        self.failures = 0  # files that could not be moved, orders that found no room

    def add(self, work: BegunRecording | FiledWork) -> None:
        """Note a beginning or an end."""
        self._put(work)

    def ask_sweep(self, now: float, running: frozenset[str]) -> None:
        """Delete what is due at `now` (POSIX seconds) and file what was left behind, save what still runs."""
        self._put(_Sweep(now=now, running=running))

    async def prepare(self) -> None:
        """Make the storage folder, where that can be done, and learn how full it is; before `run`."""
        with suppress(OSError):  # `find_shortage` tells of it
            await asyncio.to_thread(self._settings.storage.mkdir, recording_files.FOLDER_MODE, True, True)
        self._stored_bytes = await self._in_transaction(count_stored_bytes)

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            work = await self._works.get()
            try:
                await self._do(work)
            except OSError as error:
                self.failures += 1
                _log.warning("recording: a file could not be moved or deleted (%s)", error.strerror)
            finally:
                self._works.task_done()

    async def settle(self) -> None:
        """Wait until everything that was asked is done."""
        await self._works.join()

    async def read_running(self) -> list[RunningRecording]:
        """The recordings that began and are not filed."""
        return await self._in_transaction(read_running_recordings)

    async def find_shortage(self, folders: Iterable[Path]) -> str:
        """Why no new recording may begin, for people; empty: there is room."""
        if self._stored_bytes >= self._settings.quota_bytes:
            return f"the quota of {self._settings.quota_bytes} bytes is used up; raise it, or keep less long"
        least = self._settings.free_bytes_min
        for folder in (self._settings.storage, *folders):
            try:
                free = await asyncio.to_thread(recording_files.free_bytes, folder)
            except OSError as error:
                return f"expected the folder {folder}, got {error.strerror}; make or mount it"
            if free < least:
                return f"expected {least} free bytes at {folder}, there are {free}; make room"
        return ""

    # --- one work ------------------------------------------------------------------------------------------

    async def _do(self, work: _Work) -> None:
        if isinstance(work, BegunRecording):
            await self._in_transaction(lambda connection: begin_recording(connection, work))
        elif isinstance(work, _Sweep):
            await self._delete_due(work.now)
            await self._file_left_behind(work)
        elif work.folder is None:
            await self._lose(work.recording, work.lost_because)
        else:
            await self._file(work.recording, work.folder)

    async def _file(self, recording: RunningRecording, folder: Path) -> None:
        source = folder / (recording.recording_id + ENDING)
        if not await _becomes_whole(source) and source.exists():
            return  # a later sweep sees to it
        try:
            await self._keep(recording, source)
        except FileNotFoundError:
            await self._lose(recording, "Asterisk wrote no file")

    async def _keep(self, recording: RunningRecording, source: Path) -> None:
        settings = self._settings
        started_at = recording.started_at.astimezone(UTC)
        kept = await asyncio.to_thread(
            recording_files.keep, source, settings.storage, started_at, settings.key
        )
        self._stored_bytes += kept.bytes
        campaign = self._campaigns.get(recording.campaign_id)
        days = settings.days if campaign is None else campaign.recording_days
        stored = StoredRecording(
            recording_id=recording.recording_id,
            attempt_id=recording.attempt_id,
            node_id=recording.node_id,
            started_at=recording.started_at,
            path=kept.path,
            seconds=kept.seconds,
            bytes=kept.bytes,
            key_id=settings.key.key_id if settings.key is not None else "",
            delete_after=recording.started_at + timedelta(days=days),
        )
        await self._in_transaction(lambda connection: store_recording(connection, stored))

    async def _lose(self, recording: RunningRecording, reason: str) -> None:
        await self._in_transaction(
            lambda connection: lose_recording(connection, recording.recording_id, reason)
        )

    # --- sweeping ------------------------------------------------------------------------------------------

    async def _delete_due(self, now: float) -> None:
        instant = datetime.fromtimestamp(now, UTC)
        due = await self._in_transaction(
            lambda connection: find_due_recordings(connection, instant, DELETED_AT_ONCE)
        )
        gone = []
        for recording_id, path in due:
            try:
                await asyncio.to_thread(recording_files.remove, self._settings.storage, path)
            except OSError as error:
                self.failures += 1
                _log.warning("recording: a file could not be deleted (%s)", error.strerror or error)
                continue
            gone.append(recording_id)
        if gone:
            await self._in_transaction(lambda connection: delete_recordings(connection, gone, instant))
            self._stored_bytes = await self._in_transaction(count_stored_bytes)

    async def _file_left_behind(self, sweep: _Sweep) -> None:
        begun = {each.recording_id: each for each in await self.read_running()}
        for node_id, folder in self._folders.items():
            for source in await asyncio.to_thread(_left_behind, folder, sweep, frozenset(begun)):
                recording = begun.get(source.stem) or _unknown(source, node_id)
                await self._keep(recording, source)

    # --- the database --------------------------------------------------------------------------------------

    async def _in_transaction(self, work: Callable[[Connection], Awaitable[_Result]]) -> _Result:
        """Do it, and again for as long as the database is away."""
        tries = 0
        while True:
            try:
                async with self._transactions.begin() as connection:
                    return await work(connection)
            except StoreLost:
                await asyncio.sleep(RETRY_SECONDS[min(tries, len(RETRY_SECONDS) - 1)])
                tries += 1

    def _put(self, work: _Work) -> None:
        try:
            self._works.put_nowait(work)
        except asyncio.QueueFull:
            self.failures += 1


async def _becomes_whole(source: Path) -> bool:
    """Wait until Asterisk has ended a file; False: it has not in time, or there is none."""
    loop = asyncio.get_running_loop()
    began_at = loop.time()
    limit_seconds = THERE_SECONDS_MAX
    while loop.time() - began_at < limit_seconds:
        with suppress(FileNotFoundError):
            if await asyncio.to_thread(recording_files.is_whole, source):
                return True
            limit_seconds = WHOLE_SECONDS_MAX
        await asyncio.sleep(POLL_SECONDS)
    return False


def _left_behind(folder: Path, sweep: _Sweep, begun: frozenset[str]) -> list[Path]:
    """Our files of a monitor folder that nobody will ask to be filed, mended where they are broken."""
    found = []
    for source in sorted(folder.glob("*" + ENDING)):
        with suppress(FileNotFoundError):
            age_seconds = sweep.now - source.stat().st_mtime
            is_ours = source.stem in begun or is_attempt(source.stem.partition("_")[0])
            if not is_ours or source.stem in sweep.running or age_seconds < LEFT_BEHIND_SECONDS:
                continue
            if not recording_files.is_whole(source):
                if age_seconds < BROKEN_SECONDS:
                    continue
                recording_files.mend(source)
            found.append(source)
    return found


def _unknown(source: Path, node_id: NodeId) -> RunningRecording:
    """A recording whose beginning is not on record."""
    return RunningRecording(
        recording_id=source.stem,
        attempt_id=AttemptId(source.stem.partition("_")[0]),
        campaign_id=CampaignId(""),
        node_id=node_id,
        started_at=datetime.fromtimestamp(source.stat().st_mtime, UTC),
    )
