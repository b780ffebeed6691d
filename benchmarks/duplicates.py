"""How well duplicates are found: F1 on FEBRL 1 and 3; the weights of `scoring` come from FEBRL 2.

`python -m benchmarks.duplicates` fits the weights again and prints them beside those of the program.
"""

from collections import Counter, defaultdict
from math import log2

import numpy as np

from benchmarks.febrl import REQUIREMENT, People, f1_of, read_people
from benchmarks.figure import Figure
from crm_core.quality.comparing import Level, levels_of
from crm_core.quality.scoring import WEIGHTS

F1_MIN, F1_WITHOUT_NUMBER_MIN = 0.99, 0.98
STRANGERS = 100_000  # pairs drawn at random
SEED = 1
HALF = 0.5  # added to each count: a level never seen is rare, not impossible
LEVELS = tuple(level for level in Level if level is not Level.UNKNOWN)


def measure() -> Figure:
    """F1 with all fields and without the id number."""
    with_number, without = (
        [f1_of(read_people(n, with_id_number=has)) for n in (1, 3)] for has in (True, False)
    )
    return Figure(
        what="duplicates found, FEBRL 1 and 3",
        goal=f"F1 >= {F1_MIN} with all fields, >= {F1_WITHOUT_NUMBER_MIN} without the id number",
        measured=f"{with_number[0]:.4f} and {with_number[1]:.4f}; "
        f"without {without[0]:.4f} and {without[1]:.4f}",
        is_met=min(with_number) >= F1_MIN and min(without) >= F1_WITHOUT_NUMBER_MIN,
        conditions=f"data sets of {REQUIREMENT.replace('==', ' ')}, 1,000 and 5,000 records; "
        "the program's keys, weights (fitted on FEBRL 2) and threshold; "
        "pairs that no key brings together count as missed",
    )


def fit(people: People) -> dict[str, dict[Level, float]]:
    """Weights by counting levels in pairs that are one person, and in pairs of strangers."""
    one, two = defaultdict[str, Counter[Level]](Counter), defaultdict[str, Counter[Level]](Counter)
    for pair in sorted(people.true_pairs()):
        _count(people, pair, one)
    draws = np.random.default_rng(SEED).integers(len(people.profiles), size=(STRANGERS, 2))
    for first, second in draws.tolist():
        if people.identities[first] != people.identities[second]:
            _count(people, (first, second), two)
    return {name: {level: _bits(one[name], two[name], level) for level in LEVELS} for name in one}


def _count(people: People, pair: tuple[int, int], counts: dict[str, Counter[Level]]) -> None:
    for name, level in levels_of(people.profiles[pair[0]], people.profiles[pair[1]]).items():
        counts[name][level] += 1


def _bits(one: Counter[Level], two: Counter[Level], level: Level) -> float:
    m, u = ((counts[level] + HALF) / (counts.total() + HALF * len(LEVELS)) for counts in (one, two))
    return log2(m / u)


if __name__ == "__main__":
    for field, weights in fit(read_people(2)).items():
        fitted = ", ".join(
            f"{level.value} {bits:.1f} ({WEIGHTS[field][level]})" for level, bits in weights.items()
        )
        print(f"{field}: {fitted}")
    print(measure())
