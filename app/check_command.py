"""`paceline check`: the self-test of everything that a call needs, with how to mend what fails."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.check_results import CheckResult
    from asterisk_config.settings import AsteriskSettings

EXIT_UNUSABLE = 2
LAB_NUMBER = "+999555003"  # at our own carrier: a person who stays until we hang up
MARKS = {"good": "ok  ", "failed": "FAIL", "skipped": "-   "}


def check(
    number: Annotated[
        str | None, typer.Option(help="Call this number over the trunk, and listen; somebody should speak.")
    ] = None,
    trunk: Annotated[str | None, typer.Option(help="Over this trunk; default: the first.")] = None,
    with_lab: Annotated[
        bool, typer.Option("--lab", help="Start a laboratory for this check, and call somebody in it.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Check database, bus, Asterisk, trunks, clock, certificate and a call; say how to mend what fails.

    Exit codes: 0 nothing failed, 1 something failed, 2 the settings cannot be used.
    """
    from app.check_results import exit_code, table_rows
    from app.command_session import show_json
    from app.errors import AppError
    from asterisk_config.errors import AsteriskConfigError

    if with_lab and (number is not None or trunk is not None):
        raise typer.BadParameter("--lab has a number and a trunk of its own")
    try:
        results = _run(number, trunk, with_lab=with_lab)
    except (AsteriskConfigError, AppError) as error:
        typer.echo(f"paceline: {error}", err=True)
        raise typer.Exit(EXIT_UNUSABLE) from None
    if as_json:
        show_json(table_rows(results))
    else:
        for result in results:
            _show(result)
    raise typer.Exit(exit_code(results))


def _run(number: str | None, trunk: str | None, *, with_lab: bool) -> "list[CheckResult]":
    from app.asterisk_files import read_asterisks
    from app.checking import check_bus, check_database
    from app.settings import read_bus_settings, read_database_settings

    asterisks = () if with_lab else read_asterisks(os.environ)
    results = [check_database(read_database_settings()), *asyncio.run(check_bus(read_bus_settings()))]
    if not with_lab:
        return [*results, *asyncio.run(_check_asterisks(asterisks, number, trunk))]
    with _laboratory() as settings:
        return [*results, *asyncio.run(_check_asterisks((settings,), LAB_NUMBER, None))]


async def _check_asterisks(
    asterisks: "tuple[AsteriskSettings, ...]", number: str | None, trunk: str | None
) -> "list[CheckResult]":
    from app.checking import call_for, check_asterisk

    calls = call_for(asterisks, number, trunk)
    found = [await check_asterisk(settings, calls.get(settings.system_name)) for settings in asterisks]
    return [result for results in found for result in results]


@contextmanager
def _laboratory() -> "Iterator[AsteriskSettings]":
    """A laboratory in a network and a folder of its own, for as long as the block lasts."""
    import tempfile

    from asterisk_config.lab.laboratory import running
    from asterisk_config.lab.network import private_network
    from asterisk_config.lab.packages import get_asterisk
    from asterisk_config.lab.sip_laboratory import prepare_sip_laboratory

    program = get_asterisk()
    # A short path: the control socket's name has to fit into 107 bytes.
    with (
        tempfile.TemporaryDirectory(prefix="paceline-") as root,
        private_network(),
        running(prepare_sip_laboratory(Path(root), program, registers=True)) as lab,
    ):
        yield lab.dialer_settings


def _show(result: "CheckResult") -> None:
    typer.echo(f"{MARKS[result.state.value]} {result.name}: {result.seen}")
    if result.fix:
        typer.echo(f"     mend it: {result.fix}")
