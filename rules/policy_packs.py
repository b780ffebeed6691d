"""Policy packs by name: the one place where a campaign finds the law that it dials under.

Adding a country is a module under `packs/` and one line here. Theory: docs/algorithms/calling-rules.md.
"""

from rules.errors import UnknownPolicyPackError
from rules.packs.strict_generic import STRICT_GENERIC
from rules.packs.us_federal import US_FEDERAL
from rules.policy_pack import PolicyPack

__all__ = ["PolicyPack", "get_policy_pack", "list_policy_packs"]

_PACKS = {pack.name: pack for pack in (STRICT_GENERIC, US_FEDERAL)}


def get_policy_pack(name: str) -> PolicyPack:
    """Return the policy pack of that name.

    Raises UnknownPolicyPackError, naming those that exist.
    """
    pack = _PACKS.get(name)
    if pack is None:
        raise UnknownPolicyPackError(name, list_policy_packs())
    return pack


def list_policy_packs() -> tuple[str, ...]:
    """Return the names of all policy packs, sorted."""
    return tuple(sorted(_PACKS))
