"""Recordings from the talk's begin to their deletion, with a real database and an Asterisk that is played."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.unit_of_work import UnitOfWork
from dialer.adapters import recording_files, recording_filing
from dialer.adapters.errors import AmiLost, AmiRefused, StoreLost
from dialer.adapters.recording_filing import RecordingSettings
from dialer.adapters.sealed_file import SealingKey, opened
from dialer.core.settings import RecordingRule
from tests.fakes.mix_monitor import wave
from tests.integration.recording_studio import FIRST, NOW, SECOND, SECONDS_MAX, studio
from tests.integration.stored_floor import CAMPAIGN, StoredFloor

DAY_SECONDS = 86_400.0
KEY = SealingKey(secret=bytes(range(32)))


@pytest.fixture
def root(tmp_path: Path, floor: StoredFloor) -> Path:
    """A folder; the campaign is in the database."""
    return tmp_path


async def test_talk_of_a_campaign_that_records_all_is_recorded_filed_and_indexed(
    unit_of_work: UnitOfWork, root: Path
) -> None:
    """From the bridge to the storage folder, with everything that the index must know."""
    async with studio(unit_of_work, root) as made:
        made.begin()
        made.begin()  # told twice
        await made.settle()
        (row,) = await made.rows()
        assert (row["state"], row["consent"], row["attempt_id"]) == ("recording", "not_asked", FIRST)
        made.recorder.talk_ended(FIRST)
        await made.settle()
        (row,) = await made.rows()
        assert row["state"] == "stored"
        assert (row["path"], row["seconds"], row["bytes"], row["key_id"]) == (
            "2031/02/27/p1-1.wav",
            0.25,
            4044,
            "",
        )
        assert (row["delete_after"] - row["started_at"]).days == 30
        assert made.files() == ["2031/02/27/p1-1.wav"]
        assert made.asterisk.asked == [("start", FIRST), ("stop", FIRST)]
        assert not list(made.asterisk.folder.iterdir())


async def test_talk_of_a_campaign_that_records_none_leaves_no_trace(
    unit_of_work: UnitOfWork, root: Path
) -> None:
    """Neither do verbs for a call that nobody knows."""
    async with studio(unit_of_work, root, RecordingRule.NONE) as made:
        made.begin()
        made.recorder.pause(FIRST)
        made.recorder.consent_given(SECOND)
        made.recorder.talk_ended(FIRST)
        await made.settle()
        assert (made.asterisk.asked, await made.rows()) == ([], [])


async def test_talk_that_needs_consent_is_recorded_from_the_consent_on_and_not_before(
    unit_of_work: UnitOfWork, root: Path
) -> None:
    """And one without consent is never recorded."""
    async with studio(unit_of_work, root, RecordingRule.WITH_CONSENT) as made:
        made.begin(FIRST)
        made.begin(SECOND)
        await made.settle()
        assert made.asterisk.asked == []
        made.recorder.consent_given(FIRST)
        made.recorder.consent_given(FIRST)
        await made.settle()
        made.recorder.talk_ended(FIRST)
        made.recorder.talk_ended(SECOND)
        await made.settle()
        (row,) = await made.rows()
        assert (row["attempt_id"], row["consent"], row["state"]) == (FIRST, "given", "stored")


async def test_pause_and_resume_reach_asterisk_once_and_survive_a_late_consent(
    unit_of_work: UnitOfWork, root: Path
) -> None:
    """Who pauses before the recording begins has it begin in silence."""
    async with studio(unit_of_work, root, RecordingRule.WITH_CONSENT) as made:
        made.begin()
        made.recorder.pause(FIRST)
        made.recorder.consent_given(FIRST)
        made.recorder.pause(FIRST)
        made.recorder.resume(FIRST)
        made.recorder.resume(FIRST)
        await made.settle()
        assert [what for what, _ in made.asterisk.asked] == ["start", "mute", "unmute"]


async def test_recording_that_cannot_be_muted_is_ended(unit_of_work: UnitOfWork, root: Path) -> None:
    """Card data must not be heard later: rather no recording."""
    async with studio(unit_of_work, root) as made:
        made.begin()
        await made.settle()
        made.asterisk.trouble = AmiRefused("MixMonitorMute: no")
        made.recorder.pause(FIRST)
        await made.settle()
        assert [what for what, _ in made.asterisk.asked] == ["start", "mute", "stop"]


async def test_client_who_hangs_up_first_loses_no_recording(unit_of_work: UnitOfWork, root: Path) -> None:
    """Asterisk has ended the file by itself."""
    async with studio(unit_of_work, root) as made:
        made.begin()
        await made.settle()
        made.asterisk.hang_up(FIRST)
        made.recorder.attempt_ended(FIRST)
        await made.settle()
        assert [row["state"] for row in await made.rows()] == ["stored"]


async def test_second_talk_of_one_call_has_a_file_of_its_own(unit_of_work: UnitOfWork, root: Path) -> None:
    """A call that is passed on is several talks."""
    async with studio(unit_of_work, root) as made:
        for _ in range(2):
            made.begin()
            made.recorder.talk_ended(FIRST)
        await made.settle()
        assert made.files() == ["2031/02/27/p1-1.wav", "2031/02/27/p1-1_2.wav"]


async def test_manager_interface_that_is_away_is_an_alarm_and_ends_with_it(
    unit_of_work: UnitOfWork, root: Path
) -> None:
    """The row says why nothing was recorded; the next talk is."""
    async with studio(unit_of_work, root) as made:
        made.asterisk.trouble = AmiLost("not connected")
        made.begin(FIRST)
        await made.settle()
        made.recorder.talk_ended(FIRST)
        made.asterisk.trouble = None
        made.begin(SECOND)
        await made.settle()
        assert [(alarm.name, alarm.is_on) for alarm in made.alarms] == [
            ("recording.link", True),
            ("recording.link", False),
        ]
        lost, running = await made.rows()
        assert (lost["state"], lost["reason"]) == ("not_recorded", "not connected")
        assert running["state"] == "recording"


async def test_full_disk_stops_new_recordings_with_an_alarm_and_space_brings_them_back(
    unit_of_work: UnitOfWork, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calls go on; whoever asks later sees which talk was not recorded, and why."""
    monkeypatch.setattr("dialer.adapters.recordings.CHECK_SECONDS", 0.01)
    free = {"bytes": 10}
    monkeypatch.setattr("dialer.adapters.recording_files.free_bytes", lambda folder: free["bytes"])
    settings = RecordingSettings(storage=root / "storage", free_bytes_min=1000)
    async with studio(unit_of_work, root, settings=settings) as made:
        made.begin(FIRST)
        await made.settle()
        assert made.asterisk.asked == []
        (row,) = await made.rows()
        assert (row["state"], row["reason"]) == ("not_recorded", "the disk or the quota is full")
        (alarm,) = made.alarms
        assert (alarm.name, alarm.is_on) == ("recording.disk", True)
        assert "expected 1000 free bytes" in alarm.text
        free["bytes"] = 2000
        async with asyncio.timeout(SECONDS_MAX):
            while len(made.alarms) < 2:
                made.recorder.watched.clear()
                await made.recorder.watched.wait()
        assert not made.alarms[1].is_on
        made.begin(SECOND)
        await made.settle()
        assert made.asterisk.asked == [("start", SECOND)]


async def test_quota_that_is_used_up_stops_new_recordings(unit_of_work: UnitOfWork, root: Path) -> None:
    """Nothing that must be kept is deleted to make room."""
    settings = RecordingSettings(storage=root / "storage", free_bytes_min=0, quota_bytes=4000)
    async with studio(unit_of_work, root, settings=settings) as made:
        made.begin(FIRST)
        made.recorder.talk_ended(FIRST)
        await made.settle()
        assert "quota of 4000 bytes" in await made.filing.find_shortage([])
        assert made.files()


async def test_storage_that_takes_nothing_keeps_the_file_where_it_is_until_a_later_sweep(
    unit_of_work: UnitOfWork, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ENOSPC in the middle of a copy costs no recording."""
    async with studio(unit_of_work, root) as made:
        original = recording_files.keep

        def full(*given: object) -> object:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(recording_files, "keep", full)
        made.begin()
        made.recorder.talk_ended(FIRST)
        await made.settle()
        assert [path.name for path in made.asterisk.folder.iterdir()] == ["p1-1.wav"]
        monkeypatch.setattr(recording_files, "keep", original)
        os.utime(made.asterisk.folder / "p1-1.wav", (NOW - 100.0, NOW - 100.0))
        made.recorder.sweep(NOW)
        await made.settle()
        assert [row["state"] for row in await made.rows()] == ["stored"]
        assert made.files() == ["2031/02/27/p1-1.wav"]


async def test_recording_whose_time_is_over_is_deleted_and_its_row_stays(
    unit_of_work: UnitOfWork, root: Path
) -> None:
    """A day before nothing is deleted; afterwards the file is gone and the row says when."""
    async with studio(unit_of_work, root) as made:
        made.begin()
        made.recorder.talk_ended(FIRST)
        await made.settle()
        made.recorder.sweep(NOW + 29 * DAY_SECONDS)
        await made.settle()
        assert made.files()
        made.recorder.sweep(NOW + 30 * DAY_SECONDS)
        await made.settle()
        assert made.files() == []
        (row,) = await made.rows()
        assert (row["state"], row["path"]) == ("deleted", "2031/02/27/p1-1.wav")
        assert row["deleted_at"].timestamp() == NOW + 30 * DAY_SECONDS
        made.recorder.sweep(NOW + 31 * DAY_SECONDS)
        await made.settle()
        assert (await made.rows())[0]["deleted_at"] == row["deleted_at"]


async def test_recordings_of_an_engine_that_died_are_taken_over_and_filed(
    unit_of_work: UnitOfWork, root: Path
) -> None:
    """The talk that lives is ended by the new engine; the one that ended meanwhile is filed at once."""
    async with studio(unit_of_work, root) as made:
        made.begin(FIRST)
        made.begin(SECOND)
        await made.settle()
        files = dict(made.asterisk.files)
        made.asterisk.hang_up(SECOND)
    async with studio(unit_of_work, root) as made:
        made.asterisk.files = {FIRST: files[FIRST]}
        made.begin(FIRST)  # the engine tells of every talk that lives
        made.recorder.forget_ended({FIRST})
        await made.settle()
        assert [row["state"] for row in await made.rows()] == ["recording", "stored"]
        made.recorder.talk_ended(FIRST)
        await made.settle()
        assert [row["state"] for row in await made.rows()] == ["stored", "stored"]
        assert ("start", FIRST) not in made.asterisk.asked


async def test_file_that_a_dead_asterisk_left_is_mended_and_filed(
    unit_of_work: UnitOfWork, root: Path
) -> None:
    """Also where not even its beginning is on record; one still written to, or not ours, is left alone."""
    async with studio(unit_of_work, root) as made:
        for name, age_seconds in (("p9-1.wav", 4000.0), ("p9-2.wav", 100.0), ("theirs.wav", 9000.0)):
            path = made.asterisk.folder / name
            path.write_bytes(wave(0.25, is_ended=False))
            os.utime(path, (NOW - age_seconds, NOW - age_seconds))
        made.recorder.sweep(NOW)
        await made.settle()
        (row,) = await made.rows()
        assert (row["attempt_id"], row["state"], row["seconds"]) == ("p9-1", "stored", 0.25)
        assert (made.storage / row["path"]).read_bytes() == wave(0.25, is_ended=True)
        assert {path.name for path in made.asterisk.folder.iterdir()} == {"p9-2.wav", "theirs.wav"}


async def test_recording_with_a_key_is_sealed_and_the_index_names_the_key(
    unit_of_work: UnitOfWork, root: Path
) -> None:
    """The file says nothing to whoever steals the disk."""
    settings = RecordingSettings(storage=root / "storage", free_bytes_min=0, key=KEY)
    async with studio(unit_of_work, root, settings=settings) as made:
        made.begin()
        made.recorder.talk_ended(FIRST)
        await made.settle()
        (row,) = await made.rows()
        assert (row["path"], row["key_id"]) == ("2031/02/27/p1-1.wav.sealed", KEY.key_id)
        keys: Mapping[str, SealingKey] = {KEY.key_id: KEY}
        with (made.storage / row["path"]).open("rb") as file:
            assert b"".join(opened(file, keys)) == wave(0.25, is_ended=True)


async def test_database_that_is_away_holds_up_the_index_and_not_the_recording(
    unit_of_work: UnitOfWork, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be written is written when it is back."""
    monkeypatch.setattr(recording_filing, "RETRY_SECONDS", (0.01,))

    async with studio(unit_of_work, root) as made:
        begin = UnitOfWork.begin
        tries = []

        @asynccontextmanager
        async def away(self: UnitOfWork, **given: bool) -> AsyncIterator[object]:
            tries.append(1)
            if len(tries) < 4:
                raise StoreLost("away")
            async with begin(self, **given) as connection:
                yield connection

        monkeypatch.setattr(UnitOfWork, "begin", away)
        made.begin()
        made.recorder.talk_ended(FIRST)
        await made.settle()
        assert made.asterisk.asked == [("start", FIRST), ("stop", FIRST)]
        assert [row["state"] for row in await made.rows()] == ["stored"]
        assert len(tries) > 4


async def test_index_of_a_campaign_that_changes_its_days_uses_those_of_the_end(
    unit_of_work: UnitOfWork, root: Path
) -> None:
    """A shorter time that is ordered during a talk holds for it."""
    async with studio(unit_of_work, root) as made:
        made.begin()
        made.campaigns[CAMPAIGN] = replace(made.campaigns[CAMPAIGN], recording_days=1)
        made.recorder.talk_ended(FIRST)
        await made.settle()
        (row,) = await made.rows()
        assert (row["delete_after"] - row["started_at"]).days == 1
