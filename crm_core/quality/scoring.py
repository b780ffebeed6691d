"""How likely two parties are one: the sum of what each field says, as evidence in bits. Pure.

Fellegi and Sunter's weights: log2(m / u), where m is how often a level is seen in pairs that are one party
and u how often in pairs that are two. Where they come from, what they reach: docs/algorithms/duplicates.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from crm_core.quality.comparing import Level, levels_of
from crm_core.quality.match_profile import MatchProfile

POSSIBLE_BITS = 14.0  # from here on a person should look at the pair
LIKELY_BITS = 24.0  # from here on it is said to be one party


def _weights(same: float, near: float, similar: float, different: float) -> Mapping[Level, float]:
    return {Level.SAME: same, Level.NEAR: near, Level.SIMILAR: similar, Level.DIFFERENT: different}


WEIGHTS: Mapping[str, Mapping[Level, float]] = {
    # Fitted on the labelled pairs of FEBRL 2; `python -m benchmarks.duplicates` fits them again.
    "first_name": _weights(7.6, 6.6, 0.9, -2.9),
    "last_name": _weights(7.3, 8.5, 2.0, -3.4),
    "birth_date": _weights(15.8, 4.9, -2.9, -4.0),
    "tax_id": _weights(17.4, 11.5, 2.9, -4.2),
    "house_number": _weights(6.1, -1.8, -2.9, -3.2),
    "street": _weights(10.5, 9.4, -3.6, -3.6),
    "building": _weights(9.7, 8.9, 1.6, -3.6),
    "postal_code": _weights(9.7, 3.9, -2.8, -5.2),
    "city": _weights(9.0, 9.4, 0.1, -3.7),
    "region": _weights(2.1, 5.7, 4.0, -4.3),
    # No labelled pairs hold these: chosen, with the reasons in the document.
    "company": _weights(12.0, 8.0, 0.0, -6.0),
    "phones": _weights(14.0, 0.0, 0.0, -1.0),
    "emails": _weights(15.0, 0.0, 0.0, -1.0),
}
"""Evidence in bits of each level of each field; a field that is not known on one side says nothing."""

OF_ONE_PERSON = ("birth_date", "tax_id")
"""What two people of one household do not share, unlike name, home and telephone."""


class Verdict(Enum):
    """What a score means."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What one field says."""

    field: str
    level: Level
    bits: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How likely two parties are one, and why."""

    bits: float
    reasons: tuple[Reason, ...]  # the strongest first, for or against

    def verdict(self) -> Verdict:
        """What it means."""
        if self.bits >= LIKELY_BITS:
            return Verdict.LIKELY
        return Verdict.POSSIBLE if self.bits >= POSSIBLE_BITS else Verdict.UNLIKELY


def score(one: MatchProfile, other: MatchProfile) -> Score:
    """Compare two parties.

    >>> anna = MatchProfile(first_name="anna", last_name="nowak", phones=frozenset(["+48221234567"]))
    >>> score(anna, anna).verdict()
    <Verdict.LIKELY: 'likely'>
    """
    levels = levels_of(one, other)
    reasons = [Reason(field=name, level=level, bits=WEIGHTS[name][level]) for name, level in levels.items()]
    bits = sum(reason.bits for reason in reasons)
    if _are_housemates(levels):
        bits = min(bits, LIKELY_BITS - 1)
    return Score(
        bits=round(bits, 1), reasons=tuple(sorted(reasons, key=lambda one: (-abs(one.bits), one.field)))
    )


def _are_housemates(levels: Mapping[str, Level]) -> bool:
    """Whether it may be a family: another first name, and nothing in common that only one person has."""
    own = {levels.get(name) for name in OF_ONE_PERSON}
    return levels.get("first_name") is Level.DIFFERENT and not own & {Level.SAME, Level.NEAR}
