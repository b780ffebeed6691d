"""Keys under which a party is looked for among others: whoever shares one with it is compared, nobody else.

Each key joins enough to be rare among millions and little enough to survive a slip somewhere else. Keys are
kept as numbers (a hash), so that the index holds no name and no date of anybody. Pure.
"""

import hashlib
from collections.abc import Iterable, Iterator

from crm_core.quality.match_profile import MatchProfile

LETTERS = 4  # of a name; of a city and a street a few more
PLACE_LETTERS = 6
YEAR_LETTERS = 4
AREA_LETTERS = 2  # of a postal code: its region
PHONE_DIGITS = 9  # the last: the same whether a country was typed or not
COMPANY_LETTERS = 8


def match_keys(profile: MatchProfile) -> frozenset[str]:
    """Keys of a party.

    >>> sorted(match_keys(MatchProfile(last_name="kowalski", postal_code="00950", tax_id="pl1")))
    ['name and code kowa 00950', 'number pl1']
    """
    return frozenset(_keys(profile))


def _keys(profile: MatchProfile) -> Iterator[str]:
    yield from (f"phone {phone[-PHONE_DIGITS:]}" for phone in profile.phones)
    yield from (f"e-mail {email}" for email in profile.emails)
    if profile.tax_id:
        yield f"number {profile.tax_id}"
    if profile.birth_date:
        yield f"born {profile.birth_date}"
    if profile.house_number and profile.street:
        yield f"street {profile.house_number} {profile.street[:PLACE_LETTERS]}"
    if profile.company:
        yield f"company {profile.company.replace(' ', '')[:COMPANY_LETTERS]}"
    names = sorted({name[:LETTERS] for name in (profile.first_name, profile.last_name) if name})
    if profile.first_name and profile.last_name:
        yield f"names {' '.join(names)}"
    for name in names:
        if profile.postal_code:
            yield f"name and code {name} {profile.postal_code}"
        if profile.city:
            yield f"name and city {name} {profile.city[:PLACE_LETTERS]}"
        if profile.birth_date:
            area = profile.postal_code[:AREA_LETTERS]
            yield f"name and year {name} {profile.birth_date[:YEAR_LETTERS]} {area}"


def key_numbers(keys: Iterable[str]) -> list[int]:
    """Keys as the database keeps them: 64 bits with a sign, sorted."""
    return sorted(
        int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), signed=True) for key in keys
    )
