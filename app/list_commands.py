"""`paceline list import`, `show` and `undo`: lists of people, into campaigns and out again."""

import time
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dialer.adapters.connection import Connection
    from dialer.adapters.list_import import ImportOrder, ImportReport, Table
    from dialer.adapters.store.list_records import ListRecord, ListUndone

lists = typer.Typer(help="Load lists of people into campaigns.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print for programs.")]


ListFile = Annotated[Path, typer.Argument(metavar="FILE", help="CSV or XLSX file.")]
Campaign = Annotated[str, typer.Option("--campaign", help="Campaign that the leads go to.")]
Country = Annotated[str | None, typer.Option(help="Country of numbers written without one: IT, US, …")]
Mapping = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="ROLE=HEADER",
        help="Column of a role: number, priority, owner, skill or live_probability; may be repeated.",
    ),
]
ListName = Annotated[str | None, typer.Option(help="Name of the list; else the file's.")]
Errors = Annotated[Path | None, typer.Option(metavar="FILE", help="Write every fault there.")]
Duplicates = Annotated[
    str, typer.Option(metavar="SCOPE", help="Where numbers must be new: file, campaign or everywhere.")
]
Rehearsal = Annotated[bool, typer.Option("--dry-run", help="Check everything, load nothing.")]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help="Load the good rows, skip the bad.")]
Possible = Annotated[
    bool, typer.Option("--possible", help="Take numbers of right length that no numbering plan has.")
]
Encoding = Annotated[str | None, typer.Option(help="Encoding of the file, if it is not found out.")]
Delimiter = Annotated[str | None, typer.Option(help="Character between cells.")]
Header = Annotated[bool | None, typer.Option(help="Whether the first row names the columns.")]
Sheet = Annotated[str | None, typer.Option(help="Sheet of a workbook, if not the first.")]


@lists.command("import")
def import_file(
    path: ListFile,
    campaign: Campaign,
    country: Country = None,
    map_: Mapping = None,
    name: ListName = None,
    errors: Errors = None,
    duplicates: Duplicates = "campaign",
    dry_run: Rehearsal = False,
    skip_bad: SkipBad = False,
    possible: Possible = False,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    header: Header = None,
    sheet: Sheet = None,
    as_json: AsJson = False,
) -> None:
    """Load a list: all of it, or nothing. Exit code 1: nothing was loaded; 2: it cannot be read."""
    from app.command_session import EXIT_UNUSABLE, refuse
    from dialer.adapters.list_import import ImportOrder, open_table
    from dialer.adapters.list_import.columns import choose_columns
    from dialer.adapters.list_import.faults import ListFileUnusable
    from dialer.adapters.list_import.lead_rows import RowPlan
    from dialer.adapters.list_import.loading import DuplicateScope
    from dialer.messages import CampaignId

    try:
        scope = DuplicateScope(duplicates)
    except ValueError:
        refuse(f"--duplicates {duplicates}: expected file, campaign or everywhere", EXIT_UNUSABLE)
    try:
        table = open_table(path, encoding=encoding, delimiter=delimiter, has_header=header, sheet=sheet)
        columns = choose_columns(table.headers, table.sample, [_mapping(each) for each in map_ or ()])
    except ListFileUnusable as error:
        refuse(str(error), EXIT_UNUSABLE)
    order = ImportOrder(
        campaign_id=CampaignId(campaign),
        list_name=name or path.stem,
        plan=RowPlan(columns=columns, country=_country(country), takes_possible=possible),
        duplicates=scope,
        skips_bad=skip_bad,
        is_rehearsal=dry_run,
    )
    report = _run(table, order, errors, shows=not as_json)
    _finish(report, order, errors, as_json)


def _mapping(text: str) -> tuple[str, str]:
    role, equals, header = text.partition("=")
    if not equals or not header:
        raise typer.BadParameter(f"--map {text}: expected ROLE=HEADER, such as number=Phone")
    return role.strip(), header


def _country(code: str | None) -> str | None:
    from phonenumbers import SUPPORTED_REGIONS

    from app.command_session import EXIT_UNUSABLE, refuse

    if code is not None and code.upper() not in SUPPORTED_REGIONS:
        refuse(f"--country {code}: expected two letters of a country, such as IT or US", EXIT_UNUSABLE)
    return code.upper() if code is not None else None


def _run(table: "Table", order: "ImportOrder", errors: Path | None, *, shows: bool) -> "ImportReport":
    """Import with a progress bar on the error stream."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from app.command_session import EXIT_UNUSABLE, on_database, refuse
    from dialer.adapters.list_import import FaultFile, import_list

    if shows:
        for note in table.notes:
            typer.echo(f"{note}.")
        numbers = ", ".join(order.plan.columns.headers[index] for index in order.plan.columns.numbers)
        typer.echo(f"Telephone numbers: {numbers}.")
    with ExitStack() as open_now:
        try:
            file: FaultFile | None = open_now.enter_context(FaultFile(errors)) if errors else None
        except OSError as error:
            refuse(f"--errors {errors} cannot be written: {error.strerror}", EXIT_UNUSABLE)
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rate]}"))
        bar = open_now.enter_context(
            Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), disable=not shows)
        )
        task = bar.add_task("reading", total=1.0, rate="")
        began = time.monotonic()

        def tell(stage: str, rows: int, ratio: float) -> None:
            rate = rows / max(time.monotonic() - began, 1e-9)
            said = f"{rows:,} rows, {rate:,.0f} rows/s"
            bar.update(task, description=stage, completed=ratio, rate=said)

        async def work(connection: "Connection") -> "ImportReport":
            return await import_list(
                connection,
                table,
                order,
                datetime.now(UTC),
                clock=time.monotonic,
                hear_fault=file.add if file is not None else lambda fault: None,
                tell=tell,
            )

        return on_database(work)


def _finish(report: "ImportReport", order: "ImportOrder", errors: Path | None, as_json: bool) -> None:
    """Tell what happened and what to do next."""
    import asyncio

    from app.command_session import EXIT_REFUSED, show_json, tell_engine
    from dialer.messages.requests import CampaignChanged

    engine = ""
    if report.list_id is not None:
        engine = asyncio.run(tell_engine(CampaignChanged(campaign_id=order.campaign_id)))
    if as_json:
        faults = [{**asdict(each), "kind": each.kind.value} for each in report.first_faults]
        counted = dict(report.faults_by_kind)
        show_json({**asdict(report), "faults_by_kind": counted, "first_faults": faults, "engine": engine})
    else:
        _show(report, order, errors, engine)
    if report.list_id is None and not order.is_rehearsal:
        raise typer.Exit(EXIT_REFUSED)


def _show(report: "ImportReport", order: "ImportOrder", errors: Path | None, engine: str) -> None:
    from rich.table import Table as Shown

    from app.command_session import output

    if report.first_faults:
        shown = Shown("row", "column", "value", "what is wrong", box=None, pad_edge=False)
        for fault in report.first_faults:
            shown.add_row(str(fault.row_number), fault.column, fault.value, fault.reason)
        output.print(shown, markup=False)
        total = sum(report.faults_by_kind.values())
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in report.faults_by_kind.items())
        where = f"all of them are in {errors}" if errors else "--errors FILE writes all of them"
        typer.echo(f"{total:,} faults ({kinds}); {where}.")
    typer.echo(f"{report.rows:,} rows read, {report.rows_per_second:,.0f} rows/s.")
    if report.without_zone:
        typer.echo(f"{report.without_zone:,} leads have no known time zone and will not be dialed.")
    for line in _outcome(report, order, engine):
        typer.echo(line)


def _outcome(report: "ImportReport", order: "ImportOrder", engine: str) -> tuple[str, ...]:
    campaign = order.campaign_id
    if report.list_id is not None:
        return (
            f"{report.leads:,} leads loaded into campaign {campaign} as list {report.list_id}. {engine}",
            f"Next: paceline campaign start {campaign} (to take the list out: "
            f"paceline list undo {report.list_id})",
        )
    if report.leads == 0:
        return ("Nothing loaded: no row is left that could be.",)
    if report.bad_rows_and_cells and not order.skips_bad:
        good = f"{report.leads:,} rows are good"
        return (f"Nothing loaded: mend the list, or give --skip-bad to load what is good ({good}).",)
    return (f"Nothing loaded, as asked: {report.leads:,} leads would be. Next: the same without --dry-run.",)


@lists.command()
def show(
    list_id: Annotated[
        int | None, typer.Argument(metavar="[LIST]", help="Number of a list; else all.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show lists: how many leads were loaded, and what became of them."""
    from rich.table import Table as Shown

    from app.command_session import local_text, on_database, output, show_json
    from dialer.adapters.store.list_records import read_lists

    async def work(connection: "Connection") -> "tuple[ListRecord, ...]":
        return await read_lists(connection, list_id)

    found = on_database(work)
    if as_json:
        show_json([asdict(each) for each in found])
        return
    if not found:
        typer.echo("There is no list. Next: paceline list import FILE --campaign NAME")
        return
    shown = Shown("list", "name", "campaign", "loaded at", "loaded", "there", "attempted", "closed", box=None)
    for each in found:
        counts = (each.leads_loaded, each.leads_there, each.attempted, each.closed)
        loaded = local_text(each.loaded_at) + (" (undone)" if each.undone_at else "")
        texts = (str(each.list_id), each.name, each.campaign_id, loaded, *(f"{count:,}" for count in counts))
        shown.add_row(*texts)
    output.print(shown, markup=False)


@lists.command()
def undo(
    list_id: Annotated[int, typer.Argument(metavar="LIST", help="Number of the list.")],
    as_json: AsJson = False,
) -> None:
    """Take out the leads of a list that were never attempted; the others stay, with their history."""
    import asyncio

    from app.command_session import on_database, show_json, tell_engine
    from dialer.adapters.store.list_records import undo_list
    from dialer.messages.requests import LeadsWithdrawn

    async def work(connection: "Connection") -> "ListUndone":
        async with connection.transaction():
            return await undo_list(connection, list_id, datetime.now(UTC))

    undone = on_database(work)
    engine = "No lead of it was with the engine."
    if undone.leased:
        message = LeadsWithdrawn(campaign_id=undone.campaign_id, lead_ids=undone.leased, reason="list undone")
        engine = asyncio.run(tell_engine(message))
    if as_json:
        show_json(asdict(undone))
        return
    typer.echo(f"{undone.removed:,} leads of list {list_id} taken out, {undone.left:,} left. {engine}")
    if undone.left:
        typer.echo("Left are those that were attempted: their calls are on record, and they go on.")
