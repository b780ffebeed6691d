"""One limit of the law: whose calls, over which window, by which calendar, under which definition.

A pack holds as many as its law names; all of them are to be kept, each for every campaign by itself.
Counting stands in `window_counter`. Theory: docs/algorithms/calling-rules.md.
"""

from dataclasses import dataclass

from rules.abandon_ledger import AbandonDefinition
from rules.abandon_window import AbandonWindow, abandon_window_bounds
from rules.errors import InvalidRuleError
from rules.local_time import get_zone

ROLLING_HOURS_MAX = 744.0  # 31 days: as far back as any window of ours looks.


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonLimit:
    """A share of calls that must not be abandoned more often, in each window of one kind."""

    name: str  # As people read it, for example "30 days"; one of a kind in its pack.
    window: AbandonWindow
    definition: AbandonDefinition  # Numerator, denominator, clock, machine term and the limit itself.
    rolling_hours: float | None = None  # Length of a rolling window; None for every other kind.
    zone: str = "UTC"  # IANA zone in which the window's calendar runs.

    def __post_init__(self) -> None:
        if not self.name:
            raise InvalidRuleError(field="name", expected="a text that people read", came=self.name)
        is_rolling = self.window is AbandonWindow.ROLLING
        hours = self.rolling_hours
        if is_rolling is not (hours is not None) or (
            hours is not None and not 0 < hours <= ROLLING_HOURS_MAX
        ):
            raise InvalidRuleError(
                field="rolling_hours",
                expected=f"above 0, at most {ROLLING_HOURS_MAX:g}, for a rolling window and no other",
                came=hours,
            )
        get_zone(self.zone)

    def bounds(self, at: float, campaign_started_at: float) -> tuple[float, float]:
        """Start and end (POSIX seconds) of the window that `at` lies in; a rolling one ends at `at`."""
        if self.rolling_hours is not None:
            return at - self.rolling_hours * 3600.0, at
        return abandon_window_bounds(
            self.window, at=at, campaign_started_at=campaign_started_at, zone=self.zone
        )
