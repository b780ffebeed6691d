"""Leads as the engine sees them: numbers, clocks and wishes, nothing personal beyond the number to dial."""

from dataclasses import dataclass
from enum import Enum

from dialer.messages import AgentId, LeadId


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneNumber:
    """One number of a lead, with what the calling rules need to know of it."""

    e164: str  # the number, E.164
    zones: tuple[str, ...]  # every IANA zone the called party may be in; the strictest counts
    attempts_at: tuple[float, ...] = ()  # POSIX seconds of earlier attempts to this number, oldest first
    abandoned_at: float | None = None  # POSIX seconds of the latest abandoned call to this number


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A promise to call again."""

    due_at: float  # POSIX seconds
    agent_id: AgentId | None = None  # the agent it was promised by; None: anyone may call


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """One party offered to one campaign, reserved for the engine by the lead source."""

    lead_id: LeadId
    numbers: tuple[PhoneNumber, ...]  # in the order in which they are to be tried
    lease_until: float  # engine clock: after this instant the reservation is no longer ours
    number_index: int = 0  # which of `numbers` is next
    attempts_made: int = 0  # attempts before this reservation, over all numbers
    attempts_at: tuple[float, ...] = ()  # POSIX seconds of earlier attempts to any number, oldest first
    owner_agent_id: AgentId | None = None  # the agent who knows the party; preferred when he is idle
    required_skill: str | None = None  # only agents with this skill may take the call
    callback: Callback | None = None  # the promise that made the lead due, if one did
    live_probability: float | None = None  # score of the next attempt, 0..1, if one is known


class LeadStep(Enum):
    """What becomes of a lead after an attempt."""

    RETRY = "retry"  # may be reserved again from `at`
    CALLBACK = "callback"  # promised for `at`
    KEPT = "kept"  # stays with the engine: its next number is dialed in this reservation
    CLOSED = "closed"  # never dialed again in this campaign


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadNext:
    """The lead's next state, decided with the outcome and written in the same transaction."""

    step: LeadStep
    reason: str  # the rule that decided, for people
    at: float | None = None  # POSIX seconds from which it may be dialed again (RETRY, CALLBACK)
    number_index: int = 0  # the number to begin with
    agent_id: AgentId | None = None  # the agent it was promised by (CALLBACK)
