"""Rights: every door shows what a naive oracle says, for random viewers, rows, roles and exceptions."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import product
from uuid import UUID

import pytest

from crm_core.access.connection import Connection
from crm_core.engine.declaration import Entity
from crm_core.engine.errors import ListRefused, RecordAbsent, RecordRefused, VerbRefused
from crm_core.engine.exporting import csv_header, csv_line, export_records, exported_fields, json_of
from crm_core.engine.field import Lookup
from crm_core.engine.listing import Filter, list_records
from crm_core.engine.records import change_record, create_record, delete_record
from crm_core.engine.rights import access_record
from crm_core.engine.scopes import Scope, Verb
from crm_core.engine.searching import search_records
from crm_core.engine.viewer import FieldException, ScopeException, Share, Viewer, get_viewer
from tests.integration.entity_world import connection, entity_database
from tests.integration.sample_entities import SAMPLES, make_sample_tables

__all__ = ["connection", "entity_database"]

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADMINISTRATOR = Viewer(user_id=1, roles=frozenset(["administrator"]))
FOLDER = SAMPLES.get("folder")
PAPER = SAMPLES.get("paper")
ROLES = ("agent", "supervisor", "manager", "guest")
MASKED = {"phone": {"manager", "supervisor"}, "code_word": {"manager"}, "weight": {"manager"}}
SUBTEAMS = {1: frozenset([1, 2]), 2: frozenset([2]), 3: frozenset([3])}
Row = dict[str, int | UUID | None]
"""Id, owner, team and agency of a row, by column."""

SCOPES = {
    "folder": {
        "agent": "own own own nobody nobody",
        "supervisor": "team team own own team",
        "manager": "all all agency agency agency",
        "guest": "nobody nobody nobody nobody nobody",
    },
    "paper": dict.fromkeys(ROLES, "own own own nobody nobody"),
}
"""What the samples declare, written once more: read, create, edit, delete, export."""


def random_shares(draw: random.Random, ids: Mapping[str, Sequence[UUID]]) -> Iterator[Share]:
    """Some records that somebody is given, to read or to edit."""
    for entity, known in ids.items():
        for one in draw.sample(known, min(len(known), draw.choice([0, 0, 1, 4]))):
            yield Share(entity=entity, record_id=one, may_edit=draw.random() < 0.5)


def random_viewer(
    draw: random.Random, ids: Mapping[str, Sequence[UUID]], *, is_alone: bool = False
) -> Viewer:
    """Anybody: with one or two roles, a team or none, exceptions, shares, people he stands in for."""
    team = draw.choice([None, 1, 2, 3])
    exceptions = [
        ScopeException(
            entity=draw.choice(["folder", "paper"]),
            verb=draw.choice(list(Verb)),
            scope=draw.choice(list(Scope)),
        )
        for _ in range(draw.choice([0, 0, 1, 2]))
    ]
    fields = [
        FieldException(
            entity="folder", field=draw.choice(["phone", "name", "weight"]), is_seen=draw.random() < 0.5
        )
        for _ in range(draw.choice([0, 0, 1]))
    ]
    others = []
    if not is_alone and draw.random() < 0.3:
        level = draw.choice([frozenset([Verb.READ, Verb.EDIT]), frozenset(Verb)])
        others = [(random_viewer(draw, ids, is_alone=True), level)]
    scopes = {
        (draw.choice(ROLES), draw.choice(["folder", "paper"]), draw.choice(list(Verb))): draw.choice(
            list(Scope)
        )
        for _ in range(draw.choice([0, 1, 3]))
    }
    masks = {
        (draw.choice(ROLES), "folder", draw.choice(["phone", "code_word", "weight"])): draw.random() < 0.5
        for _ in range(draw.choice([0, 1, 3]))
    }
    return Viewer(
        user_id=draw.randint(1, 6),
        role_scopes=scopes,
        role_masks=masks,
        roles=frozenset(draw.sample(ROLES, draw.choice([1, 1, 2]))),
        team_id=team,
        team_ids=SUBTEAMS.get(team or 0, frozenset()),
        agency_id=draw.choice([None, 7, 8]),
        scope_exceptions=tuple(exceptions),
        field_exceptions=tuple(fields),
        stands_in_for=tuple(others),
        shares=tuple(random_shares(draw, ids)),
        is_read_only=not is_alone and draw.random() < 0.1,
    )


def oracle_scopes(viewer: Viewer, entity: str, verb: Verb) -> set[str]:
    """How far one person reaches, told simply."""
    told = [one.scope.value for one in viewer.scope_exceptions if (one.entity, one.verb) == (entity, verb)]
    if told:
        return {told[-1]}
    reached = set()
    for role in viewer.roles:
        changed = viewer.role_scopes.get((role, entity, verb))
        reached.add(changed.value if changed else SCOPES[entity][role].split()[list(Verb).index(verb)])
    return reached


def oracle_shares(person: Viewer, entity: str, verb: Verb, row: Row) -> bool:
    """Whether a row is shared with one person for this, told simply."""
    if verb in (Verb.CREATE, Verb.DELETE) or oracle_scopes(person, entity, verb) <= {"nobody"}:
        return False
    held = [one for one in person.shares if (one.entity, one.record_id) == (entity, row["id"])]
    return any(one.may_edit or verb in (Verb.READ, Verb.EXPORT) for one in held)


def oracle_reaches(viewer: Viewer, entity: str, verb: Verb, row: Row) -> bool:
    """Whether one of the people he acts for reaches a row, told simply."""
    people = [viewer, *(other for other, verbs in viewer.stands_in_for if verb in verbs)]
    for person in people:
        if oracle_shares(person, entity, verb, row):
            return True
        for scope in oracle_scopes(person, entity, verb):
            own = row["owner_id"] == person.user_id and scope != "nobody"
            team = scope == "team" and row["team_id"] in person.team_ids
            agency = (
                scope == "agency" and person.agency_id is not None and row["agency_id"] == person.agency_id
            )
            if own or team or agency or scope == "all":
                return True
    return False


def oracle_allows(viewer: Viewer, verb: Verb, row: Row, folder: Row | None = None) -> bool:
    """Whether he may do this with a row; `folder` is that of a paper."""
    if viewer.is_read_only and verb is not Verb.READ:
        return False
    entity = "folder" if folder is None else "paper"
    reached = oracle_reaches(viewer, entity, verb, row)
    if folder is not None:
        of_folder = verb if verb in (Verb.READ, Verb.EXPORT) else Verb.EDIT
        reached = reached or oracle_allows(viewer, of_folder, folder)
    return reached and (verb is Verb.READ or oracle_allows(viewer, Verb.READ, row, folder))


def oracle_sees(viewer: Viewer, entity: Entity, field: str) -> bool:
    """Whether a field exists for him, told simply."""
    if field == "loud_code":
        return oracle_sees(viewer, entity, "code_word")
    if field == "loud":
        return oracle_sees(viewer, entity, "name")
    told = [one.is_seen for one in viewer.field_exceptions if (one.entity, one.field) == (entity.name, field)]
    if told:
        return told[-1]
    if entity.name != "folder" or field not in MASKED:
        return True
    changed = {role: viewer.role_masks.get((role, "folder", field)) for role in viewer.roles}
    return any(role in MASKED[field] if told is None else told for role, told in changed.items())


class World:
    """Folders and papers of everybody."""

    def __init__(self) -> None:
        """Start empty."""
        self.folders: dict[UUID, Row] = {}
        self.papers: dict[UUID, tuple[Row, UUID]] = {}

    async def fill(self, connection: Connection, draw: random.Random) -> None:
        """Make rows by the engine, then give them to random people."""
        await make_sample_tables(connection)
        for number in range(24):
            raw = {
                "name": f"Folder {number}",
                "phone": f"+4822123{number:04}",
                "code_word": f"hush{number:03}",
                "weight": number,
                "size": number,
            }
            made = await create_record(connection, ADMINISTRATOR, FOLDER, raw, NOW)
            self.folders[made.id] = await self._give(connection, "folder", made.id, draw)
        for number in range(16):
            folder = draw.choice(sorted(self.folders))
            raw = {"title": f"Paper {number}", "folder": folder}
            made = await create_record(connection, ADMINISTRATOR, PAPER, raw, NOW)
            self.papers[made.id] = (await self._give(connection, "paper", made.id, draw), folder)

    async def _give(self, connection: Connection, table: str, record_id: UUID, draw: random.Random) -> Row:
        row: Row = {
            "id": record_id,
            "owner_id": draw.randint(1, 6),
            "team_id": draw.choice([None, 1, 2, 3]),
            "agency_id": draw.choice([None, 7, 8]),
        }
        await connection.execute(
            f"update crm.{table} set owner_id = $2, team_id = $3, agency_id = $4 where id = $1",
            *row.values(),
        )
        return row

    def ids(self) -> dict[str, list[UUID]]:
        """Records by entity: what can be shared."""
        return {"folder": sorted(self.folders), "paper": sorted(self.papers)}

    def expected(self, viewer: Viewer, entity: Entity, verb: Verb) -> set[UUID]:
        """Rows that the oracle lets him reach."""
        if entity is FOLDER:
            return {one for one, row in self.folders.items() if oracle_allows(viewer, verb, row)}
        return {
            one
            for one, (row, folder) in self.papers.items()
            if oracle_allows(viewer, verb, row, self.folders[folder])
        }


async def exported(connection: Connection, viewer: Viewer, entity: Entity) -> set[UUID]:
    """Rows that leave by the export; a refusal is none."""
    try:
        return {record.id async for record in export_records(connection, viewer, entity)}
    except VerbRefused:
        return set()


async def verdicts(
    connection: Connection, viewer: Viewer, entity: Entity, verb: Verb, ids: set[UUID]
) -> set[UUID]:
    """Rows that `access_record` gives one by one."""
    given = set()
    for one in sorted(ids):
        try:
            given.add((await access_record(connection, viewer, entity, one, verb)).id)
        except (RecordAbsent, VerbRefused):
            continue
    return given


async def test_every_door_shows_any_viewer_what_the_oracle_says(connection: Connection) -> None:
    """Lists, single records, search and export agree, row by row: 40 viewers, 40 rows, four doors."""
    draw = random.Random(20261123)
    world = World()
    await world.fill(connection, draw)
    for _, entity in product(range(40), (FOLDER, PAPER)):
        viewer = random_viewer(draw, world.ids())
        everything = set(world.folders) if entity is FOLDER else set(world.papers)
        seen = world.expected(viewer, entity, Verb.READ)
        listed = await list_records(connection, viewer, entity, size=500)
        assert {record.id for record in listed.records} == seen, viewer
        word = "folder" if entity is FOLDER else "paper"
        found = await search_records(connection, viewer, entity, word, limit=500)
        is_searchable = entity is PAPER or oracle_sees(viewer, entity, "name")
        assert {record.id for record in found} == (seen if is_searchable else set()), viewer
        assert await exported(connection, viewer, entity) == world.expected(viewer, entity, Verb.EXPORT), (
            viewer
        )
        verb = draw.choice(list(Verb))
        assert await verdicts(connection, viewer, entity, verb, everything) == world.expected(
            viewer, entity, verb
        ), (viewer, verb)


async def test_hidden_field_leaves_through_no_door(connection: Connection) -> None:
    """Values, JSON, CSV, filters, sorting, search, writing and computed fields know nothing of it."""
    draw = random.Random(7)
    world = World()
    await world.fill(connection, draw)
    for viewer in (random_viewer(draw, world.ids()) for _ in range(80)):
        hidden = {name for name in FOLDER.fields if not oracle_sees(viewer, FOLDER, name)}
        page = await list_records(connection, viewer, FOLDER)
        fields = exported_fields(viewer, FOLDER)
        assert not hidden & set(csv_header(fields).strip().split(","))
        for record in page.records:
            assert set(record.values) == set(FOLDER.fields) - hidden
            assert not hidden & set(json_of(record, fields))
            assert ("hush" in csv_line(record, fields)) == ("code_word" not in hidden)
        if "code_word" in hidden:
            assert not await search_records(connection, viewer, FOLDER, "hush0")
        if "phone" in hidden:
            assert not await search_records(connection, viewer, FOLDER, "22 123 00")
        for name in sorted(hidden):
            await _refused_like_unknown(connection, viewer, name)


async def _refused_like_unknown(connection: Connection, viewer: Viewer, name: str) -> None:
    for field in (name, "nonsense"):
        condition = Filter(field=field, lookup=Lookup.EMPTY, value="no")
        with pytest.raises(ListRefused, match="has no filter"):
            await list_records(connection, viewer, FOLDER, filters=[condition])
        with pytest.raises(ListRefused, match="cannot be sorted by"):
            await list_records(connection, viewer, FOLDER, sort=field)
    with pytest.raises(RecordRefused, match="there is no such field"):
        await create_record(connection, viewer, FOLDER, {"name": "x", name: "1"}, NOW)


def strangers() -> Iterator[Viewer]:
    """Those who may not read the folder of user 1 in team 1."""
    yield Viewer(user_id=2, roles=frozenset(["agent"]))
    yield Viewer(user_id=2, roles=frozenset(["supervisor"]), team_ids=frozenset([3]))
    yield Viewer(user_id=1, roles=frozenset(["guest"]))


async def test_link_to_a_record_one_may_not_see_is_refused_like_an_absent_one(connection: Connection) -> None:
    """The two refusals are the same to the letter, so that nobody can probe for records."""
    await make_sample_tables(connection)
    folder = await create_record(connection, ADMINISTRATOR, FOLDER, {"name": "Closed", "team": 1}, NOW)
    for viewer in strangers():
        said = set()
        for target in (folder.id, UUID(int=5)):
            with pytest.raises(RecordRefused) as refusal:
                await create_record(connection, viewer, PAPER, {"title": "x", "folder": target}, NOW)
            said.add(str(refusal.value))
            with pytest.raises(RecordAbsent) as absence:
                await delete_record(connection, viewer, FOLDER, target, NOW)
            said.add(str(absence.value))
        assert said == {"folder: there is no such record", "there is no such record"}


async def test_delegation_holds_for_its_period_and_level(connection: Connection) -> None:
    """It begins, ends, and lets a contributor edit and not delete; other eyes change nothing."""
    await make_sample_tables(connection)
    await connection.execute("update crm.users set roles = '{supervisor}' where id in (2, 3)")
    await connection.execute(
        """insert into crm.delegation (from_user_id, to_user_id, level, begins_at, ends_at)
        values (2, 3, 'contribute', '2026-11-20Z', '2026-11-25Z')"""
    )
    owner = await get_viewer(connection, 2, NOW)
    folder = await create_record(connection, owner, FOLDER, {"name": "Lent"}, NOW)
    viewer = await get_viewer(connection, 3, NOW)
    await change_record(connection, viewer, FOLDER, folder.id, {"size": 3}, NOW)
    with pytest.raises(VerbRefused):
        await delete_record(connection, viewer, FOLDER, folder.id, NOW)
    late = await get_viewer(connection, 3, datetime(2026, 11, 25, tzinfo=UTC))
    with pytest.raises(RecordAbsent):
        await access_record(connection, late, FOLDER, folder.id)
    looking = owner.seen_as()
    assert (await access_record(connection, looking, FOLDER, folder.id)).values["size"] == 3
    with pytest.raises(VerbRefused):
        await change_record(connection, looking, FOLDER, folder.id, {"size": 4}, NOW)
