"""Access tokens: with one a program acts as the user who made it, until it ends or is taken back.

The token is shown once and kept as a hash. It opens the interface for programs and nothing else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_core.access.connection import Connection
from crm_core.access.errors import TokenRefused
from crm_core.access.signed_in_user import SignedInUser, UserId
from crm_core.access.tokens import new_token, token_hash

PREFIX = "paceline_"
"""So that a token left in a file is known for what it is by those who look for such."""
LIFETIME = timedelta(days=365)
TOKENS_MAX = 20
NAME_LENGTH_MAX = 60
USED_EVERY = timedelta(minutes=1)  # a request does not write each time


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedToken:
    """An access token as its user sees it in the list of his own."""

    id: int
    name: str
    created_at: datetime
    used_at: datetime | None  # None: never
    expires_at: datetime


async def make_access_token(connection: Connection, user_id: UserId, name: str, now: datetime) -> str:
    """Make a token for a user and give it: it cannot be shown again.

    Raises:
        TokenRefused: it has no name, or the user has too many.
    """
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH_MAX or not name.isprintable():
        raise TokenRefused("Give the token a name of at most 60 characters: what will use it?")
    await connection.execute("delete from crm.access_tokens where expires_at <= $1", now)
    count = await connection.fetchval("select count(*) from crm.access_tokens where user_id = $1", user_id)
    if count >= TOKENS_MAX:
        raise TokenRefused("You have 20 tokens: take one back that nothing uses any more.")
    token = f"{PREFIX}{new_token()}"
    await connection.execute(
        """insert into crm.access_tokens (token_hash, user_id, name, created_at, expires_at)
        values ($1, $2, $3, $4, $5)""",
        token_hash(token),
        user_id,
        name,
        now,
        now + LIFETIME,
    )
    return token


async def find_token_user(connection: Connection, token: str, now: datetime) -> SignedInUser | None:
    """The user of a token, if both are valid now."""
    row = await connection.fetchrow(
        """select t.id as token_id, t.used_at, u.id, u.name, u.roles, u.team_id, u.agency_id, u.locale
        from crm.access_tokens t join crm.users u on u.id = t.user_id
        where t.token_hash = $1 and t.expires_at > $2 and u.is_active""",
        token_hash(token),
        now,
    )
    if row is None:
        return None
    if row["used_at"] is None or now - row["used_at"] >= USED_EVERY:
        await connection.execute(
            "update crm.access_tokens set used_at = $2 where id = $1", row["token_id"], now
        )
    return SignedInUser(
        id=UserId(row["id"]),
        name=row["name"],
        roles=frozenset(row["roles"]),
        team_id=row["team_id"],
        agency_id=row["agency_id"],
        locale=row["locale"],
    )


async def list_access_tokens(connection: Connection, user_id: UserId, now: datetime) -> list[ListedToken]:
    """A user's valid tokens, the newest first."""
    rows = await connection.fetch(
        """select id, name, created_at, used_at, expires_at from crm.access_tokens
        where user_id = $1 and expires_at > $2 order by id desc""",
        user_id,
        now,
    )
    return [ListedToken(**row) for row in rows]


async def take_back_token(connection: Connection, user_id: UserId, token_id: int) -> bool:
    """End one of a user's own tokens; whether there was one."""
    ended = await connection.fetchval(
        "delete from crm.access_tokens where id = $1 and user_id = $2 returning id", token_id, user_id
    )
    return ended is not None
