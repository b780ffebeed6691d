"""Sessions: kept on the server, so that they can be listed and ended; the browser holds a token only."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crm_core.access.connection import Connection
from crm_core.access.parameters import IDLE_MINUTES
from crm_core.access.perspectives import Subordinate, find_subordinate
from crm_core.access.signed_in_user import SignedInUser, UserId
from crm_core.access.tokens import new_token, token_hash

LIFETIME = timedelta(days=7)  # however busy it is
IDLE_SINCE = f"""$2 - make_interval(mins => coalesce(
    (select value from crm.parameter where name = '{IDLE_MINUTES.name}'), {IDLE_MINUTES.default}))"""
"""SQL of the instant after which a session must have been used; $2 is now."""
CODE_SECONDS_MAX = timedelta(minutes=5)  # between the password and the code of the second step
SEEN_EVERY = timedelta(minutes=1)  # a request does not write each time
USER_AGENT_LENGTH_MAX = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session of which the browser showed the token."""

    id: int
    user: SignedInUser
    seen_as: SignedInUser | None = None  # the subordinate with whose eyes he looks; nothing can be changed
    awaits_code: bool  # the password was right, the second step is still to come
    seen_at: datetime
    notice_text: str | None = None  # to be shown once, on the next page
    notice_undo_path: str | None = None  # where the undo of it is asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSession:
    """A session as its user sees it in the list of his own."""

    id: int
    created_at: datetime
    seen_at: datetime
    user_agent: str  # what the browser calls itself
    address: str  # where it came from


async def open_session(
    connection: Connection,
    user_id: UserId,
    *,
    user_agent: str,
    address: str,
    now: datetime,
    awaits_code: bool = False,
) -> str:
    """Open a session and give its token, which is not kept. Each sign-in has a token of its own."""
    token = new_token()
    await connection.execute("delete from crm.sessions where expires_at <= $1", now)
    await connection.execute(
        """insert into crm.sessions (token_hash, user_id, created_at, seen_at, expires_at,
            user_agent, address, awaits_code) values ($1, $2, $3, $3, $4, $5, $6, $7)""",
        token_hash(token),
        user_id,
        now,
        now + (CODE_SECONDS_MAX if awaits_code else LIFETIME),
        user_agent.replace("\x00", "")[:USER_AGENT_LENGTH_MAX],
        address,
        awaits_code,
    )
    return token


async def find_session(
    connection: Connection, token: str, now: datetime, *, is_use: bool = True
) -> Session | None:
    """The session of a token, if it is valid now and its user may come in; use keeps it awake."""
    row = await connection.fetchrow(
        f"""select s.id, s.awaits_code, s.seen_as, s.seen_at, s.notice_text, s.notice_undo_path,
            u.id as user_id, u.name, u.roles, u.team_id, u.agency_id, u.locale, u.theme
        from crm.sessions s join crm.users u on u.id = s.user_id
        where s.token_hash = $1 and s.expires_at > $2 and s.seen_at > {IDLE_SINCE} and u.is_active""",
        token_hash(token),
        now,
    )
    if row is None:
        return None
    if is_use and now - row["seen_at"] >= SEEN_EVERY:
        await connection.execute("update crm.sessions set seen_at = $2 where id = $1", row["id"], now)
    user = SignedInUser(
        id=UserId(row["user_id"]),
        name=row["name"],
        roles=frozenset(row["roles"]),
        team_id=row["team_id"],
        agency_id=row["agency_id"],
        locale=row["locale"],
        theme=row["theme"],
    )
    seen = await find_subordinate(connection, user.id, row["seen_as"]) if row["seen_as"] else None
    return Session(
        id=row["id"],
        user=user,
        seen_as=None if seen is None else _seen_user(user, seen),
        awaits_code=row["awaits_code"],
        seen_at=row["seen_at"],
        notice_text=row["notice_text"],
        notice_undo_path=row["notice_undo_path"],
    )


def _seen_user(user: SignedInUser, seen: Subordinate) -> SignedInUser:
    # Language and colours stay those of the one who looks.
    return replace(
        user, id=seen.id, name=seen.name, roles=seen.roles, team_id=seen.team_id, agency_id=seen.agency_id
    )


async def list_sessions(connection: Connection, user_id: UserId, now: datetime) -> list[ListedSession]:
    """A user's valid sessions, the one last used first."""
    rows = await connection.fetch(
        f"""select id, created_at, seen_at, user_agent, address from crm.sessions
        where user_id = $1 and expires_at > $2 and seen_at > {IDLE_SINCE} and not awaits_code
        order by seen_at desc, id desc limit 100""",
        user_id,
        now,
    )
    return [ListedSession(**row) for row in rows]


async def end_session(connection: Connection, user_id: UserId, session_id: int) -> bool:
    """End one session of a user; False: he has none such."""
    ended = await connection.fetchval(
        "delete from crm.sessions where user_id = $1 and id = $2 returning id", user_id, session_id
    )
    return ended is not None


async def end_sessions(connection: Connection, user_id: UserId, kept_id: int | None = None) -> None:
    """End all sessions of a user, but for one perhaps."""
    await connection.execute(
        "delete from crm.sessions where user_id = $1 and id is distinct from $2", user_id, kept_id
    )


async def leave_notice(
    connection: Connection, session_id: int, text: str, undo_path: str | None = None
) -> None:
    """Leave a sentence for the next page of a session, with a way to undo what was done."""
    await connection.execute(
        "update crm.sessions set notice_text = $2, notice_undo_path = $3 where id = $1",
        session_id,
        text,
        undo_path,
    )


async def clear_notice(connection: Connection, session_id: int) -> None:
    """Forget the sentence, since it was shown."""
    await connection.execute(
        "update crm.sessions set notice_text = null, notice_undo_path = null where id = $1", session_id
    )
