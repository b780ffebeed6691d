"""From JSON to the tree: whatever comes in, either a condition or the one error that names the place.

The form is that of docs/algorithms/conditions.md, version 1; `writing` is its inverse. Nothing is asked of a
catalogue here: see `checking`.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from itertools import islice
from typing import TypeVar

from rules.conditions.folding import fold
from rules.conditions.kinds import ARITIES, Arity, EventFigure, Figure, Operator, Part, Unit
from rules.conditions.tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Events,
    Expected,
    FieldValue,
    Moment,
    Not,
    Now,
    PartOf,
    RowFigure,
    Subject,
    Variable,
)
from rules.errors import InvalidConditionError, Problem, shown

VERSION = 1
DEPTH_MAX = 12  # conditions within conditions
NODES_MAX = 200  # conditions in all
ROWS_MAX = 3  # figures over rows within each other: each multiplies the work by the rows of one record
VALUES_MAX = 500  # of one comparison
PATH_MAX = 5  # names of one path
TEXT_LETTERS_MAX = 1_000
NAME_LETTERS_MAX = 100
JSON_LETTERS_MAX = 400_000
NAMES_SHOWN_MAX = 6
INTEGER_MAX = 2**63 - 1  # what a bigint holds
YEAR_MIN, YEAR_MAX = 1000, 9000  # leaves room for any zone and any moment
AMOUNT_MAX = {
    Unit.MINUTES: 5_256_000,
    Unit.HOURS: 87_600,
    Unit.DAYS: 36_500,
    Unit.WEEKS: 5_200,
    Unit.MONTHS: 1_200,
    Unit.YEARS: 100,
}
"""Largest amount of a moment: ten years in minutes and hours, a hundred in longer units."""

DECIMAL = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,10})?")
PATH_NAME = re.compile(r"[a-z][a-z0-9_]*")
FOLDED = frozenset({Operator.CONTAINS, Operator.STARTS_WITH, Operator.MATCHES})
COUNTS: dict[Arity, tuple[int, int]] = {
    Arity.NONE: (0, 0),
    Arity.ONE: (1, 1),
    Arity.SPAN: (1, 1),
    Arity.TWO: (2, 2),
    Arity.MANY: (1, VALUES_MAX),
}

Member = TypeVar("Member", bound=Enum)


def parse_condition_text(text: str) -> Condition:
    """Read a condition from its JSON text; raises InvalidConditionError."""
    if len(text) > JSON_LETTERS_MAX:
        raise _refused("document", f"at most {JSON_LETTERS_MAX} letters of JSON", f"{len(text)}")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _refused("document", "JSON", f"something else ({type(error).__name__})") from error
    return parse_condition(document)


def parse_condition(document: object) -> Condition:
    """Read a condition from decoded JSON: an object with `version` and `condition`.

    Raises InvalidConditionError, and nothing else, whatever comes.
    """
    members = _members(document, "document", {"version", "condition"}, set())
    version = members["version"]
    if type(version) is not int or version != VERSION:
        raise _refused("document.version", f"{VERSION}", shown(version))
    return _Reader().condition(members["condition"], "condition", 1)


class _Reader:
    """Reads one document and counts what it reads."""

    def __init__(self) -> None:
        self._nodes = 0
        self._rows_around = 0

    def condition(self, came: object, place: str, depth: int) -> Condition:
        """Read one condition and what it holds."""
        self._nodes += 1
        if depth > DEPTH_MAX:
            raise _refused(place, f"at most {DEPTH_MAX} conditions within each other", "more")
        if self._nodes > NODES_MAX:
            raise _refused(place, f"at most {NODES_MAX} conditions in all", "more")
        if not isinstance(came, dict) or not came:
            raise _refused(place, "an object with all, any, not, or subject and operator", shown(came))
        if "all" in came:
            return AllOf(parts=self._parts(came, place, "all", depth))
        if "any" in came:
            return AnyOf(parts=self._parts(came, place, "any", depth))
        if "not" in came:
            members = _members(came, place, {"not"}, set())
            return Not(part=self.condition(members["not"], f"{place}.not", depth + 1))
        return self._comparison(came, place, depth)

    def _parts(self, came: object, place: str, word: str, depth: int) -> tuple[Condition, ...]:
        place = f"{place}.{word}"
        parts = _list(_members(came, place, {word}, set())[word], place, NODES_MAX)
        return tuple(self.condition(part, f"{place}[{i}]", depth + 1) for i, part in enumerate(parts))

    def _comparison(self, came: object, place: str, depth: int) -> Comparison:
        members = _members(came, place, {"subject", "operator"}, {"values"})
        subject = self._subject(members["subject"], f"{place}.subject", depth)
        operator = _member(Operator, members["operator"], f"{place}.operator")
        fewest, most = COUNTS[ARITIES[operator]]
        place = f"{place}.values"
        values = _list(members.get("values", []), place, VALUES_MAX)
        if not fewest <= len(values) <= most:
            count = f"{most}" if fewest == most else f"{fewest} to {most}"
            raise _refused(place, f"{count} values for {operator.value}", f"{len(values)}")
        expected = tuple(_value(value, f"{place}[{i}]") for i, value in enumerate(values))
        if operator in FOLDED:
            _require_letters(expected[0], f"{place}[0]")
        return Comparison(subject=subject, operator=operator, values=expected)

    def _subject(self, came: object, place: str, depth: int) -> Subject:
        if not isinstance(came, dict):
            raise _refused(place, "an object with field, rows, events, now or part", shown(came))
        for word, read in _SUBJECTS.items():
            if word in came:
                return read(self, came, place, depth)
        raise _refused(place, "an object with field, rows, events, now or part", shown(came))

    def _field(self, came: object, place: str, depth: int) -> FieldValue:
        members = _members(came, place, {"field"}, set())
        return FieldValue(path=_path(members["field"], f"{place}.field"))

    def _now(self, came: object, place: str, depth: int) -> Now:
        if _members(came, place, {"now"}, set())["now"] is not True:
            raise _refused(f"{place}.now", "true", "something else")
        return Now()

    def _part(self, came: object, place: str, depth: int) -> PartOf:
        members = _members(came, place, {"part", "of"}, {"zone"})
        inner = self._subject(members["of"], f"{place}.of", depth + 1) if depth <= DEPTH_MAX else None
        if inner is None or isinstance(inner, PartOf):
            raise _refused(f"{place}.of", "a field, rows, events or now", "a part")
        part = _member(Part, members["part"], f"{place}.part")
        return PartOf(of=inner, part=part, zone=_zone(members, place))

    def _rows(self, came: object, place: str, depth: int) -> RowFigure:
        members = _members(came, place, {"rows", "figure"}, {"field", "where"})
        figure = _member(Figure, members["figure"], f"{place}.figure")
        has_field = "field" in members
        if has_field == (figure is Figure.COUNT):
            wanted = "no field for a count" if has_field else f"a field for {figure.value}"
            raise _refused(f"{place}.field", wanted, shown(members.get("field")))
        field = _name(members["field"], f"{place}.field") if has_field else None
        if self._rows_around == ROWS_MAX:
            raise _refused(place, f"at most {ROWS_MAX} figures over rows within each other", "more")
        where = None
        if "where" in members:
            self._rows_around += 1
            where = self.condition(members["where"], f"{place}.where", depth + 1)
            self._rows_around -= 1
        return RowFigure(
            path=_path(members["rows"], f"{place}.rows"), figure=figure, field=field, where=where
        )

    def _events(self, came: object, place: str, depth: int) -> Events:
        members = _members(came, place, {"events", "figure"}, {"of", "since"})
        figure = _member(EventFigure, members["figure"], f"{place}.figure")
        since = _moment(members["since"], f"{place}.since") if "since" in members else None
        if since is not None and figure is not EventFigure.COUNT:
            raise _refused(f"{place}.since", "none for the newest event", "a moment")
        return Events(
            kind=_text(members["events"], f"{place}.events", NAME_LETTERS_MAX),
            figure=figure,
            path=_path(members["of"], f"{place}.of") if "of" in members else (),
            since=since,
        )


_SUBJECTS: dict[str, Callable[[_Reader, object, str, int], Subject]] = {
    "rows": _Reader._rows,  # before the others, whose words its members use
    "events": _Reader._events,
    "part": _Reader._part,
    "now": _Reader._now,
    "field": _Reader._field,
}


def _value(came: object, place: str) -> Expected:
    if isinstance(came, bool):
        return came
    if isinstance(came, str):
        return _text(came, place, TEXT_LETTERS_MAX)
    if isinstance(came, int):
        if abs(came) > INTEGER_MAX:
            raise _refused(place, f"a whole number up to {INTEGER_MAX}", shown(came))
        return came
    if isinstance(came, dict):
        for word, read in _VALUES.items():
            if word in came:
                return read(came, place)
    raise _refused(
        place,
        "a text, a whole number, true, false, or decimal, date, at, time, moment, variable",
        shown(came),
    )


def _decimal(came: object, place: str) -> Decimal:
    text, place = _sole_text(came, place, "decimal")
    if not DECIMAL.fullmatch(text):
        raise _refused(place, "digits such as '-12.50', 20 before the point and 10 after", shown(text))
    return Decimal(text)


def _date(came: object, place: str) -> date:
    text, place = _sole_text(came, place, "date")
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError as error:
        raise _refused(place, "a date such as '2026-03-29'", shown(text)) from error
    return _near(day, place)


def _at(came: object, place: str) -> datetime:
    text, place = _sole_text(came, place, "at")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        wanted = "an instant with its offset, such as '2026-03-29T01:00:00Z'"
        raise _refused(place, wanted, shown(text))
    _near(at.date(), place)
    return at.astimezone(UTC)


def _time(came: object, place: str) -> time:
    text, place = _sole_text(came, place, "time")
    try:
        wall = time.fromisoformat(text)
    except ValueError:
        wall = None
    if wall is None or wall.tzinfo is not None:
        raise _refused(place, "a time of day such as '09:30'", shown(text))
    return wall


def _moment(came: object, place: str) -> Moment:
    members = _members(came, place, {"moment", "unit"}, {"zone"})
    amount = members["moment"]
    unit = _member(Unit, members["unit"], f"{place}.unit")
    if type(amount) is not int or abs(amount) > AMOUNT_MAX[unit]:
        wanted = f"a whole number up to {AMOUNT_MAX[unit]} {unit.value}"
        raise _refused(f"{place}.moment", wanted, shown(amount))
    return Moment(amount=amount, unit=unit, zone=_zone(members, place))


def _variable(came: object, place: str) -> Variable:
    members = _members(came, place, {"variable"}, set())
    return Variable(name=_name(members["variable"], f"{place}.variable"))


_VALUES: dict[str, Callable[[object, str], Expected]] = {
    "decimal": _decimal,
    "date": _date,
    "at": _at,
    "time": _time,
    "moment": _moment,
    "variable": _variable,
}


def _near(day: date, place: str) -> date:
    if not YEAR_MIN <= day.year <= YEAR_MAX:
        raise _refused(place, f"a year from {YEAR_MIN} to {YEAR_MAX}", shown(day.isoformat()))
    return day


def _require_letters(value: Expected, place: str) -> None:
    if isinstance(value, str) and not fold(value):
        raise _refused(place, "a text of more than accents", shown(value))


def _path(came: object, place: str) -> tuple[str, ...]:
    names = tuple(_text(came, place, NAME_LETTERS_MAX * PATH_MAX).split("."))
    if len(names) > PATH_MAX or not all(PATH_NAME.fullmatch(name) for name in names):
        raise _refused(place, f"at most {PATH_MAX} names with points between them", shown(came))
    return names


def _name(came: object, place: str) -> str:
    name = _text(came, place, NAME_LETTERS_MAX)
    if not PATH_NAME.fullmatch(name):
        raise _refused(place, "a name of small letters, digits and underscores", shown(came))
    return name


def _zone(members: Mapping[str, object], place: str) -> str | None:
    return _text(members["zone"], f"{place}.zone", NAME_LETTERS_MAX) if "zone" in members else None


def _sole_text(came: object, place: str, word: str) -> tuple[str, str]:
    """Return the text of an object's one member, and its place."""
    place_there = f"{place}.{word}"
    return _text(_members(came, place, {word}, set())[word], place_there, NAME_LETTERS_MAX), place_there


def _text(came: object, place: str, letters_max: int) -> str:
    if not isinstance(came, str) or not 1 <= len(came) <= letters_max:
        raise _refused(place, f"a text of 1 to {letters_max} letters", shown(came))
    # PostgreSQL stores neither; whatever equals one of them is equal to nothing.
    if "\0" in came or any("\ud800" <= letter <= "\udfff" for letter in came):
        raise _refused(place, "a text without NUL and lone surrogates", "one of them")
    return str(came)


def _list(came: object, place: str, count_max: int) -> list[object]:
    if not isinstance(came, list) or len(came) > count_max:
        raise _refused(place, f"a list of at most {count_max}", shown(came))
    return came


def _member(words: type[Member], came: object, place: str) -> Member:
    for member in words:
        if isinstance(came, str) and member.value == came:
            return member
    raise _refused(place, "one of " + ", ".join(str(member.value) for member in words), shown(came))


def _members(came: object, place: str, required: set[str], optional: set[str]) -> dict[str, object]:
    if not isinstance(came, dict):
        raise _refused(place, f"an object with {', '.join(sorted(required))}", shown(came))
    names = set(came)
    if not required <= names <= required | optional:
        words = ", ".join(sorted(required)) + "".join(f", perhaps {name}" for name in sorted(optional))
        came_names = ", ".join(sorted(map(shown, islice(names, NAMES_SHOWN_MAX))))
        raise _refused(place, f"an object with {words}", f"one with {came_names or 'nothing'}")
    return came


def _refused(place: str, expected: str, came: str) -> InvalidConditionError:
    return InvalidConditionError(Problem(place=place, expected=expected, came=came))
