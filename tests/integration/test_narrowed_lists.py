"""Lists narrowed by conditions: right rows, no row and no field through the back door, limited time."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

import pytest

from crm_core.access.connection import Connection
from crm_core.conditions import narrowing
from crm_core.conditions.catalogue import catalogue_for
from crm_core.conditions.narrowing import CONDITION_LETTERS_MAX, limited_time, read_narrowing
from crm_core.engine.custom_fields import CustomField, add_custom_field, with_custom_fields
from crm_core.engine.declaration import Entity
from crm_core.engine.errors import ListRefused
from crm_core.engine.exporting import export_records
from crm_core.engine.listing import list_records
from crm_core.engine.records import create_record, delete_record
from crm_core.engine.rights import may_reach
from crm_core.engine.scopes import Verb
from crm_core.engine.viewer import Viewer
from rules.conditions.kinds import Figure, Operator
from rules.conditions.tree import AllOf, Comparison, Condition, FieldValue, Not, RowFigure, Variable
from rules.conditions.writing import condition_text
from tests.integration.entity_world import connection, entity_database
from tests.integration.sample_entities import SAMPLES, make_sample_tables
from tests.integration.test_entity_rights import World, oracle_sees, random_viewer

__all__ = ["connection", "entity_database"]

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ADMINISTRATOR = Viewer(user_id=1, roles=frozenset(["administrator"]))
FOLDER, PAPER = SAMPLES.get("folder"), SAMPLES.get("paper")


def compare(path: str, operator: Operator, *values: str | int | bool | Variable) -> Comparison:
    """A statement about a field, here or over links."""
    return Comparison(subject=FieldValue(path=tuple(path.split("."))), operator=operator, values=values)


def papers(operator: Operator, number: int, where: Condition | None = None) -> Comparison:
    """A statement about how many papers a folder has."""
    counted = RowFigure(path=("paper_by_folder",), figure=Figure.COUNT, where=where)
    return Comparison(subject=counted, operator=operator, values=(number,))


async def listed(connection: Connection, viewer: Viewer, entity: Entity, condition: Condition) -> set[UUID]:
    """Records of a viewer's list with a condition."""
    whole = await with_custom_fields(connection, entity)
    catalogue = await catalogue_for(connection, viewer, entity)
    clause = read_narrowing(catalogue, condition_text(condition)).clause(NOW)
    page = await list_records(connection, viewer, whole, narrowing=clause, size=500)
    return {record.id for record in page.records}


async def test_conditions_reach_no_row_that_a_viewer_does_not_see(connection: Connection) -> None:
    """Links and counts know of the linked rows that his lists show, and of no others: 60 viewers."""
    draw = random.Random(20261124)
    world = World()
    await world.fill(connection, draw)
    for _ in range(60):
        viewer = random_viewer(draw, world.ids())
        if not may_reach(viewer, FOLDER, Verb.READ):
            with pytest.raises(ListRefused, match="nothing here"):
                await listed(connection, viewer, FOLDER, papers(Operator.IS, 0))
            continue
        folders = world.expected(viewer, FOLDER, Verb.READ)
        seen = world.expected(viewer, PAPER, Verb.READ)
        with_folder = {one for one in seen if world.papers[one][1] in folders}
        has_folder = compare("folder.size", Operator.AT_LEAST, 0)
        assert await listed(connection, viewer, PAPER, has_folder) == with_folder, viewer
        assert await listed(connection, viewer, PAPER, Not(part=has_folder)) == seen - with_folder
        counts = {one: sum(world.papers[paper][1] == one for paper in seen) for one in folders}
        for number in range(4):
            expected = {one for one, count in counts.items() if count == number}
            assert await listed(connection, viewer, FOLDER, papers(Operator.IS, number)) == expected, viewer


async def test_condition_about_a_hidden_field_is_refused_like_one_about_nothing(
    connection: Connection,
) -> None:
    """Nobody can find a value that is hidden from him by asking, here or over a link."""
    draw = random.Random(8)
    world = World()
    await world.fill(connection, draw)
    refused = 0
    for _ in range(60):
        viewer = random_viewer(draw, world.ids())
        for name in ("phone", "weight", "name", "code_word"):
            if oracle_sees(viewer, FOLDER, name):
                continue
            for entity, path in ((FOLDER, name), (PAPER, f"folder.{name}")):
                with pytest.raises(ListRefused, match=f"got '{name}'|got 'folder'|nothing here"):
                    await listed(connection, viewer, entity, compare(path, Operator.IS_SET))
                refused += 1
    assert refused > 100


async def test_condition_joins_an_added_field_with_what_linked_records_say(connection: Connection) -> None:
    """Who answered 8 or more and has a paper that speaks of the garden, whatever its case and accents."""
    await make_sample_tables(connection)
    answer = CustomField(name="", kind="number", label="Answer")
    answer = await add_custom_field(connection, ADMINISTRATOR, FOLDER, answer, NOW)
    whole = await with_custom_fields(connection, FOLDER)
    made: dict[tuple[int, str], UUID] = {}
    for score, text in ((9, "the GÁRDEN wall"), (9, "a roof"), (7, "our garden"), (10, "Garden")):
        values: Mapping[str, object] = {"name": f"Answered {score}", answer.name: score}
        folder = await create_record(connection, ADMINISTRATOR, whole, values, NOW)
        await create_record(connection, ADMINISTRATOR, PAPER, {"title": text, "folder": folder.id}, NOW)
        made[score, text] = folder.id
    garden = papers(Operator.AT_LEAST, 1, compare("title", Operator.CONTAINS, "garden"))
    asked = AllOf(parts=(compare(answer.name, Operator.AT_LEAST, 8), garden))
    assert await listed(connection, ADMINISTRATOR, FOLDER, asked) == {
        made[9, "the GÁRDEN wall"],
        made[10, "Garden"],
    }


async def test_deleted_records_are_reached_by_no_condition(connection: Connection) -> None:
    """A folder whose only paper was thrown away has none."""
    await make_sample_tables(connection)
    folder = await create_record(connection, ADMINISTRATOR, FOLDER, {"name": "Full"}, NOW)
    paper = await create_record(connection, ADMINISTRATOR, PAPER, {"title": "x", "folder": folder.id}, NOW)
    some = papers(Operator.AT_LEAST, 1)
    assert await listed(connection, ADMINISTRATOR, FOLDER, some) == {folder.id}
    await delete_record(connection, ADMINISTRATOR, PAPER, paper.id, NOW)
    assert await listed(connection, ADMINISTRATOR, FOLDER, some) == set()


async def test_me_is_whoever_looks(connection: Connection) -> None:
    """One condition gives each person his own records."""
    await make_sample_tables(connection)
    made = {}
    for owner in (2, 3):
        values = {"name": f"Of {owner}", "owner": owner}
        made[owner] = (await create_record(connection, ADMINISTRATOR, FOLDER, values, NOW)).id
    mine = compare("owner", Operator.IS, Variable(name="me"))
    for owner in (2, 3):
        viewer = Viewer(user_id=owner, roles=frozenset(["manager"]))
        assert await listed(connection, viewer, FOLDER, mine) == {made[owner]}


async def test_export_is_narrowed_like_the_list(connection: Connection) -> None:
    """The file holds what the list shows."""
    await make_sample_tables(connection)
    for name in ("North", "South"):
        await create_record(connection, ADMINISTRATOR, FOLDER, {"name": name}, NOW)
    catalogue = await catalogue_for(connection, ADMINISTRATOR, FOLDER)
    north = condition_text(compare("name", Operator.STARTS_WITH, "nor"))
    clause = read_narrowing(catalogue, north).clause(NOW)
    exported = [
        one.title() async for one in export_records(connection, ADMINISTRATOR, FOLDER, narrowing=clause)
    ]
    assert exported == ["North"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[" * 1_000,
        '{"version":1,"condition":{"all":' + "[" * 500 + "]" * 500 + "}}",
        '{"version":1,"condition":{"subject":{"field":"name; drop table crm.folder"},"operator":"is_set"}}',
        "x" * (CONDITION_LETTERS_MAX + 1),
    ],
)
async def test_what_is_no_condition_is_refused(connection: Connection, text: str) -> None:
    """Nothing of it is left out, since fewer conditions let more records through."""
    await make_sample_tables(connection)
    catalogue = await catalogue_for(connection, ADMINISTRATOR, FOLDER)
    with pytest.raises(ListRefused, match="conditions"):
        read_narrowing(catalogue, text)


async def test_list_that_takes_too_long_is_stopped_and_the_transaction_goes_on(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asked is told what to do; the page around it can still be made."""
    monkeypatch.setattr(narrowing, "SECONDS_MAX", "0.05")
    with pytest.raises(ListRefused, match="leaves fewer records"):
        async with limited_time(connection):
            await connection.execute("select pg_sleep(5)")
    assert await connection.fetchval("select 1") == 1
    async with limited_time(connection):
        pass
    assert await connection.fetchval("show statement_timeout") == "0"
