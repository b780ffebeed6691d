"""Bring a database to the newest revision: `paceline migrate`, and every start."""

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

import app.migrations
from app.errors import SchemaUnknown

# Alembic and SQLAlchemy load for a quarter of a second: a start that migrates nothing does without them.
if TYPE_CHECKING:
    from sqlalchemy import Connection

NEWEST = "head"
REVISION = re.compile(r'^revision = "(\w+)"\ndown_revision = (?:"(\w+)"|None)$', re.MULTILINE)
"""A revision's file is read, not run: running one loads Alembic."""


async def migrate(url: str, revision: str = NEWEST) -> str:
    """Run all revisions that the database lacks, up to the one given; gives the revision that it has now.

    Raises:
        SchemaUnknown: if the database has a revision that this version does not know.
    """

    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    async def connect() -> "asyncpg.Connection[asyncpg.Record]":
        return await asyncpg.connect(url)

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade, revision)
        async with engine.connect() as connection:
            found = await connection.exec_driver_sql("select version_num from alembic_version")
            return str(found.scalar_one())
    finally:
        await engine.dispose()


def newest_revision() -> str:
    """The revision that this version knows as the newest: none comes after it."""
    files = (Path(app.migrations.__path__[0]) / "versions").glob("revision_*.py")
    revisions: dict[str, str] = {}
    for path in files:
        revisions |= REVISION.findall(path.read_text(encoding="utf-8"))
    (newest,) = set(revisions) - set(revisions.values())
    return newest


def migrate_now(url: str) -> str:
    """`migrate`, for callers outside an event loop."""
    return asyncio.run(migrate(url))


def _upgrade(connection: "Connection", revision: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", app.migrations.__path__[0].replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise SchemaUnknown(
            f"the database has a revision that this version of Paceline does not know ({error}): "
            "run the version that made it, or restore a backup"
        ) from error
