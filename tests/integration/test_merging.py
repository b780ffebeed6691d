"""Merges and their undo: identity on random records, rights, refusals; pairs found as parties change."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

import crm_core.interactions.entities
import crm_core.parties.entities
import crm_core.tasks.entities
from crm_core.access.connection import Connection
from crm_core.engine.declaration import REGISTRY
from crm_core.engine.errors import RecordAbsent, VerbRefused
from crm_core.engine.facets import add_note, notes_on
from crm_core.engine.records import change_record, create_record, delete_record
from crm_core.engine.rights import Record, access_record
from crm_core.engine.viewer import Viewer
from crm_core.quality.errors import MergeRefused, PairAbsent
from crm_core.quality.looking import find_duplicates, seen_parties
from crm_core.quality.merging import Merge, merge_records, undo_merge
from crm_core.quality.moving import FACETS, HISTORY
from crm_core.quality.pairs import decide, get_pair, look_at_changes, look_at_parties, pairs_to_review
from tests.integration.entity_world import connection, entity_database
from tests.integration.sample_entities import SAMPLES, make_sample_tables

__all__ = ["connection", "entity_database"]

DECLARED = (crm_core.interactions.entities, crm_core.parties.entities, crm_core.tasks.entities)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
BOSS = Viewer(user_id=1, roles=frozenset(["administrator"]))
MANAGER = Viewer(user_id=3, roles=frozenset(["manager"]))
AGENT = Viewer(user_id=2, roles=frozenset(["agent"]))
FOLDER, PAPER = SAMPLES.get("folder"), SAMPLES.get("paper")
PARTY, POINT, RELATION, TASK = (
    REGISTRY.get(name) for name in ("party", "contact_point", "party_relation", "task")
)
STAMPS = {"version", "changed_at", "changed_by_id"}
PAPERS_OF = """
    select count(*) from crm.paper
    where deleted_at is null and ($1 = folder_id or $1 = any (others_ids))
"""
FACET_TABLES = """
    select table_name from information_schema.columns where table_schema = 'crm'
        and column_name in ('entity', 'record_id')
    group by table_name having count(*) = 2
"""


async def contents(connection: Connection, *tables: str) -> dict[str, list[dict[str, object]]]:
    """All rows of some tables, without what any change writes."""
    return {
        table: [
            {name: value for name, value in row.items() if name not in STAMPS}
            for row in await connection.fetch(f"select * from crm.{table} order by id")
        ]
        for table in tables
    }


async def shelf(connection: Connection, seed: int) -> tuple[list[Record], random.Random]:
    """Folders within folders, papers in them that name further ones, notes; some of it deleted."""
    await make_sample_tables(connection)
    rng = random.Random(seed)
    folders: list[Record] = []
    for number in range(6):
        raw: dict[str, object] = {"name": f"folder {number}", "size": rng.choice([None, 1, 2])}
        raw |= {"phone": rng.choice([None, f"+4822123450{number}"]), "labels": rng.choice(["", "a,b"])}
        raw |= {"above": rng.choice(folders).id if folders and rng.random() < 0.6 else None}
        folders.append(await create_record(connection, BOSS, FOLDER, raw, NOW))
        await add_note(connection, BOSS, folders[-1], f"note {number}", NOW)
    for number in range(12):
        raw = {"title": f"paper {rng.randrange(3)}", "folder": rng.choice(folders).id}
        raw |= {"others": [one.id for one in rng.sample(folders, rng.randrange(4))]}
        paper = await create_record(connection, BOSS, PAPER, raw, NOW)
        if number % 5 == 4:
            await delete_record(connection, BOSS, PAPER, paper.id, NOW)
    return folders, rng


@pytest.mark.parametrize("seed", range(6))
async def test_merge_and_undo_leave_everything_as_it_was(connection: Connection, seed: int) -> None:
    """Whatever hangs on two records, and whichever values are chosen: undo is the exact opposite."""
    folders, rng = await shelf(connection, seed)
    before = await contents(connection, "folder", "paper", "note")
    merged = 0
    for _ in range(4):
        survivor, loser = rng.sample(folders, 2)
        taken = rng.sample(["name", "size", "phone", "labels", "above"], 3)
        try:
            done = await merge_records(connection, BOSS, FOLDER, survivor.id, loser.id, LATER, taken=taken)
        except MergeRefused:
            pass  # one stands above the other
        else:
            merged += 1
            assert await connection.fetchval(PAPERS_OF, loser.id) == 0
            assert await notes_on(connection, loser) == []
            await undo_merge(connection, BOSS, FOLDER, done.id, LATER)
        assert await contents(connection, "folder", "paper", "note") == before
    assert merged


async def test_table_of_what_hangs_on_records_is_known_to_merges(connection: Connection) -> None:
    """Whoever adds a table keyed by entity and record decides whether merges move it."""
    rows = await connection.fetch(FACET_TABLES)
    assert {row["table_name"] for row in rows} == {*FACETS, *HISTORY}


async def two_annas(connection: Connection) -> tuple[Record, Record]:
    """One person twice, each with telephones and work, related to the other."""
    raw = {"name": "Anna Nowak", "birth_date": "1980-02-13", "life_cycle": "customer"}
    ours = await create_record(connection, MANAGER, PARTY, {**raw, "tax_id": "5260250274"}, NOW)
    theirs = await create_record(connection, MANAGER, PARTY, {**raw, "name": "Ana Nowak"}, NOW)
    for party in (ours, theirs):
        for phone in ("+48221234567", f"+4822765432{party is ours:d}"):
            await create_record(connection, MANAGER, POINT, {"party": party.id, "phone": phone}, NOW)
    await create_record(
        connection,
        MANAGER,
        RELATION,
        {"party": ours.id, "related": theirs.id, "role": "works_for"},
        NOW,
    )
    await create_record(connection, AGENT, TASK, {"title": "Call back"}, NOW)
    await create_record(connection, MANAGER, TASK, {"title": "Call Ana", "party": theirs.id}, NOW)
    await add_note(connection, MANAGER, theirs, "Prefers mornings", NOW)
    return ours, theirs


async def merged_annas(connection: Connection) -> tuple[Record, Record, Merge]:
    """Both Annas as one."""
    ours, theirs = await two_annas(connection)
    done = await merge_records(connection, MANAGER, PARTY, ours.id, theirs.id, LATER, taken=["name"])
    return ours, theirs, done


async def test_merge_of_parties_moves_all_that_hangs_on_them(connection: Connection) -> None:
    """Notes, telephones and work are the survivor's; what would repeat it or relate it to itself is gone."""
    ours, theirs, _ = await merged_annas(connection)
    parties = await seen_parties(connection, MANAGER, REGISTRY, [ours.id, theirs.id])
    assert list(parties) == [ours.id]
    anna = parties[ours.id]
    assert [anna.record.values["name"], anna.record.values["tax_id"]] == ["Ana Nowak", "5260250274"]
    assert sorted(anna.profile.phones) == ["+48221234567", "+48227654320", "+48227654321"]
    assert len(anna.points) == 3
    assert [note.text for note in await notes_on(connection, anna.record)] == ["Prefers mornings"]
    assert await connection.fetchval("select count(*) from crm.task where party_id = $1", ours.id) == 1
    assert not await connection.fetchval("select count(*) from crm.party_relation where deleted_at is null")
    with pytest.raises(RecordAbsent):
        await access_record(connection, MANAGER, PARTY, theirs.id)
    kinds = "select kind from crm.domain_event where record_id = $1 order by id desc limit 1"
    assert await connection.fetchval(kinds, ours.id) == "party.merged"


async def test_undo_keeps_what_was_changed_since(connection: Connection) -> None:
    """A name that somebody wrote after the merge is newer than what the undo would give back."""
    ours, theirs, done = await merged_annas(connection)
    await change_record(connection, MANAGER, PARTY, ours.id, {"name": "Anna Nowak-Wilk"}, LATER)
    moved = await connection.fetchval("select id from crm.task where title = 'Call Ana'")
    await change_record(connection, MANAGER, TASK, moved, {"title": "Call Ana today"}, LATER)
    await undo_merge(connection, MANAGER, PARTY, done.id, LATER)
    parties = await seen_parties(connection, MANAGER, REGISTRY, [ours.id, theirs.id])
    assert parties[ours.id].record.values["name"] == "Anna Nowak-Wilk"
    assert parties[theirs.id].record.values["name"] == "Ana Nowak"
    task = await access_record(connection, MANAGER, TASK, moved)
    assert [task.values["title"], task.values["party"]] == ["Call Ana today", theirs.id]


async def test_merge_is_refused_to_whom_may_not_delete_the_loser(connection: Connection) -> None:
    """And leaves nothing behind; nor does a merge with oneself, of stale versions, or a second undo."""
    ours, theirs = await two_annas(connection)
    before = await contents(connection, "party", "contact_point", "task", "note")
    leader = Viewer(user_id=4, roles=frozenset(["supervisor"]), team_ids=frozenset([1]))
    await connection.execute("update crm.party set team_id = 1")
    with pytest.raises(VerbRefused):
        await merge_records(connection, leader, PARTY, ours.id, theirs.id, LATER)
    with pytest.raises(RecordAbsent):
        await merge_records(connection, AGENT, PARTY, ours.id, theirs.id, LATER)
    await connection.execute("update crm.party set team_id = null")
    with pytest.raises(MergeRefused, match="not two"):
        await merge_records(connection, MANAGER, PARTY, ours.id, ours.id, LATER)
    with pytest.raises(MergeRefused, match="meanwhile"):
        await merge_records(connection, MANAGER, PARTY, ours.id, theirs.id, LATER, versions=(1, 2))
    assert await contents(connection, "party", "contact_point", "task", "note") == before
    done = await merge_records(connection, MANAGER, PARTY, ours.id, theirs.id, LATER)
    await undo_merge(connection, MANAGER, PARTY, done.id, LATER)
    with pytest.raises(MergeRefused, match="nothing to undo"):
        await undo_merge(connection, MANAGER, PARTY, done.id, LATER)


async def test_value_hidden_from_the_viewer_is_not_lost(connection: Connection) -> None:
    """He cannot choose what he does not see: the survivor's stays, and the loser's fills what is empty."""
    await make_sample_tables(connection)
    weights: list[tuple[str, str | None, str]] = [("a", None, "1.50"), ("b", "2.50", "3.50")]
    blind = Viewer(user_id=1, roles=frozenset(["agent", "supervisor"]), team_ids=frozenset([1]))
    for name, ours, theirs in weights:
        survivor, loser = [
            await create_record(connection, BOSS, FOLDER, {"name": name, "weight": weight, "team": 1}, NOW)
            for weight in (ours, theirs)
        ]
        await merge_records(connection, blind, FOLDER, survivor.id, loser.id, LATER, taken=["weight"])
        record = await access_record(connection, BOSS, FOLDER, survivor.id)
        assert str(record.values["weight"]) == (ours or theirs)


async def looked_at(connection: Connection, *parties: Record) -> UUID:
    """The pair that a look at some parties finds."""
    await look_at_parties(connection, REGISTRY, {party.id for party in parties}, NOW)
    (pair,) = await pairs_to_review(connection, MANAGER, REGISTRY)
    assert {pair.first.record.id, pair.second.record.id} == {party.id for party in parties}
    return pair.id


async def test_pair_is_reviewed_once_and_follows_merge_and_undo(connection: Connection) -> None:
    """It leaves the queue when it is merged or said to be two, and is back after the undo."""
    ours, theirs = await two_annas(connection)
    pair_id = await looked_at(connection, ours, theirs)
    done = await merge_records(connection, MANAGER, PARTY, ours.id, theirs.id, LATER)
    assert await pairs_to_review(connection, MANAGER, REGISTRY) == []
    await undo_merge(connection, MANAGER, PARTY, done.id, LATER)
    assert [pair.id for pair in await pairs_to_review(connection, MANAGER, REGISTRY)] == [pair_id]
    await decide(connection, MANAGER, REGISTRY, pair_id, "distinct", LATER)
    await look_at_parties(connection, REGISTRY, {ours.id}, LATER)
    assert await pairs_to_review(connection, MANAGER, REGISTRY) == []


async def test_pair_is_gone_when_the_records_differ_now(connection: Connection) -> None:
    """Who mends a record does not have to say it in the queue again."""
    ours, theirs = await two_annas(connection)
    pair_id = await looked_at(connection, ours, theirs)
    await connection.execute("update crm.contact_point set deleted_at = $1 where party_id = $2", NOW, ours.id)
    raw = {"name": "Jan Wilk", "birth_date": "2001-01-01"}
    await change_record(connection, MANAGER, PARTY, ours.id, raw, LATER)
    await look_at_parties(connection, REGISTRY, {ours.id}, LATER)
    with pytest.raises(PairAbsent):
        await get_pair(connection, MANAGER, REGISTRY, pair_id)


async def test_duplicates_of_whom_the_viewer_may_not_see_are_not_told(connection: Connection) -> None:
    """Neither in the queue nor at entry: a warning would tell that there is such a person."""
    ours, theirs = await two_annas(connection)
    pair_id = await looked_at(connection, ours, theirs)
    profile = (await seen_parties(connection, MANAGER, REGISTRY, [ours.id]))[ours.id].profile
    assert len(await find_duplicates(connection, MANAGER, REGISTRY, profile)) == 2
    assert await find_duplicates(connection, AGENT, REGISTRY, profile) == []
    assert await pairs_to_review(connection, AGENT, REGISTRY) == []
    with pytest.raises(PairAbsent):
        await decide(connection, AGENT, REGISTRY, pair_id, "distinct", NOW)


async def test_look_at_changes_takes_each_event_up_once(connection: Connection) -> None:
    """Events of the transaction that still runs are left for later; then the queue is complete."""
    await two_annas(connection)
    await connection.execute("update crm.domain_event set transaction_id = '3'")
    assert await look_at_changes(connection, REGISTRY, NOW, limit=500) > 0
    assert len(await pairs_to_review(connection, MANAGER, REGISTRY)) == 1
    assert await look_at_changes(connection, REGISTRY, NOW, limit=500) == 0
