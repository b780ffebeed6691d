"""The event spine and bulk changes: nothing skipped, nothing twice, nothing given back that is another's."""

from datetime import UTC, datetime

import pytest

import crm_core.interactions.entities
import crm_core.parties.entities
from crm_core.access.connection import Connection
from crm_core.engine.bulk_changes import change_many, undo_bulk_change
from crm_core.engine.declaration import REGISTRY
from crm_core.engine.errors import UndoRefused
from crm_core.engine.events import is_first_effect, take_events
from crm_core.engine.records import change_record, create_record
from crm_core.engine.rights import access_record
from crm_core.engine.viewer import Viewer
from tests.integration.entity_world import connected, connection, entity_database

__all__ = ["connection", "entity_database"]

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADMINISTRATOR = Viewer(user_id=1, roles=frozenset(["administrator"]))
PARTY = REGISTRY.get("party")
DECLARED = crm_core.parties.entities


async def add_party(connection: Connection, name: str) -> None:
    """Make a party, with its event."""
    await create_record(connection, ADMINISTRATOR, PARTY, {"name": name}, NOW)


async def take(connection: Connection, consumer: str) -> list[str]:
    """Names of the parties whose events a consumer is given, in a transaction of its own."""
    async with connection.transaction():
        events = await take_events(connection, consumer)
        found = "select name from crm.party where id = $1"
        return [await connection.fetchval(found, event.record_id) for event in events]


async def test_event_of_a_slower_transaction_is_not_skipped(entity_database: str) -> None:
    """One that began first and commits last has smaller ids: it is given once, after it has committed."""
    async with (
        connected(entity_database) as slow,
        connected(entity_database) as fast,
        connected(entity_database) as reader,
    ):
        transaction = slow.transaction()
        await transaction.start()
        await add_party(slow, "slow")
        async with fast.transaction():
            await add_party(fast, "fast")
        given = await take(reader, "board")
        assert "slow" not in given
        await transaction.commit()
        given += await take(reader, "board")
        assert (given.count("fast"), given.count("slow")) == (1, 1)
        assert await take(reader, "board") == []
        assert {"fast", "slow"} <= set(await take(reader, "another"))


async def test_event_whose_effect_failed_is_given_again(entity_database: str) -> None:
    """Cursor and effects are kept together or not at all."""
    async with connected(entity_database) as writer, connected(entity_database) as reader:
        await take(reader, "failing")
        async with writer.transaction():
            await add_party(writer, "again")
        transaction = reader.transaction()
        await transaction.start()
        assert len(await take_events(reader, "failing")) == 1
        await transaction.rollback()
        assert await take(reader, "failing") == ["again"]


async def test_effect_with_a_key_is_due_once(connection: Connection) -> None:
    """Two events may ask for one greeting."""
    asked = [await is_first_effect(connection, "greeter", key, NOW) for key in ("a", "a", "b")]
    assert asked == [True, False, True]


async def test_undo_gives_back_what_was_not_changed_since(connection: Connection) -> None:
    """Each record has its own old value again; one changed since stays; a second undo is refused."""
    made = [
        await create_record(connection, ADMINISTRATOR, PARTY, {"name": f"n{n}", "time_zone": f"l{n}"}, NOW)
        for n in range(3)
    ]
    ids = [record.id for record in made]
    bulk = await change_many(connection, ADMINISTRATOR, PARTY, ids, {"time_zone": "it"}, NOW)
    await change_record(connection, ADMINISTRATOR, PARTY, ids[1], {"time_zone": "sk"}, NOW)
    undone = await undo_bulk_change(connection, ADMINISTRATOR, PARTY, bulk.token, NOW)
    zones = [(await access_record(connection, ADMINISTRATOR, PARTY, one)).values["time_zone"] for one in ids]
    assert (zones, list(undone.refused)) == (["l0", "sk", "l2"], [ids[1]])
    with pytest.raises(UndoRefused):
        await undo_bulk_change(connection, ADMINISTRATOR, PARTY, bulk.token, NOW)


async def test_undo_of_somebody_elses_change_is_refused(connection: Connection) -> None:
    """A token is its owner's; records one may not change are told apart, and the others changed."""
    record = await create_record(connection, ADMINISTRATOR, PARTY, {"name": "a"}, NOW)
    agent = Viewer(user_id=2, roles=frozenset(["agent"]))
    bulk = await change_many(connection, agent, PARTY, [record.id], {"language": "it"}, NOW)
    assert (bulk.changed, list(bulk.refused)) == ((), [record.id])
    done = await change_many(connection, ADMINISTRATOR, PARTY, [record.id], {"language": "it"}, NOW)
    with pytest.raises(UndoRefused):
        await undo_bulk_change(connection, agent, PARTY, done.token, NOW)
