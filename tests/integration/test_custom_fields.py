"""Fields added while the program runs: kept, shown, filtered, hidden, retired, on pages and for programs."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import pytest_asyncio

import crm_core.interactions.entities
import crm_core.parties.entities
import crm_core.tasks.entities  # noqa: F401 - declaring is all that they do
from agent_console.api.records import api_routes
from agent_console.records.added_fields import FIELDS_ITEM, field_routes
from agent_console.records.pages import record_items, record_routes
from crm_core.access.connection import Connection
from crm_core.engine.bulk_changes import change_many, undo_bulk_change
from crm_core.engine.custom_fields import (
    CustomField,
    add_custom_field,
    change_custom_field,
    list_custom_fields,
    with_custom_fields,
)
from crm_core.engine.declaration import REGISTRY
from crm_core.engine.document_fields import KINDS
from crm_core.engine.errors import RecordRefused, VerbRefused
from crm_core.engine.exporting import csv_header, csv_line, exported_fields
from crm_core.engine.field import Lookup
from crm_core.engine.history import changes_of
from crm_core.engine.listing import Filter, list_records
from crm_core.engine.records import change_record, create_record
from crm_core.engine.rights import access_record
from crm_core.engine.viewer import Viewer
from tests.integration.console_client import ConsoleClient, console_client
from tests.integration.entity_world import connection, entity_database

__all__ = ["connection", "entity_database"]

PARTY = REGISTRY.get("party")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADMINISTRATOR = Viewer(user_id=1, roles=frozenset(["administrator"]))
MANAGER = Viewer(user_id=2, roles=frozenset(["manager"]))
ROOF = CustomField(
    name="", kind="choice", label="Roof", choices=(("slate", "Slate"), ("tiles", "Tiles")), is_in_list=True
)
SAMPLES: dict[str, tuple[object, object]] = {
    "text": ("two words", "two words"),
    "long_text": ("two\nlines", "two\nlines"),
    "choice": ("slate", "slate"),
    "number": ("12.5", Decimal("12.50")),
    "date": ("2026-12-31", date(2026, 12, 31)),
    "date_time": ("2026-12-31T10:00+01:00", datetime(2026, 12, 31, 9, tzinfo=UTC)),
    "boolean": ("yes", True),
    "email": ("Eve@Example.com", "eve@example.com"),
    "url": ("example.com", "https://example.com"),
}
"""What a form sends for each kind, and the value that it is."""


async def add(connection: Connection, wanted: CustomField) -> str:
    """Add a field to parties; gives its name."""
    return (await add_custom_field(connection, ADMINISTRATOR, PARTY, wanted, NOW)).name


@pytest.mark.parametrize("kind", KINDS)
async def test_added_field_of_any_kind_is_kept_filtered_changed_and_exported(
    connection: Connection, kind: str
) -> None:
    """It does what a declared one does: values, history, filters, bulk change and undo, export."""
    raw, value = SAMPLES[kind]
    name = await add(connection, replace(ROOF, kind=kind, label="Something new", decimals=2))
    party = await with_custom_fields(connection, PARTY)
    made = await create_record(
        connection, ADMINISTRATOR, party, {"name": "ACME", "kind": "organisation", name: raw}, NOW
    )
    other = await create_record(connection, ADMINISTRATOR, party, {"name": "Beta", "kind": "person"}, NOW)
    assert (name, made.values[name], other.values[name]) == ("x_something_new", value, None)
    lookups = party.fields[name].lookups
    asked = [(Lookup.IS, raw), (Lookup.MIN, raw), (Lookup.HAS, str(raw)[:3]), (Lookup.EMPTY, "no")]
    for lookup, text in [one for one in asked if one[0] in lookups]:
        wanted = Filter(field=name, lookup=lookup, value=text)
        page = await list_records(connection, ADMINISTRATOR, party, filters=[wanted])
        assert [one.id for one in page.records] == [made.id], lookup
    outcome = await change_many(connection, ADMINISTRATOR, party, [other.id], {name: raw}, NOW)
    assert (await access_record(connection, ADMINISTRATOR, party, other.id)).values[name] == value
    await undo_bulk_change(connection, ADMINISTRATOR, party, outcome.token, NOW)
    restored = await access_record(connection, ADMINISTRATOR, party, other.id)
    assert restored.values[name] is None
    after = [one.after for one in await changes_of(connection, ADMINISTRATOR, made)]
    assert after[0][name] == party.fields[name].to_json(value)
    fields = exported_fields(ADMINISTRATOR, party)
    assert name in csv_header(fields)
    assert party.fields[name].to_text(value).splitlines()[0] in csv_line(made, fields)


async def test_change_of_one_added_field_leaves_the_others(connection: Connection) -> None:
    """They share a document, and none is lost."""
    one, two = await add(connection, ROOF), await add(connection, replace(ROOF, kind="text", label="Two"))
    party = await with_custom_fields(connection, PARTY)
    raw = {"name": "ACME", "kind": "organisation", one: "slate", two: "kept"}
    made = await create_record(connection, ADMINISTRATOR, party, raw, NOW)
    changed = await change_record(connection, ADMINISTRATOR, party, made.id, {one: "tiles"}, NOW)
    assert (changed.values[one], changed.values[two]) == ("tiles", "kept")


async def test_field_hidden_from_a_role_does_not_exist_for_it(connection: Connection) -> None:
    """Neither its value nor a filter; and its change by others keeps it."""
    name = await add(connection, replace(ROOF, seen_by=("supervisor",)))
    party = await with_custom_fields(connection, PARTY)
    raw = {"name": "ACME", "kind": "organisation", name: "slate"}
    made = await create_record(connection, ADMINISTRATOR, party, raw, NOW)
    assert name not in (await access_record(connection, MANAGER, party, made.id)).values
    with pytest.raises(RecordRefused):
        await change_record(connection, MANAGER, party, made.id, {name: "tiles"}, NOW)
    await change_record(connection, MANAGER, party, made.id, {"name": "ACME Sons"}, NOW)
    assert (await access_record(connection, ADMINISTRATOR, party, made.id)).values[name] == "slate"


async def test_retired_field_is_away_and_comes_back_with_its_values(connection: Connection) -> None:
    """Its kind stays, and a choice that records may have cannot be taken away."""
    name = await add(connection, ROOF)
    party = await with_custom_fields(connection, PARTY)
    raw = {"name": "ACME", "kind": "organisation", name: "slate"}
    made = await create_record(connection, ADMINISTRATOR, party, raw, NOW)
    kept = replace(ROOF, name=name)
    retired = replace(kept, is_retired=True, kind="number")
    await change_custom_field(connection, ADMINISTRATOR, PARTY, retired, NOW)
    assert name not in (await with_custom_fields(connection, PARTY)).fields
    fewer = replace(kept, choices=(("tiles", "Tiles"),))
    with pytest.raises(RecordRefused, match="not taken away"):
        await change_custom_field(connection, ADMINISTRATOR, PARTY, fewer, NOW)
    await change_custom_field(connection, ADMINISTRATOR, PARTY, kept, NOW)
    again = await with_custom_fields(connection, PARTY)
    assert (await access_record(connection, ADMINISTRATOR, again, made.id)).values[name] == "slate"


@pytest.mark.parametrize(
    "wanted",
    [
        replace(ROOF, label=""),
        replace(ROOF, label="a" * 61),
        replace(ROOF, kind="file"),
        replace(ROOF, choices=()),
        replace(ROOF, decimals=5),
        replace(ROOF, seen_by=("nobody",)),
    ],
)
async def test_unusable_field_is_refused(connection: Connection, wanted: CustomField) -> None:
    """Nothing is kept of it."""
    with pytest.raises(RecordRefused):
        await add(connection, wanted)
    assert await list_custom_fields(connection, PARTY) == []


async def test_field_is_added_by_administrators_alone_and_once(connection: Connection) -> None:
    """A manager may not, nor two of one name; names for programs never meet."""
    with pytest.raises(VerbRefused):
        await add_custom_field(connection, MANAGER, PARTY, ROOF, NOW)
    assert await add(connection, ROOF) == "x_roof"
    with pytest.raises(RecordRefused):
        await add(connection, replace(ROOF, label="ROOF"))
    assert await add(connection, replace(ROOF, label="Roof!")) == "x_roof_2"


@pytest_asyncio.fixture
async def console(database_url: str, tmp_path: Path) -> AsyncIterator[ConsoleClient]:
    """All pages of records, and an administrator signed in."""
    routes = (*record_routes(REGISTRY), *field_routes(REGISTRY), *api_routes(REGISTRY))
    items = (*record_items(REGISTRY), FIELDS_ITEM)
    async with console_client(database_url, tmp_path, routes=routes, items=items) as console:
        await console.add_user("anna", roles=("administrator",))
        await console.sign_in("anna")
        yield console


async def test_field_added_on_its_page_is_everywhere_at_once(console: ConsoleClient) -> None:
    """Form, list, filter, record, document and interface have it with the next request."""
    page = "/administration/fields/party"
    assert "No fields added yet" in await (await console.get(page)).text()
    hostile = "100% <b>Roof</b>"
    sent = {"label": hostile, "kind": "choice", "choices": "Slate\nRed tiles", "flags": "in_list"}
    answer = await console.submit(page, page, **sent)
    assert answer.status == 303
    new = await (await console.get("/records/party/new")).text()
    assert "100% &lt;b&gt;Roof&lt;/b&gt;" in new
    assert '<option value="red_tiles">Red tiles</option>' in new
    fields = {"name": "ACME", "kind": "organisation", "x_100_b_roof_b": "red_tiles"}
    made = await console.submit("/records/party/new", "/records/party/new", **fields)
    assert made.status == 303
    assert "Red tiles" in await (await console.get(made.headers["Location"])).text()
    listed = await (await console.get("/records/party?x_100_b_roof_b.is=red_tiles")).text()
    assert "ACME" in listed
    assert "<b>Roof" not in listed
    told = await (await console.get("/api/v1/party?x_100_b_roof_b.is=red_tiles")).json()
    assert told["records"][0]["values"]["x_100_b_roof_b"] == "red_tiles"
    assert "x_100_b_roof_b" in await (await console.get("/api/v1/openapi.json")).text()
    refused = await console.submit(page, page, label="", kind="text")
    assert refused.status == 422
    assert "this is needed" in await refused.text()


async def test_page_of_fields_is_for_administrators(console: ConsoleClient) -> None:
    """A manager does not see it."""
    await console.add_user("otto", roles=("manager",))
    await console.submit("/sign-out")
    await console.sign_in("otto")
    assert (await console.get("/administration/fields/party")).status == 403
