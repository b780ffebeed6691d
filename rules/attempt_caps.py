"""How often a number or a lead may be attempted in a window of time.

The caller supplies the instants of earlier attempts (over all campaigns, where the law says so);
nothing here remembers any. Theory: docs/algorithms/calling-rules.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from math import floor
from zoneinfo import ZoneInfo

from rules.errors import InvalidRuleError, UnknownZoneError
from rules.local_time import SECONDS_PER_DAY, get_zone, next_local_date_second, utc_datetime_not_before
from rules.refusals import Refusal, RefusalReason

# Two attempts of the same local date are never further apart: a day has 24 h, and the largest
# turn-back of a clock, over the date line, repeats 24 h.
LOCAL_DATE_SPREAD_SECONDS = 2.0 * SECONDS_PER_DAY


class CapScope(Enum):
    """What a cap counts the attempts of."""

    NUMBER = "number"  # One phone number, whoever's lead it is.
    LEAD = "lead"  # One lead, over all its numbers.


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptCap:
    """At most so many attempts in a rolling window or in a calendar day of the called party."""

    scope: CapScope
    attempts_max: int  # Attempts allowed in one window, 1 or more.
    window_seconds: float | None  # Length of the rolling window; None: the party's local calendar day.
    source: str  # The text that it comes from.

    def __post_init__(self) -> None:
        if self.attempts_max < 1:
            raise InvalidRuleError(field="attempts_max", expected="1 or more", came=self.attempts_max)
        if self.window_seconds is not None and not 0.0 < self.window_seconds < float("inf"):
            raise InvalidRuleError(
                field="window_seconds", expected="seconds above 0, or None", came=self.window_seconds
            )


REASON_BY_SCOPE = {
    CapScope.NUMBER: RefusalReason.ATTEMPT_CAP_NUMBER,
    CapScope.LEAD: RefusalReason.ATTEMPT_CAP_LEAD,
}


def attempt_cap_refusal(
    caps: Sequence[AttemptCap],
    scope: CapScope,
    attempts_at: Sequence[float],
    now_at: float,
    zones: tuple[str, ...],
) -> Refusal | None:
    """Return why the caps of this scope forbid one more attempt at `now_at`, None if they allow it.

    `attempts_at` and `now_at` are POSIX seconds, in any order; an attempt dated later than now
    counts. `zones` are the IANA zones that the called party may be in, read by caps per calendar
    day alone: such a cap must allow the attempt in every one of them.
    Of several caps that refuse, the one that ends last is returned: once it ends, all have ended.
    Raises UnknownZoneError if a calendar-day cap must be judged without zone or in an unknown one.

    >>> cap = AttemptCap(scope=CapScope.LEAD, attempts_max=2, window_seconds=3600.0, source="example")
    >>> refusal = attempt_cap_refusal((cap,), CapScope.LEAD, (0.0, 600.0), 1800.0, ("Europe/Rome",))
    >>> refusal and refusal.allowed_at and refusal.allowed_at.timestamp()
    3600.0
    """
    refusing: AttemptCap | None = None
    allowed_at = now_at
    for cap in caps:
        # Most histories are shorter than any cap: this is the whole cost of most dials.
        if cap.scope is not scope or len(attempts_at) < cap.attempts_max:
            continue
        if cap.window_seconds is None:
            ends_at = _calendar_day_ends_at(cap.attempts_max, attempts_at, now_at, zones)
        else:
            ends_at = sorted(attempts_at)[-cap.attempts_max] + cap.window_seconds
        if ends_at > allowed_at:
            refusing, allowed_at = cap, ends_at
    return None if refusing is None else _refusal(refusing, allowed_at)


def _refusal(cap: AttemptCap, allowed_at: float) -> Refusal:
    return Refusal(
        reason=REASON_BY_SCOPE[cap.scope],
        allowed_at=utc_datetime_not_before(allowed_at),
        source=cap.source,
        attempts_max=cap.attempts_max,
        window_seconds=cap.window_seconds,
    )


def _calendar_day_ends_at(
    attempts_max: int, attempts_at: Sequence[float], now_at: float, zones: tuple[str, ...]
) -> float:
    """The first instant from now on whose local date has room for an attempt in every zone."""
    if not zones:
        raise UnknownZoneError(zones)
    places = [get_zone(zone) for zone in zones]
    ends_at = now_at
    while full := [
        place for place in places if _attempts_on_date(attempts_at, ends_at, place) >= attempts_max
    ]:
        ends_at = float(next_local_date_second(full[0], floor(ends_at)))
    return ends_at


def _attempts_on_date(attempts_at: Sequence[float], at: float, zone: ZoneInfo) -> int:
    """Count the attempts of the local date of `at`, and of later ones: a clock may have been set back."""
    day = _local_date(at, zone)
    oldest_at = at - LOCAL_DATE_SPREAD_SECONDS
    return sum(attempt_at > oldest_at and _local_date(attempt_at, zone) >= day for attempt_at in attempts_at)


def _local_date(at: float, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at, zone).date()
