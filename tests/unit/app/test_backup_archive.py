"""The backup file: whole or refused, and nothing of it believed before it has been checked."""

import zipfile
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from app.backup.archive import (
    FORMAT,
    MANIFEST,
    Manifest,
    SettingsEntry,
    Sink,
    TableEntry,
    checked_archive,
    new_archive,
)
from app.backup.settings_files import LEFT_OUT, put_back, without_secrets
from app.errors import BackupUnusable

ROWS = b"1\tone\n2\ttwo\n" * 500


def told(byte_count: int) -> None:
    """Hear of progress."""


async def write(path: Path) -> Manifest:
    """Make a small backup file."""
    with new_archive(path) as archive:

        async def fill(sink: Sink) -> None:
            await sink(ROWS)

        table = TableEntry(
            schema="dialer",
            table="lists",
            columns=("a", "b"),
            row_count=1000,
            part=await archive.write_part("tables/dialer.lists", fill),
        )
        settings = SettingsEntry(
            name="asterisk.toml", secrets=(), part=await archive.write_part("settings/asterisk.toml", fill)
        )
        manifest = Manifest(
            format=FORMAT,
            version="0.1.0",
            made_at="2026-11-23T01:00:00+00:00",
            revision="0002",
            tables=(table,),
            sequences=(),
            partitions=(),
            settings=(settings,),
        )
        archive.write_manifest(manifest)
    return manifest


def rewrite(path: Path, changes: dict[str, bytes | None], more: dict[str, bytes] | None = None) -> None:
    """Make the zip anew with some members changed, left out or added."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, before in members.items():
            data = changes.get(name, before)
            if data is not None:
                archive.writestr(name, data)
        for name, added in (more or {}).items():
            archive.writestr(name, added)


async def test_backup_file_is_whole_and_its_owners_only(tmp_path: Path) -> None:
    """What was written is read, piece by piece; nobody else may read it; nothing unfinished stays."""
    path = tmp_path / "backup.zip"
    manifest = await write(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["backup.zip"]
    with checked_archive(path, told) as archive:
        assert archive.manifest == manifest
        pieces = [piece async for piece in archive.read_part(manifest.tables[0].part)]
        assert b"".join(pieces) == ROWS
    with pytest.raises(BackupUnusable, match="is there already"):
        await write(path)


async def test_backup_that_fails_half_way_leaves_no_file(tmp_path: Path) -> None:
    """A file under the wanted name is a whole backup, always."""

    async def fail(sink: Sink) -> None:
        await sink(ROWS)
        raise KeyError("database")

    async def begin() -> None:
        with new_archive(tmp_path / "backup.zip") as archive:
            await archive.write_part("tables/dialer.lists", fail)

    with pytest.raises(KeyError):
        await begin()
    assert list(tmp_path.iterdir()) == []


async def test_backup_file_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    """Whatever is missing at its end, it is no backup."""
    path = tmp_path / "backup.zip"
    await write(path)
    whole = path.read_bytes()
    for length in range(0, len(whole), max(1, len(whole) // 40)):
        path.write_bytes(whole[:length])
        with pytest.raises(BackupUnusable), checked_archive(path, told):
            pass


async def test_backup_file_with_any_byte_changed_is_refused_or_reads_the_same(tmp_path: Path) -> None:
    """A changed byte is found, or was one that nothing of the content depends on."""
    path = tmp_path / "backup.zip"
    manifest = await write(path)
    whole = path.read_bytes()
    refused = 0
    for place in range(0, len(whole), 3):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        try:
            with checked_archive(path, told) as archive:
                assert archive.manifest == manifest
                assert archive.read_whole(manifest.tables[0].part) == ROWS
        except BackupUnusable:
            refused += 1
    assert refused > len(whole) // 3 * 0.5


@pytest.mark.parametrize(
    ("changes", "more"),
    [
        ({"tables/dialer.lists": ROWS + b"3\tthree\n"}, None),
        ({"tables/dialer.lists": ROWS.replace(b"two", b"six")}, None),
        ({"tables/dialer.lists": None}, None),
        ({"settings/asterisk.toml": b""}, None),
        ({}, {"tables/dialer.leads": b""}),
        ({}, {"../../etc/passwd": b"root"}),
        ({MANIFEST: None}, None),
        ({MANIFEST: b"{}"}, None),
        ({MANIFEST: b"not json"}, None),
    ],
)
async def test_backup_file_whose_parts_are_not_those_of_its_manifest_is_refused(
    tmp_path: Path, changes: dict[str, bytes | None], more: dict[str, bytes] | None
) -> None:
    """Nothing is there that the manifest does not vouch for, and nothing else is missing."""
    path = tmp_path / "backup.zip"
    await write(path)
    rewrite(path, changes, more)
    with pytest.raises(BackupUnusable), checked_archive(path, told):
        pass


async def test_part_that_unpacks_to_more_than_it_says_is_not_read_to_its_end(tmp_path: Path) -> None:
    """A zip bomb costs no more time than the size that its manifest gives."""
    path = tmp_path / "backup.zip"
    manifest = await write(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tables/dialer.lists", bytes(200_000_000))
        archive.writestr("settings/asterisk.toml", ROWS)
        archive.writestr(MANIFEST, msgspec.json.encode(manifest))
    read: list[int] = []
    with pytest.raises(BackupUnusable, match="cut short or changed"), checked_archive(path, read.append):
        pass
    assert sum(read) < 5_000_000


async def test_backup_of_another_format_is_refused_with_the_version_that_made_it(tmp_path: Path) -> None:
    """Who has the file learns which program reads it."""
    path = tmp_path / "backup.zip"
    manifest = await write(path)
    rewrite(path, {MANIFEST: msgspec.json.encode(replace(manifest, format=2, version="9.0"))})
    later = pytest.raises(BackupUnusable, match=r"expected format 1, it has 2: Paceline 9\.0")
    with later, checked_archive(path, told):
        pass


SETTINGS = """
# for the night shift
[ari]
name = "engine"
password = "hush-one"
[[trunks]]
name = "carrier"
[trunks.registration]
user_name = "account"
password = 'hush "two"'
[[agents]]
password = {env = "AGENT1_SECRET"}
"""


def test_settings_file_is_saved_without_its_secrets(tmp_path: Path) -> None:
    """Comments and values stay, secrets are named by their places, references to secrets stay."""
    path = tmp_path / "asterisk.toml"
    path.write_text(SETTINGS)
    found = without_secrets(path)
    assert found.secrets == ("ari.password", "trunks[0].registration.password")
    assert "hush" not in found.text
    assert found.text.count(LEFT_OUT) == 2
    assert "# for the night shift" in found.text
    assert 'password = {env = "AGENT1_SECRET"}' in found.text


def test_secret_that_cannot_be_cut_out_is_a_refusal(tmp_path: Path) -> None:
    """Rather no backup than one with a password in it."""
    path = tmp_path / "asterisk.toml"
    path.write_text('[ari]\npassword = """hush\\u002done"""\n')
    with pytest.raises(BackupUnusable, match=r"ari\.password"):
        without_secrets(path)


def test_settings_file_that_is_there_already_is_not_written_over(tmp_path: Path) -> None:
    """The restored one stands beside it."""
    assert put_back(tmp_path, "asterisk.toml", b"one").name == "asterisk.toml"
    assert put_back(tmp_path, "asterisk.toml", b"two").name == "asterisk.toml.restored"
    assert (tmp_path / "asterisk.toml").read_bytes() == b"one"
    for name in ("../asterisk.toml", "/etc/asterisk.toml", "passwd", ".toml/x"):
        with pytest.raises(BackupUnusable, match="no name of a settings file"):
            put_back(tmp_path, name, b"three")
