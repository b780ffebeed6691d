"""Whether a condition fits a catalogue: every problem at once, each with its place.

Both evaluators and the printers take a condition that passed here for granted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from rules.conditions.catalogue import Entity, Field, FieldCatalogue, IdType
from rules.conditions.folding import fold
from rules.conditions.kinds import (
    ARITIES,
    CLOCK_KINDS,
    FIGURE_KINDS,
    IDS,
    OPERATORS,
    PART_KINDS,
    PARTS,
    TEXTS,
    WEEKDAYS,
    Arity,
    EventFigure,
    Figure,
    Kind,
    Operator,
    Part,
)
from rules.conditions.messages import N_
from rules.conditions.moments import CLOCK_UNITS
from rules.conditions.parsing import FOLDED
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
from rules.errors import InvalidConditionError, Problem, UnknownZoneError, shown
from rules.local_time import get_zone

NAMES_SHOWN_MAX = 12
PLACE = "condition"
VARIABLE_OPERATORS = (Operator.IS, Operator.IS_ONE_OF, Operator.OVERLAPS, Operator.INCLUDES)
LITERALS: dict[Kind, type | tuple[type, ...]] = {
    **dict.fromkeys((*TEXTS, Kind.TAGS), str),
    **dict.fromkeys((Kind.INTEGER, Kind.DURATION), int),
    **dict.fromkeys((Kind.DECIMAL, Kind.MONEY), (Decimal, int)),
    **dict.fromkeys(IDS, (int, str)),
    Kind.DATE: date,
    Kind.INSTANT: datetime,
    Kind.TIME: time,
    Kind.BOOLEAN: bool,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectType:
    """What is known of a subject's values."""

    kind: Kind
    labels: Mapping[str, str] | None = None  # by code, of the only texts that occur; None: any
    id_type: IdType = IdType.BIGINT


WEEKDAY_NAMES = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
WEEKDAY_LABELS = dict(zip(WEEKDAYS, WEEKDAY_NAMES, strict=True))
INSTANT = SubjectType(kind=Kind.INSTANT)
INTEGER = SubjectType(kind=Kind.INTEGER)


def require_valid(condition: Condition, catalogue: FieldCatalogue) -> None:
    """Raise InvalidConditionError with every problem, unless the condition fits the catalogue."""
    problems = find_problems(condition, catalogue)
    if problems:
        raise InvalidConditionError(*problems)


def find_problems(condition: Condition, catalogue: FieldCatalogue) -> tuple[Problem, ...]:
    """Return everything that keeps a condition from being used with a catalogue."""
    return tuple(_Checker(catalogue).condition(condition, root_entity(catalogue), PLACE))


def root_entity(catalogue: FieldCatalogue) -> Entity:
    """Return the entity whose records a catalogue's conditions are about."""
    return _entity(catalogue, catalogue.root)


def subject_type(subject: Subject, entity: Entity, catalogue: FieldCatalogue) -> SubjectType:
    """Return what a valid subject's values are."""
    found, problems = _Checker(catalogue).subject(subject, entity, PLACE)
    assert found is not None, problems
    return found


def follow(entity: Entity, path: tuple[str, ...], catalogue: FieldCatalogue) -> Entity:
    """Return the entity that valid links lead to."""
    for name in path:
        entity = _entity(catalogue, entity.links[name].entity)
    return entity


class _Checker:
    """Checks against one catalogue."""

    def __init__(self, catalogue: FieldCatalogue) -> None:
        self._catalogue = catalogue

    def condition(self, condition: Condition, entity: Entity, place: str) -> Iterator[Problem]:
        """Yield what is wrong with a condition about records of that entity."""
        match condition:
            case AllOf(parts=parts) | AnyOf(parts=parts):
                word = "all" if isinstance(condition, AllOf) else "any"
                for index, part in enumerate(parts):
                    yield from self.condition(part, entity, f"{place}.{word}[{index}]")
            case Not(part=part):
                yield from self.condition(part, entity, f"{place}.not")
            case Comparison():
                yield from self._comparison(condition, entity, place)

    def _comparison(self, comparison: Comparison, entity: Entity, place: str) -> Iterator[Problem]:
        found, problems = self.subject(comparison.subject, entity, f"{place}.subject")
        yield from problems
        if found is None:
            return
        operators = OPERATORS[found.kind]
        if comparison.operator not in operators:
            words = ", ".join(operator.value for operator in operators)
            yield _problem(f"{place}.operator", f"one of {words}", comparison.operator.value)
            return
        for index, value in enumerate(comparison.values):
            yield from self._value(value, found, comparison.operator, f"{place}.values[{index}]")

    def subject(
        self, subject: Subject, entity: Entity, place: str
    ) -> tuple[SubjectType | None, list[Problem]]:
        """Return what a subject's values are; None, and why, if it has none."""
        match subject:
            case Now():
                return INSTANT, []
            case FieldValue(path=path):
                entity_there, problems = self._links(path[:-1], entity, f"{place}.field")
                field = None if entity_there is None else entity_there.fields.get(path[-1])
                if entity_there is not None and field is None:
                    problems = [_unknown(f"{place}.field", "a field", entity_there.fields, path[-1])]
                return (None if field is None else _field_type(field)), problems
            case PartOf():
                return self._part(subject, entity, place)
            case RowFigure():
                return self._rows(subject, entity, place)
            case Events():
                return self._events(subject, entity, place)

    def _part(self, subject: PartOf, entity: Entity, place: str) -> tuple[SubjectType | None, list[Problem]]:
        found, problems = self.subject(subject.of, entity, f"{place}.of")
        problems += _zone_problems(subject.zone, f"{place}.zone")
        if found is not None and subject.part not in PARTS.get(found.kind, ()):
            words = (
                ", ".join(part.value for part in PARTS.get(found.kind, ()))
                or f"no part of a {found.kind.value}"
            )
            problems.append(_problem(f"{place}.part", words, subject.part.value))
        labels = WEEKDAY_LABELS if subject.part is Part.WEEKDAY else None
        known = SubjectType(kind=PART_KINDS[subject.part], labels=labels)
        return (None if problems else known), problems

    def _rows(
        self, subject: RowFigure, entity: Entity, place: str
    ) -> tuple[SubjectType | None, list[Problem]]:
        there, problems = self._links(subject.path[:-1], entity, f"{place}.rows")
        if there is None:
            return None, problems
        rows = there.rows.get(subject.path[-1])
        if rows is None:
            return None, [_unknown(f"{place}.rows", "rows", there.rows, subject.path[-1])]
        target = self._catalogue.find_entity(rows.entity)
        if target is None:
            return None, [_problem(f"{place}.rows", "rows that you may see", shown(subject.path[-1]))]
        if subject.where is not None:
            problems += self.condition(subject.where, target, f"{place}.where")
        if subject.figure is Figure.NEWEST and not rows.newest_by:
            problems.append(_problem(f"{place}.figure", "a figure of rows without an order", "newest"))
        if subject.figure is Figure.COUNT:
            return INTEGER, problems
        field = target.fields.get(subject.field or "")
        if field is None:
            problems.append(_unknown(f"{place}.field", "a field", target.fields, subject.field))
        elif field.kind not in FIGURE_KINDS[subject.figure]:
            kinds = ", ".join(sorted(kind.value for kind in FIGURE_KINDS[subject.figure]))
            problems.append(_problem(f"{place}.field", f"a field of kind {kinds}", field.kind.value))
        return (None if field is None else _field_type(field)), problems

    def _events(
        self, subject: Events, entity: Entity, place: str
    ) -> tuple[SubjectType | None, list[Problem]]:
        there, problems = self._links(subject.path, entity, f"{place}.of")
        if there is not None and (self._catalogue.events is None or subject.kind not in there.events):
            problems.append(_unknown(f"{place}.events", "a kind of event", there.events, subject.kind))
        if subject.since is not None:
            problems += _zone_problems(subject.since.zone, f"{place}.since.zone")
        return (INTEGER if subject.figure is EventFigure.COUNT else INSTANT), problems

    def _links(
        self, names: tuple[str, ...], entity: Entity, place: str
    ) -> tuple[Entity | None, list[Problem]]:
        for name in names:
            link = entity.links.get(name)
            if link is None:
                return None, [_unknown(place, "a link", entity.links, name)]
            there = self._catalogue.find_entity(link.entity)
            if there is None:
                return None, [_problem(place, "a link that you may follow", shown(name))]
            entity = there
        return entity, []

    def _value(
        self, value: Expected, found: SubjectType, operator: Operator, place: str
    ) -> Iterator[Problem]:
        is_span = ARITIES[operator] is Arity.SPAN
        if isinstance(value, Variable):
            kind = self._catalogue.variables.get(value.name)
            if kind is not found.kind or operator not in VARIABLE_OPERATORS:
                yield _problem(place, f"a value of kind {found.kind.value}", f"variable {value.name}")
        elif isinstance(value, Moment):
            yield from _moment_problems(value, found.kind, operator, place)
        elif is_span:
            yield _problem(place, "a moment", shown(value))
        elif not _is_literal(value, found):
            yield _problem(place, _literal_words(found), shown(value))
        elif operator in FOLDED and not fold(str(value)):
            yield _problem(place, "a text of more than accents", shown(value))


def _moment_problems(moment: Moment, kind: Kind, operator: Operator, place: str) -> Iterator[Problem]:
    if kind not in CLOCK_KINDS:
        yield _problem(place, f"a value of kind {kind.value}", "a moment")
    elif kind is Kind.DATE and moment.unit in CLOCK_UNITS:
        yield _problem(f"{place}.unit", "days or longer, for a date", moment.unit.value)
    if operator is Operator.WITHIN_LAST and moment.amount > 0:
        yield _problem(f"{place}.moment", "a moment in the past", f"{moment.amount}")
    if operator is Operator.WITHIN_NEXT and moment.amount < 0:
        yield _problem(f"{place}.moment", "a moment in the future", f"{moment.amount}")
    yield from _zone_problems(moment.zone, f"{place}.zone")


def _is_literal(value: Expected, found: SubjectType) -> bool:
    kinds = LITERALS[found.kind]
    if isinstance(value, bool) != (found.kind is Kind.BOOLEAN) or not isinstance(value, kinds):
        return False
    if isinstance(value, datetime) != (found.kind is Kind.INSTANT):  # a datetime is a date, to Python
        return False
    if found.kind in IDS:
        return isinstance(value, int) if found.id_type is IdType.BIGINT else _is_uuid(value)
    return found.labels is None or value in found.labels


def _is_uuid(value: Expected) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False


def _literal_words(found: SubjectType) -> str:
    if found.labels is not None:
        return "one of " + _names(found.labels)
    if found.kind in IDS:
        return f"a {found.id_type.value} id"
    return f"a value of kind {found.kind.value}"


def _field_type(field: Field) -> SubjectType:
    labels = {choice.code: choice.label for choice in field.choices}
    is_closed = field.kind is Kind.CHOICE or (field.kind is Kind.TAGS and bool(labels))
    return SubjectType(kind=field.kind, labels=labels if is_closed else None, id_type=field.id_type)


def _entity(catalogue: FieldCatalogue, name: str) -> Entity:
    entity = catalogue.find_entity(name)
    assert entity is not None, f"the catalogue has no entity {name}"
    return entity


def _zone_problems(zone: str | None, place: str) -> list[Problem]:
    try:
        _ = zone is None or get_zone(zone)
    except UnknownZoneError:
        return [_problem(place, "an IANA time zone such as 'Europe/Rome'", shown(zone))]
    return []


def _unknown(place: str, what: str, known: Mapping[str, object], came: object) -> Problem:
    names = _names(known) if known else "none here"
    return _problem(place, f"{what} out of {names}", shown(came))


def _names(names: Mapping[str, object]) -> str:
    ordered = sorted(names)
    return ", ".join(ordered[:NAMES_SHOWN_MAX]) + (", …" if len(ordered) > NAMES_SHOWN_MAX else "")


def _problem(place: str, expected: str, came: str) -> Problem:
    return Problem(place=place, expected=expected, came=came)
