"""What can be gone to, in one table: the menu, the palette and the keys all follow from it.

An item whose page does not exist in the application is not shown, so that a page only has to be added.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from crm_core.access.signed_in_user import ADMINISTRATOR, SignedInUser


def N_(text: str) -> str:
    """Mark a text for translation where it stands; it is translated where it is shown."""
    return text


class Section(Enum):
    """Parts of the menu, in their order; the value is the heading."""

    TODAY = N_("Today")
    RECORDS = N_("Records")
    CAMPAIGNS = N_("Campaigns")
    FLOOR = N_("Floor")
    REPORTS = N_("Reports")
    ADMINISTRATION = N_("Administration")
    SELF = N_("Your account")  # in the menu of the user, not in the navigation


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationItem:
    """One page that can be gone to."""

    section: Section
    label: str  # English; shown translated
    path: str
    icon: str  # out of client/icons.json
    key: str = ""  # letter that goes there after `g`
    roles: frozenset[str] = frozenset()  # who sees it; empty: everybody

    def is_for(self, user: SignedInUser) -> bool:
        """Whether a user is shown it; whether he may is the page's own check."""
        return not self.roles or bool(self.roles & user.roles)


ITEMS: tuple[NavigationItem, ...] = (
    NavigationItem(section=Section.TODAY, label=N_("Today"), path="/", icon="home", key="t"),
    NavigationItem(
        section=Section.ADMINISTRATION,
        label=N_("Users"),
        path="/administration/users",
        icon="users",
        key="u",
        roles=frozenset({ADMINISTRATOR}),
    ),
    NavigationItem(
        section=Section.ADMINISTRATION,
        label=N_("Teams"),
        path="/administration/teams",
        icon="address-book",
        roles=frozenset({ADMINISTRATOR}),
    ),
    NavigationItem(
        section=Section.ADMINISTRATION,
        label=N_("Parameters"),
        path="/administration/parameters",
        icon="settings",
        roles=frozenset({ADMINISTRATOR}),
    ),
    NavigationItem(
        section=Section.ADMINISTRATION,
        label=N_("History"),
        path="/administration/history",
        icon="list",
        roles=frozenset({ADMINISTRATOR}),
    ),
    NavigationItem(
        section=Section.ADMINISTRATION,
        label=N_("About"),
        path="/about",
        icon="info-circle",
    ),
    NavigationItem(section=Section.SELF, label=N_("Your account"), path="/account", icon="user", key="a"),
    NavigationItem(section=Section.SELF, label=N_("Standing in"), path="/account/delegations", icon="users"),
)


def existing(items: Iterable[NavigationItem], paths: Iterable[str]) -> tuple[NavigationItem, ...]:
    """Those whose page exists, in the order of the sections."""
    known, order = set(paths), list(Section)
    return tuple(
        sorted((item for item in items if item.path in known), key=lambda item: order.index(item.section))
    )


def is_current(item: NavigationItem, path: str) -> bool:
    """Whether a page belongs to an item of the menu.

    >>> users = ITEMS[1]
    >>> is_current(users, "/administration/users/3"), is_current(users, "/administration/usersettings")
    (True, False)
    """
    return path == item.path or (item.path != "/" and path.startswith(f"{item.path}/"))
