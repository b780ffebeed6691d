"""Who somebody is, once he has signed in: the value that pages and rights are given."""

from dataclasses import dataclass
from typing import NewType

UserId = NewType("UserId", int)

ADMINISTRATOR = "administrator"
ROLES = (ADMINISTRATOR, "manager", "supervisor", "agent")
"""Roles that a user can be given; what each may do is the engine's rights."""

LOCALES = ("en", "pl", "it", "sk")
THEMES = ("system", "light", "dark")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInUser:
    """A user whose session is valid now."""

    id: UserId
    name: str  # as colleagues call him
    roles: frozenset[str] = frozenset()
    team_id: int | None = None  # the team he belongs to
    agency_id: int | None = None  # the agency he works for, if not for us
    locale: str | None = None  # one of LOCALES; None: what the browser asks for
    theme: str = "system"  # one of THEMES

    @property
    def is_administrator(self) -> bool:
        """Whether he may change who comes in."""
        return ADMINISTRATOR in self.roles
