"""Lists into the database: whole or not at all, each number once, nobody who must not be called."""

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from dialer.adapters.list_import import DuplicateScope, Fault, FaultKind
from dialer.adapters.store import create_campaign, suppress_numbers
from dialer.messages import CampaignId
from tests.integration.imported import connected, imported, people
from tests.integration.stored_floor import CAMPAIGN, NOW, StoredFloor, ended, retry_in

ROOT = Path(__file__).resolve().parents[2]
AUTUMN = CampaignId("autumn")
WRITTEN = (
    "select (select count(*) from dialer.lists) + (select count(*) from dialer.leads)"
    " + (select count(*) from dialer.numbers) + (select count(*) from dialer.dial_queue)"
)
BLOCKED = "select count(*) from pg_locks where not granted and relation = 'dialer.dial_queue'::regclass"
IMPORTERS = "select count(*) from pg_stat_activity where application_name = 'paceline command'"


async def test_list_of_good_rows_becomes_leads_that_can_be_dialed(
    floor: StoredFloor, database_url: str, tmp_path: Path
) -> None:
    """Numbers in their order with their zones, priority, and the other columns beside the lead."""
    text = people("Rossi,06 12345678,347 1234567,7", 'Verdi,,"+1 907 555 0123",')
    report = await imported(database_url, tmp_path, text)
    assert (report.rows, report.leads, report.bad_rows_and_cells) == (2, 2, 0)
    first, second = await floor.reserve(10)
    assert [number.e164 for number in first.numbers] == ["+390612345678", "+393471234567"]
    assert set(second.numbers[0].zones) == {"America/Adak", "America/Anchorage"}
    fields = await floor.value("select fields::text from dialer.leads where lead_id = $1", first.lead_id)
    assert json.loads(str(fields)) == {"Name": "Rossi"}
    assert await floor.value("select priority from dialer.dial_queue where lead_id = $1", first.lead_id) == 7
    assert await floor.value("select leads_loaded from dialer.lists") == 2


async def test_one_bad_row_keeps_the_whole_list_out(
    floor: StoredFloor, database_url: str, tmp_path: Path
) -> None:
    """Nothing is loaded until somebody says that bad rows may be skipped; then the good ones are."""
    text = people("Rossi,0612345678,,", "Verdi,banana,,", "Neri,0612345679,,")
    assert (await imported(database_url, tmp_path, text)).list_id is None
    assert await floor.value(WRITTEN) == 0
    report = await imported(database_url, tmp_path, text, skips_bad=True)
    assert (report.leads, report.faults_by_kind) == (2, {FaultKind.BAD_ROW.value: 1})
    assert len(await floor.reserve(10)) == 2


async def test_rehearsal_checks_and_writes_nothing(
    floor: StoredFloor, database_url: str, tmp_path: Path
) -> None:
    """A dry run tells how many leads there would be."""
    report = await imported(database_url, tmp_path, people("Rossi,0612345678,,"), is_rehearsal=True)
    assert (report.leads, report.list_id) == (1, None)
    assert await floor.value(WRITTEN) == 0


async def test_number_that_is_there_already_is_left_out_within_its_scope(
    floor: StoredFloor, database_url: str, tmp_path: Path
) -> None:
    """In the file always; in the campaign unless told; in other campaigns only if told."""
    async with connected(database_url) as connection:
        await create_campaign(connection, AUTUMN)
    rows = people("Rossi,0612345678,,", "Again,347 1234567,+39 06 1234 5678,")
    faults: list[Fault] = []
    assert (await imported(database_url, tmp_path, rows, faults=faults)).leads == 1
    assert [(fault.row_number, fault.value) for fault in faults] == [(3, "+39 06 1234 5678")]
    for scope, campaign_id, leads in (
        (DuplicateScope.CAMPAIGN, CAMPAIGN, 0),
        (DuplicateScope.FILE, CAMPAIGN, 1),
        (DuplicateScope.EVERYWHERE, AUTUMN, 0),
        (DuplicateScope.CAMPAIGN, AUTUMN, 1),
    ):
        report = await imported(
            database_url, tmp_path, rows, campaign_id=campaign_id, duplicates=scope, is_rehearsal=True
        )
        assert (scope, campaign_id, report.leads) == (scope, campaign_id, leads)


async def test_number_on_the_do_not_call_list_is_not_loaded(
    floor: StoredFloor, database_url: str, tmp_path: Path
) -> None:
    """Neither one of the house nor one of the campaign; one of another campaign does not count."""
    async with connected(database_url) as connection:
        await create_campaign(connection, AUTUMN)
        await suppress_numbers(connection, ["+390612345671"], "asked", NOW)
        await suppress_numbers(connection, ["+390612345672"], "asked", NOW, CAMPAIGN)
        await suppress_numbers(connection, ["+390612345673"], "asked", NOW, AUTUMN)
    rows = people(*(f"Rossi,061234567{digit},," for digit in (1, 2, 3)))
    report = await imported(database_url, tmp_path, rows)
    assert (report.leads, report.faults_by_kind) == (1, {FaultKind.DO_NOT_CALL.value: 2})


async def test_user_of_the_database_without_privileges_loads_too(
    floor: StoredFloor, database_url: str, tmp_path: Path
) -> None:
    """On a server that somebody else runs we are no superuser; every reference is then looked up."""
    async with connected(database_url) as connection:
        await connection.execute("drop role if exists plain")
        await connection.execute("create role plain login password 'plain'")
        await connection.execute("grant usage on schema dialer to plain")
        await connection.execute("grant all on all tables in schema dialer to plain")
        await connection.execute("grant all on all sequences in schema dialer to plain")
    plain = database_url.replace(database_url.split("//")[1].split("@")[0], "plain:plain")
    assert (await imported(plain, tmp_path, people("Rossi,0612345678,,"))).leads == 1
    async with connected(database_url) as connection:
        await connection.execute("drop owned by plain")
        await connection.execute("drop role plain")


@pytest.mark.parametrize("how", ["importer killed", "database lost"])
async def test_import_cut_off_in_the_middle_leaves_nothing(
    floor: StoredFloor, database_url: str, tmp_path: Path, how: str
) -> None:
    """Leads and numbers were written already, the dial queue was not: all of it is gone."""
    path = tmp_path / "people.csv"
    path.write_text(people(*(f"Rossi,06123{index:05},," for index in range(300))))
    words = ("list", "import", str(path), "--campaign", CAMPAIGN, "--country", "IT")
    environment = {**os.environ, "DATABASE_URL": database_url, "PACELINE_HOME": str(tmp_path)}
    async with connected(database_url) as watcher, connected(database_url) as holder:
        async with holder.transaction():
            await holder.execute("lock table dialer.dial_queue in access exclusive mode")
            importer = subprocess.Popen(
                (sys.executable, "-m", "app", *words),
                cwd=ROOT,
                env=environment,
                stderr=subprocess.PIPE,
                text=True,
            )
            while not await watcher.fetchval(BLOCKED):
                assert importer.poll() is None, "it ended before it wrote"
            if how == "importer killed":
                importer.send_signal(signal.SIGKILL)
            else:
                await watcher.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where application_name = 'paceline command'"
                )
            said = importer.communicate()[1]
        while await watcher.fetchval(IMPORTERS):
            continue  # the server notices the end of its client in its own time
        assert await watcher.fetchval(WRITTEN) == 0
    if how == "database lost":
        assert importer.returncode == 1
        assert "the database went away" in said


async def test_undone_list_leaves_only_what_was_attempted(
    floor: StoredFloor, database_url: str, tmp_path: Path
) -> None:
    """Leads in a hopper go too, and no attempt of theirs can begin; a lead once attempted goes on."""
    from dialer.adapters.store.list_records import read_lists, undo_list

    rows = people(*(f"Rossi,061234567{digit},," for digit in range(5)))
    report = await imported(database_url, tmp_path, rows)
    assert report.list_id is not None
    called, leased = await floor.reserve(2)
    dial = floor.dial(called)
    assert await floor.begin(dial) == {dial.attempt_id}
    await floor.end(ended(dial, retry_in(600.0)))
    async with floor.unit_of_work.begin() as connection:
        undone = await undo_list(connection, report.list_id, NOW)
    assert (undone.removed, undone.left, undone.leased) == (4, 1, (leased.lead_id,))
    assert await floor.begin(floor.dial(leased)) == frozenset()
    again = await floor.reserve(10, after=timedelta(hours=1))
    assert [lead.lead_id for lead in again] == [called.lead_id]
    async with floor.unit_of_work.begin() as connection:
        (record,) = await read_lists(connection, report.list_id)
    assert (record.leads_loaded, record.leads_there, record.attempted) == (5, 1, 1)
    assert record.undone_at == NOW
