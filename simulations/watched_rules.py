"""Judges every dial by the law and the house's word, by brute force: hours, caps, rests, do-not-call.

It reads the same policy packs as the engine and shares no code with `rules`: it asks the calendar anew and
counts every attempt ever made.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dialer.core.commands import Dial
from rules.attempt_caps import AttemptCap, CapScope
from rules.calling_hours import CallingHours
from rules.policy_pack import PolicyPack
from simulations.invariants import Alarm

_MINUTE = 60.0


class WatchedRules:
    """What is remembered of every number and lead."""

    __slots__ = (
        "_abandoned_at",
        "_alarm",
        "_lead_attempts",
        "_number_attempts",
        "_open",
        "do_not_call",
        "withdrawn",
    )

    def __init__(self, alarm: Alarm) -> None:
        """Begin with nothing forbidden but by law."""
        self._alarm = alarm
        self.do_not_call: set[str] = set()
        self.withdrawn: set[int] = set()
        self._number_attempts: dict[str, list[float]] = {}
        self._lead_attempts: dict[int, list[float]] = {}
        self._abandoned_at: dict[str, float] = {}
        self._open: dict[tuple[str, tuple[str, ...], int], bool] = {}

    def abandoned(self, e164: str, wall_now: float) -> None:
        """Remember an abandoned call."""
        self._abandoned_at[e164] = wall_now

    def judge(
        self, dial: Dial, pack: PolicyPack, zones: tuple[str, ...], now: float, wall_now: float
    ) -> None:
        """Judge one dial, then remember it."""
        e164, lead_id = dial.e164, int(dial.lead_id)
        if e164 in self.do_not_call or lead_id in self.withdrawn:
            self._alarm.violated("do_not_call_kept", f"{dial.attempt_id} dials lead {lead_id}", now)
        minute = int(wall_now // _MINUTE)
        key = (pack.name, zones, minute)
        is_open = self._open.get(key)
        if is_open is None:
            is_open = self._open[key] = _is_open(pack.calling_hours, zones, minute * _MINUTE)
        if not is_open:
            detail = f"{dial.attempt_id} dials into {zones} at POSIX second {wall_now:.0f}"
            self._alarm.violated("calling_hours_kept", detail, now)
        number_attempts = self._number_attempts.setdefault(e164, [])
        lead_attempts = self._lead_attempts.setdefault(lead_id, [])
        if number_attempts or lead_attempts:
            self._judge_history(dial, pack, zones, number_attempts, lead_attempts, now, wall_now)
        number_attempts.append(wall_now)
        lead_attempts.append(wall_now)

    def _judge_history(
        self,
        dial: Dial,
        pack: PolicyPack,
        zones: tuple[str, ...],
        number_attempts: list[float],
        lead_attempts: list[float],
        now: float,
        wall_now: float,
    ) -> None:
        for cap in pack.attempt_caps:
            made = number_attempts if cap.scope is CapScope.NUMBER else lead_attempts
            if len(made) >= cap.attempts_max and _is_full(cap, made, zones, wall_now):
                detail = f"{dial.attempt_id} is one more than {cap.attempts_max} for one {cap.scope.value}"
                self._alarm.violated("attempt_caps_kept", detail, now)
        abandoned_at = self._abandoned_at.get(dial.e164)
        rest_seconds = pack.rest_after_abandon_seconds
        if rest_seconds and abandoned_at is not None and wall_now < abandoned_at + rest_seconds:
            detail = f"{dial.attempt_id} comes {wall_now - abandoned_at:.0f} s after an abandoned call"
            self._alarm.violated("rest_after_abandon_kept", detail, now)


def _is_full(cap: AttemptCap, made: list[float], zones: tuple[str, ...], wall_now: float) -> bool:
    """Whether the cap's window holds all attempts allowed; one dated later than now counts."""
    if cap.window_seconds is not None:
        return sum(at > wall_now - cap.window_seconds for at in made) >= cap.attempts_max
    for zone in map(ZoneInfo, zones):
        today = datetime.fromtimestamp(wall_now, zone).date()
        if sum(datetime.fromtimestamp(at, zone).date() >= today for at in made) >= cap.attempts_max:
            return True
    return False


def _is_open(hours: CallingHours, zones: tuple[str, ...], wall_at: float) -> bool:
    """Whether a minute (all packs' windows begin and end on whole ones) is open in every zone."""
    return bool(zones) and all(_is_open_in(hours, ZoneInfo(zone), wall_at) for zone in zones)


def _is_open_in(hours: CallingHours, zone: ZoneInfo, wall_at: float) -> bool:
    local = datetime.fromtimestamp(wall_at, zone).replace(tzinfo=None)
    if local.date() in hours.holidays:
        return False
    return any(opens <= local < closes for opens, closes in _windows_near(hours, local))


def _windows_near(hours: CallingHours, local: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield every window of yesterday and today as local instants."""
    for days_ago in (1, 0):
        day = local.date() - timedelta(days=days_ago)
        if day in hours.holidays:
            continue
        for window in hours.windows_by_weekday[day.weekday()]:
            closes = datetime.combine(day, window.closes)
            if window.closes <= window.opens:
                closes += timedelta(days=1)
            yield datetime.combine(day, window.opens), closes
