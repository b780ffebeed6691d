"""A condition that does not fit its catalogue is told every problem at once, each with its place."""

from datetime import UTC, date, datetime
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rules.conditions.catalogue import Entity, Field, FixedCatalogue
from rules.conditions.checking import find_problems, require_valid
from rules.conditions.compiling import compile_sql
from rules.conditions.evaluating import holds
from rules.conditions.kinds import EventFigure, Figure, Kind, Operator, Part, Unit
from rules.conditions.parsing import parse_condition
from rules.conditions.tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Events,
    FieldValue,
    Moment,
    Not,
    Now,
    PartOf,
    RowFigure,
    Subject,
    Variable,
)
from rules.conditions.writing import condition_document
from rules.errors import InvalidConditionError, InvalidRuleError
from tests.random_conditions import random_catalogue, random_circumstances, random_condition
from tests.unit.rules.conditions.parties import CATALOGUE, NOW, PARTY, Sheet, compared

THIRTY_DAYS_AGO = Moment(amount=-30, unit=Unit.DAYS)
NAME, BORN_ON = FieldValue(path=("name",)), FieldValue(path=("born_on",))


def said(condition: Condition) -> list[str]:
    """All problems, each in one line."""
    return [str(problem) for problem in find_problems(condition, CATALOGUE)]


def about(subject: Subject, operator: Operator = Operator.IS_SET) -> Comparison:
    """A comparison of that subject."""
    return Comparison(subject=subject, operator=operator)


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        (compared("nmae", Operator.IS_SET), "subject.field: expected a field out of born_on, "),
        (compared("boss.name", Operator.IS_SET), "subject.field: expected a link out of account, got 'boss'"),
        (compared("account.name", Operator.IS_SET), "subject.field: expected a field out of country, got"),
        (compared("account.owner_secret.name", Operator.IS_SET), "expected a link that you may follow"),
        (compared("name", Operator.LESS, "a"), "operator: expected one of is, is_not, "),
        (compared("country", Operator.IS, "DE"), "values[0]: expected one of IT, PL, SK, got 'DE'"),
        (compared("calls_made", Operator.IS, True), "values[0]: expected a value of kind integer, got True"),
        (compared("is_member", Operator.IS, 1), "values[0]: expected a value of kind boolean, got 1"),
        (compared("born_on", Operator.IS, NOW.now), "values[0]: expected a value of kind date"),
        (compared("last_call_at", Operator.LESS, date(2026, 3, 29)), "expected a value of kind instant"),
        (compared("owner", Operator.IS, "7"), "values[0]: expected a bigint id, got '7'"),
        (compared("site", Operator.IS, "7"), "values[0]: expected a uuid id, got '7'"),
        (compared("site", Operator.IS, "{" + "a" * 32 + "}"), "values[0]: expected a uuid id"),
        (compared("owner", Operator.IS, Variable(name="my_tags")), "got variable my_tags"),
        (compared("owner", Operator.IS_NOT, Variable(name="me")), "got variable me"),
        (compared("owner", Operator.IS, Variable(name="you")), "got variable you"),
        (compared("name", Operator.CONTAINS, "\u0301"), "values[0]: expected a text of more than accents"),
        (compared("turnover", Operator.LESS, THIRTY_DAYS_AGO), "a value of kind money, got a moment"),
        (
            compared("born_on", Operator.LESS, Moment(amount=-3, unit=Unit.HOURS)),
            "values[0].unit: expected days or longer, for a date, got hours",
        ),
        (
            compared("last_call_at", Operator.LESS, Moment(amount=-3, unit=Unit.HOURS, zone="Rome")),
            "values[0].zone: expected an IANA time zone such as 'Europe/Rome', got 'Rome'",
        ),
        (compared("last_call_at", Operator.WITHIN_LAST, NOW.now), "values[0]: expected a moment"),
        (
            compared("last_call_at", Operator.WITHIN_NEXT, THIRTY_DAYS_AGO),
            "values[0].moment: expected a moment in the future, got -30",
        ),
        (about(PartOf(of=NAME, part=Part.HOUR)), "subject.part: expected no part of a text"),
        (about(PartOf(of=BORN_ON, part=Part.HOUR)), "expected weekday, day, month, year"),
        (about(PartOf(of=Now(), part=Part.HOUR, zone="Mars")), "subject.zone: expected an IANA time zone"),
        (about(RowFigure(path=("ordres",), figure=Figure.COUNT)), "subject.rows: expected rows out of "),
        (
            about(RowFigure(path=("orders",), figure=Figure.SUM, field="state")),
            "subject.field: expected a field of kind decimal, duration, integer, money, got text",
        ),
        (
            about(RowFigure(path=("notes",), figure=Figure.NEWEST, field="state")),
            "subject.figure: expected a figure of rows without an order, got newest",
        ),
        (
            about(RowFigure(path=("orders",), figure=Figure.COUNT, where=compared("n", Operator.IS_SET))),
            "subject.where.subject.field: expected a field out of amount, ordered_at, state, got 'n'",
        ),
        (
            about(Events(kind="call.lost", figure=EventFigure.COUNT)),
            "subject.events: expected a kind of event out of call.answered, got 'call.lost'",
        ),
        (
            about(Events(kind="call.answered", figure=EventFigure.COUNT, path=("account",))),
            "subject.events: expected a kind of event out of none here, got 'call.answered'",
        ),
    ],
)  # fmt: skip
def test_condition_that_does_not_fit_is_told_where_and_why(condition: Condition, problem: str) -> None:
    """One problem each, with its place, what was expected and what came."""
    problems = said(condition)
    assert len(problems) == 1
    assert problems[0].startswith("condition.")
    assert problem in problems[0]


def test_condition_with_several_problems_is_told_all_at_once() -> None:
    """Every part is looked at, and each problem has its own place."""
    bad = compared("country", Operator.IS_ONE_OF, "PL", "DE", 5)
    condition = AllOf(parts=(AnyOf(parts=(bad,)), Not(part=compared("nmae", Operator.IS_SET))))
    places = [problem.place for problem in find_problems(condition, CATALOGUE)]
    assert places == [
        "condition.all[0].any[0].values[1]",
        "condition.all[0].any[0].values[2]",
        "condition.all[1].not.subject.field",
    ]
    with pytest.raises(InvalidConditionError, match=r"got 'DE'; .*got 5; .*got 'nmae'; correct"):
        require_valid(condition, CATALOGUE)


def test_condition_about_a_hidden_field_is_refused_as_one_about_none() -> None:
    """Who may not see a field cannot ask about it, nor learn from the refusal that it exists."""
    fields = {name: field for name, field in PARTY.fields.items() if name != "phone"}
    party = Entity(name="party", label="Party", table="crm.party", fields=fields)
    hidden = FixedCatalogue(root="party", entities={"party": party})
    of_hidden = find_problems(compared("phone", Operator.STARTS_WITH, "+39"), hidden)
    of_none = find_problems(compared("fhone", Operator.STARTS_WITH, "+39"), hidden)
    assert [str(problem).replace("phone", "fhone") for problem in of_hidden] == list(map(str, of_none))
    with pytest.raises(InvalidConditionError):
        compile_sql(compared("phone", Operator.IS_SET), hidden, NOW)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=150)
@example(seed=7)
def test_condition_of_another_catalogue_fits_or_is_refused_and_never_breaks(seed: int) -> None:
    """What fits can be compiled, and evaluated on an empty record; anything else is refused as a whole."""
    random = Random(seed)
    theirs, ours = random_catalogue(random), random_catalogue(random)
    condition = random_condition(random, theirs)
    circumstances = random_circumstances(random)
    assert find_problems(condition, theirs) == ()
    if find_problems(condition, ours):
        with pytest.raises(InvalidConditionError):
            compile_sql(condition, ours, circumstances)
    else:
        assert compile_sql(condition, ours, circumstances).text
        assert holds(condition, Sheet(), circumstances) in {False, True}


def test_kind_of_any_value_survives_storing() -> None:
    """A value read from JSON has the kind that the check expects of it."""
    condition = compared("last_call_at", Operator.BETWEEN, datetime(2026, 1, 1, tzinfo=UTC), THIRTY_DAYS_AGO)
    assert find_problems(parse_condition(condition_document(condition)), CATALOGUE) == ()


@pytest.mark.parametrize("name", ['name"', "name; drop table party", "Name", "", "a" * 99])
def test_name_that_is_no_plain_identifier_is_refused_by_the_catalogue(name: str) -> None:
    """Nothing but plain identifiers can reach SQL."""
    with pytest.raises(InvalidRuleError):
        Field(name=name, kind=Kind.TEXT, label="Name")
    with pytest.raises(InvalidRuleError):
        Entity(name="party", label="Party", table=name)
