"""A condition in words: "Country is one of Poland, Italy and Last call is more than 30 days ago".

The condition has passed `checking`. Words are messages, so that they can be translated.
"""

from datetime import date, datetime, time
from decimal import Decimal

from rules.conditions.catalogue import Entity, FieldCatalogue
from rules.conditions.checking import WEEKDAY_LABELS, SubjectType, follow, root_entity, subject_type
from rules.conditions.evaluating import Value
from rules.conditions.kinds import (
    CLOCK_KINDS,
    TEXTS,
    WHETHER,
    EventFigure,
    Figure,
    Kind,
    Operator,
    Part,
    Unit,
)
from rules.conditions.messages import N_, NN_, Message, Words
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
from rules.local_time import get_zone

SENTENCES: dict[Operator, str] = {
    Operator.IS: N_("{subject} is {value}"),
    Operator.IS_NOT: N_("{subject} is something other than {value}"),
    Operator.IS_ONE_OF: N_("{subject} is one of {values}"),
    Operator.CONTAINS: N_("{subject} contains {value}"),
    Operator.STARTS_WITH: N_("{subject} starts with {value}"),
    Operator.MATCHES: N_("{subject} is {value}, whatever its case and accents"),
    Operator.LESS: N_("{subject} is less than {value}"),
    Operator.AT_MOST: N_("{subject} is at most {value}"),
    Operator.GREATER: N_("{subject} is greater than {value}"),
    Operator.AT_LEAST: N_("{subject} is at least {value}"),
    Operator.BETWEEN: N_("{subject} is between {value} and {end}"),
    Operator.WITHIN_LAST: N_("{subject} is within the last {span}"),
    Operator.WITHIN_NEXT: N_("{subject} is within the next {span}"),
    Operator.OVERLAPS: N_("{subject} has at least one of {values}"),
    Operator.INCLUDES: N_("{subject} has all of {values}"),
    Operator.IS_EMPTY: N_("{subject} is empty"),
    Operator.IS_SET: N_("{subject} is set"),
}
CLOCK_SENTENCES: dict[Operator, str] = {
    Operator.LESS: N_("{subject} is before {value}"),
    Operator.AT_MOST: N_("{subject} is not after {value}"),
    Operator.GREATER: N_("{subject} is after {value}"),
    Operator.AT_LEAST: N_("{subject} is not before {value}"),
}
AGO_SENTENCES: dict[Operator, str] = {
    Operator.LESS: N_("{subject} is more than {span} ago"),
    Operator.GREATER: N_("{subject} is less than {span} ago"),
}
SPANS: dict[Unit, tuple[str, str]] = {
    Unit.MINUTES: NN_("{count} minute", "{count} minutes"),
    Unit.HOURS: NN_("{count} hour", "{count} hours"),
    Unit.DAYS: NN_("{count} day", "{count} days"),
    Unit.WEEKS: NN_("{count} week", "{count} weeks"),
    Unit.MONTHS: NN_("{count} month", "{count} months"),
    Unit.YEARS: NN_("{count} year", "{count} years"),
}
PARTS: dict[Part, str] = {
    Part.DATE: N_("date of {subject}"),
    Part.TIME: N_("time of {subject}"),
    Part.HOUR: N_("hour of {subject}"),
    Part.WEEKDAY: N_("weekday of {subject}"),
    Part.DAY: N_("day of {subject}"),
    Part.MONTH: N_("month of {subject}"),
    Part.YEAR: N_("year of {subject}"),
}
FIGURES: dict[Figure, str] = {
    Figure.COUNT: N_("number of {rows}"),
    Figure.SUM: N_("sum of {field} of {rows}"),
    Figure.MIN: N_("least {field} of {rows}"),
    Figure.MAX: N_("greatest {field} of {rows}"),
    Figure.NEWEST: N_("{field} of the newest of {rows}"),
}
HAPPENED = {True: N_("{event} has happened"), False: N_("{event} has not happened")}
NOTHING = Message(template=N_("nothing"))


def describe(condition: Condition, catalogue: FieldCatalogue, *, zone: str = "UTC") -> Message:
    """Return a condition in words; instants are told as the wall of that zone shows them."""
    return Wording(catalogue, zone).condition(condition, root_entity(catalogue))


class Wording:
    """Finds the words for what a catalogue's conditions speak of."""

    def __init__(self, catalogue: FieldCatalogue, zone: str) -> None:
        self._catalogue = catalogue
        self._zone = zone

    def condition(self, condition: Condition, entity: Entity) -> Message:
        """Return the words for a condition about records of that entity."""
        match condition:
            case Not(part=part):
                return Message(template=N_("not ({part})"), values={"part": self.condition(part, entity)})
            case Comparison():
                return self.comparison(condition, entity)
        is_all = isinstance(condition, AllOf)
        if not condition.parts:
            return Message(template=N_("always") if is_all else N_("never"))
        said = [self._part_of_group(part, entity, type(condition)) for part in condition.parts]
        joined = said[0]
        for words in said[1:]:
            template = N_("{left} and {right}") if is_all else N_("{left} or {right}")
            joined = Message(template=template, values={"left": joined, "right": words})
        return joined

    def _part_of_group(self, part: Condition, entity: Entity, group: type[AllOf | AnyOf]) -> Message:
        words = self.condition(part, entity)
        if isinstance(part, AllOf | AnyOf) and len(part.parts) > 1 and not isinstance(part, group):
            return Message(template=N_("({part})"), values={"part": words})
        return words

    def comparison(self, comparison: Comparison, entity: Entity) -> Message:
        """Return the words for one comparison."""
        subject, operator = comparison.subject, comparison.operator
        found = subject_type(subject, entity, self._catalogue)
        first = comparison.values[0] if comparison.values else None
        if isinstance(subject, Events) and subject.figure is EventFigure.COUNT and isinstance(first, int):
            whether = WHETHER.get((operator, first))
            if whether is not None:
                return Message(template=HAPPENED[whether], values={"event": self._event(subject, entity)})
        values: dict[str, Words] = {"subject": self.subject(subject, entity)}
        if len(comparison.values) > 0:
            told = tuple(self._expected(value, found) for value in comparison.values)
            values |= {"value": told[0], "values": told, "end": told[-1]}
        if isinstance(first, Moment):
            values["span"] = _span(first)
        return Message(template=_sentence(operator, found.kind, first), values=values)

    def subject(self, subject: Subject, entity: Entity) -> Message:
        """Return the words for what is compared."""
        match subject:
            case FieldValue(path=path):
                there = follow(entity, path[:-1], self._catalogue)
                return self._of_links(there.fields[path[-1]].label, path[:-1], entity)
            case Now():
                return Message(template=N_("now"))
            case PartOf(of=of, part=part):
                words = Message(template=PARTS[part], values={"subject": self.subject(of, entity)})
                return _in_zone(words, subject.zone)
            case RowFigure(figure=figure):
                return Message(template=FIGURES[figure], values=self._rows(subject, entity))
            case Events(figure=EventFigure.NEWEST):
                return Message(template=N_("last {event}"), values={"event": self._event(subject, entity)})
            case Events():
                return Message(
                    template=N_("number of {event}"), values={"event": self._event(subject, entity)}
                )

    def _rows(self, subject: RowFigure, entity: Entity) -> dict[str, Words]:
        here = follow(entity, subject.path[:-1], self._catalogue)
        described = here.rows[subject.path[-1]]
        target = self._catalogue.find_entity(described.entity)
        assert target is not None
        rows = self._of_links(described.label, subject.path[:-1], entity)
        if subject.where is not None:
            where = self.condition(subject.where, target)
            rows = Message(
                template=N_("{rows} (where {condition})"), values={"rows": rows, "condition": where}
            )
        return {"rows": rows, "field": target.fields[subject.field].label if subject.field else ""}

    def _event(self, subject: Events, entity: Entity) -> Message:
        there = follow(entity, subject.path, self._catalogue)
        event = self._of_links(f"“{there.events[subject.kind].label}”", subject.path, entity)
        since = subject.since
        if since is None:
            return event
        if since.amount < 0:
            return Message(
                template=N_("{event} within the last {span}"), values={"event": event, "span": _span(since)}
            )
        return Message(
            template=N_("{event} since {moment}"), values={"event": event, "moment": _moment(since)}
        )

    def _of_links(self, label: str, links: tuple[str, ...], entity: Entity) -> Message:
        words = Message(template=N_("{label}"), values={"label": label})
        for name in links:
            link = entity.links[name]
            words = Message(template=N_("{field} of {link}"), values={"field": words, "link": link.label})
            entity = follow(entity, (name,), self._catalogue)
        return words

    def _expected(self, value: Expected, found: SubjectType) -> Words:
        if isinstance(value, Moment):
            return _in_zone(_moment(value), value.zone)
        if isinstance(value, Variable):
            return value.name.replace("_", " ")
        return self.value(value, found)

    def value(self, value: Value | None, found: SubjectType) -> Words:
        """Return the words for a value that was found or is expected."""
        match value:
            case None:
                return NOTHING
            case bool():
                return Message(template=N_("yes") if value else N_("no"))
            case frozenset():
                return tuple(self.value(tag, found) for tag in sorted(value))
            case str():
                return _text(value, found)
            case datetime():
                return f"{value.astimezone(get_zone(self._zone)):%Y-%m-%d %H:%M:%S} {self._zone}"
            case date() | time():
                return value.isoformat()
            case Decimal():
                return f"{value:f}"
        return _duration(value) if found.kind is Kind.DURATION else str(value)


def _sentence(operator: Operator, kind: Kind, first: Expected | None) -> str:
    is_clock = kind in CLOCK_KINDS or kind is Kind.TIME
    if isinstance(first, Moment) and first.amount < 0 and operator in AGO_SENTENCES:
        return AGO_SENTENCES[operator]
    return CLOCK_SENTENCES.get(operator, SENTENCES[operator]) if is_clock else SENTENCES[operator]


def _text(value: str, found: SubjectType) -> Words:
    if found.labels is WEEKDAY_LABELS:
        return Message(template=WEEKDAY_LABELS[value])
    if found.labels is not None:
        return found.labels.get(value, value)
    return f"“{value}”" if found.kind in TEXTS - {Kind.PHONE, Kind.EMAIL} else value


def _duration(seconds: int) -> str:
    minutes, rest = divmod(abs(seconds), 60)
    return f"{'-' if seconds < 0 else ''}{minutes // 60}:{minutes % 60:02}:{rest:02} h"


def _span(moment: Moment) -> Message:
    count = abs(moment.amount)
    one, several = SPANS[moment.unit]
    return Message(template=one, plural=several, count=count)


def _moment(moment: Moment) -> Message:
    if moment.amount == 0:
        return Message(template=N_("now") if moment.unit in (Unit.MINUTES, Unit.HOURS) else N_("today"))
    template = N_("{span} ago") if moment.amount < 0 else N_("in {span}")
    return Message(template=template, values={"span": _span(moment)})


def _in_zone(words: Message, zone: str | None) -> Message:
    if zone is None:
        return words
    return Message(template=N_("{moment} in {zone}"), values={"moment": words, "zone": zone})
