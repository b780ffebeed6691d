"""How long a new party waits for the look at a million others, on the embedded server as it usually runs.

The people are made up: names as uneven as real ones (the commonest of 20,000 last names has one person in a
hundred), addresses in 500 cities, each with a birth date and a telephone. Half of the new ones are there
already with a slip, half are strangers. Indexes that only searching and lists use are left out of the table,
since the look does not read them.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from uuid import UUID

import asyncpg
import numpy as np

import crm_core.parties.entities  # noqa: F401 - declaring is all that it does
from app.unit_of_work import SESSION_SETTINGS
from benchmarks import reservation
from benchmarks.figure import Figure
from crm_core.access.signed_in_user import ADMINISTRATOR
from crm_core.engine.declaration import REGISTRY
from crm_core.engine.viewer import Viewer
from crm_core.quality.blocking import key_numbers, match_keys
from crm_core.quality.looking import find_duplicates
from crm_core.quality.match_profile import MatchProfile, match_profile

SECONDS_MAX = 0.050  # p95
PARTIES = 1_000_000
LOOKS = 400
WARM_UP = 50
BATCH = 20_000
CITIES, STREETS, LAST_NAMES, FIRST_NAMES, DAYS = 500, 2_000, 20_000, 400, 25_000
SYLLABLES = (
    "ko",
    "wa",
    "no",
    "ma",
    "ri",
    "sto",
    "len",
    "bar",
    "ski",
    "tu",
    "pe",
    "zak",
    "vi",
    "gor",
    "da",
    "czy",
)
VIEWER = Viewer(user_id=1, roles=frozenset([ADMINISTRATOR]))
NOW = datetime(2026, 11, 23, tzinfo=UTC)
NOT_READ = """
    select 'drop index crm.' || indexname from pg_indexes where schemaname = 'crm'
        and tablename in ('party', 'contact_point')
        and indexname not in ('party_pkey', 'contact_point_pkey', 'contact_point_party_id')
"""
PARTY_COLUMNS = (
    *("id", "name", "kind", "first_name", "last_name", "birth_date", "life_cycle"),
    *("address_street", "address_postal_code", "address_city"),
)
POINT_COLUMNS = ["id", "party_id", "kind", "phone", "phone_raw", "quality"]

Person = tuple[str, str, date, str, str, str, str]
"""First and last name, birth date, street, postal code, city, telephone."""


def word(number: int) -> str:
    """A made-up name."""
    parts = [SYLLABLES[(number >> shift) % len(SYLLABLES)] for shift in (0, 4, 8, 12)]
    return "".join(parts[: 2 + number % 3]).capitalize() + SYLLABLES[number % 7]


def people(count: int) -> Iterator[Person]:
    """So many people, the same at each run."""
    rng = np.random.default_rng(1)
    firsts = (FIRST_NAMES * rng.random(count) ** 3).astype(int).tolist()
    lasts = (LAST_NAMES * rng.random(count) ** 2).astype(int).tolist()
    others = rng.integers([DAYS, CITIES, STREETS, 200], size=(count, 4)).tolist()
    for number, (first, last, (days, city, street, house)) in enumerate(
        zip(firsts, lasts, others, strict=True)
    ):
        yield (
            word(first * 37 + 5),
            word(last),
            date(1940, 1, 1) + timedelta(days=days),
            f"ul. {word(street * 11)} {house + 1}",
            f"{city % 100:02}-{100 + city}",
            word(city * 131),
            f"+48{500_000_000 + number}",
        )


def profile(person: Person) -> MatchProfile:
    """What is compared of a person."""
    first, last, born, street, code, city, phone = person
    return match_profile(
        first_name=first,
        last_name=last,
        birth_date=born.isoformat(),
        street=street,
        postal_code=code,
        city=city,
        phones=[phone],
    )


async def fill(connection: "asyncpg.Connection[asyncpg.Record]", count: int) -> None:
    """Make the parties, their telephones and keys."""
    for row in await connection.fetch(NOT_READ):
        await connection.execute(row[0])
    source, number = people(count), 0
    while batch := list(islice(source, BATCH)):
        ids = [UUID(int=number + place + 1) for place in range(len(batch))]
        rows = [
            (one, f"{p[0]} {p[1]}", "person", p[0], p[1], p[2], "lead", *p[3:6])
            for one, p in zip(ids, batch, strict=True)
        ]
        points = [(one, one, "phone", p[6], p[6], "unknown") for one, p in zip(ids, batch, strict=True)]
        keys = [(one, key_numbers(match_keys(profile(p)))) for one, p in zip(ids, batch, strict=True)]
        for table, columns, records in (
            ("party", PARTY_COLUMNS, rows),
            ("contact_point", POINT_COLUMNS, points),
            ("match_profile", ("party_id", "keys"), keys),
        ):
            await connection.copy_records_to_table(table, schema_name="crm", records=records, columns=columns)
        number += len(batch)


async def looks(connection: "asyncpg.Connection[asyncpg.Record]", count: int) -> tuple[list[float], int]:
    """Seconds of each look, and how many of the known people were found."""
    seconds: list[float] = []
    found_count = 0
    step = count // LOOKS
    known = [person for place, person in enumerate(people(count)) if place % step == 0][:LOOKS]
    for place, (first, last, born, street, code, city, phone) in enumerate(known):
        is_known = place % 2 == 0
        new = (
            (first, f"{last[:-1]}x", born, street, code, city, "+39021234567")
            if is_known
            else (
                last,
                f"Zz{first}",
                born + timedelta(days=3),
                f"via Nuova {place}",
                "20121",
                "Milano",
                f"{phone}9",
            )
        )
        began = time.perf_counter()
        found = await find_duplicates(connection, VIEWER, REGISTRY, profile(new))
        seconds.append(time.perf_counter() - began)
        found_count += is_known and UUID(int=place * step + 1) in {one.party.record.id for one in found}
    return seconds[WARM_UP:], found_count


async def run(url: str, count: int) -> tuple[list[float], int]:
    """Fill, then look."""
    connection = await asyncpg.connect(url, server_settings=SESSION_SETTINGS)
    try:
        await connection.execute("set session_replication_role = replica")  # the ids are ours: no need to ask
        await connection.execute("drop index crm.match_profile_keys")
        await fill(connection, count)
        await connection.execute(
            "create index match_profile_keys on crm.match_profile using gin (keys) with (fastupdate = off)",
            timeout=600,
        )
        await connection.execute(
            "vacuum analyze crm.party, crm.contact_point, crm.match_profile", timeout=600
        )
        return await looks(connection, count)
    finally:
        await connection.close()


def measure(count: int = PARTIES) -> Figure:
    """Look new parties up among so many."""
    with reservation.server() as url:
        seconds, found = asyncio.run(run(url, count))
    p50, p95 = (float(np.quantile(seconds, share)) for share in (0.5, 0.95))
    return Figure(
        what=f"look for duplicates of a new party among {count:,}",
        goal=f"p95 <= {1e3 * SECONDS_MAX:.0f} ms",
        measured=f"p50 {1e3 * p50:.1f} ms, p95 {1e3 * p95:.1f} ms, longest {1e3 * max(seconds):.0f} ms; "
        f"{found} of {LOOKS // 2} known people found",
        is_met=p95 <= SECONDS_MAX,
        conditions=f"{len(seconds)} looks one after the other, one connection, all in memory; made-up people "
        "with a birth date, an address and a telephone each, half of the new ones known under another "
        "number and with a slip in the last name",
    )


if __name__ == "__main__":
    print(measure(int(sys.argv[1]) if len(sys.argv) > 1 else PARTIES))
