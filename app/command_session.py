"""What every command on the database has in common: a connection, errors as one line, JSON or tables."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NoReturn, TypeVar

import typer
from rich.console import Console

from app.database import usable_database
from app.engine_link import tell_engine
from app.errors import AppError
from app.settings import read_database_settings
from dialer.adapters.connection import Connection
from dialer.adapters.errors import AdapterError

EXIT_REFUSED = 1
"""What was asked cannot be done: the message says why."""

EXIT_UNUSABLE = 2
"""How it was asked, or the database, cannot be used."""

ResultT = TypeVar("ResultT")
Work = Callable[[Connection], Awaitable[ResultT]]

output = Console(soft_wrap=True)


def on_database(work: "Work[ResultT]") -> ResultT:
    """Do something on one connection to the database; an error ends the command with one line."""
    from asyncpg import InterfaceError, PostgresError

    try:
        with usable_database(read_database_settings()) as url:
            return asyncio.run(_connected(url, work))
    except AdapterError as error:
        refuse(str(error))
    except AppError as error:
        refuse(str(error), EXIT_UNUSABLE)
    except (PostgresError, InterfaceError, ConnectionError) as error:
        refuse(f"the database went away ({type(error).__name__}): nothing was changed, repeat the command")


async def _connected(url: str, work: "Work[ResultT]") -> ResultT:
    from asyncpg import connect

    connection = await connect(url, server_settings={"application_name": "paceline command"})
    try:
        return await work(connection)
    finally:
        await connection.close()


def refuse(why: str, code: int = EXIT_REFUSED) -> NoReturn:
    """End the command with a sentence on the error stream."""
    typer.echo(f"paceline: {why}", err=True)
    raise typer.Exit(code)


def show_json(value: object) -> None:
    """Print a value for programs."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_instant))


def _instant(value: object) -> str:
    assert isinstance(value, datetime), f"no JSON for {value!r}"
    return value.isoformat()


def local_text(instant: datetime | None) -> str:
    """An instant in this machine's time zone, to the second."""
    return "" if instant is None else instant.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")


__all__ = [
    "EXIT_REFUSED",
    "EXIT_UNUSABLE",
    "local_text",
    "on_database",
    "output",
    "refuse",
    "show_json",
    "tell_engine",
]
