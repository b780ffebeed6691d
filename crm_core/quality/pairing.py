"""Pairs of parties worth comparing, and those that look like one: for whole lists, in memory. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from crm_core.quality.blocking import match_keys
from crm_core.quality.match_profile import MatchProfile
from crm_core.quality.scoring import POSSIBLE_BITS, Score, score

GROUP_MAX = 200  # parties under one key; a key of more says nothing, such as the birth date 1900-01-01


def candidate_pairs(profiles: Sequence[MatchProfile]) -> set[tuple[int, int]]:
    """Places of those that share a key, each pair once, the smaller place first."""
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for place, profile in enumerate(profiles):
        for key in match_keys(profile):
            groups[key].append(place)
    return set(_pairs(groups))


def _pairs(groups: Mapping[str, Sequence[int]]) -> Iterator[tuple[int, int]]:
    for group in groups.values():
        if len(group) <= GROUP_MAX:
            yield from combinations(group, 2)


def duplicate_pairs(profiles: Sequence[MatchProfile]) -> dict[tuple[int, int], Score]:
    """Pairs that a person should look at, with their score.

    >>> anna = MatchProfile(first_name="anna", last_name="nowak", birth_date="19800101")
    >>> list(duplicate_pairs([anna, MatchProfile(first_name="jan"), anna]))
    [(0, 2)]
    """
    scores = {
        (one, other): score(profiles[one], profiles[other])
        for one, other in sorted(candidate_pairs(profiles))
    }
    return {pair: found for pair, found in scores.items() if found.bits >= POSSIBLE_BITS}
