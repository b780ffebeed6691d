"""Why a rule forbids a call: a named reason, the figures behind it, and when it ends.

A refusal is for two readers: the engine (reason and `allowed_at`) and a person (`describe`).
It must not carry personal data: no phone number, no name.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import assert_never

from rules.local_time import SECONDS_PER_HOUR


class RefusalReason(Enum):
    """Everything that a rule can refuse a call with."""

    OUTSIDE_CALLING_HOURS = "outside_calling_hours"  # The called party's local time lies outside the windows.
    HOLIDAY = "holiday"  # The called party's local date is closed all day.
    ZONE_UNKNOWN = "zone_unknown"  # No valid time zone is known, so the hours cannot be proven.
    ATTEMPT_CAP_NUMBER = "attempt_cap_number"  # The number was attempted as often as the rule allows.
    ATTEMPT_CAP_LEAD = "attempt_cap_lead"  # The lead was attempted as often as the rule allows.
    REST_AFTER_ABANDON = "rest_after_abandon"  # An abandoned call to this number is too recent.


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One rule's "no", with the values that it read."""

    reason: RefusalReason
    allowed_at: (
        datetime | None
    )  # First UTC instant at which this rule allows the call; None: not foreseeable.
    source: str  # The text that the rule comes from.
    zones: tuple[str, ...] = ()  # IANA zones that were read; the closed one alone where it is one.
    attempts_max: int | None = None  # Of an attempt cap: attempts allowed in its window.
    window_seconds: float | None = None  # Of a cap or a rest: its length; None for a local calendar day.


def describe(refusal: Refusal) -> str:
    """Say in one or two sentences, for people, why the call is forbidden and until when.

    >>> print(describe(Refusal(reason=RefusalReason.HOLIDAY, allowed_at=None, source="house rule",
    ...                        zones=("Europe/Rome",))))
    It is a holiday in Europe/Rome (house rule). No instant is known at which this ends.
    """
    return f"{_cause(refusal)} ({refusal.source}). {_end(refusal.allowed_at)}"


def _cause(refusal: Refusal) -> str:
    zones = ", ".join(refusal.zones)
    match refusal.reason:
        case RefusalReason.OUTSIDE_CALLING_HOURS:
            return f"It is outside calling hours in {zones}"
        case RefusalReason.HOLIDAY:
            return f"It is a holiday in {zones}"
        case RefusalReason.ZONE_UNKNOWN:
            return f"The called party's time zone is not known: {zones or 'none was given'}"
        case RefusalReason.ATTEMPT_CAP_NUMBER:
            return f"This number has had all {refusal.attempts_max} attempts allowed {_window(refusal)}"
        case RefusalReason.ATTEMPT_CAP_LEAD:
            return f"This lead has had all {refusal.attempts_max} attempts allowed {_window(refusal)}"
        case RefusalReason.REST_AFTER_ABANDON:
            return f"A call to this number was abandoned less than {_hours(refusal.window_seconds)} ago"
        case _:
            assert_never(refusal.reason)


def _window(refusal: Refusal) -> str:
    if refusal.window_seconds is None:
        return "in one local calendar day"
    return f"in {_hours(refusal.window_seconds)}"


def _hours(seconds: float | None) -> str:
    return f"{(seconds or 0.0) / SECONDS_PER_HOUR:g} h"


def _end(allowed_at: datetime | None) -> str:
    if allowed_at is None:
        return "No instant is known at which this ends."
    return f"Allowed again from {allowed_at:%Y-%m-%d %H:%M:%S} UTC."
