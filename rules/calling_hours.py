"""When a party may be called: windows of local wall time, closed dates, and the strictest of zones.

A verdict is a function of the wall clock at the called party alone, so it is the same in both
passes of a repeated hour. It says how long it holds, so that it can be kept and asked at each
dial. Theory: docs/algorithms/calling-rules.md.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time

from rules.errors import InvalidRuleError
from rules.refusals import RefusalReason

DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyWindow:
    """A stretch of local wall time, from `opens` up to but without `closes`.

    `closes` at or before `opens` lies on the following day: 20:00 to 02:00 crosses midnight, and
    00:00 to 00:00 is the whole day.
    """

    opens: time  # Local wall time, whole seconds, without zone.
    closes: time  # Local wall time, whole seconds, without zone; the first instant that is closed.

    def __post_init__(self) -> None:
        for name, wall in (("opens", self.opens), ("closes", self.closes)):
            if wall.tzinfo is not None or wall.microsecond:
                raise InvalidRuleError(field=name, expected="a local time in whole seconds, no zone", came=wall)

    @property
    def crosses_midnight(self) -> bool:
        """Whether it closes on the day after it opened."""
        return self.closes <= self.opens


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingHours:
    """The windows of each weekday, and the local dates that are closed all day."""

    windows_by_weekday: tuple[tuple[DailyWindow, ...], ...]  # Seven of them, Monday first.
    holidays: frozenset[date] = field(default_factory=frozenset)  # Local dates closed from 00:00 to 24:00.
    source: str  # The text that they come from.

    def __post_init__(self) -> None:
        if len(self.windows_by_weekday) != DAYS_PER_WEEK:
            raise InvalidRuleError(
                field="windows_by_weekday",
                expected="seven tuples of windows, Monday first",
                came=self.windows_by_weekday,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingHoursVerdict:
    """Whether calling is allowed in every zone asked, and how long that stays as it is."""

    is_open: bool
    until_at: datetime  # UTC; first later instant at which any field but this one differs.
    opens_at: datetime | None  # UTC; while closed, the next opening; None: open, or none in sight.
    reason: RefusalReason | None  # Why it is closed; None: it is open.
    zone: str | None  # The first zone asked that is closed; None: it is open.
