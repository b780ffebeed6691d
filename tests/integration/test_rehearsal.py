"""A virtual day through the real store: reconciled call by call, repeatable, and a lost record is found."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from typer.testing import CliRunner

from app.command_line import paceline
from app.embedded_postgres import EmbeddedPostgres
from app.network_clock import NetworkClock
from app.reconciliation import Comparison, reconcile
from app.rehearsal import RehearsalPlan, plan_rehearsal, rehearsing
from app.rehearsal_database import rehearsal_database
from app.rehearse_command import rehearse_day
from app.unit_of_work import UnitOfWork, open_pool
from dialer.adapters.connection import Connection
from dialer.adapters.lead_source import LeadSource
from dialer.adapters.record_writer import Record, RecordWriter
from dialer.core.commands import (
    RecordAgentState,
    RecordAttemptEnded,
    RecordDisposition,
    RecordPacingDecision,
    ReserveLeads,
)
from dialer.core.events import Event, LeadsReserved
from dialer.core.settings import CampaignSettings
from simulations.event_list import EventList
from tests.integration.conftest import TEMPLATE, execute
from tests.integration.stored_floor import (
    CAMPAIGN,
    ENGINE,
    ENGINE_NOW,
    LEASE_SECONDS,
    NOW,
    StoredFloor,
    new_lead,
    number,
)

NAMES = count(1)
TABLES = "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = 'dialer' order by 1"
CUT_OFF = "select pg_terminate_backend(pg_backend_pid())"


class UnreliableDatabase:
    """Transactions of which some are cut off by the server, as in the middle of a crash."""

    def __init__(self, transactions: UnitOfWork, cut_off: frozenset[int]) -> None:
        """Take the real ones, and which of them are cut off, counted from 1."""
        self._transactions = transactions
        self._cut_off = cut_off
        self.begun = 0

    @asynccontextmanager
    async def begin(self, *, may_be_lost: bool = False) -> AsyncIterator[Connection]:
        """A transaction; the server may end the session before the commit."""
        self.begun += 1
        number = self.begun
        async with self._transactions.begin(may_be_lost=may_be_lost) as connection:
            yield connection
            if number in self._cut_off:
                await connection.execute(CUT_OFF)


def a_day(scenario: str = "medium", *, agents: int = 5, minutes: float = 30.0) -> RehearsalPlan:
    """A short day."""
    return plan_rehearsal(scenario, method="", agents=agents, hours=minutes / 60.0, seed=7)


def differing(compared: tuple[Comparison, ...]) -> list[str]:
    """Names of what does not agree."""
    return [each.name for each in compared if not each.agrees]


@pytest_asyncio.fixture
async def two_databases(database_server: EmbeddedPostgres) -> AsyncIterator[list[str]]:
    """Two new databases with all tables and no rows."""
    names = [f"rehearsal_{next(NAMES)}" for _ in range(2)]
    for name in names:
        await execute(database_server.url("postgres"), f"create database {name} template {TEMPLATE}")
    yield [database_server.url(name) for name in names]
    for name in names:
        await execute(database_server.url("postgres"), f"drop database {name} with (force)")


async def rows_of(url: str) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    connection = await asyncpg.connect(url)
    try:
        tables = [row[0] for row in await connection.fetch(TABLES)]
        return {
            table: [row[0] for row in await connection.fetch(f"select t::text from {table} t order by 1")]
            for table in tables
        }
    finally:
        await connection.close()


async def test_half_an_hour_with_five_agents_is_on_record_as_it_was_done(database_url: str) -> None:
    """Attempts, ends, ledger, dispositions, agents, decisions and leads agree, and there are some of each."""
    rehearsal, compared = await rehearse_day(a_day(), database_url)
    assert differing(compared) == []
    done = {each.name: each.done for each in compared}
    for name in ("attempts begun", "ledger: connected", "dispositions", "pacing decisions", "leads"):
        assert done[name] > 0
    assert done["attempts begun"] == done["attempts ended, each once"] > 100
    assert rehearsal.result().connected == done["ledger: connected"]


async def test_day_with_everything_that_happens_in_a_house_is_on_record_as_it_was_done(
    database_url: str,
) -> None:
    """Callers, two campaigns, machines, previews, pauses, take-overs and withdrawn leads agree too."""
    rehearsal, compared = await rehearse_day(a_day("chaos", agents=8, minutes=15.0), database_url)
    assert differing(compared) == []
    assert rehearsal.books.callers
    assert len(rehearsal.campaigns) > 1


async def test_same_seed_gives_the_same_rows(two_databases: list[str]) -> None:
    """No clock but the network's, and no chance but the seed's, reaches any table."""
    for url in two_databases:
        await rehearse_day(a_day(minutes=15.0), url)
    first, second = [await rows_of(url) for url in two_databases]
    assert first == second
    assert sum(map(len, first.values())) > 1000


@pytest.mark.parametrize(
    ("lost", "found"),
    [
        (RecordAttemptEnded, "attempts ended, each once"),
        (RecordDisposition, "dispositions"),
        (RecordAgentState, "agent state changes"),
        (RecordPacingDecision, "pacing decisions"),
    ],
)
async def test_record_that_the_writer_drops_is_found(
    lost: type, found: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One single record that never reaches the database is named as a difference."""
    drop_one(lost, monkeypatch)
    _, compared = await rehearse_day(a_day(agents=3, minutes=6.0), database_url)
    assert found in differing(compared)


def drop_one(lost: type, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the writer lose the third record of a kind."""
    add, seen = RecordWriter.add, count(1)

    def add_most(writer: RecordWriter, record: Record) -> None:
        if not (isinstance(record, lost) and next(seen) == 3):
            add(writer, record)

    monkeypatch.setattr(RecordWriter, "add", add_most)


async def test_database_that_cuts_us_off_costs_no_record(database_url: str) -> None:
    """What was under way is written when it is back; the dials of that moment are not made, and counted."""
    # Often enough that some of these moments have a dial under way, whatever the pacing decides that day.
    cut_off = frozenset({*range(60, 70), *range(100, 260, 13)})
    async with open_pool(database_url) as pool:
        transactions = UnitOfWork(pool)
        unreliable = UnreliableDatabase(transactions, cut_off)
        async with rehearsing(a_day(minutes=15.0), unreliable) as rehearsal:
            await rehearsal.run_until(900.0)
            await rehearsal.drain()
            async with transactions.begin() as connection:
                assert differing(await reconcile(rehearsal, connection)) == []
    assert rehearsal.books.losses > 0
    assert rehearsal.books.refused["the database is away"] > 0
    assert not rehearsal.is_database_away


async def test_lease_is_counted_on_the_clock_of_the_network(floor: StoredFloor) -> None:
    """The engine compares the end of a lease with its own clock, which is the network's."""
    (lead_id,) = await floor.add(new_lead(number(1)))
    told: list[Event] = []
    events = EventList()
    events.advance(ENGINE_NOW)
    settings = {CAMPAIGN: CampaignSettings(campaign_id=CAMPAIGN, trunk_ids=())}
    source = LeadSource(
        floor.unit_of_work, ENGINE, settings, NOW.timestamp, told.append, NetworkClock(events)
    )
    await source.answer(ReserveLeads(campaign_id=CAMPAIGN, count=1, request="p1-1"))
    (answer,) = told
    assert isinstance(answer, LeadsReserved)
    assert [(lead.lead_id, lead.lease_until) for lead in answer.leads] == [
        (lead_id, ENGINE_NOW + LEASE_SECONDS)
    ]


def test_rehearse_command_prints_figures_and_ends_well() -> None:
    """One JSON object, with the comparison in it."""
    answer = CliRunner().invoke(paceline, ["rehearse", "small", "--hours", "0.1", "--agents", "3", "--json"])
    assert answer.exit_code == 0, answer.output
    figures = json.loads(answer.stdout)
    assert figures["agrees"]
    assert figures["reconciliation"]["attempts begun"]["on_record"] == figures["attempts"] > 0


def test_rehearse_command_with_a_lost_end_says_so_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A difference is in the table, by name, and in the exit code."""
    drop_one(RecordAttemptEnded, monkeypatch)
    answer = CliRunner().invoke(paceline, ["rehearse", "small", "--hours", "0.1", "--agents", "3"])
    assert answer.exit_code == 1, answer.output
    assert "DIFFER" in answer.stdout
    assert "on record None" in answer.stdout


def test_rehearsal_never_touches_what_serve_keeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the home folder nor the server of DATABASE_URL is used, and nothing stays behind."""
    home = tmp_path / "home"
    monkeypatch.setenv("PACELINE_HOME", str(home))
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/production")
    monkeypatch.setenv("TMPDIR", str(Path("/tmp")))
    before = set(Path("/tmp").glob("paceline-rehearsal-*"))
    with rehearsal_database(is_durable=False) as url:
        assert "production" not in url
        (folder,) = set(Path("/tmp").glob("paceline-rehearsal-*")) - before
        assert (folder / "data" / "PG_VERSION").exists()
    assert not folder.exists()
    assert not home.exists()


def test_demo_without_a_database_says_why_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The floor is shown all the same."""
    monkeypatch.setenv("PACELINE_POSTGRES_BINARIES", str(tmp_path))
    answer = CliRunner().invoke(paceline, ["demo", "--seconds", "1", "--agents", "4"])
    assert answer.exit_code == 0, answer.output
    assert "no database, nothing is kept" in answer.stdout
    assert str(tmp_path) in answer.output
    assert "lines ringing" in answer.stdout
    assert "paceline simulate medium" in answer.stdout
