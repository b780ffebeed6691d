"""Finished calls become contacts: each once, of the right party, with time, duration, agent and outcome."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import crm_core.interactions.entities
import crm_core.parties.entities
from app.call_register import register_calls
from crm_core.access.connection import Connection
from crm_core.engine.declaration import REGISTRY
from crm_core.engine.field import Lookup
from crm_core.engine.listing import Filter, list_records
from crm_core.engine.viewer import Viewer
from tests.integration.entity_world import connected, connection, entity_database

__all__ = ["connection", "entity_database"]

NOW = datetime(2031, 3, 5, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=1)
NUMBER, OTHER_NUMBER = "+48221234567", "+48229876543"
ADMINISTRATOR = Viewer(user_id=1, roles=frozenset(["administrator"]))
INTERACTION = REGISTRY.get("interaction")
DECLARED = (crm_core.interactions.entities, crm_core.parties.entities)
PARTY = """insert into crm.party (id, name, kind, life_cycle, created_at)
    values ($1, 'Ada', 'person', 'lead', now())"""
POINT = """insert into crm.contact_point (id, party_id, kind, phone, quality, created_at)
    values (gen_random_uuid(), $1, 'phone', $2, 'good', now())"""
CAMPAIGN = "insert into dialer.campaigns (campaign_id) values ('spring') on conflict do nothing"
ATTEMPT = """insert into dialer.attempts (attempt_id, dialed_at, campaign_number, e164, number_index, node_id,
        caller_id_number, agent_id, ended_at, outcome, reason)
    select $1, $2, campaign_number, $3, 0, 'node-1', '+48221111111', 'user2', $4, 'live', 'client_hung_up'
    from dialer.campaigns where campaign_id = 'spring'"""
DISPOSITION = """insert into dialer.dispositions
        (attempt_id, agent_id, campaign_number, disposition, saved_at)
    select $1, 'user2', campaign_number, 'sold', $2 from dialer.campaigns where campaign_id = 'spring'"""
WAITS = "select exists (select from pg_locks where not granted)"
PARTITION = """create table if not exists dialer.attempts_2031_03 partition of dialer.attempts
    for values from ('2031-03-01Z') to ('2031-04-01Z')"""


async def add_party(connection: Connection, number: str = NUMBER) -> UUID:
    """Make a party that has a number."""
    party_id = uuid4()
    await connection.execute(PARTY, party_id)
    await connection.execute(POINT, party_id, number)
    return party_id


async def finish_call(
    connection: Connection, attempt_id: str, ended_at: datetime | None = NOW, number: str = NUMBER
) -> None:
    """Make a call of two minutes that the agent has said how it went."""
    await connection.execute(PARTITION)
    await connection.execute(CAMPAIGN)
    await connection.execute(ATTEMPT, attempt_id, NOW - timedelta(minutes=2), number, ended_at)
    await connection.execute(DISPOSITION, attempt_id, NOW)


async def test_finished_call_is_in_the_register_once(connection: Connection) -> None:
    """Party, agent, instant, duration, outcome and campaign are on it; looking again writes nothing."""
    party_id = await add_party(connection)
    await finish_call(connection, "a-1")
    written = [await register_calls(connection, REGISTRY, SINCE, NOW) for _ in range(2)]
    assert written == [1, 0]
    of_party = [Filter(field="party", lookup=Lookup.IS, value=party_id)]
    (contact,) = (await list_records(connection, ADMINISTRATOR, INTERACTION, filters=of_party)).records
    assert {name: contact.values[name] for name in ("party", "owner", "channel", "direction")} == {
        "party": party_id,
        "owner": 2,
        "channel": "call",
        "direction": "out",
    }
    assert contact.values["begins_at"] == NOW - timedelta(minutes=2)
    assert contact.values["lasts"] == timedelta(minutes=2)
    assert (contact.values["outcome"], contact.values["subject"]) == ("sold", "spring")


async def test_call_that_still_goes_on_is_written_when_it_ends(connection: Connection) -> None:
    """The agent may be done before the client hangs up."""
    await add_party(connection)
    await finish_call(connection, "a-1", ended_at=None)
    assert await register_calls(connection, REGISTRY, SINCE, NOW) == 0
    await connection.execute("update dialer.attempts set ended_at = $1", NOW)
    assert await register_calls(connection, REGISTRY, SINCE, NOW) == 1


async def test_number_of_two_parties_is_nobodys(connection: Connection) -> None:
    """A contact in the history of the wrong one would be worse than none; two numbers of one are no doubt."""
    party_id = await add_party(connection)
    await connection.execute(POINT, party_id, NUMBER)
    await finish_call(connection, "a-1")
    assert await register_calls(connection, REGISTRY, SINCE, NOW) == 1
    await add_party(connection)
    await finish_call(connection, "a-2")
    assert await register_calls(connection, REGISTRY, SINCE, NOW) == 0


async def test_two_processes_write_a_call_once(entity_database: str) -> None:
    """The second waits for the first to commit, and then finds it done."""
    async with (
        connected(entity_database) as first,
        connected(entity_database) as second,
        connected(entity_database) as observer,
    ):
        await add_party(observer, OTHER_NUMBER)  # it is kept: other tests must not find a second one
        await finish_call(observer, "a-9", number=OTHER_NUMBER)
        transaction = first.transaction()
        await transaction.start()
        assert await register_calls(first, REGISTRY, SINCE, NOW) == 1
        async with second.transaction():
            waiting = asyncio.create_task(register_calls(second, REGISTRY, SINCE, NOW))
            while not waiting.done() and not await observer.fetchval(WAITS):
                continue
            await transaction.commit()
            assert await waiting == 0
