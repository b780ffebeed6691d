"""What a condition reads of a record: what must be loaded before it is asked, and which changes concern it.

It mirrors `Record`: fields, linked records, rows and events, each with what is read of them in turn.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce

from rules.conditions.tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Events,
    FieldValue,
    Not,
    PartOf,
    RowFigure,
    Subject,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """What is read of one record."""

    fields: frozenset[str] = frozenset()
    links: Mapping[str, "Reads"] = field(default_factory=dict)  # by name: what is read of the record there
    rows: Mapping[str, "Reads"] = field(default_factory=dict)  # by name: what is read of each row
    events: frozenset[str] = frozenset()  # kinds


def reads(condition: Condition) -> Reads:
    """Return everything that a condition may read.

    >>> from rules.conditions.kinds import Operator
    >>> found = reads(Comparison(subject=FieldValue(path=("account", "city")), operator=Operator.IS_SET))
    >>> sorted(found.links), sorted(found.links["account"].fields)
    (['account'], ['city'])
    """
    match condition:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return _together(map(reads, parts))
        case Not(part=part):
            return reads(part)
        case Comparison(subject=subject):
            return _of_subject(subject)


def _of_subject(subject: Subject) -> Reads:
    match subject:
        case FieldValue(path=path):
            return _through(path[:-1], Reads(fields=frozenset(path[-1:])))
        case PartOf(of=of):
            return _of_subject(of)
        case RowFigure(path=path):
            own = Reads(fields=frozenset([subject.field] if subject.field else []))
            of_rows = _together((own, reads(subject.where))) if subject.where else own
            return _through(path[:-1], Reads(rows={path[-1]: of_rows}))
        case Events(path=path):
            return _through(path, Reads(events=frozenset([subject.kind])))
    return Reads()


def _through(links: tuple[str, ...], there: Reads) -> Reads:
    for name in reversed(links):
        there = Reads(links={name: there})
    return there


def _together(several: Iterable[Reads]) -> Reads:
    return reduce(_both, several, Reads())


def _both(one: Reads, other: Reads) -> Reads:
    return Reads(
        fields=one.fields | other.fields,
        links=_merged(one.links, other.links),
        rows=_merged(one.rows, other.rows),
        events=one.events | other.events,
    )


def _merged(one: Mapping[str, Reads], other: Mapping[str, Reads]) -> dict[str, Reads]:
    both = one.keys() & other.keys()
    return {**one, **other, **{name: _both(one[name], other[name]) for name in both}}
