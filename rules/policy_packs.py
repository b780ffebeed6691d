"""Policy packs: everything a country's law asks of a dialer, as data with its sources.

A pack is chosen by name; the engine reads its figures and calls the rules with them.
Packs are not legal advice. Theory: docs/algorithms/calling-rules.md.
"""

from dataclasses import dataclass

from rules.abandon_ledger import AbandonDefinition
from rules.attempt_caps import AttemptCap
from rules.calling_hours import CallingHours


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPack:
    """One place's rules on telemarketing calls."""

    name: str  # The identifier that campaigns refer to.
    calling_hours: CallingHours
    attempt_caps: tuple[AttemptCap, ...]  # All of them hold at once.
    abandon_definition: AbandonDefinition
    ring_seconds_min: float  # An unanswered call rings at least so long before it is given up.
    message_required: bool  # An abandoned person must hear the safe-harbour message.
    rest_after_abandon_seconds: float  # No new attempt so long after an abandoned call; 0: no such rule.
    sources: tuple[str, ...]  # Every text that the figures come from.
