"""Whether a condition holds for one record, in Python; `compiling` says the same to PostgreSQL.

A comparison with something empty is false, whatever its operator, but for `is empty`.
`Not` is a true negation.
The condition has passed `checking`, and the record gives values of the kinds that the catalogue names.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Context, Decimal
from typing import Protocol, cast

from rules.conditions.folding import fold
from rules.conditions.kinds import WEEKDAYS, EventFigure, Figure, Operator, Part
from rules.conditions.moments import Circumstances, instant_at, settled_values
from rules.conditions.tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Events,
    FieldValue,
    Literal,
    Now,
    PartOf,
    RowFigure,
    Subject,
)
from rules.local_time import get_zone

Value = Literal | frozenset[str]
"""What a field holds: ids as whole numbers or texts, durations in whole seconds, tags as a set of texts."""

EXACT = Context(prec=1_000)  # digits: sums are exact, as PostgreSQL's are


class Record(Protocol):
    """One record, with what it is linked to, as far as the viewer may see it."""

    def value(self, field: str) -> Value | None:
        """Return the field's value; None where it has none."""

    def linked(self, link: str) -> "Record | None":
        """Return the record that the link leads to, if any."""

    def rows(self, name: str) -> Iterable["Record"]:
        """Return the linked rows, the newest first."""

    def events(self, kind: str) -> Iterable[datetime]:
        """Return the instants of the record's events of that kind, in any order."""


def holds(condition: Condition, record: Record, circumstances: Circumstances) -> bool:
    """Whether the condition holds for the record now."""
    if isinstance(condition, Comparison):
        value = found(condition.subject, record, circumstances)
        return compare(condition, value, circumstances)
    if isinstance(condition, AllOf):
        for part in condition.parts:  # noqa: SIM110 - a generator would double the cost
            if not holds(part, record, circumstances):
                return False
        return True
    if isinstance(condition, AnyOf):
        for part in condition.parts:  # noqa: SIM110
            if holds(part, record, circumstances):
                return True
        return False
    return not holds(condition.part, record, circumstances)


def found(subject: Subject, record: Record, circumstances: Circumstances) -> Value | None:
    """Return the value that a subject has now; None if it is empty."""
    return _FINDERS[type(subject)](subject, record, circumstances)


def compare(comparison: Comparison, value: Value | None, circumstances: Circumstances) -> bool:
    """Whether a value found is as the comparison expects it."""
    operator = comparison.operator
    if value is None:
        return operator is Operator.IS_EMPTY
    if comparison.is_settled:
        expected = cast(tuple[Literal, ...], comparison.values)
    else:
        is_date = not isinstance(value, datetime)
        expected = settled_values(comparison, circumstances, is_date=is_date)
    return _TESTS[operator](value, expected)


def _field(subject: FieldValue, record: Record, circumstances: Circumstances) -> Value | None:
    path = subject.path
    if len(path) > 1:
        there = _follow(path[:-1], record)
        return None if there is None else _filled(there.value(path[-1]))
    return _filled(record.value(path[0]))


def _filled(value: Value | None) -> Value | None:
    """Return the value, or None for a text or set without anything in it; instants in UTC.

    Two datetimes of one zone are compared by Python as the wall shows them, so a repeated hour would be one.
    """
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if not value and isinstance(value, str | frozenset):
        return None
    return value


def _follow(path: tuple[str, ...], record: Record) -> Record | None:
    there: Record | None = record
    for name in path:
        if there is None:
            return None
        there = there.linked(name)
    return there


def _now(subject: Now, record: Record, circumstances: Circumstances) -> datetime:
    return circumstances.now.astimezone(UTC)


def _part(subject: PartOf, record: Record, circumstances: Circumstances) -> Value | None:
    value = found(subject.of, record, circumstances)
    return None if value is None else part_of(cast(date, value), subject, circumstances)


def part_of(value: date, subject: PartOf, circumstances: Circumstances) -> Literal:
    """Return the part of a date or, in the subject's zone, of an instant."""
    if isinstance(value, datetime):
        value = value.astimezone(get_zone(subject.zone or circumstances.zone))
        if subject.part is Part.TIME:
            return value.time()
        if subject.part is Part.HOUR:
            return value.hour
        value = value.date()
    match subject.part:
        case Part.WEEKDAY:
            return WEEKDAYS[value.weekday()]
        case Part.DAY:
            return value.day
        case Part.MONTH:
            return value.month
        case Part.YEAR:
            return value.year
    return value


def _rows(subject: RowFigure, record: Record, circumstances: Circumstances) -> Value | None:
    there = _follow(subject.path[:-1], record)
    rows: Iterable[Record] = () if there is None else there.rows(subject.path[-1])
    where = subject.where
    if where is not None:
        rows = (row for row in rows if holds(where, row, circumstances))
    if subject.figure is Figure.COUNT:
        return sum(1 for _ in rows)
    name = cast(str, subject.field)
    if subject.figure is Figure.NEWEST:
        newest = next(iter(rows), None)
        return None if newest is None else _filled(newest.value(name))
    values = [value for row in rows if (value := _filled(row.value(name))) is not None]
    if subject.figure is Figure.SUM:
        return _exact_sum(cast(Sequence[Decimal | int], values))
    ordered = cast(Sequence[int], values)  # or any other kind that has an order
    return (min if subject.figure is Figure.MIN else max)(ordered, default=None)


def _exact_sum(values: Sequence[Decimal | int]) -> Decimal | int:
    total: Decimal | int = 0
    for value in values:
        is_whole = isinstance(value, int) and isinstance(total, int)
        total = total + value if is_whole else EXACT.add(Decimal(total), Decimal(value))
    return total


def _events(subject: Events, record: Record, circumstances: Circumstances) -> Value | None:
    there = _follow(subject.path, record)
    now = circumstances.now
    happened = [] if there is None else [at for at in there.events(subject.kind) if at <= now]
    if subject.figure is EventFigure.NEWEST:
        return max(happened).astimezone(UTC) if happened else None
    if subject.since is None:
        return len(happened)
    since = instant_at(subject.since, circumstances)
    return sum(1 for at in happened if at >= since)


_FINDERS = cast(
    dict[type[Subject], Callable[[Subject, Record, Circumstances], Value | None]],
    {FieldValue: _field, Now: _now, PartOf: _part, RowFigure: _rows, Events: _events},
)


def _between(value: Value, expected: tuple[Literal, ...]) -> bool:
    at, low, high = cast(tuple[int, int, int], (value, *expected))
    if isinstance(value, time) and low > high:
        return at >= low or at <= high
    return low <= at <= high


_TESTS = cast(
    dict[Operator, Callable[[Value, tuple[Literal, ...]], bool]],
    {
        Operator.IS: lambda value, expected: value in expected,
        Operator.IS_NOT: lambda value, expected: value not in expected,
        Operator.IS_ONE_OF: lambda value, expected: value in expected,
        Operator.CONTAINS: lambda value, expected: fold(expected[0]) in fold(value),
        Operator.STARTS_WITH: lambda value, expected: fold(value).startswith(fold(expected[0])),
        Operator.MATCHES: lambda value, expected: fold(value) == fold(expected[0]),
        Operator.LESS: lambda value, expected: value < expected[0],
        Operator.AT_MOST: lambda value, expected: value <= expected[0],
        Operator.GREATER: lambda value, expected: value > expected[0],
        Operator.AT_LEAST: lambda value, expected: value >= expected[0],
        Operator.BETWEEN: _between,
        Operator.WITHIN_LAST: _between,
        Operator.WITHIN_NEXT: _between,
        Operator.OVERLAPS: lambda value, expected: not value.isdisjoint(expected),
        Operator.INCLUDES: lambda value, expected: value.issuperset(expected),
        Operator.IS_EMPTY: lambda value, expected: False,
        Operator.IS_SET: lambda value, expected: True,
    },
)
"""By operator: whether a value that is there is as expected."""
