"""The command line: which commands exist.

Each command lives in a module of its own and is only registered here.
Heavy imports belong inside the commands, so that help and version answer at once.
"""

from typing import Annotated

import typer

from app import __version__
from app.asterisk_commands import asterisk
from app.backup_commands import backup, restore
from app.benchmark_command import benchmark
from app.campaign_commands import agents, campaigns
from app.catalogue_commands import faults, methods, scenarios
from app.check_command import check
from app.demo import demo
from app.engine_command import engine
from app.inbound_commands import inbound
from app.lab_commands import lab
from app.lead_commands import leads
from app.list_commands import lists
from app.migrate_command import migrate
from app.recording_commands import recordings
from app.rehearse_command import rehearse
from app.serve_command import serve
from app.simulate_command import simulate
from app.user_commands import user
from app.web_command import web

paceline = typer.Typer(
    name="paceline",
    help="Paceline: a telephony-centred contact centre whose dialing engine also runs in simulation.",
    no_args_is_help=True,
    add_completion=False,
)


def print_version(wanted: bool) -> None:
    """Print the version and end, where `--version` was given."""
    if wanted:
        typer.echo(f"paceline {__version__}")
        raise typer.Exit


@paceline.callback()
def front_door(
    version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Choose what Paceline is to do."""


for command in (
    serve,
    check,
    demo,
    simulate,
    benchmark,
    rehearse,
    migrate,
    agents,
    backup,
    restore,
    scenarios,
    methods,
    faults,
):
    paceline.command()(command)

paceline.command(hidden=True)(engine)

for name, group in (
    ("asterisk", asterisk),
    ("lab", lab),
    ("campaign", campaigns),
    ("list", lists),
    ("recordings", recordings),
    ("lead", leads),
    ("inbound", inbound),
    ("user", user),
    ("web", web),
):
    paceline.add_typer(group, name=name)
