"""Faults in recordings: talks that are overheard, files that are lost, seals that hold nothing."""

from tests.house.mutants.mutant import Mutant

SEALED = "tests/unit/dialer/adapters/test_sealed_file.py"
FILES = "tests/unit/dialer/adapters/test_recording_files.py"
RECORDINGS = "tests/integration/test_recordings.py"


def fault(name: str, catches: str, path: str, before: str, after: str) -> Mutant:
    """A fault in a file of the dialer's adapters."""
    return Mutant(
        name=f"recordings: {name}",
        catches=catches,
        path=f"dialer/adapters/{path}",
        before=before,
        after=after,
    )


MUTANTS: tuple[Mutant, ...] = (
    fault(
        "the last chunk of a sealed file is left out",
        f"{SEALED}::test_content_of_any_length_comes_back_as_it_was",
        "sealed_file.py",
        "number, chunk = 0, source.read(CHUNK_BYTES)\n",
        "number, chunk = 0, source.read(CHUNK_BYTES)[:1000]\n",
    ),
    fault(
        "a chunk that was changed ends a sealed file quietly",
        f"{SEALED}::test_file_with_any_byte_changed_is_refused",
        "sealed_file.py",
        "except InvalidTag:\n            raise SealBroken(",
        "except InvalidTag:\n            return\n            raise SealBroken(",
    ),
    fault(
        "a sealed file may be cut where a chunk ends",
        f"{SEALED}::test_file_whose_chunks_are_cut_off_or_exchanged_is_refused",
        "sealed_file.py",
        'NONCE = struct.Struct(">3xQB")',
        'NONCE = type("", (), {"pack": lambda self, number, last: struct.pack(">4xQ", number)})()',
    ),
    fault(
        "a sealed file may be cut anywhere",
        f"{SEALED}::test_file_that_is_cut_anywhere_is_refused",
        "sealed_file.py",
        "except InvalidTag:\n            raise SealBroken(",
        "except InvalidTag:\n            return\n            raise SealBroken(",
    ),
    fault(
        "a recording that Asterisk still writes is taken for whole",
        f"{FILES}::test_file_that_asterisk_still_writes_is_not_whole_until_it_is_mended",
        "recording_files.py",
        'return len(head) == HEADER_BYTES and int.from_bytes(head[4:8], "little") == length - RIFF_BYTES',
        "return len(head) == HEADER_BYTES",
    ),
    fault(
        "a path of the index may lead out of the storage folder",
        f"{FILES}::test_path_that_leads_out_of_the_storage_is_not_deleted",
        "recording_files.py",
        "if not target.is_relative_to(storage.resolve()):",
        "if False:",
    ),
    fault(
        "a talk is recorded before the client agreed",
        f"{RECORDINGS}::test_talk_that_needs_consent_is_recorded_from_the_consent_on_and_not_before",
        "recordings.py",
        "if settings.recording is RecordingRule.ALL:",
        "if True:",
    ),
    fault(
        "a recording that cannot be muted goes on",
        f"{RECORDINGS}::test_recording_that_cannot_be_muted_is_ended",
        "recordings.py",
        "rather no recording than this one.\n            self._order(_Verb.STOP, talk)",
        "rather no recording than this one.\n            pass",
    ),
    fault(
        "a full disk is written on",
        f"{RECORDINGS}::test_full_disk_stops_new_recordings_with_an_alarm_and_space_brings_them_back",
        "recordings.py",
        'why_not = "the disk or the quota is full" if self._is_full else ""',
        'why_not = ""',
    ),
    fault(
        "recordings are kept for ever",
        f"{RECORDINGS}::test_recording_whose_time_is_over_is_deleted_and_its_row_stays",
        "recording_filing.py",
        "await asyncio.to_thread(recording_files.remove, self._settings.storage, path)",
        "pass",
    ),
    fault(
        "recordings of an engine that died are forgotten",
        f"{RECORDINGS}::test_recordings_of_an_engine_that_died_are_taken_over_and_filed",
        "recordings.py",
        "for recording in await self._filing.read_running():",
        "for recording in []:",
    ),
    fault(
        "recordings of somebody else are taken",
        f"{RECORDINGS}::test_file_that_a_dead_asterisk_left_is_mended_and_filed",
        "recording_filing.py",
        "if not is_ours or source.stem in sweep.running",
        "if source.stem in sweep.running",
    ),
    Mutant(
        name="recordings: a talk that the engine outlives is never ended",
        catches="tests/integration/test_recorded_calls.py"
        "::test_talk_is_recorded_to_its_end_though_the_engine_dies_in_the_middle",
        path="app/engine_recording.py",
        before="        self.recorder.attempt_ended(attempt_id)",
        after="        pass",
    ),
)
