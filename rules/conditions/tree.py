"""The tree of a condition: frozen values that say what must hold, and nothing of how it is found out.

A tree carries the types of its values, so it can be read, stored and evaluated without a catalogue;
whether it fits a catalogue is the business of `checking`.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from rules.conditions.kinds import EventFigure, Figure, Operator, Part, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A point in time counted from now; for a date it is the date there.

    Days and longer units keep the time on the wall of the zone; a month that is too short gives its last day.
    """

    amount: int  # in units; negative: in the past
    unit: Unit
    zone: str | None = None  # IANA name; None: that of the circumstances


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """Values that are known only when the condition is asked, such as the viewer's teams."""

    name: str  # one of the catalogue's variables


Literal = str | int | bool | Decimal | date | datetime | time
"""A constant. Ids are whole numbers or texts, durations whole seconds."""

Expected = Literal | Moment | Variable


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValue:
    """A field of the record, or of one that links lead to."""

    path: tuple[str, ...]  # names of links, then the field's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """The instant at which the condition is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFigure:
    """A figure over the rows linked to the record."""

    path: tuple[str, ...]  # names of links, then the name of the rows
    figure: Figure
    field: str | None = None  # of the rows; None for a count
    where: "Condition | None" = None  # only rows for which this holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """A figure over the events of one kind that have happened to the record."""

    kind: str
    figure: EventFigure
    path: tuple[str, ...] = ()  # links that lead to the record whose events are meant
    since: Moment | None = None  # only events from then on; of a count


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOf:
    """A part of an instant, such as its hour, or of a date."""

    of: "FieldValue | Now | RowFigure | Events"
    part: Part
    zone: str | None = None  # IANA name; None: that of the circumstances


Subject = FieldValue | Now | RowFigure | Events | PartOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One statement about one subject."""

    subject: Subject
    operator: Operator
    values: tuple[Expected, ...] = ()  # as many as the operator's arity says
    # Whether the values stand whatever the time and the viewer are.
    is_settled: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Note once what each evaluation would have to find out again."""
        settled = not any(isinstance(value, Moment | Variable) for value in self.values)
        object.__setattr__(self, "is_settled", settled)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Every part holds; of no parts, this is always so."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """At least one part holds; of no parts, this is never so."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The part does not hold, whatever the reason."""

    part: "Condition"


Condition = Comparison | AllOf | AnyOf | Not

ALWAYS = AllOf(parts=())
NEVER = AnyOf(parts=())
