"""`paceline serve`: everything that a call centre needs, started in order and kept alive."""

import asyncio
import fcntl
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from app.supervisor import Supervisor

LOCK_NAME = "serve.lock"
NATS_READY_SECONDS_MAX = 10.0
ENGINE_COMMAND = (sys.executable, "-m", "app", "engine")
WEB_COMMAND = (sys.executable, "-m", "app", "web")


def serve() -> None:
    """Run database, bus, engine and pages, and keep them alive until a signal asks for the end."""
    from app.errors import AppError
    from app.logs import start_logging
    from app.settings import read_log_settings, read_serve_settings, with_file
    from app.supervisor import AskedToEnd, Supervisor

    try:
        environment = with_file(os.environ)
        home = read_serve_settings(environment).home
        start_logging(read_log_settings(environment), "serve")
        with sole_use(home), Supervisor() as supervisor:
            try:
                start_parts(supervisor, environment)
                supervisor.run()
            except AskedToEnd:
                pass
            typer.echo("Ending: web, engine, bus, database.")
    except AppError as error:
        typer.echo(f"paceline: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo("Everything has ended.")


@contextmanager
def sole_use(home: Path) -> Iterator[None]:
    """Refuse a second `serve` on the same home folder while the block runs.

    Raises:
        HomeTaken: there is one, or the folder cannot be used.
    """
    from app.errors import HomeTaken

    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = os.open(home / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise HomeTaken(f"cannot write to {home} ({error.strerror}): set PACELINE_HOME") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.truncate(lock, 0)
        os.write(lock, str(os.getpid()).encode())
        yield
    except BlockingIOError:
        other = os.read(lock, 20).decode(errors="replace")
        raise HomeTaken(
            f"{home} is served already, by process {other}: end it, or set another PACELINE_HOME"
        ) from None
    finally:
        os.close(lock)


def start_parts(supervisor: "Supervisor", environment: Mapping[str, str]) -> None:
    """Start database, bus, engine and pages in this order, telling what runs where and what is missing."""
    from app import __version__
    from app.child_process import ChildProcess
    from app.settings import read_serve_settings

    settings = read_serve_settings(environment)
    typer.echo(f"Paceline {__version__}, home {settings.home}")
    database_url = _start_database(supervisor, environment)
    bus_url = _start_bus(supervisor, environment)
    told = {
        **environment,
        "PACELINE_HOME": str(settings.home),
        "DATABASE_URL": database_url,
        "NATS_URL": bus_url,
    }
    supervisor.keep(
        ChildProcess(
            "engine", ENGINE_COMMAND, told, settings.hung_seconds_max, lambda: missing_asterisk(environment)
        )
    )
    supervisor.keep(
        ChildProcess("web", WEB_COMMAND, told, settings.hung_seconds_max, lambda: missing_pages(environment))
    )
    missing = missing_asterisk(environment)
    typer.echo(f"  engine    {'waits: ' + missing if missing else 'is being started'}")
    missing = missing_pages(environment)
    typer.echo(f"  web       {'waits: ' + missing if missing else 'is being started'}")
    typer.echo("Logs follow on standard error; Ctrl-C ends everything.")


def missing_asterisk(environment: Mapping[str, str]) -> str | None:
    """What is to be written before calls can be made; None: nothing."""
    from app.asterisk_files import read_asterisks
    from app.errors import SettingError
    from asterisk_config.errors import AsteriskConfigError

    try:
        read_asterisks(environment)
    except (AsteriskConfigError, SettingError) as error:
        return str(error)
    return None


def missing_pages(environment: Mapping[str, str]) -> str | None:
    """What is to be mended before pages can be served; None: nothing."""
    from agent_console.assets import read_assets
    from agent_console.errors import FrontEndMissing
    from app.errors import SettingError
    from app.web_settings import read_web_settings

    try:
        read_web_settings(environment)
        read_assets()
    except (FrontEndMissing, SettingError) as error:
        return str(error)
    return None


def _start_database(supervisor: "Supervisor", environment: Mapping[str, str]) -> str:
    from app.database import DATABASE, create_database, prepare_database
    from app.embedded_postgres import EmbeddedPostgres
    from app.server_part import ServerPart
    from app.settings import read_database_settings

    settings = read_database_settings(environment)
    if settings.url is not None:
        url, place = settings.url, "the server of DATABASE_URL"
    else:
        server = EmbeddedPostgres(settings)
        part = ServerPart("database", server, signal.SIGQUIT)  # at once, and the next start recovers
        supervisor.keep_and_await(part, settings.start_seconds_max)
        asyncio.run(create_database(server.url("postgres")))
        url, place = server.url(DATABASE), server.place
    revision = asyncio.run(prepare_database(url))
    typer.echo(f"  database  {place}, revision {revision}")
    return url


def _start_bus(supervisor: "Supervisor", environment: Mapping[str, str]) -> str:
    from app.nats_server import NatsServer
    from app.server_part import ServerPart
    from app.settings import read_bus_settings

    settings = read_bus_settings(environment)
    if settings.url is not None:
        typer.echo("  bus       NATS, the server of NATS_URL")
        return settings.url
    server = NatsServer(settings)
    supervisor.keep_and_await(ServerPart("bus", server), NATS_READY_SECONDS_MAX)
    typer.echo(f"  bus       {server.place}")
    return server.url
