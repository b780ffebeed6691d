"""Search: each stage walks an index, numbers are found in any format, and what is hidden is not looked in."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

import crm_core.interactions.entities
import crm_core.parties.entities
import crm_core.tasks.entities
from crm_core.access.connection import Connection
from crm_core.engine.declaration import REGISTRY, Entity
from crm_core.engine.fields import Phone
from crm_core.engine.phone_search import inheriting
from crm_core.engine.records import create_record
from crm_core.engine.searching import search_records, search_statements
from crm_core.engine.statements import sql_of
from crm_core.engine.viewer import FieldException, Viewer
from tests.integration.entity_world import connection, entity_database
from tests.integration.sample_entities import SAMPLES, make_sample_tables

__all__ = ["connection", "entity_database"]

DECLARED = (crm_core.interactions.entities, crm_core.parties.entities, crm_core.tasks.entities)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADMINISTRATOR = Viewer(user_id=1, roles=frozenset(["administrator"]))
FOLDER = SAMPLES.get("folder")
PARTY = REGISTRY.get("party")
POINT = REGISTRY.get("contact_point")


async def titles(connection: Connection, viewer: Viewer, entity: Entity, text: str) -> list[str]:
    """What a search finds, in its order."""
    return [record.title() for record in await search_records(connection, viewer, entity, text)]


async def with_number(
    connection: Connection, viewer: Viewer, name: str, phone: str, kind: str = "phone"
) -> UUID:
    """A party with one number."""
    party = await create_record(connection, viewer, PARTY, {"name": name}, NOW)
    raw = {"party": party.id, "kind": kind, "phone": phone}
    await create_record(connection, viewer, POINT, raw, NOW)
    return party.id


async def fill(connection: Connection, entity: Entity) -> None:
    """Give a table some thousand rows, each with texts of its own in what is searched."""
    table, columns = f"crm.{entity.table.name}", ["id"]
    values = ["gen_random_uuid()"]
    for column in entity.table.columns:
        if not column.nullable and not column.primary_key:
            await connection.execute(f"alter table {table} alter {column.name} drop not null")
    for field in entity.fields.values():
        if field.search:
            columns.append(field.column_name())
            values.append("'+48' || 100000000 + n * 7919" if isinstance(field, Phone) else "md5(n::text)")
    rows = f"select {', '.join(values)} from generate_series(1, 4000) n"
    await connection.execute(f"insert into {table} ({', '.join(columns)}) {rows}")
    await connection.execute(
        """select gin_clean_pending_list(i.oid) from pg_class i join pg_index x on x.indexrelid = i.oid
        join pg_am a on a.oid = i.relam where a.amname = 'gin' and x.indrelid = $1::text::regclass""",
        table,
    )
    await connection.execute(f"analyze {table}")


@pytest.mark.parametrize("entity", [*REGISTRY, *SAMPLES], ids=lambda entity: entity.name)
async def test_search_of_any_entity_reads_no_table_whole(connection: Connection, entity: Entity) -> None:
    """Each stage has an index that answers it, so that its cost does not grow with the table."""
    await make_sample_tables(connection)
    for filled in (entity, *(part for _, part in inheriting(entity))):
        await fill(connection, filled)
    for text in ("kow", "ko", "kowalsak", "anna kow", "22 987 65 43", "987"):
        for statement in search_statements(ADMINISTRATOR, entity, text):
            sql, values = sql_of(statement.limit(None))
            plan = "\n".join(row[0] for row in await connection.fetch(f"explain {sql}", *values))
            scans, found = (
                len(re.findall(f"{words}.*", plan))
                for words in ("(?:Seq|Index|Index Only) Scan", "Index Cond")
            )
            assert scans == found, f"{text} reads it whole:\n{plan}"


@pytest.mark.parametrize(
    "text",
    [
        "+48 22 987 65 43",
        "0048229876543",
        "022 987-65-43",
        "(22) 987.65.43",
        "tel. 22/9876543",
        "+48 (0)22 987 65 43",
    ],
)
async def test_party_is_found_by_its_number_in_any_format(connection: Connection, text: str) -> None:
    """The number is a part's, the party is what is looked for; neighbours by one digit are not found."""
    await with_number(connection, ADMINISTRATOR, "Anna", "+48 22 987 65 43")
    await with_number(connection, ADMINISTRATOR, "Piotr", "+48 22 987 65 44")
    await create_record(connection, ADMINISTRATOR, PARTY, {"name": "Bill 229876543"}, NOW)
    assert await titles(connection, ADMINISTRATOR, PARTY, text) == ["Anna"]


@pytest.mark.parametrize(("text", "found"), [("22 98", ["Anna"]), ("6543", ["Anna"]), ("98765", ["Anna"])])
async def test_party_is_found_by_some_digits(connection: Connection, text: str, found: list[str]) -> None:
    """By how a number begins at home, how it ends, and by five digits of its middle."""
    await with_number(connection, ADMINISTRATOR, "Anna", "+48 22 987 65 43")
    await with_number(connection, ADMINISTRATOR, "Piotr", "+48 61 111 22 33")
    assert await titles(connection, ADMINISTRATOR, PARTY, text) == found


async def test_number_in_a_text_is_found_where_no_telephone_has_it(connection: Connection) -> None:
    """A tax number looks like a telephone number; its signs do not count either."""
    await create_record(connection, ADMINISTRATOR, PARTY, {"name": "Firm", "tax_id": "5252248481"}, NOW)
    assert await titles(connection, ADMINISTRATOR, PARTY, "525-224-84-81") == ["Firm"]


async def test_number_of_a_strangers_party_is_not_found(connection: Connection) -> None:
    """Neither the party nor the number: somebody else's agent finds nothing, its owner finds both."""
    owner = Viewer(user_id=3, roles=frozenset(["agent"]), team_id=1, team_ids=frozenset([1]))
    stranger = Viewer(user_id=4, roles=frozenset(["agent"]), team_id=3, team_ids=frozenset([3]))
    await with_number(connection, owner, "Anna", "+48 22 987 65 43")
    for entity, count in ((PARTY, 1), (POINT, 1)):
        assert len(await search_records(connection, owner, entity, "229876543")) == count
        assert not await search_records(connection, stranger, entity, "229876543")


async def test_hidden_number_of_a_part_does_not_betray_the_whole(connection: Connection) -> None:
    """Who may not see numbers does not find a party by one."""
    await with_number(connection, ADMINISTRATOR, "Anna", "+48 22 987 65 43")
    hidden = FieldException(entity="contact_point", field="phone", is_seen=False)
    viewer = Viewer(user_id=2, roles=frozenset(["manager"]), field_exceptions=(hidden,))
    assert not await search_records(connection, viewer, PARTY, "229876543")
    assert await search_records(connection, replace(viewer, field_exceptions=()), PARTY, "229876543")


async def test_slips_count_only_where_nothing_is_spelled_so(connection: Connection) -> None:
    """An exact name is alone; a name that nobody has finds those that sound like it."""
    for name in ("Kowalski", "Kowalska", "Nowak"):
        await create_record(connection, ADMINISTRATOR, PARTY, {"name": name}, NOW)
    assert await titles(connection, ADMINISTRATOR, PARTY, "kowalska") == ["Kowalska"]
    assert set(await titles(connection, ADMINISTRATOR, PARTY, "kowalskj")) == {"Kowalski", "Kowalska"}


async def test_surest_finds_come_first(connection: Connection) -> None:
    """What begins so, then what has such a word, then what holds such letters."""
    for name in ("Banana", "Maria Anatra", "Ana Lima"):
        await create_record(connection, ADMINISTRATOR, PARTY, {"name": name}, NOW)
    assert await titles(connection, ADMINISTRATOR, PARTY, "ana") == ["Ana Lima", "Maria Anatra", "Banana"]


async def test_field_hidden_by_exception_is_not_looked_in(connection: Connection) -> None:
    """The search column holds both fields: what stands in the hidden one does not find the record."""
    await make_sample_tables(connection)
    raw = {"name": "Open shelf", "story": "buried treasure"}
    await create_record(connection, ADMINISTRATOR, FOLDER, raw, NOW)
    hidden = FieldException(entity="folder", field="story", is_seen=False)
    viewer = Viewer(user_id=2, roles=frozenset(["manager"]), field_exceptions=(hidden,))
    assert [len(await search_records(connection, viewer, FOLDER, word)) for word in ("open", "treasure")] == [
        1,
        0,
    ]
    seeing = replace(viewer, field_exceptions=())
    assert await titles(connection, seeing, FOLDER, "treasure") == ["Open shelf"]


async def test_frequent_word_brings_no_more_than_asked(connection: Connection) -> None:
    """Every record has it: the page is full, and each record is there once."""
    await connection.execute(
        """insert into crm.party (id, name, kind, life_cycle, created_at)
        select gen_random_uuid(), 'Firm ' || n, 'person', 'lead', now() from generate_series(1, 700) n"""
    )
    found = await search_records(connection, ADMINISTRATOR, PARTY, "fir", limit=20)
    assert len({record.id for record in found}) == 20
