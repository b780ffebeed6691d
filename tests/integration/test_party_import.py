"""Imports of parties: verdicts, do-not-call, pieces, whose file it is, and what is left of it afterwards."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

import crm_core.interactions.entities
import crm_core.parties.entities
import crm_core.tasks.entities
from crm_core.access.connection import Connection
from crm_core.engine.declaration import REGISTRY
from crm_core.engine.errors import RecordAbsent
from crm_core.engine.viewer import Viewer
from crm_core.quality.import_jobs import (
    PIECE_ROWS,
    Verdict,
    begin_job,
    begin_taking_in,
    count_verdicts,
    get_job,
    go_on,
    judged_rows,
    set_mapping,
)
from crm_core.quality.import_plan import prepare_row
from crm_core.quality.pairs import look_at_parties
from tests.integration.entity_world import connection, entity_database

__all__ = ["connection", "entity_database"]

DECLARED = (crm_core.interactions.entities, crm_core.parties.entities, crm_core.tasks.entities)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
MANAGER = Viewer(user_id=3, roles=frozenset(["manager"]))
OTHER = Viewer(user_id=4, roles=frozenset(["manager"]))
SUPPRESSED = """
    insert into dialer.suppressed_numbers (e164, reason, suppressed_at) values ('+48227650001', 'asked', $1)
"""
HEADERS = ("Nazwisko i imię", "Telefon", "E-mail")
MAPPING = ("name", "phone", "email")


async def begun(connection: Connection, rows: Sequence[Sequence[str]]) -> UUID:
    """A file whose columns are said, ready to be judged."""
    job_id = await begin_job(
        connection,
        MANAGER,
        file_name="people.csv",
        system="ERP",
        region="PL",
        headers=HEADERS,
        rows=list(enumerate(rows, start=2)),
        now=NOW,
    )
    await set_mapping(connection, await get_job(connection, MANAGER, job_id), MAPPING, "PL")
    return job_id


async def run(connection: Connection, job_id: UUID) -> None:
    """All pieces of what the job is at."""
    while (job := await get_job(connection, MANAGER, job_id)).state in ("checking", "importing"):
        await go_on(connection, MANAGER, REGISTRY, job, NOW)


async def taken_in(connection: Connection, rows: Sequence[Sequence[str]]) -> UUID:
    """A file that was judged and imported, its parties known to the search for duplicates."""
    job_id = await begun(connection, rows)
    await run(connection, job_id)
    await begin_taking_in(connection, await get_job(connection, MANAGER, job_id))
    await run(connection, job_id)
    found = await connection.fetch("select id from crm.party")
    await look_at_parties(connection, REGISTRY, {row["id"] for row in found}, NOW)
    return job_id


async def verdicts(connection: Connection, job_id: UUID) -> dict[Verdict, int]:
    """Counts that are not zero."""
    counted = await count_verdicts(connection, await get_job(connection, MANAGER, job_id))
    return {verdict: count for verdict, count in counted.items() if count}


async def test_file_of_several_pieces_is_judged_and_taken_in(connection: Connection) -> None:
    """Nothing is written before the import; then all of it, and a second load finds everybody there."""
    rows = [
        [f"Osoba{n} Testowa{n}", f"22 765 {n // 100:02} {n % 100:02}", ""] for n in range(PIECE_ROWS + 30)
    ]
    job_id = await begun(connection, rows)
    await run(connection, job_id)
    assert await verdicts(connection, job_id) == {Verdict.NEW: len(rows)}
    assert await connection.fetchval("select count(*) from crm.party") == 0
    await taken_in(connection, rows)
    assert await connection.fetchval("select count(*) from crm.contact_point") == len(rows)
    again = await begun(connection, rows[:20])
    await run(connection, again)
    assert await verdicts(connection, again) == {Verdict.DUPLICATE: 20}


async def test_verdict_of_any_row_is_told_with_its_reason(connection: Connection) -> None:
    """New, twice in the file, not to be called, no number at all, empty."""
    await connection.execute(SUPPRESSED, NOW)
    rows = [
        ["ANNA NOWAK", "tel. 22/765.00.02", "Anna@Example.com"],
        ["Anna Nowak", "+48 22 765 00 02", ""],
        ["Jan Wilk", "22 765 00 01", ""],
        ["Ewa Lis", "brak", ""],
        ["", "", ""],
    ]
    job_id = await begun(connection, rows)
    await run(connection, job_id)
    job = await get_job(connection, MANAGER, job_id)
    judged = {row.number: row for row in await judged_rows(connection, job)}
    assert [judged[number].verdict for number in range(2, 7)] == [
        "new",
        "duplicate",
        "suppressed",
        "invalid",
        "empty",
    ]
    assert judged[3].detail["duplicates"] == [{"row": "2"}]
    assert judged[5].detail["problems"][0]["field"] == "phone"
    changes = {change["raw"]: change["value"] for change in judged[2].detail["changes"]}
    assert changes["ANNA NOWAK"] == "Anna Nowak"
    assert changes["tel. 22/765.00.02"] == "+48 22 765 00 02"


async def test_number_that_must_not_be_called_is_kept_as_opted_out(connection: Connection) -> None:
    """The person is known and is not called."""
    await connection.execute(SUPPRESSED, NOW)
    await taken_in(connection, [["Jan Wilk", "22 765 00 01", "jan@example.com"]])
    found = await connection.fetch("select kind, is_opted_out from crm.contact_point order by kind")
    assert [(row["kind"], row["is_opted_out"]) for row in found] == [("email", None), ("phone", True)]


async def test_file_is_its_owners_alone_and_emptied_when_it_is_done(connection: Connection) -> None:
    """Another manager does not see it; afterwards its cells are gone, and so are files left lying."""
    job_id = await taken_in(connection, [["Jan Wilk", "22 765 00 09", ""]])
    with pytest.raises(RecordAbsent):
        await get_job(connection, OTHER, job_id)
    assert await connection.fetchval("select cells from crm.import_row where job_id = $1", job_id) == []
    await connection.execute("update crm.import_job set at = $1", NOW - timedelta(days=8))
    await begun(connection, [])
    assert await connection.fetchval("select count(*) from crm.import_job where id = $1", job_id) == 0


def test_company_of_a_row_is_an_organisation() -> None:
    """The person of the same row is named in its remark; address parts come together."""
    row = prepare_row(
        ("company", "first_name", "last_name", "postal_code", "country"),
        ("KOWAL sp zoo", "JAN", "KOWAL", "00950", "pl"),
        "PL",
    )
    assert row.party == {
        "kind": "organisation",
        "name": "KOWAL Sp. z o.o.",
        "remark": "Jan Kowal",
        "address": {"postal_code": "00-950", "country": "PL"},
    }
