"""Write and check Asterisk's configuration: `paceline asterisk settings`, `render`, `verify`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from asterisk_config.renderer import FileChange

asterisk = typer.Typer(help="Write and check Asterisk's configuration files.", no_args_is_help=True)

EXIT_WITH_FINDINGS = 1
EXIT_WITH_FAULT = 2
FIRST_SETTINGS = """\
# Asterisk's settings. Everything listens on this machine only until you say otherwise.
[ari]
name = "engine"
password = "{ari}"

[ami]
name = "watch"
password = "{ami}"

# Asterisk connects to the engine by itself, and keeps the news for it while it is away.
[outbound]
uri = "ws://127.0.0.1:8765/ari"
user_name = "asterisk"
password = "{door}"

# One for each carrier; known by its addresses, or signed in with [trunks.registration].
# [[trunks]]
# name = "carrier"
# host = "sip.example.net"
# networks = ["203.0.113.0/24"]
# channels_max = 30            # calls at once, by your contract
# calls_per_second_max = 5.0   # and begun in a second
# [trunks.registration]
# user_name = "account"
# password = {{file = "/etc/paceline/carrier-secret"}}

# One for each agent's phone: "webrtc" or "sip".
# [[agents]]
# name = "agent1"
# phone = "webrtc"
# password = {{env = "AGENT1_SECRET"}}
"""

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of Asterisk's *.conf files.")]


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn an error of the configuration into one message and an exit code."""
    from asterisk_config.errors import AsteriskConfigError

    try:
        yield
    except AsteriskConfigError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_WITH_FAULT) from error


@asterisk.command()
def settings(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="Settings file to write; must not exist.")],
) -> None:
    """Write a first settings file with fresh secrets."""
    from asterisk_config.lab.laboratory import new_secret

    try:
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(FIRST_SETTINGS.format(ari=new_secret(), ami=new_secret(), door=new_secret()))
    except OSError as error:
        typer.echo(f"expected a new file at {path}, got: {error.strerror}; give another name", err=True)
        raise typer.Exit(EXIT_WITH_FAULT) from error
    typer.echo(f"Written: {path}. Next: paceline asterisk render DIR --settings {path}")


@asterisk.command()
def render(
    folder: Folder,
    settings_path: Annotated[Path, typer.Option("--settings", metavar="FILE", help="Settings file (TOML).")],
    yes: Annotated[bool, typer.Option("--yes", help="Write without asking.")] = False,
) -> None:
    """Write the configuration files, after showing what would change."""
    from asterisk_config.renderer import plan_changes, render, write_changes
    from asterisk_config.settings_file import read_settings

    with told_plainly():
        changes = plan_changes(folder, render(read_settings(settings_path)))
        if not any(change.is_change for change in changes):
            typer.echo(f"Nothing to change in {folder}.")
            return
        _show(changes)
        is_overwriting = any(change.is_change and change.before is not None for change in changes)
        if is_overwriting and not yes:
            typer.confirm(f"Write these changes into {folder}?", abort=True)
        written = write_changes(changes)
    typer.echo(f"{len(written)} files written to {folder}. Next: paceline asterisk verify {folder}")


@asterisk.command()
def verify(
    folder: Folder,
    start: Annotated[bool, typer.Option(help="Also start the real Asterisk on the files.")] = True,
) -> None:
    """Check the configuration files, and start the real Asterisk on them if one is there."""
    from asterisk_config.lab.program import find_asterisk
    from asterisk_config.running_check import check_running
    from asterisk_config.verifier import check_files, check_recordings, read_folder

    with told_plainly():
        texts = read_folder(folder)
        findings = check_files(texts)
        typer.echo(f"{len(texts)} files read.")
        program = find_asterisk() if start and not findings else None
        if program is not None:
            findings = (*check_recordings(texts), *check_running(texts, program))
            typer.echo(f"Asterisk {program.version_text} started on them.")
        elif findings:
            typer.echo("Asterisk not started: the files come first.")
        else:
            why = "no Asterisk 22 here, `paceline lab fetch` gets one" if start else "not asked for"
            typer.echo(f"Asterisk not started: {why}.")
    for finding in findings:
        typer.echo(str(finding), err=True)
    if findings:
        raise typer.Exit(EXIT_WITH_FINDINGS)
    typer.echo("Nothing wrong found.")


def _show(changes: "tuple[FileChange, ...]") -> None:
    """Print what would change: whole differences where a file stands, names where it is new."""
    for change in changes:
        if change.is_change and change.before is None:
            typer.echo(f"new: {change.path}")
        elif change.is_change:
            typer.echo(change.difference)
