"""What a condition means, case by case; that PostgreSQL means the same is proven in tests/integration."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rules.conditions.evaluating import Value, holds
from rules.conditions.folding import fold
from rules.conditions.kinds import EventFigure, Figure, Operator, Part, Unit
from rules.conditions.moments import Circumstances
from rules.conditions.tree import (
    ALWAYS,
    NEVER,
    AllOf,
    AnyOf,
    Comparison,
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
from tests.unit.rules.conditions.parties import NOW, Sheet, compared

EMPTY = Sheet()
ROME = ZoneInfo("Europe/Rome")


def of(**values: Value) -> Sheet:
    """A record with these values."""
    return Sheet(values=values)


def asked(subject: Subject, operator: Operator, *values: int | Decimal | str) -> Comparison:
    """A comparison of any subject."""
    return Comparison(subject=subject, operator=operator, values=values)


@pytest.mark.parametrize("operator", [one for one in Operator if one is not Operator.IS_EMPTY])
def test_comparison_with_something_empty_is_false_and_its_negation_true(operator: Operator) -> None:
    """No operator holds for a missing value, an empty text or an empty set, not even "is not"."""
    condition = compared("name", operator, "a", "b")
    for record in (EMPTY, of(name=""), of(name=frozenset[str]())):
        assert not holds(condition, record, NOW)
        assert holds(Not(part=condition), record, NOW)
        assert holds(compared("name", Operator.IS_EMPTY), record, NOW)


def test_is_not_and_negated_is_differ_on_an_empty_value_only() -> None:
    """Who has no country is not in a country other than Italy, and yet not in Italy."""
    is_not, negated = (
        compared("country", Operator.IS_NOT, "IT"),
        Not(part=compared("country", Operator.IS, "IT")),
    )
    assert [holds(is_not, record, NOW) for record in (of(country="PL"), of(country="IT"), EMPTY)] == [1, 0, 0]
    assert [holds(negated, record, NOW) for record in (of(country="PL"), of(country="IT"), EMPTY)] == [
        1,
        0,
        1,
    ]


@pytest.mark.parametrize(
    ("operator", "values", "found", "expected"),
    [
        (Operator.IS, ("Łódź",), "Łódź", True),
        (Operator.IS, ("Łódź",), "łódź", False),
        (Operator.MATCHES, ("lodz",), "ŁÓDŹ", True),
        (Operator.CONTAINS, ("strasse",), "Hauptstraße 5", True),
        (Operator.STARTS_WITH, ("ISTAN",), "İstanbul", True),
        (Operator.CONTAINS, ("100%",), "100 percent", False),
        (Operator.BETWEEN, (1, 3), 3, True),
        (Operator.BETWEEN, (1, 3), 4, False),
        (Operator.BETWEEN, (3, 1), 2, False),
        (Operator.BETWEEN, (time(22), time(6)), time(23), True),
        (Operator.BETWEEN, (time(22), time(6)), time(6), True),
        (Operator.BETWEEN, (time(22), time(6)), time(12), False),
        (Operator.IS, (Decimal("1.50"),), Decimal("1.5"), True),
        (Operator.GREATER, (Decimal("-1.5"),), 0, True),
        (Operator.OVERLAPS, ("a", "b"), frozenset({"b", "c"}), True),
        (Operator.INCLUDES, ("a", "b"), frozenset({"b", "c"}), False),
        (Operator.INCLUDES, ("a", "b"), frozenset({"a", "b", "c"}), True),
        (Operator.IS, (False,), False, True),
    ],
)
def test_value_found_and_values_expected_compare_as_documented(
    operator: Operator, values: tuple[str, ...], found: Value, expected: bool
) -> None:
    """Each operator at its edges."""
    assert holds(compared("name", operator, *values), of(name=found), NOW) is expected


def test_group_of_no_parts_holds_always_or_never() -> None:
    """Of no parts, all hold and none does."""
    assert holds(ALWAYS, EMPTY, NOW)
    assert not holds(NEVER, EMPTY, NOW)
    assert holds(AllOf(parts=(ALWAYS, Not(part=NEVER))), EMPTY, NOW)
    assert not holds(AnyOf(parts=(NEVER, Not(part=ALWAYS))), EMPTY, NOW)


def test_days_ago_keep_the_time_on_the_wall_over_a_turn_of_the_clock() -> None:
    """One day before 14:00 summer time in Rome is 14:00 winter time, which is 23 hours earlier."""
    yesterday = compared("at", Operator.AT_LEAST, Moment(amount=-1, unit=Unit.DAYS))
    day_of_hours = compared("at", Operator.AT_LEAST, Moment(amount=-24, unit=Unit.HOURS))
    at = datetime(2026, 3, 28, 13, 0, tzinfo=UTC)
    assert holds(yesterday, of(at=at), NOW)
    assert not holds(yesterday, of(at=at - timedelta(microseconds=1)), NOW)
    assert holds(day_of_hours, of(at=at), NOW)
    assert holds(day_of_hours, of(at=at - timedelta(hours=1)), NOW)


def test_today_is_the_date_in_the_zone_that_is_meant() -> None:
    """At half past midnight in Rome, it is still yesterday in New York."""
    early = Circumstances(now=datetime(2026, 3, 29, 22, 30, tzinfo=UTC), zone="Europe/Rome")
    today, there = (Moment(amount=0, unit=Unit.DAYS, zone=zone) for zone in (None, "America/New_York"))
    assert holds(compared("on", Operator.IS, today), of(on=date(2026, 3, 30)), early)
    assert holds(compared("on", Operator.IS, there), of(on=date(2026, 3, 29)), early)


def test_repeated_hour_holds_two_different_instants() -> None:
    """Two datetimes of one zone are compared as instants, not as the wall shows them."""
    first, second = (datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=ROME) for fold in (0, 1))
    assert not holds(compared("at", Operator.IS, first.astimezone(UTC)), of(at=second), NOW)
    assert holds(compared("at", Operator.GREATER, first.astimezone(UTC)), of(at=second), NOW)


def test_span_includes_both_of_its_ends_and_nothing_later() -> None:
    """Within the last two days ends now: what is still to come is not in it."""
    within = compared("at", Operator.WITHIN_LAST, Moment(amount=-48, unit=Unit.HOURS))
    instants = [NOW.now + timedelta(hours=hours) for hours in (-49, -48, 0, 1)]
    assert [holds(within, of(at=at), NOW) for at in instants] == [False, True, True, False]
    ahead = compared("on", Operator.WITHIN_NEXT, Moment(amount=1, unit=Unit.MONTHS))
    days = [date(2026, 3, 28), date(2026, 3, 29), date(2026, 4, 29), date(2026, 4, 30)]
    assert [holds(ahead, of(on=day), NOW) for day in days] == [False, True, True, False]


def test_variable_means_what_the_circumstances_say_and_nothing_without_them() -> None:
    """A record is mine if its owner is I; without anybody it is nobody's."""
    mine = compared("owner", Operator.IS, Variable(name="me"))
    me = Circumstances(now=NOW.now, variables={"me": (7,)})
    assert holds(mine, of(owner=7), me)
    assert not holds(mine, of(owner=8), me)
    assert not holds(mine, of(owner=7), NOW)


def test_path_over_a_missing_link_finds_nothing() -> None:
    """Whose account is missing has no country of the account, and no rows of it."""
    country = FieldValue(path=("account", "country"))
    party = Sheet(links={"account": of(country="IT")})
    assert holds(asked(country, Operator.IS, "IT"), party, NOW)
    assert holds(asked(country, Operator.IS_EMPTY), EMPTY, NOW)
    count = RowFigure(path=("account", "orders"), figure=Figure.COUNT)
    assert holds(asked(count, Operator.IS, 0), EMPTY, NOW)


@pytest.mark.parametrize(
    ("figure", "field", "expected"),
    [
        (Figure.COUNT, None, 3),
        (Figure.SUM, "amount", Decimal("9.30")),
        (Figure.MIN, "amount", Decimal("-0.70")),
        (Figure.MAX, "amount", Decimal("10")),
        (Figure.NEWEST, "state", "paid"),
    ],
)
def test_figure_over_rows_is_of_the_rows_that_have_a_value(
    figure: Figure, field: str | None, expected: Decimal
) -> None:
    """Rows come newest first; those without a value count as rows and nothing else."""
    rows = (of(state="paid"), of(amount=Decimal("-0.70"), state="new"), of(amount=Decimal(10)))
    party = Sheet(lists={"orders": rows})
    subject = RowFigure(path=("orders",), figure=figure, field=field)
    assert holds(asked(subject, Operator.IS, expected), party, NOW)


def test_figure_over_no_rows_is_zero_for_a_sum_and_empty_otherwise() -> None:
    """Who has bought nothing has bought for less than a hundred, and has no newest order."""
    where = compared("state", Operator.IS, "paid")
    total = RowFigure(path=("orders",), figure=Figure.SUM, field="amount", where=where)
    newest = RowFigure(path=("orders",), figure=Figure.MAX, field="amount", where=where)
    party = Sheet(lists={"orders": (of(amount=Decimal(500), state="new"),)})
    assert holds(asked(total, Operator.LESS, 100), party, NOW)
    assert holds(asked(newest, Operator.IS_EMPTY), party, NOW)


def test_sum_of_any_digits_is_exact() -> None:
    """Thirty digits and a hundredth are not rounded to twenty-eight."""
    rows = tuple(of(amount=Decimal(text)) for text in ("99999999999999999999.9999999999", "0.0000000001"))
    total = RowFigure(path=("orders",), figure=Figure.SUM, field="amount")
    expected = Decimal("100000000000000000000")
    assert holds(asked(total, Operator.IS, expected), Sheet(lists={"orders": rows}), NOW)


def test_events_count_until_now_and_since_a_moment() -> None:
    """What is planned for later has not happened."""
    ago = [NOW.now - timedelta(days=days) for days in (40, 29, -1)]
    party = Sheet(happened={"call.answered": tuple(ago)})
    since = Moment(amount=-30, unit=Unit.DAYS)
    ever = Events(kind="call.answered", figure=EventFigure.COUNT)
    recent = Events(kind="call.answered", figure=EventFigure.COUNT, since=since)
    newest = Events(kind="call.answered", figure=EventFigure.NEWEST)
    assert holds(asked(ever, Operator.IS, 2), party, NOW)
    assert holds(asked(recent, Operator.IS, 1), party, NOW)
    assert holds(Comparison(subject=newest, operator=Operator.IS, values=(ago[1],)), party, NOW)
    assert holds(asked(newest, Operator.IS_EMPTY), EMPTY, NOW)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (Part.WEEKDAY, "sunday"),
        (Part.HOUR, 14),
        (Part.DAY, 29),
        (Part.MONTH, 3),
        (Part.YEAR, 2026),
        (Part.DATE, date(2026, 3, 29)),
        (Part.TIME, time(14)),
    ],
)
def test_part_of_an_instant_is_that_of_the_zone(part: Part, expected: str) -> None:
    """Noon in UTC on the day of the turn is two o'clock in Rome."""
    now = PartOf(of=Now(), part=part)
    field = PartOf(of=FieldValue(path=("at",)), part=part, zone="Europe/Rome")
    elsewhere = Circumstances(now=NOW.now, zone="Asia/Tokyo")
    assert holds(asked(now, Operator.IS, expected), EMPTY, NOW)
    assert holds(asked(field, Operator.IS, expected), of(at=NOW.now), elsewhere)


@given(text=st.text(max_size=12))
@example(text="\u0130\u0301\ufb01")
def test_text_folded_twice_is_folded_once(text: str) -> None:
    """Folding leaves nothing that another folding would change, so a folded column can be compared."""
    assert fold(fold(text)) == fold(text)
