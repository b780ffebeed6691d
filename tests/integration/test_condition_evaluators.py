"""Python and PostgreSQL agree about conditions: any catalogue, any rows, any condition that fits."""

import unicodedata
from collections import defaultdict
from random import Random

import asyncpg
import pytest

from rules.conditions.catalogue import Entity, EventKind, EventTable, Field, FixedCatalogue, by_name
from rules.conditions.compiling import compile_sql
from rules.conditions.evaluating import holds
from rules.conditions.folding import fold, fold_sql
from rules.conditions.kinds import EventFigure, Kind, Operator, Unit
from rules.conditions.moments import Circumstances
from rules.conditions.tree import Comparison, Condition, Events, Expected, FieldValue, Moment
from rules.conditions.writing import condition_text
from tests.integration.condition_tables import World, random_world, store, verdicts
from tests.random_conditions import INSTANTS, random_circumstances, random_comparison, random_condition

CATALOGUES = 24
CONDITIONS = 540  # of each catalogue: 12,960 cases in all
COMPARISONS_PER_OPERATOR = 12
ROWS = {"party": 24, "account": 6, "call": 40}
CONDITIONS_PER_STATEMENT = 45
LETTERS_END, LETTERS_MIN = 0x20000, 80_000  # beyond are ideographs, with nothing to fold


def compared(name: str, operator: Operator, *values: Expected) -> Comparison:
    """A comparison of a field."""
    return Comparison(subject=FieldValue(path=(name,)), operator=operator, values=values)


PARTY = Entity(
    name="party",
    label="Party",
    table="party",
    fields=by_name(
        Field(name="name", label="Name", kind=Kind.TEXT, folded_column="folded_name"),
        Field(name="at", label="At", kind=Kind.INSTANT),
    ),
    events=by_name(EventKind(name="call.answered", label="Call answered")),
)
INDEXED = FixedCatalogue(root="party", entities={"party": PARTY}, events=EventTable(table="happened"))
SEEN = Events(kind="call.answered", figure=EventFigure.COUNT)
INDEXED_TABLES = f"""
    create table party (id bigint primary key, name text, at timestamptz,
        folded_name text generated always as ({fold_sql("name")}) stored);
    insert into party select n, 'party ' || n, timestamptz '2020-01-01' + n * interval '1 day'
        from generate_series(1, 20000) n;
    create index by_name on party (name);
    create index by_folded_name on party (folded_name text_pattern_ops);
    create index by_at on party (at);
    create table happened (entity text, record_id bigint, kind text, at timestamptz);
    insert into happened select 'party', n, 'call.answered', timestamptz '2020-01-01'
        from generate_series(1, 20000, 1000) n;
    insert into happened select 'party', n, 'sms.sent', timestamptz '2020-01-01'
        from generate_series(1, 20000) n;
    create index by_kind on happened (entity, kind, record_id, at);
    analyze party, happened;
"""


@pytest.mark.parametrize("seed", range(CATALOGUES))
async def test_evaluators_on_any_rows_and_conditions_agree(database_url: str, seed: int) -> None:
    """Each condition holds for the same rows in both; each operator is seen to hold and not to hold."""
    random = Random(seed)
    world = random_world(random, random_circumstances(random), ROWS)
    conditions = any_conditions(random, world)
    outcomes: dict[Operator, set[bool]] = defaultdict(set)
    connection = await asyncpg.connect(database_url)
    try:
        await store(world, connection)
        for first in range(0, CONDITIONS, CONDITIONS_PER_STATEMENT):
            batch = conditions[first : first + CONDITIONS_PER_STATEMENT]
            for condition, found in zip(batch, await verdicts(world, batch, connection), strict=True):
                expected = python_verdicts(condition, world)
                assert expected == found, condition_text(condition)
                if isinstance(condition, Comparison):
                    outcomes[condition.operator].update(found.values())
    finally:
        await connection.close()
    assert [operator for operator in Operator if outcomes[operator] != {False, True}] == []


async def test_folding_of_any_letter_is_the_same_in_both(database_url: str) -> None:
    """Every letter that Unicode has assigned, alone and between others, folds to the same text."""
    letters = [chr(point) for point in range(1, LETTERS_END) if not 0xD800 <= point <= 0xDFFF]
    texts = [f"a{letter}b" for letter in letters if unicodedata.category(letter) != "Cn"]
    assert len(texts) > LETTERS_MIN
    connection = await asyncpg.connect(database_url)
    try:
        sql = f"select {fold_sql('letter')} from unnest($1::text[]) with ordinality one(letter, n) order by n"
        found = [row[0] for row in await connection.fetch(sql, texts)]
    finally:
        await connection.close()
    assert [text for text, folded in zip(texts, found, strict=True) if fold(text) != folded] == []


@pytest.mark.parametrize(
    ("comparison", "index"),
    [
        (compared("name", Operator.IS, "party 77"), "by_name"),
        (compared("name", Operator.IS_ONE_OF, "party 77", "party 78"), "by_name"),
        (compared("name", Operator.STARTS_WITH, "PARTY 77"), "by_folded_name"),
        (compared("at", Operator.WITHIN_LAST, Moment(amount=-1, unit=Unit.DAYS)), "by_at"),
        (Comparison(subject=SEEN, operator=Operator.AT_LEAST, values=(1,)), "by_kind"),
    ],
    ids=["is", "is one of", "starts with", "within last", "has happened"],
)
async def test_comparison_of_an_indexed_column_is_answered_by_its_index(
    database_url: str, comparison: Comparison, index: str
) -> None:
    """What is asked most often is no walk through the whole table."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(INDEXED_TABLES)
        compiled = compile_sql(comparison, INDEXED, Circumstances(now=INSTANTS[1]))
        plan = await connection.fetch(
            f"explain select * from party record where id < 50000 and {compiled.text}", *compiled.parameters
        )
    finally:
        await connection.close()
    assert index in "\n".join(row[0] for row in plan)


def any_conditions(random: Random, world: World) -> list[Condition]:
    """Comparisons with each operator, then anything."""
    operators = [operator for operator in Operator for _ in range(COMPARISONS_PER_OPERATOR)]
    single = [random_comparison(random, world.catalogue, 1, operator) for operator in operators]
    whole = [random_condition(random, world.catalogue) for _ in range(CONDITIONS - len(single))]
    return [*single, *whole]


def python_verdicts(condition: Condition, world: World) -> dict[int, bool]:
    """What Python says of a condition, by the key of each of the root's rows."""
    rows = world.rows[world.catalogue.root]
    return {key: holds(condition, row, world.circumstances) for key, row in rows.items()}
