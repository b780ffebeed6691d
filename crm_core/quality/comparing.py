"""How near two values of one field are, in levels; pure.

Names: Jaro-Winkler similarity; numbers: edits, two neighbours exchanged counting as one (optimal string
alignment). Sources: docs/algorithms/duplicates.md.
"""

from enum import Enum

from rapidfuzz.distance import OSA, JaroWinkler

from crm_core.quality.match_profile import MatchProfile

NEAR_RATIO = 0.9  # of Jaro-Winkler: a slip or two
SIMILAR_RATIO = 0.75  # the same word under several slips, or another one
CODES = frozenset(["birth_date", "tax_id", "postal_code", "house_number"])
SETS = frozenset(["phones", "emails"])


class Level(Enum):
    """How much of one field agrees."""

    UNKNOWN = "unknown"  # one side lacks it: it says nothing
    SAME = "same"
    NEAR = "near"  # one slip
    SIMILAR = "similar"
    DIFFERENT = "different"


def text_level(one: str, other: str) -> Level:
    """Compare two folded texts.

    >>> text_level("catherine", "catherina"), text_level("anna", "jan")
    (<Level.NEAR: 'near'>, <Level.DIFFERENT: 'different'>)
    """
    if not one or not other:
        return Level.UNKNOWN
    if one == other or one.replace(" ", "") == other.replace(" ", ""):
        return Level.SAME
    ratio = JaroWinkler.similarity(one, other)
    if ratio >= NEAR_RATIO:
        return Level.NEAR
    return Level.SIMILAR if ratio >= SIMILAR_RATIO else Level.DIFFERENT


def code_level(one: str, other: str) -> Level:
    """Compare two bare numbers.

    >>> code_level("19300213", "19302013"), code_level("19300213", "19410213")
    (<Level.NEAR: 'near'>, <Level.SIMILAR: 'similar'>)
    """
    if not one or not other:
        return Level.UNKNOWN
    if one == other:
        return Level.SAME
    edits = OSA.distance(one, other, score_cutoff=2)
    return (Level.SAME, Level.NEAR, Level.SIMILAR, Level.DIFFERENT)[edits]


def set_level(one: frozenset[str], other: frozenset[str]) -> Level:
    """Compare two sets of numbers or addresses: one in common is enough."""
    if not one or not other:
        return Level.UNKNOWN
    return Level.SAME if one & other else Level.DIFFERENT


def levels_of(one: MatchProfile, other: MatchProfile) -> dict[str, Level]:
    """Compare two parties field by field; what neither or only one of them has is left out.

    First and last names that were exchanged are compared the way round in which they agree.
    """
    levels = dict(zip(("first_name", "last_name"), _name_levels(one, other), strict=True))
    for name in ("company", "street", "building", "city", "region"):
        levels[name] = text_level(getattr(one, name), getattr(other, name))
    for name in CODES:
        levels[name] = code_level(getattr(one, name), getattr(other, name))
    levels["phones"] = set_level(one.phones, other.phones)
    levels["emails"] = set_level(one.emails, other.emails)
    return {name: level for name, level in levels.items() if level is not Level.UNKNOWN}


def _name_levels(one: MatchProfile, other: MatchProfile) -> tuple[Level, Level]:
    straight = (
        text_level(one.first_name, other.first_name),
        text_level(one.last_name, other.last_name),
    )
    # Sorted, so that it does not matter which of the two records has its names the wrong way round.
    crossed = sorted(
        (text_level(one.first_name, other.last_name), text_level(one.last_name, other.first_name)),
        key=list(Level).index,
    )
    exchanged = crossed[0] is Level.SAME and crossed[1] is not Level.DIFFERENT
    return (crossed[0], crossed[1]) if exchanged and Level.SAME not in straight else straight
