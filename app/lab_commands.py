"""The laboratory with a real Asterisk: `paceline lab fetch`, `up`, `status`, `down`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.asterisk_commands import told_plainly

if TYPE_CHECKING:
    from asterisk_config.lab.keeper import LaboratoryNote

lab = typer.Typer(help="Run a real Asterisk with a carrier beside it.", no_args_is_help=True)

EXIT_NOT_UP = 1
AGENTS_MAX = 200
OptionalFolder = Annotated[
    Path | None, typer.Option("--folder", metavar="DIR", help="Where it lives; default: the user's cache.")
]


class PeopleChoice(StrEnum):
    """Who plays the people that are called."""

    ASTERISK = "asterisk"
    SIP = "sip"


@lab.command()
def fetch() -> None:
    """Fetch Asterisk 22 from Debian's packages into the user's cache, if it is not there yet."""
    from asterisk_config.lab.packages import get_asterisk

    with told_plainly():
        typer.echo(f"Asterisk {get_asterisk().version_text} is ready to run.")


@lab.command()
def up(
    folder: OptionalFolder = None,
    private: Annotated[
        bool, typer.Option("--private", help="In a network of its own, where the machine allows it.")
    ] = False,
    people: Annotated[
        PeopleChoice, typer.Option(help="Who is called: our own carrier, or a second Asterisk.")
    ] = PeopleChoice.ASTERISK,
    agents: Annotated[
        int, typer.Option(min=0, max=AGENTS_MAX, help="Agents' phones, with our own carrier only.")
    ] = 0,
) -> None:
    """Start a dialer's Asterisk and a carrier, and leave them running."""
    from asterisk_config.lab.keeper import SETTINGS, People, bring_up, default_folder

    if agents and people is not PeopleChoice.SIP:
        raise typer.BadParameter("phones come with our own carrier: add --people sip")
    place = folder or default_folder()
    with told_plainly():
        _tell(bring_up(place, private=private, people=People(people.value), agents=agents))
    typer.echo(f"To dial through it: PACELINE_ASTERISK={place / SETTINGS} paceline serve")


@lab.command()
def work(
    campaign: Annotated[str, typer.Option(help="Campaign that they take calls of.")],
    agents: Annotated[int, typer.Option(min=1, max=AGENTS_MAX, help="How many: agent-1, agent-2, ...")] = 1,
    wrap_up_seconds: Annotated[float, typer.Option(min=0.0, help="How long each wraps up.")] = 3.0,
    disposition: Annotated[str, typer.Option(help="What they always declare.")] = "sale",
) -> None:
    """Sign the laboratory's agents in, and let them take calls until Ctrl-C."""
    import asyncio

    from app.errors import AppError
    from dialer.messages import BusError

    try:
        asyncio.run(_work(campaign, agents, wrap_up_seconds, disposition))
    except (AppError, BusError) as error:
        typer.echo(f"paceline: {error}", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        typer.echo("The agents stay signed in, and save nothing any more; `paceline serve` ends their work.")


async def _work(campaign: str, agents: int, wrap_up_seconds: float, disposition: str) -> None:
    import asyncio

    from app.bus import open_bus
    from app.lab_agents import LabAgents
    from app.settings import read_bus_settings
    from dialer.messages import AgentId, CampaignId

    async with open_bus(read_bus_settings(), name="lab agents") as bus:
        people = LabAgents(bus, wrap_up_seconds=wrap_up_seconds, disposition=disposition)
        names = [AgentId(f"agent-{place}") for place in range(1, agents + 1)]
        await people.sign_in(names, (CampaignId(campaign),))
        typer.echo(f"{agents} agents are signed in and want calls of {campaign}. Ctrl-C ends this.")
        while True:
            await asyncio.sleep(5.0)
            states = ", ".join(sorted(state.value for state in people.states.values()))
            typer.echo(f"talks so far {people.talks}: {states}")


@lab.command()
def status(folder: OptionalFolder = None) -> None:
    """Say whether the laboratory is up, and on which ports."""
    from asterisk_config.lab.keeper import default_folder, find_note

    note = find_note(folder or default_folder())
    if note is None:
        typer.echo("The laboratory is down. `paceline lab up` starts it.")
        raise typer.Exit(EXIT_NOT_UP)
    _tell(note)


@lab.command()
def down(folder: OptionalFolder = None) -> None:
    """Stop the laboratory."""
    from asterisk_config.lab.keeper import bring_down, default_folder

    was_up = bring_down(folder or default_folder())
    typer.echo("The laboratory is down." if was_up else "The laboratory was not up.")


def _tell(note: "LaboratoryNote") -> None:
    typer.echo(f"The laboratory is up: Asterisk {note.version}, process {note.process_id}.")
    typer.echo(f"dialer: ARI {note.http_port}, AMI {note.ami_port}, SIP {note.sip_port}, all on 127.0.0.1")
    by = "our own, people by the last digits" if note.people == "sip" else "a second Asterisk"
    typer.echo(f"carrier: SIP {note.carrier_sip_port}, {by}")
    if note.agents:
        typer.echo(f"phones: {note.agents}, signed in as agent-1 to agent-{note.agents}")
    if note.network == "private":
        typer.echo(f"It has a network of its own: nsenter --net=/proc/{note.process_id}/ns/net COMMAND")
