"""Recordings: `paceline recordings new-key`, `list`, `export`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.command_session import local_text, on_database, output, refuse, show_json

if TYPE_CHECKING:
    from app.command_session import Work
    from dialer.adapters.recording_filing import RecordingSettings
    from dialer.adapters.store.recordings import IndexedRecording

recordings = typer.Typer(help="Find and export recordings, and make the key that seals them.")

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@recordings.command("new-key")
def new_key(path: Annotated[Path, typer.Argument(metavar="FILE", help="Must not exist.")]) -> None:
    """Write a new key; name its file in PACELINE_RECORDINGS_KEY, and keep a copy in a safe place."""
    from dialer.adapters.errors import SealingKeyUnusable
    from dialer.adapters.sealed_file import create_key

    try:
        key = create_key(path)
    except SealingKeyUnusable as error:
        refuse(str(error))
    typer.echo(f"{path} holds the key {key.key_id}. Who loses it loses the recordings that it seals.")


@recordings.command("list")
def show(
    attempt: Annotated[str, typer.Argument(metavar="ATTEMPT", help="Id of a call attempt.")],
    as_json: AsJson = False,
) -> None:
    """Say what was recorded of a call, and why not where it was not."""
    found = on_database(_reading(attempt))
    if as_json:
        show_json([_row(each) for each in found])
        return
    if not found:
        refuse(f"nothing is on record about recordings of the attempt {attempt}")
    for each in found:
        length = f"{each.seconds:.1f} s, kept until {local_text(each.delete_after)}"
        what = length if each.state == "stored" else each.reason
        output.print(
            f"{each.recording_id}  {local_text(each.started_at)}  {each.state}  {what}", markup=False
        )


@recordings.command()
def export(
    attempt: Annotated[str, typer.Argument(metavar="ATTEMPT", help="Id of a call attempt.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the WAV files are written.")],
) -> None:
    """Write the recordings of a call as WAV files, opened where they are sealed."""
    from app.errors import AppError
    from app.recording_settings import read_recording_settings
    from dialer.adapters.errors import AdapterError

    try:
        settings = read_recording_settings()
        stored = [each for each in on_database(_reading(attempt)) if each.state == "stored"]
        if not stored:
            refuse(f"nothing is stored of the attempt {attempt}; `paceline recordings list` says why")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for each in stored:
            typer.echo(str(_export(settings, each, folder)))
    except (AppError, AdapterError) as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{error.filename}: {error.strerror}; run this where the recordings lie")


def _export(settings: "RecordingSettings", recording: "IndexedRecording", folder: Path) -> Path:
    """Write one file; what turns out to be broken is removed again."""
    import shutil

    from dialer.adapters.errors import SealBroken
    from dialer.adapters.sealed_file import opened

    target = folder / f"{recording.recording_id}.wav"
    keys = {settings.key.key_id: settings.key} if settings.key is not None else {}
    with (settings.storage / recording.path).open("rb") as source, target.open("xb") as file:
        try:
            if recording.key_id:
                file.writelines(opened(source, keys))
            else:
                shutil.copyfileobj(source, file)
        except SealBroken:
            target.unlink()
            raise
    return target


def _reading(attempt: str) -> "Work[list[IndexedRecording]]":
    from dialer.adapters.store.recordings import read_recordings_of
    from dialer.messages import AttemptId

    return lambda connection: read_recordings_of(connection, AttemptId(attempt))


def _row(each: "IndexedRecording") -> dict[str, object]:
    return {
        "recording_id": each.recording_id,
        "state": each.state,
        "reason": each.reason,
        "started_at": each.started_at,
        "seconds": each.seconds,
        "path": each.path,
        "key_id": each.key_id,
        "delete_after": each.delete_after,
    }
