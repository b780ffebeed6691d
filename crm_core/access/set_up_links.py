"""One-time links by which a person chooses his password: the first administrator, a new user, a reset."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_core.access.connection import Connection
from crm_core.access.errors import LinkUnusable
from crm_core.access.parameters import LINK_HOURS, read_parameter
from crm_core.access.sessions import end_sessions
from crm_core.access.signed_in_user import UserId
from crm_core.access.tokens import new_token, token_hash
from crm_core.access.users import set_password_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpLink:
    """A link that can be used now."""

    user_id: UserId | None  # None: it makes the first administrator


async def make_link(connection: Connection, user_id: UserId | None, now: datetime) -> str:
    """Make a link and give its token; earlier links for the same user are void."""
    token = new_token()
    await connection.execute("delete from crm.set_up_links where user_id is not distinct from $1", user_id)
    await connection.execute(
        "insert into crm.set_up_links (token_hash, user_id, created_at, expires_at) values ($1, $2, $3, $4)",
        token_hash(token),
        user_id,
        now,
        now + timedelta(hours=await read_parameter(connection, LINK_HOURS)),
    )
    return token


async def find_link(connection: Connection, token: str, now: datetime) -> SetUpLink:
    """The link of a token, which stays usable.

    Raises:
        LinkUnusable: there is none, or it is used or too old.
    """
    row = await connection.fetchrow(
        """select l.user_id from crm.set_up_links l left join crm.users u on u.id = l.user_id
        where l.token_hash = $1 and l.used_at is null and l.expires_at > $2 and u.is_active is not false
            and (l.user_id is not null or not exists (select from crm.users))""",
        token_hash(token),
        now,
    )
    if row is None:
        raise LinkUnusable("this link was used already, or is too old: ask for a new one")
    return SetUpLink(user_id=row["user_id"])


async def use_link(connection: Connection, token: str, now: datetime) -> SetUpLink:
    """Use a link up: of two who try at the same time one succeeds.

    Raises:
        LinkUnusable: there is none, or it is used or too old.
    """
    used = await connection.fetchval(
        """update crm.set_up_links set used_at = $2
        where token_hash = $1 and used_at is null and expires_at > $2 returning true""",
        token_hash(token),
        now,
    )
    if used is None:
        raise LinkUnusable("this link was used already, or is too old: ask for a new one")
    row = await connection.fetchrow(
        """select l.user_id from crm.set_up_links l left join crm.users u on u.id = l.user_id
        where l.token_hash = $1 and u.is_active is not false
            and (l.user_id is not null or not exists (select from crm.users))""",
        token_hash(token),
    )
    if row is None:
        raise LinkUnusable("this link is no longer for anybody: ask for a new one")
    return SetUpLink(user_id=row["user_id"])


async def reset_password(
    connection: Connection, user_id: UserId, now: datetime, *, without_second_step: bool = False
) -> str:
    """Take a user's password away, end his sessions, and give the token of a link for a new one."""
    await set_password_hash(connection, user_id, None)
    if without_second_step:
        await connection.execute("update crm.users set totp_secret = null where id = $1", user_id)
        await connection.execute("delete from crm.recovery_codes where user_id = $1", user_id)
    await end_sessions(connection, user_id)
    return await make_link(connection, user_id, now)
