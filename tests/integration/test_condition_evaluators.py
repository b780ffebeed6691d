"""Python and PostgreSQL agree about conditions: any catalogue, any rows, any condition that fits."""

from collections import defaultdict
from random import Random

import asyncpg
import pytest

from rules.conditions.evaluating import holds
from rules.conditions.kinds import Operator
from rules.conditions.tree import Comparison, Condition
from rules.conditions.writing import condition_text
from tests.integration.condition_tables import World, random_world, store, verdicts
from tests.random_conditions import random_circumstances, random_comparison, random_condition

CATALOGUES = 10
CONDITIONS = 540  # of each catalogue: 5,400 cases in all
COMPARISONS_PER_OPERATOR = 12
ROWS = {"party": 24, "account": 6, "call": 40}
CONDITIONS_PER_STATEMENT = 45


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
