"""Notes, timelines and saved views: they show no more than the record and the list they belong to."""

from datetime import UTC, datetime, timedelta

import pytest

import crm_core.parties.entities
from crm_core.access.connection import Connection
from crm_core.engine.declaration import REGISTRY
from crm_core.engine.errors import ListRefused, UnusableValue, VerbRefused
from crm_core.engine.facets import Note, add_note, notes_on, timeline_of
from crm_core.engine.field import Lookup
from crm_core.engine.listing import Filter, list_records
from crm_core.engine.records import change_record, create_record
from crm_core.engine.rights import access_record
from crm_core.engine.saved_views import save_view, saved_views
from crm_core.engine.viewer import FieldException, Viewer
from tests.integration.entity_world import connection, entity_database

__all__ = ["connection", "entity_database"]

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADMINISTRATOR = Viewer(user_id=1, roles=frozenset(["administrator"]))
PARTY = REGISTRY.get("party")
DECLARED = crm_core.parties.entities


async def test_timeline_of_a_record_holds_notes_and_changes_newest_first(connection: Connection) -> None:
    """One story of what was done and written, without the fields that the reader may not see."""
    made = await create_record(connection, ADMINISTRATOR, PARTY, {"name": "a", "tax_id": "77"}, NOW)
    await add_note(connection, ADMINISTRATOR, made, "Called <b>back</b>.", NOW + timedelta(minutes=1))
    later = NOW + timedelta(minutes=2)
    await change_record(connection, ADMINISTRATOR, PARTY, made.id, {"tax_id": "78"}, later)
    hidden = FieldException(entity="party", field="tax_id", is_seen=False)
    reader = Viewer(user_id=2, roles=frozenset(["manager"]), field_exceptions=(hidden,))
    record = await access_record(connection, reader, PARTY, made.id)
    newest, note, oldest = await timeline_of(connection, reader, record)
    assert isinstance(note, Note)
    assert note.text == "Called <b>back</b>."
    assert not isinstance(newest, Note)
    assert not isinstance(oldest, Note)
    assert (newest.after, "tax_id" in oldest.after, oldest.after["name"]) == ({}, False, "a")


async def test_note_that_is_empty_or_of_a_mere_onlooker_is_refused(connection: Connection) -> None:
    """Nothing is written."""
    record = await create_record(connection, ADMINISTRATOR, PARTY, {"name": "a"}, NOW)
    with pytest.raises(UnusableValue):
        await add_note(connection, ADMINISTRATOR, record, "  ", NOW)
    with pytest.raises(VerbRefused):
        await add_note(connection, ADMINISTRATOR.seen_as(), record, "text", NOW)
    assert await notes_on(connection, record) == []


async def test_saved_view_gives_its_list_again_and_no_rights(connection: Connection) -> None:
    """Shared ones are seen by all; who may not filter by a field is refused with the view as without."""
    await create_record(connection, ADMINISTRATOR, PARTY, {"name": "a", "life_cycle": "customer"}, NOW)
    await create_record(connection, ADMINISTRATOR, PARTY, {"name": "b"}, NOW)
    filters = [Filter(field="life_cycle", lookup=Lookup.ONE_OF, value=["customer", "lapsed"])]
    await save_view(connection, ADMINISTRATOR, PARTY, "Ours", filters, "-name", NOW, is_shared=True)
    await save_view(connection, ADMINISTRATOR, PARTY, "Mine", [], "", NOW)
    hidden = FieldException(entity="party", field="life_cycle", is_seen=False)
    reader = Viewer(user_id=2, roles=frozenset(["manager"]), field_exceptions=(hidden,))
    (view,) = await saved_views(connection, reader, PARTY)
    assert (view.name, view.is_own, view.filters, view.sort) == ("Ours", False, tuple(filters), "-name")
    page = await list_records(connection, ADMINISTRATOR, PARTY, filters=view.filters, sort=view.sort)
    assert [record.title() for record in page.records] == ["a"]
    with pytest.raises(ListRefused):
        await list_records(connection, reader, PARTY, filters=view.filters)
    with pytest.raises(ListRefused):
        await save_view(connection, reader, PARTY, "Mine", filters, "", NOW)
