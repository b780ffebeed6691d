"""The table of what can be gone to."""

from dataclasses import replace

from agent_console.navigation import ITEMS, Section, existing
from crm_core.access.signed_in_user import SignedInUser, UserId

AGENT = SignedInUser(id=UserId(1), name="Ida", roles=frozenset({"agent"}))


def test_item_without_a_page_is_not_shown() -> None:
    """Only what exists can be gone to, in the order of the sections."""
    campaigns = replace(ITEMS[0], section=Section.CAMPAIGNS, path="/campaigns")
    late = (*reversed(ITEMS), campaigns)
    assert campaigns not in existing(late, ["/", "/about"])
    shown = [item.path for item in existing(late, ["/", "/about", "/campaigns"])]
    assert shown == ["/", "/campaigns", "/about"]


def test_item_for_administrators_is_not_for_agents() -> None:
    """Nobody is shown a door that stays closed for him."""
    shown = [item.path for item in ITEMS if item.is_for(AGENT)]
    assert "/administration/users" not in shown
    assert "/account" in shown


def test_key_of_any_item_is_its_own() -> None:
    """Two pages cannot share a key."""
    keys = [item.key for item in ITEMS if item.key]
    assert len(keys) == len(set(keys))
