"""How often a number or a lead may be attempted in a window of time.

The caller supplies the instants of earlier attempts (over all campaigns, where the law says so);
nothing here remembers any. Theory: docs/algorithms/calling-rules.md.
"""

from dataclasses import dataclass
from enum import Enum

from rules.errors import InvalidRuleError


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
