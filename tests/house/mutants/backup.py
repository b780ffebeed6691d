"""Faults in backup and restore: rows that are lost, files that are believed, places that are written over."""

from tests.house.mutants.mutant import Mutant

ARCHIVE = "tests/unit/app/test_backup_archive.py"
BACKUP = "tests/integration/test_backup.py"
ANY_BYTE = f"{ARCHIVE}::test_backup_file_with_any_byte_changed_is_refused_or_reads_the_same"
OTHER_PARTS = f"{ARCHIVE}::test_backup_file_whose_parts_are_not_those_of_its_manifest_is_refused"
DOES_NOT_FIT = f"{BACKUP}::test_backup_that_does_not_fit_leaves_everything_as_it_was"


def fault(name: str, catches: str, path: str, before: str, after: str) -> Mutant:
    """A fault in a file of backup and restore."""
    return Mutant(
        name=f"backup: {name}", catches=catches, path=f"app/backup/{path}", before=before, after=after
    )


MUTANTS: tuple[Mutant, ...] = (
    fault(
        "hashes are not compared",
        OTHER_PARTS,
        "archive.py",
        "    if (byte_count, digest.hexdigest()) != (part.byte_count, part.sha256):",
        "    if byte_count != part.byte_count:",
    ),
    fault(
        "a broken zip is an error of another kind",
        ANY_BYTE,
        "archive.py",
        "    zlib.error,\n",
        "",
    ),
    fault(
        "parts may be added",
        OTHER_PARTS,
        "archive.py",
        "if sorted(archive.namelist()) != sorted([",
        "if not set(archive.namelist()) >= set([",
    ),
    fault(
        "a zip bomb is read to its end",
        f"{ARCHIVE}::test_part_that_unpacks_to_more_than_it_says_is_not_read_to_its_end",
        "archive.py",
        "while byte_count <= part.byte_count and (",
        "while (",
    ),
    fault(
        "others may read the backup",
        f"{ARCHIVE}::test_backup_file_is_whole_and_its_owners_only",
        "archive.py",
        "os.O_EXCL, 0o600)",
        "os.O_EXCL, 0o644)",
    ),
    fault(
        "half a backup stays",
        f"{ARCHIVE}::test_backup_that_fails_half_way_leaves_no_file",
        "archive.py",
        "    finally:\n        unfinished.unlink(missing_ok=True)\n",
        "    finally:\n        pass\n",
    ),
    fault(
        "passwords are saved",
        f"{ARCHIVE}::test_settings_file_is_saved_without_its_secrets",
        "settings_files.py",
        "            text = text.replace(",
        "            text.replace(",
    ),
    fault(
        "tables are saved at different instants",
        f"{BACKUP}::test_backup_taken_while_rows_are_written_is_of_one_instant",
        "saving.py",
        'isolation="repeatable_read"',
        'isolation="read_committed"',
    ),
    fault(
        "sequences begin anew",
        f"{BACKUP}::test_backup_restored_into_an_empty_database_has_every_row",
        "restoring.py",
        "    await set_sequences(connection, manifest.sequences)\n",
        "",
    ),
    fault(
        "rows that are there do not matter",
        f"{BACKUP}::test_restore_over_rows_is_refused_unless_it_may_replace_them",
        "restoring.py",
        "        if row_count:\n",
        "        if row_count < 0:\n",
    ),
    fault(
        "rows are not counted",
        DOES_NOT_FIT,
        "restoring.py",
        "        if row_count != entry.row_count:\n",
        "        if row_count < 0:\n",
    ),
    fault(
        "a failed restore leaves what it made",
        DOES_NOT_FIT,
        "restoring.py",
        "        end = _put_back_what_stands_aside\n",
        "        end = _forget_what_stands_aside\n",
    ),
    fault(
        "any bound of a partition is run",
        DOES_NOT_FIT,
        "tables.py",
        "            or not PARTITION_BOUND.fullmatch(entry.bound)\n",
        "",
    ),
    fault(
        "a restore that was cut short is not undone",
        f"{BACKUP}::test_restore_that_was_cut_short_is_undone_by_the_next_one",
        "restoring.py",
        "        await _put_back_what_stands_aside(connection)\n        if not may_replace:\n",
        "        if not may_replace:\n",
    ),
)
