"""Records: one suite for every registered entity, and what changing, listing and searching promise."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

import app.entities  # noqa: F401 - declaring is all that it does
from crm_core.access.connection import Connection
from crm_core.engine.declaration import REGISTRY, Entity
from crm_core.engine.errors import ListRefused, RecordAbsent, RecordRefused, StaleEdit
from crm_core.engine.exporting import csv_header, csv_line, export_records, exported_fields
from crm_core.engine.fields import (
    Boolean,
    Choice,
    DateTime,
    Duration,
    Field,
    Link,
    Lookup,
    Number,
    Person,
    Phone,
    Text,
)
from crm_core.engine.history import changes_of
from crm_core.engine.importing import import_records
from crm_core.engine.listing import Filter, list_records
from crm_core.engine.records import change_record, create_record, delete_record, new_record_id, restore_record
from crm_core.engine.rights import Record, access_record
from crm_core.engine.searching import search_records
from crm_core.engine.stages import stage_counts, stages_of
from crm_core.engine.viewer import FieldException, Viewer
from tests.integration.entity_world import connection, entity_database
from tests.integration.sample_entities import SAMPLES, make_sample_tables

__all__ = ["connection", "entity_database"]

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADMINISTRATOR = Viewer(user_id=1, roles=frozenset(["administrator"]))
NOBODY = Viewer(user_id=2, roles=frozenset())
FOLDER = SAMPLES.get("folder")
EVERY = [*REGISTRY, *SAMPLES]


async def raw_of(connection: Connection, entity: Entity, number: int) -> dict[str, object]:
    """Something that any form of an entity could send: what is needed, and what is searched."""
    raw: dict[str, object] = {}
    for name in entity.own_fields:
        field = entity.fields[name]
        if field.required or (field.search and isinstance(field, Text)) or isinstance(field, Phone):
            raw[name] = await _raw_value(connection, entity, field, number)
    if entity.name == "contact_point":
        raw |= {"kind": "phone", "email": None}
    return raw


async def _raw_value(connection: Connection, entity: Entity, field: Field, number: int) -> object:
    match field:
        case Link():
            other = entity.registry.get(field.to)
            raw = await raw_of(connection, other, number)
            return (await create_record(connection, ADMINISTRATOR, other, raw, NOW)).id
        case Choice():
            return next(iter(field.choices))
        case Phone():
            return f"+48 22 123 {number:04}"
        case Person() | Number():
            return 1
        case DateTime():
            return NOW.isoformat()
        case Duration():
            return "0:25"
        case Boolean():
            return "yes"
    return f"eve{number}@example.com" if field.widget == "email" else f"Zażółć {number}"


async def prepared(connection: Connection, entity: Entity, count: int = 1) -> AsyncIterator[Record]:
    """Records of an entity."""
    if entity.registry is SAMPLES:
        await make_sample_tables(connection)
    for number in range(count):
        raw = await raw_of(connection, entity, number)
        yield await create_record(connection, ADMINISTRATOR, entity, raw, NOW + timedelta(seconds=number))


@pytest.mark.parametrize("entity", EVERY, ids=lambda entity: entity.name)
async def test_record_of_any_entity_is_made_found_and_denied_to_strangers(
    connection: Connection, entity: Entity
) -> None:
    """Created, listed, sorted every way, searched, on the audit with an event; nobody else sees it."""
    (record,) = [one async for one in prepared(connection, entity)]
    assert await access_record(connection, ADMINISTRATOR, entity, record.id) == record
    for name in entity.sort:
        for sort in (name.lstrip("-"), f"-{name.lstrip('-')}"):
            page = await list_records(connection, ADMINISTRATOR, entity, sort=sort)
            assert record in page.records
    for name in entity.filters:
        field = entity.fields[name]
        if Lookup.EMPTY in field.lookups:
            condition = Filter(field=name, lookup=Lookup.EMPTY, value=record.values[name] is None)
            page = await list_records(connection, ADMINISTRATOR, entity, filters=[condition])
            assert record in page.records, name
    searched = [field for field in entity.fields.values() if field.search and isinstance(field, Text)]
    if any(record.values[field.name] for field in searched):
        found = await search_records(connection, ADMINISTRATOR, entity, "zazolc")
        assert record.id in {one.id for one in found}
    (change,) = await changes_of(connection, ADMINISTRATOR, record)
    assert (change.verb, change.user_id, change.version) == ("create", 1, 1)
    kind = await connection.fetchval("select kind from crm.domain_event where record_id = $1", record.id)
    assert kind == f"{entity.name}.created"
    with pytest.raises(RecordAbsent):
        await access_record(connection, NOBODY, entity, record.id)
    assert not (await list_records(connection, NOBODY, entity)).records


@pytest.mark.parametrize("entity", EVERY, ids=lambda entity: entity.name)
async def test_export_of_any_entity_is_taken_in_again(connection: Connection, entity: Entity) -> None:
    """What left as CSV comes back without a problem, changes nothing; refused rows keep none."""
    records = [one async for one in prepared(connection, entity, 2)]
    fields = exported_fields(ADMINISTRATOR, entity)
    header = csv_header(fields).strip().split(",")
    taken = [one async for one in export_records(connection, ADMINISTRATOR, entity)]
    assert {one.id for one in taken} >= {one.id for one in records}
    assert csv_line(taken[0], fields).startswith(f"{taken[0].id},1,")
    rows = [
        dict(zip(header, [str(one.id), "1", *(f.to_text(one.values[f.name]) for f in fields)], strict=True))
        for one in taken
    ]
    phones = [field.name for field in fields if isinstance(field, Phone)]
    for row, name in ((row, name) for row in rows for name in phones):
        row.pop(name)  # a text holds the number, not how it was typed: that would be a change
    report = await import_records(connection, ADMINISTRATOR, entity, rows, NOW, is_dry_run=False)
    assert (report.problems, report.changed) == ((), len(taken))
    assert (await access_record(connection, ADMINISTRATOR, entity, taken[0].id)).version == 1
    before = len((await list_records(connection, ADMINISTRATOR, entity)).records)
    report = await import_records(
        connection, ADMINISTRATOR, entity, [{"nonsense": "1"}], NOW, is_dry_run=False
    )
    assert {"nonsense"} <= {one.problem.field for one in report.problems}
    assert len((await list_records(connection, ADMINISTRATOR, entity)).records) == before


@pytest.mark.parametrize("entity", EVERY, ids=lambda entity: entity.name)
async def test_deleted_record_of_any_entity_is_gone_until_restored(
    connection: Connection, entity: Entity
) -> None:
    """Lists and pages do not know it; restored it is as before, three versions on."""
    (record,) = [one async for one in prepared(connection, entity)]
    await delete_record(connection, ADMINISTRATOR, entity, record.id, NOW)
    with pytest.raises(RecordAbsent):
        await access_record(connection, ADMINISTRATOR, entity, record.id)
    listed = (await list_records(connection, ADMINISTRATOR, entity)).records
    assert record.id not in {one.id for one in listed}
    restored = await restore_record(connection, ADMINISTRATOR, entity, record.id, NOW)
    own = {name: restored.values[name] for name in entity.own_fields}
    assert (own, restored.version) == ({name: record.values[name] for name in entity.own_fields}, 3)


async def test_stale_edit_tells_what_somebody_else_changed(connection: Connection) -> None:
    """The second of two editors is shown the first one's values beside his own; nothing is lost."""
    (record,) = [one async for one in prepared(connection, FOLDER)]
    await change_record(connection, ADMINISTRATOR, FOLDER, record.id, {"size": 4}, NOW, version=1)
    with pytest.raises(StaleEdit) as refusal:
        await change_record(connection, ADMINISTRATOR, FOLDER, record.id, {"size": 5}, NOW, version=1)
    (difference,) = refusal.value.differences
    assert (difference.field, difference.theirs, difference.yours) == ("size", "4", "5")
    assert (await access_record(connection, ADMINISTRATOR, FOLDER, record.id)).values["size"] == 4


async def test_change_is_on_record_with_before_and_after(connection: Connection) -> None:
    """Only what changed is written; what is the same makes no version; a secret is never shown."""
    (record,) = [one async for one in prepared(connection, FOLDER)]
    raw = {"name": "New", "kind": "warm", "key": "open sesame"}
    changed = await change_record(connection, ADMINISTRATOR, FOLDER, record.id, raw, NOW)
    again = await change_record(connection, ADMINISTRATOR, FOLDER, record.id, raw, NOW)
    (change,) = await changes_of(connection, ADMINISTRATOR, changed, after_version=1)
    assert (again.version, change.before, change.after) == (
        2,
        {"name": "Zażółć 0", "key": False},
        {"name": "New", "key": True},
    )


async def test_rules_and_fields_refuse_together_with_nothing_kept(connection: Connection) -> None:
    """A form shows every problem at once; a rule over two fields holds for changes as well."""
    await make_sample_tables(connection)
    with pytest.raises(RecordRefused) as refusal:
        await create_record(connection, ADMINISTRATOR, FOLDER, {"size": "many", "due": "soon"}, NOW)
    assert {one.field for one in refusal.value.problems} == {"name", "size", "due"}
    record = await create_record(connection, ADMINISTRATOR, FOLDER, {"name": "a", "size": 90}, NOW)
    with pytest.raises(RecordRefused, match="at most 50"):
        await change_record(connection, ADMINISTRATOR, FOLDER, record.id, {"kind": "cold"}, NOW)
    assert (
        await connection.fetchval("select count(*) from crm.domain_event where record_id = $1", record.id)
        == 1
    )


async def test_date_that_follows_a_field_is_of_its_last_change(connection: Connection) -> None:
    """The stage's day changes with the stage and with nothing else; stages are told in their order."""
    party = REGISTRY.get("party")
    record = await create_record(connection, ADMINISTRATOR, party, {"name": "Ada"}, NOW)
    assert record.values["life_cycle_since"] == NOW.date()
    later = NOW + timedelta(days=3)
    await change_record(connection, ADMINISTRATOR, party, record.id, {"life_cycle": "lead"}, later)
    renamed = await change_record(
        connection, ADMINISTRATOR, party, record.id, {"name": "Eva"}, later + timedelta(days=3)
    )
    assert renamed.values["life_cycle_since"] == later.date()
    stages = await stages_of(connection, ADMINISTRATOR, renamed)
    assert [(one.stage, one.at) for one in stages] == [("suspect", NOW), ("lead", later)]
    hidden = FieldException(entity="party", field="life_cycle", is_seen=False)
    blind = replace(ADMINISTRATOR, field_exceptions=(hidden,))
    assert not await stages_of(connection, blind, renamed)
    assert not await stage_counts(connection, blind, party)


async def test_record_above_itself_is_refused(connection: Connection) -> None:
    """A tree stays one."""
    first, second = [one async for one in prepared(connection, FOLDER, 2)]
    await change_record(connection, ADMINISTRATOR, FOLDER, second.id, {"above": first.id}, NOW)
    with pytest.raises(RecordRefused, match="above itself"):
        await change_record(connection, ADMINISTRATOR, FOLDER, first.id, {"above": second.id}, NOW)


@pytest.mark.parametrize("sort", ["due", "-due", "name", "-size"])
async def test_pages_go_both_ways_and_do_not_shift_under_inserts(connection: Connection, sort: str) -> None:
    """Each record once, with and without values; back again the same pages; a new first row moves nothing."""
    await make_sample_tables(connection)
    for number in range(23):
        raw = {"name": f"n{number % 5}", "size": number % 4 or None}
        raw |= {"due": f"2026-01-{number % 3 + 1:02}"} if number % 2 else {}
        await create_record(connection, ADMINISTRATOR, FOLDER, raw, NOW)
    whole = (await list_records(connection, ADMINISTRATOR, FOLDER, sort=sort, size=100)).records
    pages = [await list_records(connection, ADMINISTRATOR, FOLDER, sort=sort, size=5)]
    new = {"name": "a", "size": 99, "due": "2026-12-31" if sort == "-due" else "2025-01-01"}
    await create_record(connection, ADMINISTRATOR, FOLDER, new, NOW)
    while marker := pages[-1].next_marker:
        pages.append(await list_records(connection, ADMINISTRATOR, FOLDER, sort=sort, size=5, marker=marker))
    assert [one.id for page in pages for one in page.records] == [one.id for one in whole]
    back = pages[-1]
    for expected in reversed(pages[:-1]):
        back = await list_records(
            connection, ADMINISTRATOR, FOLDER, sort=sort, size=5, marker=back.previous_marker
        )
        assert back.records == expected.records


@pytest.mark.parametrize("marker", ["x", "bm90IGpzb24", "W10", "WyJuYW1lIiwibmV4dCIsNSwiNSJd", "é"])
async def test_page_marker_that_somebody_made_up_is_refused(connection: Connection, marker: str) -> None:
    """Addresses are typed by anybody."""
    with pytest.raises(ListRefused):
        await list_records(connection, ADMINISTRATOR, REGISTRY.get("party"), marker=marker)


@pytest.mark.parametrize(
    "text", ["KOWALSKA", "kowals", "kowalsak", "anna kow", "22 987 65 43", "0048 22-9876543", "987 65"]
)
async def test_record_is_found_by_what_people_type(connection: Connection, text: str) -> None:
    """Without accents, by a part, with a slip, by a number in any format; another record is not."""
    await make_sample_tables(connection)
    raw = {"name": "Anna Kowalská", "phone": "+48 22 987 65 43"}
    record = await create_record(connection, ADMINISTRATOR, FOLDER, raw, NOW)
    await create_record(connection, ADMINISTRATOR, FOLDER, {"name": "Piotr", "phone": "+48221112233"}, NOW)
    assert [one.id for one in await search_records(connection, ADMINISTRATOR, FOLDER, text)] == [record.id]


@pytest.mark.parametrize("text", ["' or 1=1 --", "%", "a & | ! b:*", "\x00", "<script>", "\ud800x"])
async def test_hostile_search_finds_nothing_and_breaks_nothing(connection: Connection, text: str) -> None:
    """A search box is open to everything."""
    await make_sample_tables(connection)
    await create_record(connection, ADMINISTRATOR, FOLDER, {"name": "Plain"}, NOW)
    assert await search_records(connection, ADMINISTRATOR, FOLDER, text) == []


def test_ids_of_records_sort_by_time() -> None:
    """Version and variant are those of RFC 9562; a later id is greater."""
    first, second = new_record_id(NOW), new_record_id(NOW + timedelta(milliseconds=1))
    assert (first.version, first.variant, first < second) == (7, UUID(int=0x8 << 60).variant, True)
