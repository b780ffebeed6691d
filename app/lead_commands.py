"""`paceline lead explain`: why a lead is or is not dialed."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.lead_explanation import Explanation
    from dialer.adapters.connection import Connection
    from dialer.adapters.store.lead_records import LeadRecord

leads = typer.Typer(help="Look at one lead.", no_args_is_help=True)


@leads.callback()
def about_leads() -> None:
    """Look at one lead."""


@leads.command()
def explain(
    lead_id: Annotated[int, typer.Argument(metavar="LEAD", help="Number of the lead.")],
    show_number: Annotated[bool, typer.Option("--show-number", help="Show telephone numbers whole.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print for programs.")] = False,
) -> None:
    """Tell why a lead is or is not dialed: every check in its order. Exit code 1: there is no such lead."""
    from app.command_session import on_database, output, show_json
    from app.lead_explanation import explain as explanation_of
    from dialer.adapters.store.campaign_counts import read_agents
    from dialer.adapters.store.lead_records import read_lead_record
    from dialer.messages import LeadId

    now = datetime.now(UTC)

    async def work(connection: "Connection") -> "tuple[LeadRecord, Explanation]":
        record = await read_lead_record(connection, LeadId(lead_id), now)
        agents = await read_agents(connection)
        return record, explanation_of(record, agents, now, shows_numbers=show_number)

    record, explanation = on_database(work)
    if as_json:
        show_json(_as_json(record, explanation))
        return
    typer.echo(f"Lead {lead_id}, of list {record.list_id} in campaign {record.campaign.campaign_id}:")
    for check in explanation.checks:
        sign, style = ("✓", "green") if check.is_passed else ("✗", "red")
        output.print(f"  {sign} {check.text}", style=None if check.is_passed else style, markup=False)
    typer.echo(_verdict(explanation))


def _verdict(explanation: "Explanation") -> str:
    if explanation.is_dialable:
        return "Nothing stands against dialing it: it is dialed when its turn comes."
    failed = sum(not check.is_passed for check in explanation.checks)
    reasons = f"{failed} reason{'s' if failed > 1 else ''}"
    if explanation.allowed_at is not None:
        return f"Not dialed now, for {reasons}; free from {explanation.allowed_at:%Y-%m-%d %H:%M} UTC on."
    return f"Not dialed, for {reasons}; at least one does not end by itself."


def _as_json(record: "LeadRecord", explanation: "Explanation") -> dict[str, object]:
    return {
        "lead": record.lead.lead_id,
        "campaign": record.campaign.campaign_id,
        "list": record.list_id,
        "is_dialable": explanation.is_dialable,
        "allowed_at": explanation.allowed_at,
        "checks": [
            {
                "name": check.name.value,
                "is_passed": check.is_passed,
                "text": check.text,
                "allowed_at": check.allowed_at,
            }
            for check in explanation.checks
        ],
    }
