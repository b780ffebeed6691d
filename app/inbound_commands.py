"""`paceline inbound add`, `list` and `remove`: the numbers that people call us by."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dialer.adapters.connection import Connection
    from dialer.adapters.store import InboundNumber

inbound = typer.Typer(help="Set what happens to people who call.", no_args_is_help=True)

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The number, as the carrier names it.")]
Campaign = Annotated[str, typer.Option("--campaign", help="Campaign whose agents take the calls.")]
Open = Annotated[str, typer.Option("--open", metavar="HOURS", help="Such as 'mo-fr 09:00-18:00'.")]
Zone = Annotated[str, typer.Option(help="Time zone of the hours, such as Europe/Rome.")]
Sound = Annotated[str, typer.Option(metavar="SOUND", help="A recording, as Asterisk finds it.")]
OverflowSeconds = Annotated[float | None, typer.Option(min=0.0, help="After so long other agents are asked.")]
OverflowCampaign = Annotated[str | None, typer.Option(metavar="CAMPAIGN", help="Whose those agents are.")]
Callback = Annotated[bool, typer.Option("--callback", help="Key 1 while waiting asks for a call back.")]


@inbound.command()
def add(
    number: Number,
    campaign: Campaign,
    open_: Open = "",
    zone: Zone = "UTC",
    greeting: Sound = "",
    closed: Sound = "",
    overflow_seconds: OverflowSeconds = None,
    overflow_campaign: OverflowCampaign = None,
    overflow: Sound = "",
    callback: Callback = False,
    callback_sound: Sound = "",
) -> None:
    """Set a number, new or changed; it holds for the next caller. Exit code 1: it cannot be set."""
    from app.command_session import EXIT_UNUSABLE, on_database, refuse
    from dialer.adapters.store import InboundNumber, save_inbound_number
    from dialer.messages import CampaignId

    if (overflow_seconds is None) != (overflow_campaign is None):
        refuse("expected --overflow-seconds and --overflow-campaign together", EXIT_UNUSABLE)
    _check(number, open_, zone)
    wanted = InboundNumber(
        number=number,
        campaign_id=CampaignId(campaign),
        open_hours=open_,
        zone=zone,
        greeting_sound=greeting,
        closed_sound=closed,
        overflow_seconds=overflow_seconds,
        overflow_campaign_id=CampaignId(overflow_campaign) if overflow_campaign is not None else None,
        overflow_sound=overflow,
        offers_callback=callback,
        callback_sound=callback_sound,
    )
    on_database(lambda connection: save_inbound_number(connection, wanted))
    typer.echo(f"Whoever calls {number} is put through to campaign {campaign}.")


@inbound.command("list")
def show_numbers(
    as_json: Annotated[bool, typer.Option("--json", help="Print for programs.")] = False,
) -> None:
    """Show all numbers."""
    from dataclasses import asdict

    from rich.table import Table

    from app.command_session import on_database, output, show_json
    from dialer.adapters.store import read_inbound_numbers

    numbers = on_database(read_inbound_numbers)
    if as_json:
        show_json([asdict(each) for each in numbers])
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("number", "campaign", "open", "overflow", "callback"):
        table.add_column(heading)
    for each in numbers:
        hours = f"{each.open_hours} {each.zone}" if each.open_hours else "always"
        table.add_row(
            each.number, each.campaign_id, hours, _overflow(each), "key 1" if each.offers_callback else ""
        )
    output.print(table)


@inbound.command()
def remove(number: Number) -> None:
    """Forget a number. Exit code 1: it is not there."""
    from app.command_session import on_database, refuse
    from dialer.adapters.store import remove_inbound_number

    async def work(connection: "Connection") -> bool:
        return await remove_inbound_number(connection, number)

    if not on_database(work):
        refuse(f"{number}: expected a number of `paceline inbound list`")
    typer.echo(f"Whoever calls {number} is hung up on from now on.")


def _check(number: str, hours: str, zone: str) -> None:
    """Refuse what could not be used when somebody calls."""
    from datetime import UTC, datetime

    from app.command_session import EXIT_UNUSABLE, refuse
    from dialer.adapters.store.inbound import plain
    from rules.calling_hours import calling_hours_verdict
    from rules.errors import RulesError
    from rules.opening_hours import opening_hours

    if not (plain(number).isascii() and plain(number).isdecimal()):
        refuse(f"{number}: expected digits, with or without a leading plus", EXIT_UNUSABLE)
    try:
        calling_hours_verdict(opening_hours(hours), (zone,), datetime.now(UTC))
    except RulesError as error:
        refuse(str(error), EXIT_UNUSABLE)


def _overflow(number: "InboundNumber") -> str:
    if number.overflow_campaign_id is None:
        return ""
    return f"{number.overflow_campaign_id} after {number.overflow_seconds:g} s"
