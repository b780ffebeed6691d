"""Whom PostgreSQL runs as: it refuses to run as root, so as root we start it as somebody who may do little.

No user is made and no folder outside our own changes its owner or its rights.
"""

import os
import pwd
from dataclasses import dataclass
from typing import TypedDict

from app.errors import SettingError

CANDIDATES = ("paceline", "postgres", "nobody")


class Identity(TypedDict, total=False):
    """Arguments of `subprocess` that make a process somebody else's."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemUser:
    """A user of the system."""

    name: str  # for messages
    user_id: int
    group_id: int

    @property
    def identity(self) -> Identity:
        """How to start a process as this user."""
        return Identity(user=self.user_id, group=self.group_id, extra_groups=[])


def find_unprivileged_user(configured: str | None) -> SystemUser | None:
    """Whom to drop to; None: we are not root, so everything runs as ourselves.

    Raises:
        SettingError: if the configured user is not there, is root, or none of the usual ones is there.
    """
    if os.geteuid() != 0:
        return None
    for name in (configured,) if configured is not None else CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return SystemUser(name=name, user_id=entry.pw_uid, group_id=entry.pw_gid)
    tried = configured if configured is not None else ", ".join(CANDIDATES)
    raise SettingError(
        f"PostgreSQL does not run as root, and no other user was found among: {tried}; "
        "add one to the system, and name it in PACELINE_POSTGRES_USER"
    )
