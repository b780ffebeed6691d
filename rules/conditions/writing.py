"""From the tree to JSON: the form that is stored and that a browser edits, the inverse of `parsing`."""

import json
from datetime import date, datetime, time
from decimal import Decimal

from rules.conditions.parsing import VERSION
from rules.conditions.tree import (
    AllOf,
    AnyOf,
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

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]
"""What conditions are written as: JSON without fractions, which are texts so that none is rounded."""


def condition_text(condition: Condition) -> str:
    """Return a condition's JSON text; equal conditions give equal texts.

    >>> from rules.conditions.kinds import Operator
    >>> from rules.conditions.tree import Comparison
    >>> print(condition_text(Comparison(subject=FieldValue(path=("city",)), operator=Operator.IS_SET)))
    {"version":1,"condition":{"subject":{"field":"city"},"operator":"is_set"}}
    """
    return json.dumps(condition_document(condition), ensure_ascii=False, separators=(",", ":"))


def condition_document(condition: Condition) -> dict[str, Json]:
    """Return the JSON object of a condition, with its version."""
    return {"version": VERSION, "condition": _condition(condition)}


def _condition(condition: Condition) -> Json:
    match condition:
        case AllOf(parts=parts):
            return {"all": [_condition(part) for part in parts]}
        case AnyOf(parts=parts):
            return {"any": [_condition(part) for part in parts]}
        case Not(part=part):
            return {"not": _condition(part)}
        case _:
            written: dict[str, Json] = {
                "subject": _subject(condition.subject),
                "operator": condition.operator.value,
            }
            if condition.values:
                written["values"] = [_value(value) for value in condition.values]
            return written


def _subject(subject: Subject) -> Json:
    match subject:
        case FieldValue(path=path):
            return {"field": ".".join(path)}
        case Now():
            return {"now": True}
        case PartOf():
            written: dict[str, Json] = {"part": subject.part.value, "of": _subject(subject.of)}
            return written | ({} if subject.zone is None else {"zone": subject.zone})
        case RowFigure():
            written = {"rows": ".".join(subject.path), "figure": subject.figure.value}
            written |= {} if subject.field is None else {"field": subject.field}
            return written | ({} if subject.where is None else {"where": _condition(subject.where)})
        case Events():
            written = {"events": subject.kind, "figure": subject.figure.value}
            written |= {"of": ".".join(subject.path)} if subject.path else {}
            return written | ({} if subject.since is None else {"since": _value(subject.since)})


def _value(value: Expected) -> Json:
    match value:
        case bool() | int() | str():
            return value
        case Decimal():
            return {"decimal": f"{value:f}"}
        case datetime():
            return {"at": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case time():
            return {"time": value.isoformat()}
        case Moment():
            written: dict[str, Json] = {"moment": value.amount, "unit": value.unit.value}
            return written | ({} if value.zone is None else {"zone": value.zone})
        case Variable():
            return {"variable": value.name}
