"""Users: who exists, what he is called, whether he may come in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crm_core.access.connection import Connection
from crm_core.access.errors import LastAdministrator, NameTaken, UnknownUser, UserUnusable
from crm_core.access.happenings import tell
from crm_core.access.signed_in_user import ADMINISTRATOR, LOCALES, ROLES, THEMES, UserId

SIGN_IN_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,63}")
NAME_LENGTH_MAX = 200
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
COLUMNS = """id, sign_in_name, name, email, locale, theme, password_hash, totp_secret, totp_used_step,
    is_active, roles, team_id, agency_id, created_at"""
ADMINISTRATORS_LOCK = 7_160_005
"""Key of the advisory lock under which administrators are counted and made fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One user as he is kept; the secrets never leave the server."""

    id: UserId
    sign_in_name: str  # in small letters
    name: str  # as colleagues call him
    email: str | None  # his own, or none
    locale: str | None  # None: what the browser asks for
    theme: str  # system, light or dark
    password_hash: str | None = field(repr=False)  # None: he has not chosen one yet
    totp_secret: str | None = field(repr=False)  # base32; None: no second step
    totp_used_step: int  # newest time step whose code was used, so that none is used twice
    is_active: bool  # False: he cannot come in
    roles: tuple[str, ...]  # out of ROLES
    team_id: int | None
    agency_id: int | None
    created_at: datetime


def clean_sign_in_name(text: str) -> str:
    """The name in the form in which it is kept.

    Raises:
        UserUnusable: it cannot be a sign-in name.

    >>> clean_sign_in_name(" Eve.Adams ")
    'eve.adams'
    """
    name = text.strip().lower()
    if not SIGN_IN_NAME.fullmatch(name):
        raise UserUnusable(
            "sign-in name: expected 2 to 64 letters a-z, digits or . _ - + @; a letter or digit first"
        )
    return name


def clean_name(text: str) -> str:
    """A person's name without what would garble a page.

    Raises:
        UserUnusable: it is empty, too long, or has invisible signs in it.
    """
    name = " ".join(text.split(" ")).strip()
    if not name or len(name) > NAME_LENGTH_MAX or CONTROL.search(name):
        raise UserUnusable(
            "name: expected 1 to {count_max} characters without invisible ones", count_max=NAME_LENGTH_MAX
        )
    return name


def clean_email(text: str | None) -> str | None:
    """An e-mail address, or None where there is none.

    Raises:
        UserUnusable: it is none.
    """
    email = (text or "").strip()
    if email and (len(email) > NAME_LENGTH_MAX or not EMAIL.fullmatch(email) or CONTROL.search(email)):
        raise UserUnusable("e-mail: expected an address such as eve@example.com, or nothing")
    return email or None


def clean_roles(roles: Sequence[str]) -> list[str]:
    """Roles in their order, each once.

    Raises:
        UserUnusable: one of them is unknown.
    """
    unknown = sorted(set(roles) - set(ROLES))
    if unknown:
        raise UserUnusable(
            "role {role} is not known; expected one of {roles}", role=unknown[0], roles=", ".join(ROLES)
        )
    return [role for role in ROLES if role in roles]


async def create_user(
    connection: Connection,
    *,
    sign_in_name: str,
    name: str,
    email: str | None = None,
    roles: Sequence[str] = (),
    now: datetime,
) -> UserId:
    """Make a user, who has no password yet.

    Raises:
        UserUnusable: what cannot be used.
        NameTaken: somebody has the sign-in name.
    """
    values = (clean_sign_in_name(sign_in_name), clean_name(name), clean_email(email), clean_roles(roles))
    made = await connection.fetchval(
        """insert into crm.users (sign_in_name, name, email, roles, created_at) values ($1, $2, $3, $4, $5)
        on conflict (sign_in_name) do nothing returning id""",
        *values,
        now,
    )
    if made is None:
        raise NameTaken(
            "somebody signs in as {sign_in_name} already: choose another name", sign_in_name=values[0]
        )
    return UserId(made)


async def find_user_by_name(connection: Connection, sign_in_name: str) -> User | None:
    """The user with a sign-in name, or None."""
    row = await connection.fetchrow(
        f"select {COLUMNS} from crm.users where sign_in_name = $1", sign_in_name.strip().lower()
    )
    return None if row is None else User(**{**row, "roles": tuple(row["roles"])})


async def get_user(connection: Connection, user_id: int) -> User:
    """One user.

    Raises:
        UnknownUser: there is none with this id.
    """
    row = await connection.fetchrow(f"select {COLUMNS} from crm.users where id = $1", user_id)
    if row is None:
        raise UnknownUser("there is no user {user_id}", user_id=user_id)
    return User(**{**row, "roles": tuple(row["roles"])})


async def list_users(connection: Connection, after: str = "", limit: int = 200) -> list[User]:
    """Users by sign-in name, those after a given one."""
    rows = await connection.fetch(
        f"select {COLUMNS} from crm.users where sign_in_name > $1 order by sign_in_name limit $2",
        after,
        limit,
    )
    return [User(**{**row, "roles": tuple(row["roles"])}) for row in rows]


async def has_users(connection: Connection) -> bool:
    """Whether anybody can sign in, or has been made."""
    return bool(await connection.fetchval("select exists (select from crm.users)"))


async def set_active(connection: Connection, user_id: UserId, is_active: bool) -> None:
    """Let a user in again, or keep him out and end all that he has open.

    Raises:
        UnknownUser: there is none.
        LastAdministrator: nobody else could administrate.
    """
    if not is_active:
        await _require_other_administrator(connection, user_id)
    changed = await connection.fetchval(
        "update crm.users set is_active = $2 where id = $1 returning id", user_id, is_active
    )
    if changed is None:
        raise UnknownUser("there is no user {user_id}", user_id=user_id)
    if not is_active:
        await connection.execute("delete from crm.sessions where user_id = $1", user_id)
        await connection.execute("delete from crm.set_up_links where user_id = $1", user_id)


async def change_user(
    connection: Connection,
    by: UserId,
    user_id: UserId,
    *,
    name: str,
    email: str | None,
    roles: Sequence[str],
    team_id: int | None,
    now: datetime,
) -> None:
    """Change what a user is called, what he may do, and which team he belongs to.

    Raises:
        UnknownUser: there is none.
        UserUnusable: what cannot be used; a team that is not there.
        LastAdministrator: nobody else could administrate.
    """
    values = (clean_name(name), clean_email(email), clean_roles(roles))
    before = await get_user(connection, user_id)
    if ADMINISTRATOR in before.roles and ADMINISTRATOR not in values[2]:
        await _require_other_administrator(connection, user_id)
    team = await connection.fetchval("select name from crm.teams where id = $1", team_id)
    if team_id is not None and team is None:
        raise UserUnusable("there is no such team")
    was = await connection.fetchval("select name from crm.teams where id = $1", before.team_id)
    await connection.execute(
        "update crm.users set name = $2, email = $3, roles = $4, team_id = $5 where id = $1",
        user_id,
        *values,
        team_id,
    )
    told = {"name": before.name, "email": before.email, "roles": list(before.roles), "team": was}
    after = {"name": values[0], "email": values[1], "roles": values[2], "team": team}
    changed = [key for key in told if told[key] != after[key]]
    if changed:
        payload = {
            "about": before.sign_in_name,
            "before": {key: told[key] for key in changed},
            "after": {key: after[key] for key in changed},
        }
        await tell(connection, by, "user.changed", payload, now)


async def _require_other_administrator(connection: Connection, user_id: UserId) -> None:
    await connection.execute("select pg_advisory_xact_lock($1)", ADMINISTRATORS_LOCK)
    if not await connection.fetchval(
        "select exists (select from crm.users where is_active and id <> $1 and $2 = any (roles))",
        user_id,
        ADMINISTRATOR,
    ):
        raise LastAdministrator("no other active administrator is left: make one first")


async def set_password_hash(connection: Connection, user_id: UserId, password_hash: str | None) -> None:
    """Keep the hash of a new password; None: he has to choose one by a link."""
    await connection.execute("update crm.users set password_hash = $2 where id = $1", user_id, password_hash)


async def set_preferences(connection: Connection, user_id: UserId, locale: str | None, theme: str) -> None:
    """Keep how a user wants to see pages.

    Raises:
        UserUnusable: the locale or the theme is unknown.
    """
    if locale is not None and locale not in LOCALES:
        raise UserUnusable("language: expected one of {locales}", locales=", ".join(LOCALES))
    if theme not in THEMES:
        raise UserUnusable("theme: expected one of {themes}", themes=", ".join(THEMES))
    await connection.execute(
        "update crm.users set locale = $2, theme = $3 where id = $1", user_id, locale, theme
    )


async def names_of_users(connection: Connection, user_ids: Sequence[int]) -> dict[int, str]:
    """What users are called, by id; those who cannot come in any more too."""
    if not user_ids:
        return {}
    rows = await connection.fetch(
        "select id, name from crm.users where id = any($1::bigint[])", list(set(user_ids))
    )
    return {row["id"]: row["name"] for row in rows}


async def active_names(connection: Connection, limit: int = 500) -> dict[int, str]:
    """Active users by name, to choose from."""
    rows = await connection.fetch(
        "select id, name from crm.users where is_active order by name, id limit $1", limit
    )
    return {row["id"]: row["name"] for row in rows}
