"""Any condition survives being written and read; anything else is refused by one error, with its place."""

from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rules.conditions.kinds import Operator, Unit
from rules.conditions.parsing import (
    DEPTH_MAX,
    NODES_MAX,
    ROWS_MAX,
    TEXT_LETTERS_MAX,
    VALUES_MAX,
    parse_condition,
    parse_condition_text,
)
from rules.conditions.tree import AllOf, AnyOf, Comparison, FieldValue, Moment, Not
from rules.conditions.writing import condition_document, condition_text
from rules.errors import InvalidConditionError
from tests.random_conditions import random_catalogue, random_condition

IS_SET: dict[str, object] = {"subject": {"field": "name"}, "operator": "is_set"}
JUNK: tuple[object, ...] = (
    None, True, False, 0, -1, 2**63, 1.5, float("nan"), "", "is", "name", "a.b", "\0", "\ud800", "9" * 2_000,
    [], {}, [[]], [{}], {"all": []}, {"all": None}, {"not": {}}, {"moment": 0, "unit": "days"}, {"now": 1},
    {"variable": "me"}, {"date": "2026-02-29"}, {"decimal": "NaN"}, {"at": "2026-03-29T01:00:00+99:00"},
    {"field": "x"}, {"part": "hour", "of": {"now": True}}, {"rows": "x", "figure": "count"}, IS_SET, {1: 2},
    (), b"x",
)  # fmt: skip
NESTED = st.recursive(
    st.sampled_from(JUNK) | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=9,
)


def spoilt(random: Random, came: object) -> object:
    """The same JSON with something else in one place."""
    if isinstance(came, dict) and came and random.random() < 0.9:
        name = random.choice(sorted(came, key=str))
        other = random.choice((name, name, name, name, "values", "zone"))
        return {
            **{key: value for key, value in came.items() if key != name},
            other: spoilt(random, came[name]),
        }
    if isinstance(came, list) and came and random.random() < 0.9:
        place = random.randrange(len(came))
        return [*came[:place], spoilt(random, came[place]), *came[place + 1 :]]
    return random.choice(JUNK)


def document(condition: object) -> dict[str, object]:
    """A condition's JSON with the version around it."""
    return {"version": 1, "condition": condition}


def compared(*values: object, operator: str = "is") -> dict[str, object]:
    """A comparison of one field, as JSON."""
    return {"subject": {"field": "name"}, "operator": operator, "values": list(values)}


def refusal(came: object) -> str:
    """What reading it is refused with."""
    with pytest.raises(InvalidConditionError) as caught:
        parse_condition(came)
    return str(caught.value)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=150)
def test_condition_written_and_read_again_is_the_same(seed: int) -> None:
    """Any condition that fits any catalogue comes back from its JSON, and gives the same text again."""
    random = Random(seed)
    condition = random_condition(random, random_catalogue(random))
    text = condition_text(condition)
    assert condition == parse_condition_text(text)
    assert text == condition_text(parse_condition_text(text))


def test_moment_in_a_zone_written_and_read_again_is_the_same() -> None:
    """What is rare among random conditions is tried by name."""
    moment = Moment(amount=-3, unit=Unit.WEEKS, zone="Europe/Rome")
    condition = Comparison(
        subject=FieldValue(path=("account", "at")), operator=Operator.LESS, values=(moment,)
    )
    whole = AllOf(parts=(Not(part=condition), AnyOf(parts=())))
    assert whole == parse_condition(condition_document(whole))


@given(seed=st.integers(0, 2**32))
@settings(max_examples=200)
def test_spoilt_document_read_is_a_condition_or_the_one_error(seed: int) -> None:
    """Whatever stands in one place of a condition, no other error leaves the parser."""
    random = Random(seed)
    condition = random_condition(random, random_catalogue(random))
    assert is_read_or_refused(spoilt(random, condition_document(condition)))


@given(came=NESTED)
@settings(max_examples=60)
@example(came={"subject": {"field": "name"}, "operator": "is", "values": [{"date": 5}]})
@example(came={"subject": {"field": ["name"]}, "operator": "is", "values": ["a"]})
@example(came={"subject": {"part": [], "of": {"now": True}}, "operator": {}, "values": [1]})
def test_anything_read_is_a_condition_or_the_one_error(came: object) -> None:
    """Whatever comes instead of a condition, no other error leaves the parser."""
    assert is_read_or_refused(came)
    assert is_read_or_refused(document(came))


def is_read_or_refused(came: object) -> bool:
    """Whether it is a condition that can be written and read again, or is refused with places."""
    try:
        condition = parse_condition(came)
    except InvalidConditionError as error:
        return all(problem.place and problem.expected and problem.came for problem in error.problems)
    return condition == parse_condition_text(condition_text(condition))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[" * 100_000,
        '{"version":1,"condition":' + "9" * 5_000 + "}",
        '{"version":1,"condition":NaN}',
        '{"version":1,"condition":"\\ud800"}',
        " " * 400_001,
    ],
    ids=["nothing", "cut short", "too deep", "huge number", "no number", "lone surrogate", "too long"],
)
def test_text_that_is_no_document_is_refused_by_the_one_error(text: str) -> None:
    """Text that is no JSON, too deep or too long is refused as any other."""
    with pytest.raises(InvalidConditionError, match="correct the condition"):
        parse_condition_text(text)


@pytest.mark.parametrize(
    ("came", "place", "expected"),
    [
        (document({}), "condition:", "an object with all, any, not, or subject and operator"),
        (document({"all": [IS_SET, {"any": 5}]}), "condition.all[1].any:", "a list of at most 200"),
        (document(compared(operator="is")), "condition.values:", "1 values for is, got 0"),
        (document(compared("a", operator="between")), "condition.values:", "2 values for between, got 1"),
        (document(compared("a", operator="looks_like")), "condition.operator:", "got 'looks_like'"),
        (document(compared(1.5)), "condition.values[0]:", "decimal"),
        (document(compared(2**63)), "condition.values[0]:", "got a huge number"),
        (document(compared("")), "condition.values[0]:", "a text of 1 to 1000 letters"),
        (document(compared("a\0")), "condition.values[0]:", "without NUL"),
        (document(compared("\u0301", operator="contains")), "condition.values[0]:", "more than accents"),
        (document(compared({"decimal": "1e9"})), "condition.values[0].decimal:", "digits such as"),
        (document(compared({"date": "2026-02-30"})), "condition.values[0].date:", "got '2026-02-30'"),
        (document(compared({"date": "0999-01-01"})), "condition.values[0].date:", "a year from 1000"),
        (document(compared({"at": "2026-03-29T01:00"})), "condition.values[0].at:", "with its offset"),
        (document(compared({"time": "9:61"})), "condition.values[0].time:", "a time of day"),
        (document(compared({"moment": 99_999, "unit": "days"})), "condition.values[0].moment:", "36500 days"),
        (document(compared({"moment": 1, "unit": "moons"})), "condition.values[0].unit:", "minutes, hours"),
        (document({**IS_SET, "extra": 1}), "condition:", "got one with 'extra', 'operator', 'subject'"),
        (document({**IS_SET, "subject": {"field": "a.b.c.d.e.f"}}), "condition.subject.field:", "at most 5"),
        (document({**IS_SET, "subject": {"field": 'x"; drop'}}), "condition.subject.field:", "names"),
        (document({**IS_SET, "subject": {}}), "condition.subject:", "field, rows, events, now or part"),
        ({"version": 2, "condition": IS_SET}, "document.version:", "expected 1, got 2"),
        ({"version": True, "condition": IS_SET}, "document.version:", "expected 1"),
        ([], "document:", "got a list of 0"),
    ],
)  # fmt: skip
def test_wrong_document_is_refused_with_place_and_expectation(
    came: object, place: str, expected: str
) -> None:
    """The message names the place, what was expected there and what came."""
    message = refusal(came)
    assert message.startswith(place)
    assert expected in message


def test_condition_at_each_limit_is_read_and_beyond_it_refused() -> None:
    """Depth, number of conditions, of values and of letters have limits that hold exactly."""
    deep: object = IS_SET
    for _ in range(DEPTH_MAX - 1):
        deep = {"not": deep}
    assert parse_condition(document(deep))
    assert "within each other" in refusal(document({"not": deep}))
    assert parse_condition(document({"all": [IS_SET] * (NODES_MAX - 1)}))
    assert "200 conditions in all" in refusal(document({"all": [IS_SET] * NODES_MAX}))
    many = ["a" * TEXT_LETTERS_MAX] * VALUES_MAX
    assert parse_condition(document(compared(*many, operator="is_one_of")))
    assert "a list of at most 500" in refusal(document(compared(*many, "b", operator="is_one_of")))
    assert "1000 letters" in refusal(document(compared("a" * (TEXT_LETTERS_MAX + 1))))


def test_condition_nested_in_subjects_counts_as_deep() -> None:
    """Conditions of rows and parts of parts are as deep as any other."""
    where: object = IS_SET
    for _ in range(ROWS_MAX):
        where = {"subject": {"rows": "x", "figure": "count", "where": where}, "operator": "is", "values": [1]}
    assert parse_condition(document({"all": [where, where]}))
    more = {"subject": {"rows": "x", "figure": "count", "where": where}, "operator": "is", "values": [1]}
    assert "at most 3 figures over rows" in refusal(document(more))
    for _ in range(DEPTH_MAX - ROWS_MAX):
        where = {"not": where}
    assert "at most 12 conditions within each other" in refusal(document(where))
    part: dict[str, object] = {"now": True}
    for _ in range(10_000):
        part = {"part": "hour", "of": part}
    assert "got a part" in refusal(document({"subject": part, "operator": "is_set"}))
