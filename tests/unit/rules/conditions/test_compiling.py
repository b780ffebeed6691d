"""SQL of conditions: how it is put together; what it means is proven in tests/integration."""

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from rules.conditions.catalogue import Restriction
from rules.conditions.compiling import compile_sql
from rules.conditions.kinds import EventFigure, Figure, Operator, Unit
from rules.conditions.moments import Circumstances
from rules.conditions.tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Events,
    Literal,
    Moment,
    Not,
    RowFigure,
    Variable,
)
from tests.unit.rules.conditions.parties import ACCOUNT, CATALOGUE, NOW, compared

COUNT_ORDERS = RowFigure(path=("orders",), figure=Figure.COUNT)
ANSWERED = Events(kind="call.answered", figure=EventFigure.COUNT, since=Moment(amount=-1, unit=Unit.HOURS))


def text(condition: Condition) -> str:
    """The SQL of a condition."""
    return compile_sql(condition, CATALOGUE, NOW).text


@pytest.mark.parametrize(
    ("path", "value", "other"),
    [
        ("name", "'; drop table crm.party; --", 'x" or true'),
        ("roof_type", "$1", "'"),
        ("country", "PL", "IT"),
        ("calls_made", 7, -1),
        ("turnover", Decimal("1.5"), 3),
        ("born_on", date(2026, 3, 29), date(2026, 3, 30)),
        ("last_call_at", NOW.now, datetime(2026, 1, 1, tzinfo=UTC)),
        ("call_from", time(9), time(10)),
        ("is_member", True, False),
    ],
)
def test_value_of_any_kind_reaches_sql_as_a_parameter_only(path: str, value: Literal, other: Literal) -> None:
    """Two values give the same text."""
    compiled, another = (
        compile_sql(compared(path, Operator.IS, one), CATALOGUE, NOW) for one in (value, other)
    )
    assert compiled.text == another.text
    assert compiled.parameters == ([value],)


def test_parameters_are_numbered_and_written_as_the_statement_wants_them() -> None:
    """A condition can stand in a larger statement, of a driver with another style, about another alias."""
    condition = AllOf(
        parts=(compared("name", Operator.IS, "a"), compared("calls_made", Operator.BETWEEN, 1, 2))
    )
    compiled = compile_sql(
        condition, CATALOGUE, NOW, alias="p", first_parameter=4, parameter_format=":condition_{}"
    )
    assert re.findall(r":condition_(\d)", compiled.text) == ["4", "5", "6"]
    assert compiled.text.startswith('(p."name" = any(cast(:condition_4 as text[])) and p."calls_made"')
    assert compiled.parameters == (["a"], 1, 2)


@pytest.mark.parametrize(
    ("operator", "count", "start"),
    [
        (Operator.AT_LEAST, 1, "exists (select"),
        (Operator.GREATER, 0, "exists (select"),
        (Operator.IS, 0, "not exists (select"),
        (Operator.LESS, 1, "not exists (select"),
        (Operator.AT_LEAST, 2, "(select count(*)"),
    ],
)
def test_count_that_asks_only_whether_there_is_one_counts_nothing(
    operator: Operator, count: int, start: str
) -> None:
    """The first row answers, so a party with a million calls is no slower than one with two."""
    for subject in (COUNT_ORDERS, ANSWERED):
        assert text(Comparison(subject=subject, operator=operator, values=(count,))).startswith(start)


def test_link_to_what_is_restricted_asks_the_restriction_again() -> None:
    """The viewer's rights are part of the subquery, with the viewer's own values."""
    mine = Restriction(condition=compared("owner", Operator.IS, Variable(name="me")), catalogue=CATALOGUE)
    entities = {**CATALOGUE.entities, "account": type(ACCOUNT)(
        name="account", label="Account", table="crm.account", fields=ACCOUNT.fields, restriction=mine
    )}  # fmt: skip
    catalogue = type(CATALOGUE)(root="party", entities=entities, variables=CATALOGUE.variables)
    viewer = Circumstances(now=NOW.now, variables={"me": (7,)})
    compiled = compile_sql(compared("account.country", Operator.IS_EMPTY), catalogue, viewer)
    assert compiled.text == (
        'not exists (select from "crm"."account" linked_1 where linked_1."id" = record."account_id" '
        'and linked_1."owner" = any(cast($1 as bigint[])) and linked_1."country" <> \'\')'
    )
    assert compiled.parameters == ([7],)


def test_groups_and_negations_keep_their_brackets() -> None:
    """What is inside stays together, and a group of no parts is a constant."""
    one = compared("name", Operator.IS_SET)
    condition = Not(part=AnyOf(parts=(one, AllOf(parts=()), AnyOf(parts=()))))
    assert text(condition) == "(((record.\"name\" <> '' or (true) or (false))) is not true)"
