"""What Alembic runs: bring the connection that it was lent to the newest revision, in one transaction."""

from alembic import context
from sqlalchemy import Connection, text

from app.migrations.lock import MIGRATION_LOCK


def run() -> None:
    """Run the revisions that the database lacks."""
    connection = context.config.attributes.get("connection")
    if not isinstance(connection, Connection):
        raise SystemExit("expected a connection lent by app.migrating: run `paceline migrate`")
    # Two processes that start together must not both migrate; the second finds nothing left to do.
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
    context.configure(connection=connection, target_metadata=None, transactional_ddl=True)
    context.run_migrations()


if hasattr(context, "config"):  # Alembic's own doing; tools that import every module come without it
    run()
