"""What a policy pack is: everything that one place's law asks of a dialer, as data with sources.

The packs themselves stand under `packs/` and are found by `rules.policy_packs`.
A pack is not legal advice. Theory: docs/algorithms/calling-rules.md.
"""

from dataclasses import dataclass

from rules.abandon_ledger import AbandonDefinition
from rules.abandon_limit import AbandonLimit
from rules.attempt_caps import AttemptCap
from rules.calling_hours import CallingHours
from rules.errors import InvalidRuleError


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPack:
    """One place's rules on telemarketing calls."""

    name: str  # The identifier that campaigns refer to.
    calling_hours: CallingHours
    attempt_caps: tuple[AttemptCap, ...]  # All of them hold at once.
    abandon_definition: AbandonDefinition  # By which the engine lets people wait, and classes their calls.
    abandon_limits: tuple[AbandonLimit, ...]  # All of them are kept, each campaign by itself.
    ring_seconds_min: float  # An unanswered call rings at least so long before it is given up.
    message_required: bool  # An abandoned person must hear the safe-harbour message.
    rest_after_abandon_seconds: float  # No new attempt so long after an abandoned call; 0: no such rule.
    rest_after_abandon_source: str  # The text of that rest; empty where there is none.
    sources: tuple[str, ...]  # Every text that the figures come from.

    def __post_init__(self) -> None:
        for name in ("ring_seconds_min", "rest_after_abandon_seconds"):
            seconds: float = getattr(self, name)
            if not 0.0 <= seconds < float("inf"):
                raise InvalidRuleError(field=name, expected="seconds, 0 or more", came=seconds)
        names = {limit.name for limit in self.abandon_limits}
        if not names or len(names) < len(self.abandon_limits):
            raise InvalidRuleError(
                field="abandon_limits",
                expected="one limit or more, each with a name of its own",
                came=[limit.name for limit in self.abandon_limits],
            )
        if not self.sources:
            raise InvalidRuleError(field="sources", expected="the texts it comes from", came=())
