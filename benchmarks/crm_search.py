"""How long people wait for a search or a page of a list, among a million parties with a telephone each.

On the embedded server with its usual settings, statements planned as for pages, nothing warmed but by the
questions before. Names are put together of syllables, every one with the same word at its end, so that some
three letters are in a few rows, some in many and some in all; a manager asks, who sees every row, and an
agent, whose team has one row in twenty.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence

import asyncpg
import numpy as np

import crm_core.parties.entities  # noqa: F401 - declaring is all that it does
from app.web_process import PAGE_SETTINGS
from benchmarks import reservation
from benchmarks.figure import Figure
from crm_core.access.connection import Connection
from crm_core.engine.declaration import REGISTRY
from crm_core.engine.field import Lookup
from crm_core.engine.listing import Filter, list_records
from crm_core.engine.searching import search_records
from crm_core.engine.viewer import Viewer

PARTIES = 1_000_000
TEAMS = 20
PHONE_SECONDS_MAX, LETTERS_SECONDS_MAX, PAGE_SECONDS_MAX = 0.015, 0.050, 0.080  # p95
FLATNESS_MAX = 1.5  # p95 of the last hundred pages of a thousand over that of the first hundred
STEPS = 1_000
QUESTIONS = 200
SEED = 23

PARTY = REGISTRY.get("party")
MANAGER = Viewer(user_id=1, roles=frozenset(["manager"]))
AGENT = Viewer(user_id=2, roles=frozenset(["agent"]), team_id=1, team_ids=frozenset([1]))
VIEWERS = (MANAGER, AGENT)

FIRST = ("Anna", "Piotr", "Zofia", "Jan", "Giulia", "Marco", "Jana", "Peter", "Łucja", "Adam", "Eva", "Ugo")
SYLLABLES = ("Ko", "Wal", "Cze", "No", "Ro", "Ssi", "Hor", "Ván", "Bia", "Mar", "Lew", "Szy", "Gor", "Dzi")
ENDINGS = ("ski", "wak", "czyk", "nelli", "tti", "ková", "rek", "lan", "mber", "quist")
CITIES = ("Kraków", "Warszawa", "Milano", "Torino", "Bratislava", "Žilina", "Gdańsk", "Roma", "Nitra", "Bari")
KINDS = ("person", "person", "person", "organisation", "household")
STAGES = ("suspect", "suspect", "lead", "lead", "prospect", "customer", "lapsed")

PEOPLE = (
    "insert into crm.teams (name) select 'team ' || n from generate_series(1, $1::int) n",
    """insert into crm.users (sign_in_name, name, created_at)
        select 'user' || n, 'User ' || n, now() from generate_series(1, $1::int * 10) n""",
)
FILL_PARTIES = """
    insert into crm.party (id, name, kind, life_cycle, address_city, tax_id, tags, owner_id, team_id,
        created_at, changed_at)
    select (lpad(to_hex(1700000000000 + n), 12, '0') || '7000a000' || lpad(to_hex(n), 12, '0'))::uuid,
        ($2::text[])[1 + h % 12] || ' ' || ($3::text[])[1 + h / 16 % 14]
            || lower(($3::text[])[1 + h / 512 % 14]) || ($4::text[])[1 + h / 16384 % 10] || ' Demo',
        ($5::text[])[1 + h / 131072 % 5], ($6::text[])[1 + h / 1048576 % 7],
        ($7::text[])[1 + h / 8388608 % 10],
        'PL' || lpad((n * 7919::bigint % 10000000000)::text, 10, '0'),
        case when n % 50 = 0 then array['fair'] when n % 7 = 0 then array['newsletter'] end,
        1 + n % ($8::int * 10), 1 + n % $8::int,
        now() - n * interval '20 seconds', now() - (n * 7919::bigint % 1000000) * interval '9 seconds'
    from (select n, abs(hashint4(n)) as h from generate_series(1, $1::int) n) numbered
"""
FILL_POINTS = """
    insert into crm.contact_point
        (id, party_id, kind, phone, phone_raw, quality, owner_id, team_id, created_at)
    select gen_random_uuid(), id, 'phone', '+4860' || right(tax_id, 7), right(tax_id, 7), 'unknown',
        owner_id, team_id, created_at
    from crm.party
"""
FORMATS: tuple[Callable[[str], str], ...] = (
    lambda national: f"+48{national}",
    lambda national: f"0048 {national[:3]} {national[3:6]} {national[6:]}",
    lambda national: f"{national[:2]} {national[2:5]}-{national[5:7]}-{national[7:]}",
    lambda national: f"(0{national[:2]}) {national[2:]}",
    lambda national: national,
)


async def fill(connection: Connection, parties: int) -> None:
    """Make parties and numbers, indexes last: that is quicker, and leaves them as after a clean-up."""
    for statement in PEOPLE:
        await connection.execute(statement, TEAMS)
    made = await connection.fetch(
        """select indexname, indexdef from pg_indexes
        where schemaname = 'crm' and tablename in ('party', 'contact_point')
            and indexname not like '%_pkey'"""
    )
    for row in made:
        await connection.execute(f"drop index crm.{row['indexname']}")
    texts = (list(FIRST), list(SYLLABLES), list(ENDINGS), list(KINDS), list(STAGES), list(CITIES))
    await connection.execute(FILL_PARTIES, parties, *texts, TEAMS, timeout=reservation.FILL_SECONDS_MAX)
    await connection.execute(FILL_POINTS, timeout=reservation.FILL_SECONDS_MAX)
    for row in made:
        await connection.execute(row["indexdef"], timeout=reservation.FILL_SECONDS_MAX)


async def timed(asked: Callable[[], Awaitable[object]]) -> float:
    """Seconds that a question takes."""
    began = time.perf_counter()
    await asked()
    return time.perf_counter() - began


async def search_seconds(connection: Connection, viewer: Viewer, texts: Sequence[str]) -> list[float]:
    """Seconds of each search."""
    return [await timed(lambda text=text: search_records(connection, viewer, PARTY, text)) for text in texts]  # type: ignore[misc]


async def phone_texts(connection: Connection, viewer: Viewer) -> list[str]:
    """Numbers of parties in all formats."""
    rows = await connection.fetch(
        "select phone from crm.contact_point where team_id = 1 or $1 order by md5(id::text) limit $2",
        viewer is MANAGER,
        QUESTIONS,
    )
    return [FORMATS[index % len(FORMATS)](row["phone"][3:]) for index, row in enumerate(rows)]


def letter_texts() -> list[str]:
    """Three letters as people type them: of first and last names, in the middle, in all rows, in none."""
    random = np.random.default_rng(SEED)
    pairs = [(first + second.lower())[:3] for first in SYLLABLES for second in SYLLABLES]
    texts = [*(name[:3] for name in FIRST), *pairs, *ENDINGS, "dem", "emo", "xqz", "qui", "mbe"]
    return [text[:3] for text in random.choice(texts, QUESTIONS)] + ["dem", "emo"] * 10


def filter_pairs() -> Iterator[tuple[list[Filter], str]]:
    """Two filters and a sort that is declared; some fit many rows, some few."""

    def one(name: str, lookup: Lookup, value: str) -> Filter:
        return Filter(field=name, lookup=lookup, value=value)

    stage, kind = one("life_cycle", Lookup.IS, "customer"), one("kind", Lookup.IS, "household")
    for sort in ("name", "-created_at", "-changed_at"):
        yield [stage, kind], sort
        yield [one("tags", Lookup.HAS, "fair"), stage], sort
        yield [one("address", Lookup.HAS, "torino"), kind], sort
        yield [one("name", Lookup.HAS, "kowal"), stage], sort


async def first_pages(connection: Connection) -> list[tuple[float, str]]:
    """Seconds of the first page of each list, several times, with what was asked."""
    seconds = []
    for filters, sort in list(filter_pairs()) * 5:
        for viewer in VIEWERS:
            took = await timed(
                lambda v=viewer, f=filters, s=sort: list_records(connection, v, PARTY, filters=f, sort=s)  # type: ignore[misc]
            )
            seconds.append((took, f"{viewer.user_id} {sort} {[(one.field, one.value) for one in filters]}"))
    return seconds


async def steps(connection: Connection) -> list[float]:
    """Seconds of each page on a walk of a thousand."""
    filters, marker, seconds = next(filter_pairs())[0][:1], "", []
    for _ in range(STEPS):
        began = time.perf_counter()
        page = await list_records(connection, MANAGER, PARTY, filters=filters, sort="name", marker=marker)
        seconds.append(time.perf_counter() - began)
        marker = page.next_marker
    return seconds


def p95(seconds: Sequence[float]) -> float:
    """So long or less took nineteen in twenty."""
    return float(np.quantile(seconds, 0.95))


async def run(url: str, parties: int) -> list[Figure]:
    """Fill, then ask."""
    connection = await asyncpg.connect(url, server_settings=PAGE_SETTINGS)
    try:
        await fill(connection, parties)
        await connection.execute("vacuum analyze", timeout=reservation.FILL_SECONDS_MAX)
        found: dict[str, list[float]] = {"phone": [], "letters": [], "slips": []}
        for viewer in VIEWERS:
            numbers = await phone_texts(connection, viewer)
            for name, texts in (
                ("phone", numbers),
                ("letters", letter_texts()),
                ("slips", ["kowalwaj", "annna kowalski", "czewlatti"] * 5),
            ):
                found[name] += await search_seconds(connection, viewer, texts)
        pages = await first_pages(connection)
        walk = await steps(connection)
    finally:
        await connection.close()
    return [
        _figure("find a party by any format of its number", parties, found["phone"], PHONE_SECONDS_MAX),
        _figure("find a party by three letters", parties, found["letters"], LETTERS_SECONDS_MAX),
        _figure("find a party by a name with a slip", parties, found["slips"], None),
        _figure(
            "first page of a list, two filters, one sort",
            parties,
            [took for took, _ in pages],
            PAGE_SECONDS_MAX,
        ),
        _walk_figure(parties, walk),
    ]


def _figure(what: str, parties: int, seconds: Sequence[float], goal: float | None) -> Figure:
    return Figure(
        what=f"{what}, {parties:,} parties",
        goal=f"p95 <= {1e3 * goal:.0f} ms" if goal else "none",
        measured=f"p50 {1e3 * float(np.median(seconds)):.1f}, p95 {1e3 * p95(seconds):.1f}, "
        f"longest {1e3 * max(seconds):.0f} ms of {len(seconds)}",
        is_met=goal is None or p95(seconds) <= goal,
        conditions="a manager's and an agent's; the engine's call, without the page around it",
    )


def _walk_figure(parties: int, walk: Sequence[float]) -> Figure:
    early, late = p95(walk[:100]), p95(walk[-100:])
    return Figure(
        what=f"{STEPS:,} pages on by next, {parties:,} parties",
        goal=f"p95 <= {1e3 * PAGE_SECONDS_MAX:.0f} ms, the last hundred <= {FLATNESS_MAX} x the first",
        measured=f"p95 {1e3 * p95(walk):.1f} ms; first hundred {1e3 * early:.1f}, last {1e3 * late:.1f} ms",
        is_met=p95(walk) <= PAGE_SECONDS_MAX and late <= FLATNESS_MAX * early,
        conditions="50 rows a page, one filter, sorted by name; a manager's",
    )


def measure(parties: int = PARTIES) -> list[Figure]:
    """Fill a new server with so many parties and ask it."""
    with reservation.server() as url:
        return asyncio.run(run(url, parties))


if __name__ == "__main__":
    for figure in measure():
        verdict = "met" if figure.is_met else "MISSED"
        print(f"{figure.what}\n  goal {figure.goal}\n  {verdict}: {figure.measured}\n  {figure.conditions}")
