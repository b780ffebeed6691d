"""How long the page of a party takes, among a million parties with five million contacts.

The real application on the embedded server, asked over a socket as a browser asks, with a session; the time
is from the first byte asked to the last byte of the page. Contacts are spread unevenly: one party in a
thousand has hundreds. A manager asks, who sees every row, and an agent, whose team has one row in twenty.
"""

import asyncio
import time
from collections.abc import Sequence

import aiohttp
import asyncpg
import numpy as np

import app.entities  # noqa: F401 - declaring is all that it does
from app.web_process import PAGE_SETTINGS, PageTransactions, console, console_parts, now, page_pool, serving
from app.web_settings import WebSettings, read_web_settings
from benchmarks import crm_search, reservation
from benchmarks.figure import Figure
from crm_core.access.connection import Connection
from crm_core.access.sessions import open_session
from crm_core.access.signed_in_user import UserId

PARTIES, CONTACTS_EACH = 1_000_000, 5
PAGES = 200  # of each viewer
WARM_UP = 20
SECONDS_MAX = 0.060  # p95
SEED = 29

ROLES = "update crm.users set roles = $2, team_id = $3 where id = $1"
FILL_CONTACTS = """
    insert into crm.interaction (id, subject, party_id, channel, direction, begins_at, lasts_seconds, notes,
        owner_id, team_id, created_at, changed_at)
    select gen_random_uuid(), 'Contact ' || p.n, p.id,
        (array['call', 'call', 'call', 'email', 'letter', 'visit'])[1 + p.n % 6],
        (array['in', 'out'])[1 + p.n % 2], now() - (p.n % 900) * interval '1 day', 180,
        'We spoke of the roof, the offer and a day in spring.', p.owner_id, p.team_id, now(), now()
    from (select id, owner_id, team_id, generate_series(1,
            case when abs(hashtext(id::text)) % 1000 = 0 then 400 else $1::int end) as n
        from crm.party) p
"""
FILL_REST = (
    """insert into crm.task
        (id, title, kind, party_id, state, priority, due_at, owner_id, team_id, created_at)
    select gen_random_uuid(), 'Send the offer', 'errand', id, (array['open', 'done'])[1 + n % 2], 5,
        now() + n % 30 * interval '1 day', owner_id, team_id, now()
    from (select id, owner_id, team_id, row_number() over () as n from crm.party) p where n % 2 = 0""",
    """insert into crm.note (id, entity, record_id, user_id, at, text)
    select gen_random_uuid(), 'party', id, owner_id, now(), 'Prefers mornings.' from crm.party""",
    """insert into crm.record_change (at, user_id, entity, record_id, verb, version, before, after)
    select now(), owner_id, 'party', id, 'create', 1, '{}', '{"life_cycle": "suspect"}' from crm.party""",
)
TABLES = ("interaction", "task", "note", "record_change")


async def fill(connection: Connection, parties: int) -> None:
    """Make parties, and what hangs on them; indexes last."""
    await crm_search.fill(connection, parties)
    made = await connection.fetch(
        """select indexname, indexdef from pg_indexes
        where schemaname = 'crm' and tablename = any ($1) and indexname not like '%_pkey'""",
        list(TABLES),
    )
    for row in made:
        await connection.execute(f"drop index crm.{row['indexname']}")
    timeout = reservation.FILL_SECONDS_MAX
    await connection.execute(FILL_CONTACTS, CONTACTS_EACH, timeout=timeout)
    for statement in FILL_REST:
        await connection.execute(statement, timeout=timeout)
    for row in made:
        await connection.execute(row["indexdef"], timeout=timeout)
    await connection.execute(ROLES, crm_search.MANAGER.user_id, ["manager"], None)
    await connection.execute(ROLES, crm_search.AGENT.user_id, ["agent"], 1)
    await connection.execute("vacuum analyze", timeout=timeout)


async def page_seconds(
    connection: Connection, session: aiohttp.ClientSession, origin: str, user_id: int
) -> list[float]:
    """Seconds of each page that a user asks for, one after the other; some have hundreds of contacts."""
    token = await open_session(
        connection, UserId(user_id), user_agent="benchmark", address="127.0.0.1", now=now()
    )
    rows = await connection.fetch(
        """(select id from crm.party where $1 or team_id = 1 order by md5(id::text) limit $2)
        union all (select id from crm.party where ($1 or team_id = 1)
            and abs(hashtext(id::text)) % 1000 = 0 order by md5(id::text) limit $3)""",
        user_id == crm_search.MANAGER.user_id,
        PAGES + WARM_UP - PAGES // 10,
        PAGES // 10,
    )
    seconds = []
    for row in np.random.default_rng(SEED).permutation(np.array([str(row["id"]) for row in rows])):
        began = time.perf_counter()
        async with session.get(
            f"{origin}/records/party/{row}", cookies={"paceline": token}, allow_redirects=False
        ) as answer:
            text = await answer.text()
        seconds.append(time.perf_counter() - began)
        assert answer.status == 200, answer.status
        assert "timeline" in text
    return seconds[WARM_UP:]


async def run(url: str, parties: int) -> Figure:
    """Fill, serve, ask."""
    connection = await asyncpg.connect(url, server_settings=PAGE_SETTINGS)
    try:
        await fill(connection, parties)
        settings = read_web_settings({"PACELINE_WEB_PORT": "0"})
        seconds = await _served(connection, url, settings)
    finally:
        await connection.close()
    return _figure(parties, seconds)


async def _served(connection: Connection, url: str, settings: WebSettings) -> list[float]:
    seconds: list[float] = []
    async with page_pool(url) as pool:
        application = console(console_parts(PageTransactions(pool), settings))
        async with serving(application, settings) as port, aiohttp.ClientSession() as session:
            for viewer in crm_search.VIEWERS:
                origin = f"http://127.0.0.1:{port}"
                seconds += await page_seconds(connection, session, origin, viewer.user_id)
    return seconds


def _figure(parties: int, seconds: Sequence[float]) -> Figure:
    return Figure(
        what=f"page of a party, {parties:,} parties, some {CONTACTS_EACH * parties:,} contacts",
        goal=f"p95 <= {1e3 * SECONDS_MAX:.0f} ms",
        measured=f"p50 {1e3 * float(np.median(seconds)):.1f}, p95 {1e3 * crm_search.p95(seconds):.1f}, "
        f"longest {1e3 * max(seconds):.0f} ms of {len(seconds)}",
        is_met=crm_search.p95(seconds) <= SECONDS_MAX,
        conditions="a manager's and an agent's, one after the other, whole answers over a socket; "
        "one page in ten has 400 contacts",
    )


def measure(parties: int = PARTIES) -> Figure:
    """Fill a new server and ask for pages."""
    with reservation.server() as url:
        return asyncio.run(run(url, parties))


if __name__ == "__main__":
    figure = measure()
    verdict = "met" if figure.is_met else "MISSED"
    print(f"{figure.what}\n  goal {figure.goal}\n  {verdict}: {figure.measured}\n  {figure.conditions}")
