"""The words of the language: kinds of values, operators, parts of an instant, units, figures.

Which operator fits which kind is decided here and nowhere else.
Meanings in sentences: docs/algorithms/conditions.md.
"""

from enum import Enum


class Kind(Enum):
    """What a value is; the kind decides operators, storage and editor."""

    TEXT = "text"
    CHOICE = "choice"  # one code out of the field's choices
    TAGS = "tags"  # a set of texts
    INTEGER = "integer"  # of 64 bits
    DECIMAL = "decimal"
    MONEY = "money"  # a decimal; its currency is another field
    DATE = "date"
    INSTANT = "instant"  # an aware datetime
    TIME = "time"  # wall time of a day
    DURATION = "duration"  # whole seconds
    BOOLEAN = "boolean"
    PHONE = "phone"  # E.164
    EMAIL = "email"
    LINK = "link"  # id of another record
    PERSON = "person"  # id of somebody who works here


class Operator(Enum):
    """How a value found is compared with the values expected."""

    IS = "is"
    IS_NOT = "is_not"
    IS_ONE_OF = "is_one_of"
    CONTAINS = "contains"  # this and the next two: case and accents do not count
    STARTS_WITH = "starts_with"
    MATCHES = "matches"
    LESS = "less"  # of dates and times: before
    AT_MOST = "at_most"
    GREATER = "greater"  # of dates and times: after
    AT_LEAST = "at_least"
    BETWEEN = "between"  # both ends included; a time of day may run over midnight
    WITHIN_LAST = "within_last"  # from then until now, both included
    WITHIN_NEXT = "within_next"  # from now until then, both included
    OVERLAPS = "overlaps"  # has at least one of the tags
    INCLUDES = "includes"  # has all of the tags
    IS_EMPTY = "is_empty"
    IS_SET = "is_set"


class Arity(Enum):
    """How many values, and which, an operator expects."""

    NONE = "none"
    ONE = "one"
    TWO = "two"
    MANY = "many"
    SPAN = "span"  # one moment: the far end of a span of time that begins or ends now


class Part(Enum):
    """A part of an instant, in a zone, or of a date."""

    DATE = "date"
    TIME = "time"
    HOUR = "hour"  # 0 to 23
    WEEKDAY = "weekday"
    DAY = "day"  # of the month, 1 to 31
    MONTH = "month"  # 1 to 12
    YEAR = "year"


class Unit(Enum):
    """Unit of a span of time; days and longer units are counted on the calendar of a zone."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


class Figure(Enum):
    """What is computed over linked rows."""

    COUNT = "count"
    SUM = "sum"  # of no rows: 0
    MIN = "min"
    MAX = "max"
    NEWEST = "newest"  # the field's value in the newest row


class EventFigure(Enum):
    """What is computed over the events of a record."""

    COUNT = "count"
    NEWEST = "newest"  # the instant of the newest event


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

TEXTS = frozenset({Kind.TEXT, Kind.CHOICE, Kind.PHONE, Kind.EMAIL})
NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.DURATION})
IDS = frozenset({Kind.LINK, Kind.PERSON})
CLOCK_KINDS = frozenset({Kind.DATE, Kind.INSTANT})
ORDERED = NUMBERS | CLOCK_KINDS | {Kind.TIME}

_PRESENCE = (Operator.IS_EMPTY, Operator.IS_SET)
_EQUAL = (Operator.IS, Operator.IS_NOT)
_CHOSEN = (*_EQUAL, Operator.IS_ONE_OF)
_FOLDED = (Operator.CONTAINS, Operator.STARTS_WITH, Operator.MATCHES)
_ORDER = (Operator.LESS, Operator.AT_MOST, Operator.GREATER, Operator.AT_LEAST, Operator.BETWEEN)
_SPANS = (Operator.WITHIN_LAST, Operator.WITHIN_NEXT)

OPERATORS: dict[Kind, tuple[Operator, ...]] = {
    **dict.fromkeys((Kind.TEXT, Kind.PHONE, Kind.EMAIL), (*_CHOSEN, *_FOLDED, *_PRESENCE)),
    **dict.fromkeys((Kind.CHOICE, *sorted(IDS, key=lambda kind: kind.value)), (*_CHOSEN, *_PRESENCE)),
    **dict.fromkeys((Kind.INTEGER,), (*_CHOSEN, *_ORDER, *_PRESENCE)),
    **dict.fromkeys((Kind.DECIMAL, Kind.MONEY, Kind.DURATION), (*_EQUAL, *_ORDER, *_PRESENCE)),
    **dict.fromkeys((Kind.DATE, Kind.INSTANT), (*_EQUAL, *_ORDER, *_SPANS, *_PRESENCE)),
    Kind.TIME: (*_EQUAL, *_ORDER, *_PRESENCE),
    Kind.BOOLEAN: (Operator.IS, *_PRESENCE),
    Kind.TAGS: (Operator.OVERLAPS, Operator.INCLUDES, *_PRESENCE),
}
"""Operators of each kind, in the order in which a form offers them."""

ARITIES: dict[Operator, Arity] = {
    **dict.fromkeys(Operator, Arity.ONE),
    **dict.fromkeys((Operator.IS_ONE_OF, Operator.OVERLAPS, Operator.INCLUDES), Arity.MANY),
    **dict.fromkeys(_SPANS, Arity.SPAN),
    **dict.fromkeys(_PRESENCE, Arity.NONE),
    Operator.BETWEEN: Arity.TWO,
}

PART_KINDS: dict[Part, Kind] = {
    **dict.fromkeys(Part, Kind.INTEGER),
    Part.DATE: Kind.DATE,
    Part.TIME: Kind.TIME,
    Part.WEEKDAY: Kind.CHOICE,
}
PARTS: dict[Kind, tuple[Part, ...]] = {
    Kind.INSTANT: tuple(Part),
    Kind.DATE: (Part.WEEKDAY, Part.DAY, Part.MONTH, Part.YEAR),
}
"""Which kinds have parts, and which."""

FIGURE_KINDS: dict[Figure, frozenset[Kind]] = {
    Figure.COUNT: frozenset(),
    Figure.SUM: NUMBERS,
    Figure.MIN: ORDERED,
    Figure.MAX: ORDERED,
    Figure.NEWEST: frozenset(Kind),
}
"""Kinds of the fields that a figure can be computed of; a count is of rows, not of a field."""

WHETHER: dict[tuple[Operator, int], bool] = {
    (Operator.AT_LEAST, 1): True,
    (Operator.GREATER, 0): True,
    (Operator.IS, 0): False,
    (Operator.LESS, 1): False,
    (Operator.AT_MOST, 0): False,
}
"""Comparisons of a count that ask only whether there is one: said so, and answered without counting."""
