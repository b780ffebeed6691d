"""`paceline campaign`: create, list, start, pause, drain, stop, set and status; `paceline agents`."""

from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.campaign_report import CampaignReport
    from dialer.adapters.connection import Connection
    from dialer.adapters.store.campaign_counts import AgentOnRecord
    from dialer.adapters.store.campaigns import StoredCampaign
    from dialer.core.events import CampaignStatus

campaigns = typer.Typer(help="Make campaigns, and say what they are to do.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the campaign.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print for programs.")]
Settings = Annotated[list[str], typer.Argument(metavar="FIELD=VALUE…", help="Settings to change.")]


@campaigns.command()
def create(
    name: Name,
    method: Annotated[str | None, typer.Option(help="Pacing method; `paceline methods` lists them.")] = None,
    caller_id: Annotated[str | None, typer.Option("--caller-id", help="Number shown, E.164.")] = None,
    trunk: Annotated[list[str] | None, typer.Option(help="Trunk to dial through; again for more.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="Any other setting.")
    ] = None,
) -> None:
    """Make a campaign; it is stopped until it is started. Exit code 1: refused."""
    from app.campaign_fields import changed_settings
    from app.command_session import on_database, refuse
    from dialer.adapters.store import read_campaigns, save_campaign_settings
    from dialer.core.settings import CampaignSettings
    from dialer.messages import CampaignId

    words = [f"pacing_method={method}"] if method else []
    words += [f"caller_id_number={caller_id}"] if caller_id else []
    words += [f"trunk_ids={','.join(trunk)}"] if trunk else []

    async def work(connection: "Connection") -> None:
        if not name.strip() or name != name.strip() or len(name) > 100 or not name.isprintable():
            refuse(f"{name!r}: expected a name of 1 to 100 printable characters")
        async with connection.transaction():
            if name in {each.campaign_id for each in await read_campaigns(connection)}:
                refuse(f"campaign {name} is there already: paceline campaign set {name} FIELD=VALUE")
            plain = CampaignSettings(campaign_id=CampaignId(name), trunk_ids=())
            settings = changed_settings(plain, [*words, *(set_ or ())])
            await save_campaign_settings(connection, settings, datetime.now(UTC))

    on_database(work)
    _tell(name)
    typer.echo(f"Campaign {name} made. Next: paceline list import FILE --campaign {name}")


@campaigns.command("set")
def set_fields(name: Name, fields: Settings) -> None:
    """Change settings; `field=default` gives a field its default again. Exit code 1: refused."""
    from app.campaign_fields import changed_settings
    from app.command_session import on_database
    from dialer.adapters.store import save_campaign_settings

    async def work(connection: "Connection") -> None:
        async with connection.transaction():
            there = await _find(connection, name)
            await save_campaign_settings(
                connection, changed_settings(there.settings, fields), datetime.now(UTC)
            )

    on_database(work)
    typer.echo(f"Campaign {name} changed. {_tell(name)}")


@campaigns.command()
def start(name: Name) -> None:
    """Let a campaign dial, now and after every restart."""
    from dialer.core.events import CampaignStatus

    _order(name, CampaignStatus.RUNNING)


@campaigns.command()
def pause(name: Name) -> None:
    """Begin no new calls; those in progress go on."""
    from dialer.core.events import CampaignStatus

    _order(name, CampaignStatus.PAUSED)


@campaigns.command()
def drain(name: Name) -> None:
    """Begin no new calls, and stop when the last one ends."""
    from dialer.core.events import CampaignStatus

    _order(name, CampaignStatus.DRAINING)


@campaigns.command()
def stop(name: Name) -> None:
    """Stop dialing; ringing calls are hung up, talks go on."""
    from dialer.core.events import CampaignStatus

    _order(name, CampaignStatus.STOPPED)


@campaigns.command("list")
def list_all(as_json: AsJson = False) -> None:
    """List the campaigns: what they are to do, and what they do."""
    from rich.table import Table

    from app.command_session import local_text, on_database, output, show_json
    from dialer.adapters.store import read_campaigns

    found = on_database(read_campaigns)
    if as_json:
        show_json([_as_json(each) for each in found])
        return
    if not found:
        typer.echo("There is no campaign. Next: paceline campaign create NAME --trunk TRUNK")
        return
    shown = Table("campaign", "method", "wanted", "is", "since", "trunks", box=None, pad_edge=False)
    for each in found:
        settings = each.settings
        states = (each.wanted_status.value, each.status.value, local_text(each.status_changed_at))
        trunks = ", ".join(settings.trunk_ids) or "none"
        shown.add_row(each.campaign_id, settings.pacing_method, *states, trunks)
    output.print(shown, markup=False)


@campaigns.command()
def status(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Name; else all campaigns.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show leads, today's attempts, the abandon ratio in the law's window, and agents."""
    from app.campaign_report import read_report, report_json, report_lines
    from app.command_session import on_database, show_json
    from dialer.adapters.store import read_campaigns

    async def work(connection: "Connection") -> "list[CampaignReport]":
        there = [await _find(connection, name)] if name is not None else await read_campaigns(connection)
        return [await read_report(connection, each, datetime.now(UTC)) for each in there]

    reports = on_database(work)
    if as_json:
        show_json([report_json(report) for report in reports])
        return
    if not reports:
        typer.echo("There is no campaign. Next: paceline campaign create NAME --trunk TRUNK")
    for report in reports:
        for line in report_lines(report):
            typer.echo(line)


def agents(as_json: AsJson = False) -> None:
    """Show who is signed in, in which state, and since when."""
    from rich.table import Table

    from app.command_session import local_text, on_database, output, show_json
    from dialer.adapters.store.campaign_counts import read_agents

    found = on_database(read_agents)
    if as_json:
        show_json([_agent_json(each) for each in found])
        return
    if not found:
        typer.echo("Nobody is signed in.")
        return
    shown = Table("agent", "status", "state", "since", "campaigns", "skills", "reason", box=None)
    for each in found:
        states = (each.status.value, each.state.value, local_text(each.changed_at))
        shown.add_row(
            each.agent_id, *states, ", ".join(each.campaign_ids), ", ".join(each.skills), each.reason
        )
    output.print(shown, markup=False)


def _order(name: str, status: "CampaignStatus") -> None:
    from app.command_session import on_database
    from dialer.adapters.store import order_campaign_status

    async def work(connection: "Connection") -> "StoredCampaign":
        async with connection.transaction():
            there = await _find(connection, name)
            await order_campaign_status(connection, there.campaign_id, status, datetime.now(UTC))
            return there

    there = on_database(work)
    typer.echo(f"Campaign {name} is to be {status.value}. {_tell(name)}")
    if status.value == "running" and not there.settings.trunk_ids:
        typer.echo(
            f"It has no trunk, so nothing is dialed. Next: paceline campaign set {name} trunk_ids=TRUNK"
        )


async def _find(connection: "Connection", name: str) -> "StoredCampaign":
    """The campaign, or a refusal that names those that are called nearly so."""
    from app.command_session import refuse
    from dialer.adapters.store import read_campaigns

    there = {str(each.campaign_id): each for each in await read_campaigns(connection)}
    if name in there:
        return there[name]
    near = " or ".join(get_close_matches(name, there, n=3, cutoff=0.5))
    advice = f"did you mean {near}?" if near else "`paceline campaign list` names those that there are"
    return refuse(f"there is no campaign {name}; {advice}")


def _tell(name: str) -> str:
    import asyncio

    from app.command_session import tell_engine
    from dialer.messages import CampaignId
    from dialer.messages.requests import CampaignChanged

    return asyncio.run(tell_engine(CampaignChanged(campaign_id=CampaignId(name))))


def _as_json(each: "StoredCampaign") -> dict[str, object]:
    from dialer.adapters.store import encode_settings

    return {
        "campaign": each.campaign_id,
        "wanted_status": each.wanted_status.value,
        "status": each.status.value,
        "status_changed_at": each.status_changed_at,
        "settings": encode_settings(each.settings),
    }


def _agent_json(each: "AgentOnRecord") -> dict[str, object]:
    return {
        "agent": each.agent_id,
        "status": each.status.value,
        "state": each.state.value,
        "changed_at": each.changed_at,
        "campaigns": list(each.campaign_ids),
        "skills": list(each.skills),
        "reason": each.reason,
    }
