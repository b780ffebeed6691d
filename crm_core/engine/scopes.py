"""How far a right reaches: what a declaration says about who may do what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from crm_core.engine.errors import DeclarationUnusable


class Verb(Enum):
    """What is done with a record."""

    READ = "read"
    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"
    EXPORT = "export"


class Scope(Enum):
    """Which rows a verb reaches."""

    NOBODY = "nobody"
    OWN = "own"  # those he owns
    TEAM = "team"  # those, and all of his teams and the teams under them
    AGENCY = "agency"  # those he owns, and all of his agency
    ALL = "all"


ScopeName = Literal["nobody", "own", "team", "agency", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """Who may do what with an entity; `by_role` replaces all of it for a role.

    Administrators reach everything. Somebody with several roles reaches what any of them reaches.
    """

    read: ScopeName = "team"
    create: ScopeName = "own"
    edit: ScopeName = "own"
    delete: ScopeName = "nobody"
    export: ScopeName = "nobody"
    by_role: Mapping[str, "Rights"] = field(default_factory=dict)  # role, and its rights instead
    # Names of link fields: whoever reads (edits, exports) the linked record does so with this one as well.
    inherits: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a nesting that nobody would understand."""
        if any(rights.by_role or rights.inherits for rights in self.by_role.values()):
            raise DeclarationUnusable("rights of a role hold scopes only: put by_role and inherits outside")

    def scope(self, role: str, verb: Verb) -> Scope:
        """How far a role reaches."""
        return Scope(getattr(self.by_role.get(role, self), verb.value))
