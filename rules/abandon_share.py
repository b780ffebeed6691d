"""What a definition makes of counted calls: numerator, denominator, ratio, upper bound, calls left.

The counts come from `abandon_ledger`; nothing here is stored.
Theory and worked examples: docs/algorithms/calling-rules.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor
from typing import assert_never

from rules.abandon_ledger import (
    AbandonCounts,
    AbandonDefinition,
    Denominator,
    LedgerEntry,
    MachineTerm,
    abandon_counts,
)
from rules.errors import InvalidRuleError
from rules.ratio_bound import upper_bound_ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonShare:
    """Numerator and denominator of one definition's ratio; estimates make them fractions."""

    abandoned: float  # People who were abandoned, calls.
    live: float  # Those and the others of the denominator, calls; never fewer than `abandoned`.

    @property
    def ratio(self) -> float | None:
        """Abandoned ÷ live, 0..1; None while there is nobody."""
        return self.abandoned / self.live if self.live else None

    def ratio_upper(self, confidence_ratio: float = 0.95) -> float:
        """The one-sided upper confidence bound of the ratio, 0..1; fractions are rounded against us."""
        abandoned = ceil(self.abandoned)
        return upper_bound_ratio(
            abandoned, max(abandoned, floor(self.live)), confidence_ratio=confidence_ratio
        )

    def calls_left(self, limit_ratio: float) -> float:
        """How many more of these calls might have been abandoned, calls; negative: over the limit."""
        return limit_ratio * self.live - self.abandoned


def abandon_share(counts: AbandonCounts, definition: AbandonDefinition) -> AbandonShare:
    """Numerator and denominator out of counts that were made under the same definition."""
    abandoned = float(counts.abandoned)
    if definition.machine_term is MachineTerm.OFCOM:
        abandoned = _people_abandoned(
            counts.abandoned,
            counts.connected,
            counts.machines_to_agents,
            counts.machines_detected * definition.false_positive_ratio,
        )
    match definition.denominator:
        case Denominator.SERVED_OR_ABANDONED:
            others = counts.connected
        case Denominator.ALL_PEOPLE:
            others = counts.connected + counts.client_left_early
        case _:
            assert_never(definition.denominator)
    return AbandonShare(abandoned=abandoned, live=abandoned + others)


def abandon_ratio(entries: Iterable[LedgerEntry], definition: AbandonDefinition) -> float | None:
    """The ratio of these calls under one definition, 0..1; None while there is nobody to count.

    Where the definition leaves people who left early out of the denominator, the ratio can only be
    larger than the US texts' "all calls answered by a person" would make it.
    """
    return abandon_share(abandon_counts(entries, definition), definition).ratio


def abandon_ratio_with_machine_estimate(
    *,
    abandoned: int,
    live_to_agents: int,
    machines_to_agents: int,
    false_positives_estimated: float = 0.0,
) -> float | None:
    """Ofcom's abandoned call rate, 0..1; None while nothing was answered by a person.

    Without a detector some abandoned calls had been answered by machines; their share is taken to
    be that among the calls that agents took. With a detector, the people whom it took for
    machines (`false_positives_estimated`) are added to the abandoned ones.
    Raises InvalidRuleError for a negative count.

    The worked example, 29 drops, agents took 9 people and 7 machines:

    >>> round(abandon_ratio_with_machine_estimate(abandoned=29, live_to_agents=9, machines_to_agents=7), 4)
    0.6444
    """
    for name, count in (
        ("abandoned", abandoned),
        ("live_to_agents", live_to_agents),
        ("machines_to_agents", machines_to_agents),
        ("false_positives_estimated", false_positives_estimated),
    ):
        if not count >= 0:
            raise InvalidRuleError(field=name, expected="0 or more", came=count)
    people = _people_abandoned(abandoned, live_to_agents, machines_to_agents, false_positives_estimated)
    return AbandonShare(abandoned=people, live=people + live_to_agents).ratio


def _people_abandoned(
    abandoned: int, live_to_agents: int, machines_to_agents: int, false_positives: float
) -> float:
    # Before an agent has met a person, nothing says that any of the abandoned was a machine.
    machine_share = machines_to_agents / (live_to_agents + machines_to_agents) if live_to_agents else 0.0
    return abandoned * (1.0 - machine_share) + false_positives
