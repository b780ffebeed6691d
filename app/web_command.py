"""`paceline web`: the web process by itself, and a certificate for it."""

import asyncio
from typing import Annotated

import typer

web = typer.Typer(help="Serve the pages alone, or make a certificate for them.", invoke_without_command=True)


@web.callback()
def serve_pages(context: typer.Context) -> None:
    """Serve the pages until a signal asks for the end; `paceline serve` does this too, and more."""
    if context.invoked_subcommand is not None:
        return
    from agent_console.errors import ConsoleError
    from app.command_session import EXIT_UNUSABLE, refuse
    from app.database import usable_database
    from app.errors import AppError
    from app.logs import start_logging
    from app.settings import read_database_settings, read_log_settings
    from app.web_process import run_web
    from app.web_settings import read_web_settings

    try:
        start_logging(read_log_settings(), "web")
        settings = read_web_settings()
        with usable_database(read_database_settings()) as url:
            asyncio.run(run_web(url, settings))
    except (AppError, ConsoleError) as error:
        refuse(str(error), EXIT_UNUSABLE)


@web.command()
def certificate(
    host: Annotated[
        list[str] | None,
        typer.Option("--host", help="Name or address by which browsers reach this machine; repeat for more."),
    ] = None,
) -> None:
    """Make a self-signed certificate and its key in the home folder; the web process then uses them."""
    import os
    from datetime import UTC, datetime

    from app.command_session import EXIT_UNUSABLE, refuse
    from app.errors import AppError
    from app.self_signed import make_pair
    from app.settings import with_file
    from app.web_settings import web_folder

    hosts = [*(host or ()), "localhost", "127.0.0.1", "::1"]
    try:
        path = make_pair(web_folder(with_file(os.environ)), list(dict.fromkeys(hosts)), datetime.now(UTC))
    except AppError as error:
        refuse(str(error), EXIT_UNUSABLE)
    typer.echo(
        f"{path} is for {', '.join(dict.fromkeys(hosts))}. Browsers warn of it once; its key stays here."
    )
