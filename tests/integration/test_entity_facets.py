"""Notes, timelines and saved views: they show no more than the record and the list they belong to."""

from datetime import UTC, datetime, timedelta

import pytest

import crm_core.interactions.entities
import crm_core.parties.entities
from crm_core.access.connection import Connection
from crm_core.engine.declaration import REGISTRY
from crm_core.engine.errors import ListRefused, RecordAbsent, UnusableValue, VerbRefused
from crm_core.engine.facets import add_note, happenings_of, notes_on
from crm_core.engine.field import Lookup
from crm_core.engine.listing import Filter, list_records
from crm_core.engine.records import create_record
from crm_core.engine.saved_views import delete_view, rename_view, restore_view, save_view, saved_views
from crm_core.engine.viewer import FieldException, Viewer
from tests.integration.entity_world import connection, entity_database

__all__ = ["connection", "entity_database"]

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADMINISTRATOR = Viewer(user_id=1, roles=frozenset(["administrator"]))
PARTY = REGISTRY.get("party")
DECLARED = crm_core.parties.entities


async def test_timeline_holds_what_links_to_a_record_and_those_under_it_as_far_as_one_may_see(
    connection: Connection,
) -> None:
    """Newest first; a contact of a stranger's party, or with a hidden instant, is not on it."""
    interaction = REGISTRY.get("interaction")
    company = await create_record(connection, ADMINISTRATOR, PARTY, {"name": "company"}, NOW)
    worker = await create_record(
        connection, ADMINISTRATOR, PARTY, {"name": "worker", "parent": company.id}, NOW
    )
    other = await create_record(connection, ADMINISTRATOR, PARTY, {"name": "other"}, NOW)
    for hour, party in enumerate((company, worker, other)):
        at = NOW + timedelta(hours=hour)
        raw = {"subject": f"contact {hour}", "party": party.id, "begins_at": at.isoformat()}
        await create_record(connection, ADMINISTRATOR, interaction, raw, NOW)
    shown = await happenings_of(connection, ADMINISTRATOR, company)
    assert [one.title() for one in shown] == ["contact 1", "contact 0"]
    before = NOW + timedelta(minutes=30)
    assert [
        one.title() for one in await happenings_of(connection, ADMINISTRATOR, company, before=before)
    ] == ["contact 0"]
    agent = Viewer(user_id=2, roles=frozenset(["agent"]))
    assert await happenings_of(connection, agent, company) == []
    hidden = FieldException(entity="interaction", field="begins_at", is_seen=False)
    reader = Viewer(user_id=2, roles=frozenset(["manager"]), field_exceptions=(hidden,))
    assert await happenings_of(connection, reader, company) == []


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


async def test_saved_view_is_renamed_deleted_and_given_back_by_its_owner_only(connection: Connection) -> None:
    """A name is taken by one view; whoever may not share keeps his own; strangers find no such view."""
    reader = Viewer(user_id=2, roles=frozenset(["agent"]))
    with pytest.raises(VerbRefused):
        await save_view(connection, reader, PARTY, "Ours", [], "", NOW, is_shared=True)
    with pytest.raises(VerbRefused):
        await save_view(connection, ADMINISTRATOR.seen_as(), PARTY, "Ours", [], "", NOW)
    for name in ("a", "b"):
        await save_view(connection, ADMINISTRATOR, PARTY, name, [], "", NOW, is_shared=True)
    first, second = await saved_views(connection, ADMINISTRATOR, PARTY)
    for refused in (
        rename_view(connection, reader, PARTY, first.id, "c"),
        delete_view(connection, reader, PARTY, first.id, NOW),
        restore_view(connection, ADMINISTRATOR, PARTY, first.id),
    ):
        with pytest.raises(RecordAbsent):
            await refused
    with pytest.raises(UnusableValue):
        await rename_view(connection, ADMINISTRATOR, PARTY, first.id, "b")
    await delete_view(connection, ADMINISTRATOR, PARTY, first.id, NOW)
    assert await saved_views(connection, ADMINISTRATOR, PARTY) == [second]
    await restore_view(connection, ADMINISTRATOR, PARTY, first.id)
    await delete_view(connection, ADMINISTRATOR, PARTY, second.id, NOW)
    await rename_view(connection, ADMINISTRATOR, PARTY, first.id, "b")
    assert [view.name for view in await saved_views(connection, ADMINISTRATOR, PARTY)] == ["b"]
