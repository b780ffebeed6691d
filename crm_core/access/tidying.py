"""What an administrator can have tidied up: everything that has ended and that nobody will ask for again."""

from datetime import datetime, timedelta

from crm_core.access.connection import Connection
from crm_core.access.happenings import tell
from crm_core.access.parameters import IMPORT_DAYS, read_parameter
from crm_core.access.sign_in_limits import KEPT
from crm_core.access.signed_in_user import UserId


async def tidy_up(connection: Connection, by: UserId, now: datetime) -> dict[str, int]:
    """Delete ended sessions, links and attempts to sign in, and old files; gives how many of each."""
    imports_before = now - timedelta(days=await read_parameter(connection, IMPORT_DAYS))
    deleted = {
        "sessions": await _count(connection, "delete from crm.sessions where expires_at <= $1", now),
        "links": await _count(connection, "delete from crm.set_up_links where expires_at <= $1", now),
        "attempts": await _count(connection, "delete from crm.sign_in_attempts where at <= $1", now - KEPT),
        "imports": await _count(
            connection, "delete from crm.import_job where at <= $1 and state <> 'importing'", imports_before
        ),
    }
    await tell(connection, by, "maintenance.tidied", {"about": "", "after": deleted}, now)
    return deleted


async def _count(connection: Connection, statement: str, before: datetime) -> int:
    """How many rows a statement deleted: the driver says so as `DELETE 7`."""
    status = await connection.execute(statement, before)
    return int(str(status).rpartition(" ")[2])
