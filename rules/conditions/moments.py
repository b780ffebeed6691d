"""When and for whom a condition is asked, and what its moments and variables are then.

Both evaluators take their instants from here, so they cannot disagree about calendars or zones.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from rules.conditions.kinds import ARITIES, Arity, Operator, Unit
from rules.conditions.tree import Comparison, Literal, Moment, Variable
from rules.local_time import get_zone

MONTHS_PER_YEAR = 12
CLOCK_UNITS = {Unit.MINUTES: timedelta(minutes=1), Unit.HOURS: timedelta(hours=1)}
SPANS = frozenset(operator for operator in Operator if ARITIES[operator] is Arity.SPAN)
DAYS_OF_UNIT = {Unit.DAYS: 1, Unit.WEEKS: 7}


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a condition may depend on besides the record."""

    now: datetime  # aware
    zone: str = "UTC"  # IANA name; whose calendar is meant where a condition names none
    # Values of the catalogue's variables; one that is missing has no values.
    variables: Mapping[str, tuple[Literal, ...]] = field(default_factory=dict)


def instant_at(moment: Moment, circumstances: Circumstances) -> datetime:
    """Return the UTC instant that a moment means.

    >>> now = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
    >>> print(instant_at(Moment(amount=-1, unit=Unit.MONTHS), Circumstances(now=now)))
    2026-02-28 12:00:00+00:00
    """
    length = CLOCK_UNITS.get(moment.unit)
    if length is not None:
        return circumstances.now.astimezone(UTC) + moment.amount * length
    local = circumstances.now.astimezone(get_zone(moment.zone or circumstances.zone))
    # Time on the wall in a zone: Python takes the first of two passes, and steps over a skipped hour.
    return datetime.combine(_shifted(local.date(), moment), local.time(), local.tzinfo).astimezone(UTC)


def date_at(moment: Moment, circumstances: Circumstances) -> date:
    """Return the date that a moment of whole days or longer means, in its zone."""
    zone = get_zone(moment.zone or circumstances.zone)
    return _shifted(circumstances.now.astimezone(zone).date(), moment)


def settled_values(
    comparison: Comparison, circumstances: Circumstances, *, is_date: bool
) -> tuple[Literal, ...]:
    """Return a comparison's values with moments and variables replaced by what they mean now.

    A span of time gives both of its ends, the earlier first.
    """
    meaning = date_at if is_date else instant_at
    values: list[Literal] = []
    for value in comparison.values:
        if isinstance(value, Moment):
            ends = [value]
            if comparison.operator in SPANS:
                ends = sorted((value, replace(value, amount=0)), key=lambda end: end.amount)
            values.extend(meaning(end, circumstances) for end in ends)
        elif isinstance(value, Variable):
            values.extend(known for known in circumstances.variables.get(value.name, ()) if known != "")
        else:
            values.append(value)
    return tuple(values)


def _shifted(day: date, moment: Moment) -> date:
    days = DAYS_OF_UNIT.get(moment.unit)
    if days is not None:
        return day + timedelta(days=days * moment.amount)
    months = moment.amount * (MONTHS_PER_YEAR if moment.unit is Unit.YEARS else 1)
    year, month = divmod(day.year * MONTHS_PER_YEAR + day.month - 1 + months, MONTHS_PER_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
