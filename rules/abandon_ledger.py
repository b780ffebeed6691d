"""The raw ledger of calls, and how a regulator's definition classes each entry.

Only raw instants are kept; every class, count and ratio is computed from them, so that a new
definition can be applied to old calls. Nothing here may store or round a ratio: `abandon_share` has them.
Theory and worked examples: docs/algorithms/calling-rules.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from rules.detection import DetectionVerdict
from rules.errors import InvalidRuleError


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """The raw instants of one call attempt, in seconds on the engine's clock; None: did not happen.

    Values are taken as they came, even if a clock jumped: classing must never fail on a call
    that has taken place.
    """

    attempt_id: str
    campaign_id: str
    answered_at: float | None = None  # The far end went off-hook; None: never answered.
    greeting_ended_at: float | None = None  # The person's greeting was complete, where it is known.
    verdict: DetectionVerdict = DetectionVerdict.NOT_DETECTED  # Who the detector believes answered.
    verdict_at: float | None = None  # The detector spoke.
    offered_at: float | None = None  # An agent was chosen for the call.
    bridged_at: float | None = None  # Agent and client could hear each other.
    client_gone_at: float | None = None  # The client hung up; None: we did, or the call goes on.
    message_started_at: float | None = None  # The safe-harbour message began to play.
    message_ended_at: float | None = None  # It was played to its end.
    ended_at: float | None = None  # The attempt was over.
    agent_declared_machine: bool | None = None  # The agent's word on who answered; None: no word.


class ClockStart(Enum):
    """The instant from which a definition counts the seconds to an agent."""

    ANSWER = "answer"  # Off-hook.
    GREETING_END = "greeting_end"  # The end of the person's completed greeting.
    VERDICT = "verdict"  # The detector's verdict.


class Denominator(Enum):
    """Whose share the abandoned calls are."""

    SERVED_OR_ABANDONED = "served_or_abandoned"  # Calls that an agent took in time, and the abandoned ones.
    ALL_PEOPLE = "all_people"  # Those, and people who left before the time was over.


class MachineTerm(Enum):
    """What a definition does about machines that it cannot see, and people who were taken for machines."""

    NONE = "none"  # Nothing.
    OFCOM = "ofcom"  # The share of machines among the abandoned is estimated; false positives are added.


class AbandonClass(Enum):
    """What one call is, under one definition."""

    CONNECTED = "connected"  # A person reached an agent in time.
    ABANDONED = "abandoned"  # A person answered and reached no agent in time.
    CLIENT_LEFT_EARLY = "client_left_early"  # A person hung up before the time was over.
    NOT_LIVE = "not_live"  # Never answered, or answered by a machine.
    PENDING = "pending"  # A person is waiting; what the call is shows only later.


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonDefinition:
    """How one regulator defines an abandoned call and limits their share."""

    limit_ratio: float  # Most abandoned calls allowed, as a share of live calls, 0..1.
    agent_within_seconds: float  # An agent must be there within this time of the clock's start.
    clock_start: ClockStart
    early_hang_up_counts: bool  # Whether a person who hung up before the time was over was abandoned.
    source: str  # The text that it comes from.
    denominator: Denominator = Denominator.SERVED_OR_ABANDONED
    machine_term: MachineTerm = MachineTerm.NONE
    false_positive_ratio: float = 0.0  # People among those the detector called machines, as measured, 0..1.

    def __post_init__(self) -> None:
        for name in ("limit_ratio", "false_positive_ratio"):
            share: float = getattr(self, name)
            if not 0.0 <= share <= 1.0:
                raise InvalidRuleError(field=name, expected="a share from 0 to 1", came=share)
        if not 0.0 <= self.agent_within_seconds < float("inf"):
            raise InvalidRuleError(
                field="agent_within_seconds", expected="seconds, 0 or more", came=self.agent_within_seconds
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonCounts:
    """How many calls fell in each class, under one definition."""

    connected: int = 0
    abandoned: int = 0
    client_left_early: int = 0
    not_live: int = 0
    pending: int = 0
    machines_to_agents: int = 0  # Of those not live: an agent took the call and said machine.
    machines_detected: int = 0  # Of those not live: answered, and only the detector says machine.

    @property
    def ratio(self) -> float | None:
        """Abandoned ÷ (abandoned + connected), 0..1; None while there is neither."""
        live = self.abandoned + self.connected
        return self.abandoned / live if live else None


def abandon_class(entry: LedgerEntry, definition: AbandonDefinition) -> AbandonClass:
    """Class one call under one definition.

    A call to which the message was played, or whose agent came too late, is abandoned: neither
    16 CFR 310.4(b)(4) nor 47 CFR 64.1200(a)(7) takes it out of the count.
    """
    if not _is_live(entry):
        return AbandonClass.NOT_LIVE
    deadline_at = _clock_started_at(entry, definition.clock_start) + definition.agent_within_seconds
    if entry.bridged_at is not None:
        # Written so that an instant that is not a number counts against us.
        return AbandonClass.CONNECTED if entry.bridged_at <= deadline_at else AbandonClass.ABANDONED
    if entry.message_started_at is not None:
        return AbandonClass.ABANDONED
    if entry.client_gone_at is not None:
        is_early = entry.client_gone_at < deadline_at and not definition.early_hang_up_counts
        return AbandonClass.CLIENT_LEFT_EARLY if is_early else AbandonClass.ABANDONED
    return AbandonClass.PENDING if entry.ended_at is None else AbandonClass.ABANDONED


def abandon_counts(entries: Iterable[LedgerEntry], definition: AbandonDefinition) -> AbandonCounts:
    """Count the classes of these entries under one definition."""
    counts = dict.fromkeys(AbandonClass, 0)
    machines_to_agents = machines_detected = 0
    for entry in entries:
        counts[abandon_class(entry, definition)] += 1
        machines_to_agents += is_machine_of_agent(entry)
        machines_detected += is_machine_of_detector(entry)
    return AbandonCounts(
        connected=counts[AbandonClass.CONNECTED],
        abandoned=counts[AbandonClass.ABANDONED],
        client_left_early=counts[AbandonClass.CLIENT_LEFT_EARLY],
        not_live=counts[AbandonClass.NOT_LIVE],
        pending=counts[AbandonClass.PENDING],
        machines_to_agents=machines_to_agents,
        machines_detected=machines_detected,
    )


def is_machine_of_agent(entry: LedgerEntry) -> bool:
    """Whether an agent took the call and said that a machine had answered."""
    return entry.answered_at is not None and entry.agent_declared_machine is True


def is_machine_of_detector(entry: LedgerEntry) -> bool:
    """Whether only the detector says that a machine had answered."""
    return (
        entry.answered_at is not None
        and entry.agent_declared_machine is None
        and entry.verdict is DetectionVerdict.MACHINE
    )


def _is_live(entry: LedgerEntry) -> bool:
    """Whether a person answered: the agent's word stands over the detector's, a doubt is a person."""
    if entry.answered_at is None:
        return False
    if entry.agent_declared_machine is not None:
        return not entry.agent_declared_machine
    return entry.verdict is not DetectionVerdict.MACHINE


def _clock_started_at(entry: LedgerEntry, clock_start: ClockStart) -> float:
    """The clock's start; from the answer where the later instant is not known, which is stricter."""
    assert entry.answered_at is not None, "the clock of a call that nobody answered never starts"
    match clock_start:
        case ClockStart.ANSWER:
            started_at: float | None = entry.answered_at
        case ClockStart.GREETING_END:
            started_at = entry.greeting_ended_at
        case ClockStart.VERDICT:
            started_at = entry.verdict_at
        case _:
            assert_never(clock_start)
    return entry.answered_at if started_at is None else started_at
