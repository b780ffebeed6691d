"""`paceline migrate`: bring the database to the newest revision, and say which one that is."""

import asyncio

import typer


def migrate() -> None:
    """Bring the database (DATABASE_URL, or the embedded one) to the newest revision."""
    from app.database import prepare_database, running_database
    from app.errors import AppError
    from app.settings import read_database_settings

    try:
        with running_database(read_database_settings()) as url:
            typer.echo(f"The database is at revision {asyncio.run(prepare_database(url))}.")
    except AppError as error:
        typer.echo(f"paceline: {error}", err=True)
        raise typer.Exit(1) from None
